import type { PatchFile } from '../core/attempt.ts';
import { type GateReport, gateTally, gateTitles, type Verdict } from '../core/gate.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { signed } from '../shared/figures.ts';
import { editsText } from './hunkText.ts';
import { changes, dollars, dotted, duration, plural, shorten } from './text.ts';
import { msg, t, told } from './l10n.ts';

/** What the Review view and the gates' list say. Pure. */

export const verdictWords: Readonly<Record<Verdict, string>> = {
  passed: msg('passed'),
  failed: msg('failed'),
  skipped: msg('skipped'),
  not_configured: msg('not configured'),
};

export const verdictIcons: Readonly<Record<Verdict, string>> = {
  passed: 'pass',
  failed: 'error',
  skipped: 'debug-step-over',
  not_configured: 'circle-slash',
};

/** The reproduction test first: it says what was wrong, the rest says what was done about it. */
export function inReadingOrder(
  request: Pick<PatchRequest, 'files' | 'testFiles'>,
): readonly PatchFile[] {
  const isTest = (file: PatchFile) => request.testFiles.includes(file.path);
  return [...request.files.filter(isTest), ...request.files.filter((file) => !isTest(file))];
}

export function requestDescription(request: PatchRequest): string {
  return dotted([
    sizeText(request),
    gatesText(request),
    request.confidence.value.toFixed(2),
    editsText(request),
  ]);
}

/** `3 files +42 −7`. */
export function sizeText({ files }: Pick<PatchRequest, 'files'>): string {
  const counted = files.filter((file) => file.added >= 0);
  const sum = (key: 'added' | 'removed') => counted.reduce((all, file) => all + file[key], 0);
  return `${plural(files.length, 'file')} ${changes(sum('added'), sum('removed'))}`;
}

/** `8/8 gates`: those that ran. */
export function gatesText({ gates }: Pick<PatchRequest, 'gates'>): string {
  const { passed, of } = gateTally(gates);
  return t('{0}/{1} gates', passed, of);
}

export function requestTooltip(request: PatchRequest, title: string): string {
  return [
    shorten(title, 300),
    dotted([request.ticketId, request.branch, request.model, dollars(request.costUsd)]),
    ...pullRequestLines(request),
    '',
    shorten(request.reasoning, 800),
    '',
    t('Confidence {0}', request.confidence.value.toFixed(2)),
    ...request.confidence.parts.map(({ label, value }) => `  ${told(label)}: ${signed(value)}`),
  ].join('\n');
}

function pullRequestLines({ pullRequest }: PatchRequest): readonly string[] {
  if (!pullRequest) return [];
  const { number, state, checks, comments } = pullRequest;
  return [
    t('Pull request {0}: {1}, checks {2}', number, state, checks),
    ...comments.slice(-5).map(({ by, text }) => `  ${by}: ${shorten(text, 200)}`),
  ];
}

export const fileStatusWords: Readonly<Record<PatchFile['status'], string>> = {
  added: msg('added'),
  modified: msg('modified'),
  deleted: msg('deleted'),
  renamed: msg('renamed'),
  type_changed: msg('changed its type'),
};

export function fileDescription(file: PatchFile, isTest: boolean): string {
  const folder = file.path.split('/').slice(0, -1).join('/');
  return dotted([changes(file.added, file.removed), folder, fileWords(file, isTest)]);
}

/** What is special about it. */
export function fileWords({ status }: PatchFile, isTest: boolean): string {
  return dotted([
    isTest ? t('reproduction test') : undefined,
    status === 'modified' ? undefined : t(fileStatusWords[status]),
  ]);
}

export function gateLabel(report: GateReport): string {
  return t(gateTitles[report.id]);
}

export function gateDescription(report: GateReport): string {
  return dotted([t(verdictWords[report.verdict]), duration(report.durationMs)]);
}

/** The gate's whole report, as the document that opens on a click. */
export function gateDocument(report: GateReport): string {
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
  return [
    `${gateLabel(report)}: ${gateDescription(report)}`,
    told(report.reason),
    ...section(t('Evidence'), report.evidence.map(told)),
    ...section(t('To look at'), report.marks.map(told)),
    ...(report.output ? ['', t('Output'), report.output] : []),
    '',
  ].join('\n');
}
