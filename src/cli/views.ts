import type { Attempt } from '../core/attempt.ts';
import { totalTokens } from '../core/attempt.ts';
import { type Canary, canaryOf, canaryWords, figureText } from '../core/canary.ts';
import type { GateReport } from '../core/gate.ts';
import { gateTitles, gateTally } from '../core/gate.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { reopenedText } from '../core/closed.ts';
import { type SelfTest, selfTestText } from '../core/selfTest.ts';
import { suspectsOf, suspectText } from '../core/suspects.ts';
import { place, score, type SignalGroup, type Ticket } from '../core/ticket.ts';
import { categoryReason } from '../core/triage.ts';
import type { Difference } from '../core/variants.ts';
import type { Outlook } from '../pipeline.ts';
import type { Arguments } from './arguments.ts';
import { callOf } from './invocation.ts';

export function ticketLine(
  ticket: Ticket,
  group: SignalGroup | undefined,
  outlook?: Outlook,
): string {
  const where = ticket.metadata.location ? ` · ${place(ticket.metadata.location)}` : '';
  const seen = group ? ` · ${group.count}×` : '';
  return `${ticket.id.padEnd(20)} ${ticket.status.padEnd(11)} ${ticket.priority.value.padEnd(8)} ${ticket.title}${where}${seen}${outlook?.heldBack ? ' · held back' : ''}`;
}

export function ticketText(
  ticket: Ticket,
  group: SignalGroup | undefined,
  attempts: readonly Attempt[],
  requests: readonly PatchRequest[],
  differences: readonly Difference[] = [],
  outlook?: Outlook,
): string {
  return [
    `${ticket.id}  ${ticket.title}`,
    `  status    ${ticket.status}`,
    `  category  ${ticket.category}: ${categoryReason(ticket)}`,
    `  priority  ${ticket.priority.value}: ${ticket.priority.reason}`,
    `  risk      ${ticket.risk.value}/10: ${ticket.risk.reason}`,
    `  effort    ${ticket.effort.value}/10: ${ticket.effort.reason}`,
    `  score     ${score(ticket)} (lowest is drafted first)`,
    ...lineOf('odds', outlook && oddsText(outlook.odds)),
    ...lineOf('held back', outlook?.heldBack),
    ...(group ? [`  seen      ${group.count} times, ${group.firstSeen} to ${group.lastSeen}`] : []),
    ...(ticket.metadata.location ? [`  place     ${place(ticket.metadata.location)}`] : []),
    ...lineOf('preview', ticket.metadata.previewWanted?.reason),
    ...lineOf('reopened', reopenedText(ticket.metadata)),
    ...suspectsOf(ticket.metadata).map((one) => `  suspect   ${suspectText(one)}`),
    ...(ticket.metadata.fingerprint?.parts ?? []).map((p) => `  group by  ${p.label}: ${p.value}`),
    ...differences.map(differenceText),
    `  ${ticket.description}`,
    ...linesUnder('solution', ticket.proposedSolution),
    ...linesUnder('tests', ticket.testPlan),
    ...ticket.evidence
      .slice(0, 1)
      .flatMap((e) => [`  evidence  ${e.file}, ${e.at}`, ...indent(e.text, 4).slice(0, 30)]),
    ...attempts.map((a) => `  attempt   ${attemptLine(a)}`),
    ...requests.flatMap((r) => [
      `  request   ${requestLine(r)}`,
      ...[canaryOf(r)].flatMap((one) => (one ? indent(canaryLines(one).join('\n'), 4) : [])),
    ]),
  ].join('\n');
}

/** `60 % that a draft is approved, about $0.40 and 3.5 min (3 of 5 for bug_fix.)`. */
function oddsText({ chance, costUsd, minutes, reason }: Outlook['odds']): string {
  const cost = costUsd === undefined ? '' : `$${costUsd.toFixed(2)} and `;
  return `${Math.round(100 * chance)} % that a draft is approved and stays, about ${cost}${minutes} min. ${reason}`;
}

const maxValues = 10;

/** `differs   message: "disk full" (12), "no route" (3)`. */
export function differenceText({ part, values }: Difference): string {
  const shown = values
    .slice(0, maxValues)
    .map(({ value, count }) => `${JSON.stringify(value)} (${count}×)`);
  const left = values.length - shown.length;
  return `  differs   ${part}: ${[...shown, ...(left > 0 ? [`and ${left} more`] : [])].join(', ')}`;
}

function lineOf(label: string, text: string | undefined): readonly string[] {
  return text === undefined ? [] : [`  ${label.padEnd(9)} ${text}`];
}

