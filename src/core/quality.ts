import type { QualityFinding, QualitySignal } from './signal.ts';
import type { Described, Priority, Reasoned } from './ticket.ts';

/** What an editor says of a line, as plain data. */
export interface EditorDiagnostic {
  /** A path or a file URL. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  /** Who says so: a linter or a language server. */
  readonly source: string;
  readonly code: string;
  readonly message: string;
}

/**
 * What has been judged as a whole, so that what is no longer found of it is gone: a kind of our own
 * analysis, or all that one report says of coverage or for one linter.
 * @param report where it was read; counts only for what reports say
 */
export function domainOf(
  { kind, tool }: Pick<QualityFinding, 'kind' | 'tool'>,
  report: string,
): string {
  if (kind === 'lint') return `lint ${tool} of ${report}`;
  return kind === 'coverage' ? `coverage of ${report}` : kind;
}

/** What a ticket says of code that could be better. */
export function describeQuality(signal: QualitySignal): Described {
  const { finding } = signal;
  const { file, line } = finding;
  const location = { file, ...(line === undefined ? {} : { line }) };
  return {
    description: [finding.reason, ...finding.places.map((one) => `- ${one}`)].join('\n'),
    category: isFault(finding) ? 'bug_fix' : 'refactor',
    priority: qualityPriority(signal),
    risk: risks[finding.kind],
    effort: effortOf(finding),
    proposedSolution: solutions[finding.kind],
    testPlan: tests[finding.kind],
    filesToModify: finding.kind === 'coverage' ? [] : [file],
    metadata: { fingerprint: signal.fingerprint, location, finding },
  };
}

function isFault({ kind, severity }: QualityFinding): boolean {
  return kind === 'lint' && severity === 'error';
}

export function qualityPriority({ finding }: QualitySignal): Reasoned<Priority> {
  if (isFault(finding)) {
    return { value: 'medium', reason: `${finding.tool} calls it an error. ${finding.reason}` };
  }
  return { value: 'low', reason: `It works as it is. ${finding.reason}` };
}

const risks: Readonly<Record<QualityFinding['kind'], Reasoned<number>>> = {
  coverage: { value: 2, reason: 'Tests are added, and the code may stay as it is.' },
  duplication: { value: 5, reason: 'Code that is used in several places changes.' },
  complexity: { value: 6, reason: 'Code with many paths changes.' },
  undocumented: { value: 1, reason: 'Only comments change.' },
  lint: { value: 3, reason: 'The linter names the lines.' },
};

function effortOf({ kind, count }: QualityFinding): Reasoned<number> {
  if (kind === 'complexity') return { value: 6, reason: 'The paths have to be understood first.' };
  const many = count > (kind === 'coverage' ? 100 : 10);
  const what = kind === 'coverage' ? 'lines' : 'places';
  return many
    ? { value: 5, reason: `${count} ${what} are to be looked at.` }
    : { value: 3, reason: `It is about ${count} ${count === 1 ? what.slice(0, -1) : what}.` };
}

const solutions: Readonly<Record<QualityFinding['kind'], string>> = {
  coverage: 'Write tests that run the lines, and check what they do.',
  duplication: 'Move what is the same into one function that all places call.',
  complexity: 'Split the function along its decisions; name each part for what it decides.',
  undocumented: 'Say in a comment what each is for, and what a caller must know.',
  lint: 'Correct each place; where the rule is wrong there, say so beside the line.',
};

const tests: Readonly<Record<QualityFinding['kind'], string>> = {
  coverage: 'The new tests fail when the behaviour they describe is broken.',
  duplication:
    'The tests of all places pass before and after; where there are none, they come first.',
  complexity: 'Tests for each path pass before and after; where there are none, they come first.',
  undocumented: 'Nothing but comments changes: all tests pass as before.',
  lint: 'A test that shows the fault where there is one; the linter no longer reports it.',
};
