import { gateTally, type GateReport } from '../core/gate.ts';
import { howToAllow, type SandboxState } from '../core/sandbox.ts';
import { type SelfTest, selfTestText } from '../core/selfTest.ts';
import type { Activity, Work } from './activity.ts';
import { gateLabel, gatesText, verdictWords } from './reviewText.ts';
import type { Unopened } from './folders.ts';
import type { StateKind } from './sessions.ts';
import { dollars, dotted, plural, withoutIcons } from './text.ts';
import { msg, t, told } from './l10n.ts';

/** All that the status bar shows, decided from one record. Pure. */
export interface StatusInput {
  readonly state: StateKind;
  readonly trusted: boolean;
  readonly activity: Activity;
  /** Requests awaiting the user, of each folder. */
  readonly waiting: readonly { readonly folder: string; readonly requests: number }[];
  /** Folders without a session, and why; told of where others have one. */
  readonly unopened: readonly Unopened[];
  /** Which folder gates and the test of gates are of, where there are several. */
  readonly folder: string | undefined;
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
  const text = withoutIcons(work ? dotted([work.ticketId, workText(work)]) : resting(input));
  const icon = work || input.activity.scanning ? '$(sync~spin)' : '$(shield)';
  const isUnheld = input.sandbox?.kind === 'without';
  return {
    text: `${icon} ${text}${isUnheld ? ` $(warning) ${t('no sandbox')}` : ''}`,
    tooltip: tooltip(input),
    spoken: `Patchwright: ${work ? `${t('working')}, ` : ''}${text}${isUnheld ? `, ${t('no sandbox')}` : ''}`,
  };
}

/** How far an attempt is. */
export function workText(work: Work): string {
  if (work.gate || work.gates.length > 0) {
    const { passed, of } = gateTally(work.gates);
    return t('{0}/{1} gates', passed, Math.max(of, work.gates.length));
  }
  return dotted([work.step > 0 ? t('step {0}', work.step) : work.stage, dollars(work.costUsd)]);
}

function resting({ gates, waiting }: StatusInput): string {
  return (
    dotted([
      gates.length > 0 ? gatesText({ gates }) : undefined,
      sumOf(waiting) > 0 ? t('{0} to review', sumOf(waiting)) : undefined,
    ]) || 'Patchwright'
  );
}

const stateWords: Readonly<Record<StateKind, string>> = {
  starting: msg('Starting …'),
  noFolder: msg('No folder is open.'),
  virtual: msg('This folder is not on a disk that git can use.'),
  noGit: msg('This folder is not a git repository.'),
  failed: msg('Patchwright could not start; the log says why.'),
  ready: '',
};

function sumOf(waiting: StatusInput['waiting']): number {
  return waiting.reduce((sum, { requests }) => sum + requests, 0);
}

function tooltip(input: StatusInput): string {
  const { state, trusted, activity, gates, waiting, unopened, folder, sandbox, selfTest } = input;
  const some = waiting.filter(({ requests }) => requests > 0);
  const lines = [
    t(stateWords[state]),
    trusted ? '' : t('Restricted mode: Patchwright shows, but runs nothing.'),
    sandboxWords(sandbox),
    activity.scanning ? t('Reading logs and feedback …') : '',
    ...[...activity.works.values()].map((work) =>
      t('Works on {0}: {1}', work.ticketId, workText(work)),
    ),
    some.length > 0 ? t('{0} to review.', plural(sumOf(waiting), 'patch request')) : '',
    ...(waiting.length > 1 ? some.map((one) => `  ${one.folder}: ${one.requests}`) : []),
    ...(state === 'ready' ? unopened.map(({ name, why }) => `${name}: ${told(why)}`) : []),
    folder !== undefined && gates.length > 0 ? t('Gates in {0}:', folder) : '',
    ...gates.map(
      (report) =>
        `${marks[report.verdict]} ${gateLabel(report)}: ${t(verdictWords[report.verdict])}. ${told(report.reason)}`,
    ),
    selfTest ? t('Gate self-test: {0}', selfTestText(selfTest)) : '',
    gates.length > 0 ? t('Click to see each gate.') : '',
  ].filter(Boolean);
  return lines.length > 0 ? lines.join('\n') : t('Patchwright: all quiet.');
}

function sandboxWords(sandbox: SandboxState | undefined): string {
  switch (sandbox?.kind) {
    case 'without':
      return t(
        'Tests of patches run without a sandbox. {0} {1}',
        told(sandbox.reason),
        told(sandbox.remedy),
      ).trim();
    case 'refused':
      return t(
        'Nothing is drafted: {0} {1} Or allow it without: {2}.',
        told(sandbox.reason),
        told(sandbox.remedy),
        howToAllow,
      );
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
