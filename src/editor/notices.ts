import type { Settings } from '../core/settings.ts';
import type { Priority } from '../core/ticket.ts';
import { t, told } from './l10n.ts';
import { plural, shorten } from './text.ts';

/** What pops up, when, and in which words. A ready patch is a badge; few are worth more. Pure. */
export type Notice = (
  | {
      readonly kind: 'ready';
      readonly requestId: string;
      readonly title: string;
      readonly confidence: number;
      readonly priority: Priority | undefined;
    }
  | {
      readonly kind: 'preview';
      readonly ticketId: string;
      readonly title: string;
      readonly reason: string;
    }
  | { readonly kind: 'plan'; readonly previewId: string; readonly title: string }
) & {
  readonly sessionId: string;
  /** Its name, where several are open. */
  readonly folder?: string;
};

type Rules = Settings['notifications'];

export function isWorthTelling(notice: Notice, { minConfidence }: Rules): boolean {
  if (notice.kind !== 'ready') return true;
  const { confidence, priority } = notice;
  return confidence >= minConfidence || priority === 'critical' || priority === 'high';
}

/** What is not urgent is told when the person usually reviews. */
export function mayWait(notice: Notice): boolean {
  if (notice.kind !== 'ready') return false;
  return notice.priority !== 'critical' && notice.priority !== 'high';
}

/** Milliseconds until it may be told: 0 outside of the quiet hours, undefined when nothing may pop up. */
export function waitBefore(
  { enabled, quietHours }: Pick<Rules, 'enabled' | 'quietHours'>,
  now: Date,
): number | undefined {
  if (!enabled) return undefined;
  const [from, to] = minutesOf(quietHours);
  if (from === undefined || to === undefined || from === to) return 0;
  const at = now.getHours() * 60 + now.getMinutes();
  const isQuiet = from < to ? at >= from && at < to : at >= from || at < to;
  if (!isQuiet) return 0;
  const left = ((to - at + dayMinutes) % dayMinutes) * 60_000;
  return left - (now.getTime() % 60_000);
}

const dayMinutes = 24 * 60;

/** Of `22:00-07:00`, minutes of the day; the person's own clock. */
function minutesOf(quietHours: string): readonly (number | undefined)[] {
  return [...quietHours.matchAll(/(\d\d):(\d\d)/g)].map(
    ([, hours, minutes]) => Number(hours) * 60 + Number(minutes),
  );
}

export interface Told {
  readonly message: string;
  readonly button: string;
  /** Where the button leads; several at once lead to their view. */
  readonly target:
    | { readonly kind: 'request'; readonly id: string }
    | { readonly kind: 'ticket'; readonly id: string; readonly sessionId: string }
    | { readonly kind: 'plan'; readonly id: string }
    | { readonly kind: 'review' };
}

/** One notification, however many there are. */
export function toldOf(notices: readonly [Notice, ...Notice[]]): Told {
  const [first, ...others] = notices;
  if (others.length > 0) return toldTogether(notices);
  const title = `${first.folder === undefined ? '' : `${first.folder}: `}${shorten(first.title, 200)}`;
  if (first.kind === 'preview') {
    return {
      message: `${told(first.reason)} ${title}`,
      button: t('Show Ticket'),
      target: { kind: 'ticket', id: first.ticketId, sessionId: first.sessionId },
    };
  }
  if (first.kind === 'plan') {
    return {
      message: t('A plan waits for your decision: {0}', title),
      button: t('Show Plan'),
      target: { kind: 'plan', id: first.previewId },
    };
  }
  return {
    message: t(
      'A patch is ready to review (confidence {0}): {1}',
      first.confidence.toFixed(2),
      title,
    ),
    button: t('Open Diff'),
    target: { kind: 'request', id: first.requestId },
  };
}

function toldTogether(notices: readonly Notice[]): Told {
  const ready = notices.filter(({ kind }) => kind === 'ready').length;
  const wanted = notices.length - ready;
  return {
    message: [
      ready > 0 ? t('{0} to review.', plural(ready, 'patch')) : '',
      wanted > 0 ? t('{0} reported by many users.', plural(wanted, 'ticket')) : '',
    ]
      .filter(Boolean)
      .join(' '),
    button: t('Show Them'),
    target: { kind: 'review' },
  };
}
