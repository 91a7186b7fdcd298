import type { SelfTest } from '../core/selfTest.ts';
import { shorten, withoutIcons } from './text.ts';

/** Rows of the gates' self-test, those that went wrong first. Pure. */
export function selfTestItems({
  right,
  canaries,
}: Pick<SelfTest, 'right' | 'canaries'>): readonly { label: string; detail: string }[] {
  const rows = [
    {
      ok: right.passed,
      label: 'A right patch',
      detail: right.passed ? 'It passes every gate.' : `It was refused. ${right.reason}`,
    },
    ...canaries.map(({ id, kind, caught, reason }) => ({
      ok: caught,
      label: id,
      detail: `A patch that is ${kind}: ${caught ? '' : 'not stopped. '}${reason}`,
    })),
  ];
  return rows
    .toSorted((a, b) => Number(a.ok) - Number(b.ok))
    .map(({ ok, label, detail }) => ({
      label: `$(${ok ? 'pass' : 'warning'}) ${label}`,
      detail: withoutIcons(shorten(detail, 300)),
    }));
}
