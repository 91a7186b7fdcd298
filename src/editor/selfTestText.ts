import type { SelfTest } from '../core/selfTest.ts';
import { t, told } from './l10n.ts';
import { shorten, withoutIcons } from './text.ts';

/** Rows of the gates' self-test, those that went wrong first. Pure. */
export function selfTestItems({
  right,
  canaries,
}: Pick<SelfTest, 'right' | 'canaries'>): readonly { label: string; detail: string }[] {
  const rows = [
    {
      ok: right.passed,
      label: t('A right patch'),
      detail: right.passed
        ? t('It passes every gate.')
        : t('It was refused. {0}', told(right.reason)),
    },
    ...canaries.map(({ id, kind, caught, reason }) => ({
      ok: caught,
      label: id,
      detail: caught
        ? t('Stopped: {0}. {1}', told(kind), told(reason))
        : t('Not stopped: {0}. {1}', told(kind), told(reason)),
    })),
  ];
  return rows
    .toSorted((a, b) => Number(a.ok) - Number(b.ok))
    .map(({ ok, label, detail }) => ({
      label: `$(${ok ? 'pass' : 'warning'}) ${label}`,
      detail: withoutIcons(shorten(detail, 300)),
    }));
}
