import type { PatchFile } from '../core/attempt.ts';
import { type GateReport, gateTally, gateTitles, type Verdict } from '../core/gate.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { editsText } from './hunkText.ts';
import { changes, dollars, dotted, duration, plural, shorten } from './text.ts';
import { msg, t } from './l10n.ts';

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
  const { passed, of } = gateTally(request.gates);
  const counted = request.files.filter((file) => file.added >= 0);
  const sum = (key: 'added' | 'removed') => counted.reduce((all, file) => all + file[key], 0);
  return dotted([
    `${plural(request.files.length, 'file')} ${changes(sum('added'), sum('removed'))}`,
    t('{0}/{1} gates', passed, of),
    request.confidence.value.toFixed(2),
    editsText(request),
  ]);
}

export function requestTooltip(request: PatchRequest, title: string): string {
  return [
    shorten(title, 300),
    dotted([request.ticketId, request.branch, request.model, dollars(request.costUsd)]),
    '',
    shorten(request.reasoning, 800),
    '',
    t('Confidence {0}', request.confidence.value.toFixed(2)),
    ...request.confidence.parts.map(({ label, value }) => `  ${label}: ${value.toFixed(2)}`),
  ].join('\n');
}

const fileWords: Readonly<Record<PatchFile['status'], string>> = {
  added: msg('added'),
  modified: msg('modified'),
  deleted: msg('deleted'),
  renamed: msg('renamed'),
  type_changed: msg('changed its type'),
};

export function fileDescription(file: PatchFile, isTest: boolean): string {
  const folder = file.path.split('/').slice(0, -1).join('/');
  return dotted([
    changes(file.added, file.removed),
    folder,
    isTest ? t('reproduction test') : undefined,
    file.status === 'modified' ? undefined : t(fileWords[file.status]),
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
    report.reason,
    ...section(t('Evidence'), report.evidence),
    ...section(t('To look at'), report.marks),
    ...(report.output ? ['', t('Output'), report.output] : []),
    '',
  ].join('\n');
}
