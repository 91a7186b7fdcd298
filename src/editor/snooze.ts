import { t } from './l10n.ts';

/** Until when a ticket can rest. Times of day are those of the person's clock. Pure. */
export interface SnoozeChoice {
  readonly label: string;
  readonly until: Date;
}

const morning = 9;

export function snoozeChoices(now: Date): readonly SnoozeChoice[] {
  const daysToMonday = (8 - now.getDay()) % 7 || 7;
  return [
    { label: t('One Hour'), until: new Date(now.getTime() + 3_600_000) },
    { label: t('Tomorrow'), until: morningIn(now, 1) },
    { label: t('Next Week'), until: morningIn(now, daysToMonday) },
    { label: t('A Month'), until: morningIn(now, 30) },
  ];
}

function morningIn(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, morning);
}

/** `2026-12-24` or `2026-12-24 14:30`; undefined when it is no day of the calendar or has passed. */
export function parseUntil(text: string, now: Date): Date | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d))?$/.exec(text.trim());
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = morning, minute = 0] = found
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const until = new Date(year, month - 1, day, hour, minute);
  const real = until.getMonth() === month - 1 && until.getDate() === day;
  return real && hour < 24 && minute < 60 && until > now ? until : undefined;
}
