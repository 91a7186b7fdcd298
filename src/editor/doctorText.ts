import type { DoctorCheck } from '../pipeline.ts';
import { plural, shorten, withoutIcons } from './text.ts';

/** What the doctor says. Pure. */

type Finding = 'fine' | 'problem' | 'remark';

/** What works without it is no problem. */
function findingOf({ ok, optional }: DoctorCheck): Finding {
  if (ok) return 'fine';
  return optional ? 'remark' : 'problem';
}

const icons: Readonly<Record<Finding, string>> = {
  fine: 'pass',
  problem: 'warning',
  remark: 'info',
};
const marks: Readonly<Record<Finding, string>> = { fine: '✓', problem: '✗', remark: '–' };

export function doctorTitle(checks: readonly DoctorCheck[]): string {
  const problems = checks.filter((check) => findingOf(check) === 'problem').length;
  return `Doctor: ${plural(problems, 'problem')}`;
}

export function checkLine(check: DoctorCheck): string {
  return `${marks[findingOf(check)]} ${check.title}: ${check.detail}`;
}

export function checkItem(check: DoctorCheck): { readonly label: string; readonly detail: string } {
  const detail = check.ok || !check.fix ? check.detail : `${check.detail} ${check.fix}`;
  return {
    label: `$(${icons[findingOf(check)]}) ${withoutIcons(check.title)}`,
    detail: withoutIcons(shorten(detail, 300)),
  };
}
