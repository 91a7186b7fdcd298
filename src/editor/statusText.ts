import { gateTally, gateTitles, type GateReport } from '../core/gate.ts';
import { howToAllow, type SandboxState } from '../core/sandbox.ts';
import { type SelfTest, selfTestText } from '../core/selfTest.ts';
import type { Activity, Work } from './activity.ts';
import { verdictWords } from './reviewText.ts';
import type { StateKind } from './sessions.ts';
import { dollars, dotted, plural, withoutIcons } from './text.ts';

/** All that the status bar shows, decided from one record. Pure. */
export interface StatusInput {
  readonly state: StateKind;
  readonly trusted: boolean;
  readonly activity: Activity;
  /** Requests awaiting the user. */
  readonly waiting: number;
  /** Of the attempt that runs or ran last. */
  readonly gates: readonly GateReport[];
  /** undefined: not known yet. */
  readonly sandbox: SandboxState | undefined;
  /** The last time that the gates were tested; undefined: never, or not known yet. */
  readonly selfTest: SelfTest | undefined;
}

export interface StatusView {
  readonly text: string;
  readonly tooltip: string;
  /** For screen readers. */
  readonly spoken: string;
}

export function statusView(input: StatusInput): StatusView {
  const work = [...input.activity.works.values()].at(-1);
  const text = withoutIcons(work ? working(work) : resting(input));
  const icon = work || input.activity.scanning ? '$(sync~spin)' : '$(shield)';
  const isUnheld = input.sandbox?.kind === 'without';
  return {
    text: `${icon} ${text}${isUnheld ? ' $(warning) no sandbox' : ''}`,
    tooltip: tooltip(input),
    spoken: `Patchwright: ${work ? 'working, ' : ''}${text}${isUnheld ? ', no sandbox' : ''}`,
  };
}

function working(work: Work): string {
  if (work.gate || work.gates.length > 0) {
    const { passed, of } = gateTally(work.gates);
    return dotted([work.ticketId, `${passed}/${Math.max(of, work.gates.length)} gates`]);
  }
  return dotted([
    work.ticketId,
    work.step > 0 ? `step ${work.step}` : work.stage,
    dollars(work.costUsd),
  ]);
}

function resting({ gates, waiting }: StatusInput): string {
  const { passed, of } = gateTally(gates);
  return (
    dotted([
      gates.length > 0 ? `${passed}/${of}` : undefined,
      waiting > 0 ? `${waiting} to review` : undefined,
    ]) || 'Patchwright'
  );
}

const stateWords: Readonly<Record<StateKind, string>> = {
  starting: 'Starting …',
  noFolder: 'No folder is open.',
  virtual: 'This folder is not on a disk that git can use.',
  noGit: 'This folder is not a git repository.',
  failed: 'Patchwright could not start; the log says why.',
  ready: '',
};

function tooltip({ state, trusted, gates, waiting, sandbox, selfTest }: StatusInput): string {
  const lines = [
    stateWords[state],
    trusted ? '' : 'Restricted mode: Patchwright shows, but runs nothing.',
    sandboxWords(sandbox),
    waiting > 0 ? `${plural(waiting, 'patch request')} to review.` : '',
    ...gates.map(
      (report) =>
        `${marks[report.verdict]} ${gateTitles[report.id]}: ${verdictWords[report.verdict]}. ${report.reason}`,
    ),
    selfTest ? `Gate self-test: ${selfTestText(selfTest)}` : '',
    gates.length > 0 ? 'Click to see each gate.' : '',
  ].filter(Boolean);
  return lines.length > 0 ? lines.join('\n') : 'Patchwright: all quiet.';
}

function sandboxWords(sandbox: SandboxState | undefined): string {
  switch (sandbox?.kind) {
    case 'without':
      return `Tests of patches run without a sandbox. ${sandbox.reason} ${sandbox.remedy}`.trim();
    case 'refused':
      return `Nothing is drafted: ${sandbox.reason} ${sandbox.remedy} Or allow it without: ${howToAllow}.`;
    default:
      return '';
  }
}

const marks: Readonly<Record<GateReport['verdict'], string>> = {
  passed: '✓',
  failed: '✗',
  skipped: '–',
  not_configured: '–',
};
