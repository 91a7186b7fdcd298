import type { DoctorCheck } from '../pipeline.ts';
import { commandId } from './commands.ts';
import { t, told } from './l10n.ts';
import type { LinkedText } from './linkedDocument.ts';
import { type Remedy, remedies } from './remedies.ts';
import { plural, shorten } from './text.ts';

/** What the doctor says, as a document. Pure. */

type Finding = 'fine' | 'problem' | 'remark';

/** What works without it is no problem. */
function findingOf({ ok, optional }: DoctorCheck): Finding {
  if (ok) return 'fine';
  return optional ? 'remark' : 'problem';
}

const marks: Readonly<Record<Finding, string>> = { fine: '✓', problem: '✗', remark: '–' };

export function checkLine(check: DoctorCheck): string {
  return `${marks[findingOf(check)]} ${told(check.title)}: ${told(check.detail)}`;
}

const again: Remedy = { label: '', command: commandId('doctor') };

/** Patterns are no emphasis. */
function asWritten(text: string): string {
  const plain = text.replaceAll('`', "'");
  return plain.replace(/[^\s,()]*[*_][^\s,()]*/g, (word) => `\`${word}\``);
}

/** Problems first, each with the line that mends it; what is fine is a line each. */
export function doctorDocument(checks: readonly DoctorCheck[]): LinkedText {
  const lines: string[] = [];
  const links: { line: number; remedy: Remedy }[] = [];
  const link = (text: string, remedy: Remedy): void => {
    links.push({ line: lines.length, remedy });
    lines.push(`→ ${text}`);
  };
  const found = (finding: Finding) => checks.filter((check) => findingOf(check) === finding);
  const problems = found('problem');
  const count = problems.length > 0 ? plural(problems.length, 'problem') : t('no problems');
  lines.push(`# Patchwright: ${count}`, '');
  for (const check of [...problems, ...found('remark')]) {
    lines.push(`## ${marks[findingOf(check)]} ${shorten(told(check.title), 120)}`, '');
    lines.push(asWritten(shorten(told(check.detail), 600)));
    if (check.fix) lines.push(shorten(told(check.fix), 600));
    const remedy = check.code ? remedies[check.code] : undefined;
    if (remedy) link(t(remedy.label), remedy);
    lines.push('');
  }
  const fine = found('fine').map(
    ({ title, detail }) =>
      `- ${marks.fine} ${shorten(told(title), 120)}: ${asWritten(shorten(told(detail), 600))}`,
  );
  if (fine.length > 0) lines.push(`## ${t('What works')}`, '', ...fine, '');
  link(t('Examine Again'), again);
  return { text: `${lines.join('\n')}\n`, links };
}