function linesUnder(label: string, text: string): readonly string[] {
  return text === '' ? [] : [`  ${label}`, ...indent(text, 4)];
}

function attemptLine(attempt: Attempt): string {
  return `#${attempt.number} ${attempt.id.slice(0, 8)} ${attempt.outcome}, ${spentText(attempt)}${attempt.error ? `: ${attempt.error}` : ''}`;
}

export function cost(of: Pick<Attempt, 'usage' | 'costUsd'>): string {
  return of.costUsd === undefined ? `${totalTokens(of.usage)} tokens` : `$${of.costUsd.toFixed(2)}`;
}

export function spentText(attempt: Pick<Attempt, 'steps' | 'usage' | 'costUsd'>): string {
  return `${attempt.steps} steps, ${cost(attempt)}${cached(attempt.usage)}`;
}

/** Part of what was sent that the provider had kept. */
function cached(usage: Attempt['usage']): string {
  const sent = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  if (usage.cacheReadTokens === 0) return '';
  return `, ${Math.round((100 * usage.cacheReadTokens) / sent)} % of input from cache`;
}

export function requestLine(request: PatchRequest): string {
  const tally = gateTally(request.gates);
  return `${request.id.slice(0, 8)} ${request.status.padEnd(16)} ${request.ticketId} · ${changes(request)} · ${tally.passed}/${tally.of} gates · ${request.confidence.value.toFixed(2)}${pullRequestText(request)}`;
}

/** As `canary` prints it, and `show`. */
export function canaryLines({ verdict, load, starts, requests, ...rest }: Canary): string[] {
  const how = `${starts} starts, ${requests} × to each side: ${load.join(', ')}`;
  return [
    `The app is ${canaryWords[verdict]} (${how}).`,
    ...rest.findings.map((line) => `  ! ${line}`),
    ...rest.figures.map((figure) => `  ${figureText(figure)}`),
    ...indent(rest.output.trim(), 4).filter((line) => line.trim() !== ''),
  ];
}

function pullRequestText({ pullRequest }: PatchRequest): string {
  if (!pullRequest) return '';
  const { url, state, checks, comments } = pullRequest;
  return ` · ${url} ${state}, checks ${checks}, ${comments.length} comments`;
}

export function requestText(request: PatchRequest, args: Pick<Arguments, 'folder'>): string {
  const id = request.id.slice(0, 8);
  return [
    requestLine(request),
    `  ${request.reasoning}`,
    '',
    `  ${callOf(args, 'diff', id)}`,
    `  ${callOf(args, 'approve', id)}`,
    `  ${callOf(args, 'reject', id, '-m', '"what is wrong with it"')}`,
  ].join('\n');
}

export function changes({ files }: Pick<PatchRequest, 'files'>): string {
  const added = files.reduce((sum, file) => sum + Math.max(0, file.added), 0);
  const removed = files.reduce((sum, file) => sum + Math.max(0, file.removed), 0);
  return `${files.length} file${files.length === 1 ? '' : 's'} +${added} −${removed}`;
}

export function selfTestLines(result: SelfTest): string {
  const mark = (ok: boolean): string => (ok ? '✓' : '✗');
  const { right, canaries, gates } = result;
  return [
    `${mark(right.passed)} ${'right'.padEnd(18)} ${right.passed ? 'passes' : `refused: ${right.reason}`}`,
    ...canaries.map(({ id, kind, caught, marked, reason }) =>
      [
        `${mark(caught)} ${id.padEnd(18)} ${kind}`,
        `    ${marked ? 'shown to the reviewer: ' : ''}${reason}`,
      ].join('\n'),
    ),
    ...gates.map(({ id, caught, of }) => `  ${gateTitles[id].padEnd(18)} ${caught} of ${of}`),
    selfTestText(result),
  ].join('\n');
}

const marks = { passed: '✓', failed: '✗', skipped: '–', not_configured: '·' } as const;

export function gateLine(report: GateReport): string {
  return `${marks[report.verdict]} ${gateTitles[report.id].padEnd(18)} ${seconds(report.durationMs)}  ${report.reason}`;
}

export function gateText(report: GateReport): string {
  const evidence = report.evidence.filter((line) => line !== report.reason);
  return [
    gateLine(report),
    ...evidence.map((line) => `    ${line}`),
    ...report.marks.map((line) => `    ! ${line}`),
  ].join('\n');
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`.padStart(7);
}

export function indent(text: string, by: number): string[] {
  return text.split('\n').map((line) => ' '.repeat(by) + line);
}

/** `1 ticket`, `2 tickets`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
