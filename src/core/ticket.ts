import { createHash } from 'node:crypto';
import { PatchwrightError } from './errors.ts';
import {
  describeInteraction,
  describePerformance,
  interactionPriority,
  performancePriority,
} from './performanceTicket.ts';
import { type Closed, closedOf, type Reopened, seenClosed } from './closed.ts';
import { describeQuality, qualityPriority } from './quality.ts';
import type { Settings } from './settings.ts';
import type { Suspect } from './suspects.ts';
import {
  type CodeFacts,
  countRecent,
  exceptionCategory,
  exceptionPriority,
  type Recent,
  setByPerson,
  waiting,
} from './triage.ts';
import {
  type ExceptionEvent,
  type ExceptionSignal,
  type FeedbackSignal,
  type Fingerprint,
  type Frame,
  lastAtOf,
  occurrencesOf,
  type Severity,
  type Signal,
  type Trait,
} from './signal.ts';
import type { Split } from './variants.ts';
import type { WorkspaceVersion } from './versions.ts';

export const ticketStatuses = [
  'open',
  'in_progress',
  'testing',
  'ready',
  'applied',
  'failed',
  'rejected',
  'rolled_back',
  'snoozed',
  'closed',
] as const;
export type TicketStatus = (typeof ticketStatuses)[number];
export type Category = 'bug_fix' | 'performance' | 'feature' | 'refactor';
export type Priority = 'low' | 'medium' | 'high' | 'critical';

/** A value with the reason for it, in words. */
export interface Reasoned<T> {
  readonly value: T;
  readonly reason: string;
}

/** What was seen, newest first, sanitised and bounded. */
export interface Evidence {
  readonly at: string;
  readonly file: string;
  readonly offset: number;
  readonly text: string;
  /** What its ticket may be split by. */
  readonly traits?: readonly Trait[];
}

export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly function?: string;
}

export interface Ticket {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly category: Category;
  readonly status: TicketStatus;
  readonly priority: Reasoned<Priority>;
  /** 1–10. */
  readonly risk: Reasoned<number>;
  /** 1–10. */
  readonly effort: Reasoned<number>;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly evidence: readonly Evidence[];
  readonly proposedSolution: string;
  readonly testPlan: string;
  readonly filesToModify: readonly string[];
  readonly metadata: TicketMetadata;
}

/** As much of a ticket as figures over all of them need. */
export interface TicketSummary
  extends Pick<Ticket, 'id' | 'category' | 'status' | 'createdAt' | 'updatedAt'> {
  readonly priority: Priority;
  readonly risk: number;
}

/** What a kind of signal says of its ticket. */
export type Described = Omit<
  Ticket,
  'id' | 'title' | 'status' | 'createdAt' | 'updatedAt' | 'evidence'
>;

export interface TicketMetadata {
  readonly fingerprint?: Fingerprint;
  readonly location?: Location;
  readonly exceptionType?: string;
  readonly language?: string;
  /** Seen again after it was applied. */
  readonly regression?: boolean;
  /** The worst that was seen. */
  readonly severity?: Severity;
  /** Comments of reviewers who rejected earlier attempts, oldest first. */
  readonly reviewComments?: readonly string[];
  /** Another ticket's id: what is seen of this one counts for that. Empty once taken back. */
  readonly mergedInto?: string;
  /** Which of its events a person has given to tickets of their own. */
  readonly splits?: readonly Split[];
  /** The ticket that it was split off from. */
  readonly splitFrom?: string;
  /** The release that its patch is to take back. */
  readonly takesBack?: string;
  /** A score given by a person, who moved it before another ticket. */
  readonly rank?: number;
  readonly snoozedUntil?: string;
  readonly closedReason?: string;
  /** How things were when it was closed as not worth fixing. */
  readonly closed?: Closed;
  /** Why it was opened again after that. */
  readonly reopened?: Reopened;
  /** Versions of the program that the log named with it, the latest last. */
  readonly releases?: readonly string[];
  /** When what it was about was no longer found; empty once it was found again. */
  readonly resolvedAt?: string;
  /** Files of the workspace that its stack goes through, the failing place first. */
  readonly stack?: readonly Location[];
  /** How often it was seen lately: tells a burst. */
  readonly recent?: Recent;
  /** That looking into it should begin by itself, and why. */
  readonly previewWanted?: { readonly at: string; readonly reason: string };
  /** When it was last seen, once it has sunk for being quiet. */
  readonly quietSince?: string;
  /** What its code was like when the ticket was made. */
  readonly codeFacts?: CodeFacts;
  /** Commits that may have caused it, the likeliest first. */
  readonly suspects?: readonly Suspect[];
  readonly [key: string]: unknown;
}

/** How often a signal was seen; kept beside the ticket so that below the threshold nothing is lost. */
export interface SignalGroup {
  /** The ticket's id-to-be. */
  readonly id: string;
  readonly fingerprint: string;
  readonly kind: Signal['kind'];
  readonly count: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Different users behind it, where that is known. */
  readonly users?: number;
}

/** The legal moves of a ticket. */
const moves: Readonly<Record<TicketStatus, readonly TicketStatus[]>> = {
  // An earlier patch of it can be taken up again after an attempt that was to change it.
  open: ['in_progress', 'ready', 'snoozed', 'closed'],
  in_progress: ['testing', 'open', 'failed'],
  testing: ['ready', 'failed', 'open', 'in_progress'],
  ready: ['applied', 'rejected', 'failed', 'open'],
  applied: ['rolled_back', 'open'],
  failed: ['open', 'in_progress', 'ready', 'snoozed', 'closed'],
  rejected: ['open', 'in_progress', 'snoozed', 'closed', 'ready'],
  rolled_back: ['open', 'in_progress', 'snoozed', 'closed'],
  snoozed: ['open', 'closed'],
  closed: ['open'],
};

export function canMove(from: TicketStatus, to: TicketStatus): boolean {
  return moves[from].includes(to);
}

export function assertMove(ticket: Pick<Ticket, 'id' | 'status'>, to: TicketStatus): void {
  if (canMove(ticket.status, to)) return;
  throw new PatchwrightError('illegal_move', {
    what: `Ticket ${ticket.id} can't become ${to}.`,
    why: `It is ${ticket.status}, and from there it can only become ${moves[ticket.status].join(', ')}.`,
    remedy: 'Look at the ticket again; another window may have changed it.',
  });
}

const prefixes: Readonly<Record<Signal['kind'], string>> = {
  exception: 'exception',
  feedback: 'feedback',
  performance: 'perf',
  interaction: 'interaction',
  quality: 'quality',
};

/** Stable on every machine: the same exception in the same place gives the same id. */
export function ticketIdOf(signal: Pick<Signal, 'kind' | 'fingerprint'>): string {
  return `${prefixes[signal.kind]}-${signal.fingerprint.hash.slice(0, 8)}`;
}

export function manualTicketId(title: string, createdAt: string): string {
  const hash = createHash('sha256').update(`${createdAt}\n${title}`).digest('hex');
  return `manual-${hash.slice(0, 8)}`;
}

export const rank: Readonly<Record<Priority, number>> = {
  low: 1,
  medium: 4,
  high: 7,
  critical: 10,
};

/**
 * Selection score (B4): (10 − priority) + risk/2 + effort/2; the lowest is drafted first. Where a person has
 * moved the ticket, their word counts.
 */
export function score(ticket: Pick<Ticket, 'priority' | 'risk' | 'effort' | 'metadata'>): number {
  if (ticket.metadata.rank !== undefined) return ticket.metadata.rank;
  return 10 - rank[ticket.priority.value] + ticket.risk.value / 2 + ticket.effort.value / 2;
}

/** Which ticket to draft next, or undefined. Tickets over the risk limit need a person to start them. */
export function pick(
  tickets: readonly Ticket[],
  settings: Pick<Settings, 'selection' | 'limits'>,
  attemptsOf: (ticketId: string) => number,
  /** That a draft will be approved: it decides between equals. */
  chanceOf: (ticket: Ticket) => number = () => 0,
): Ticket | undefined {
  return tickets
    .filter((ticket) => ticket.status === 'open')
    .filter((ticket) => ticket.category === 'bug_fix')
    .filter((ticket) => ticket.risk.value <= settings.selection.maxRisk)
    .filter((ticket) => attemptsOf(ticket.id) < settings.limits.attemptsPerTicket)
    .sort((a, b) => score(a) - score(b) || chanceOf(b) - chanceOf(a) || byTurn(a, b))[0];
}

/** Orders of a list: whose turn it is, last seen first, most often seen first; of equals by turn. */
export type TicketOrder = 'score' | 'lastSeen' | 'occurrences';

/** Whose turn it is: the lowest score first, of equals the older one. */
export function byTurn(a: Ticket, b: Ticket): number {
  return score(a) - score(b) || a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id);
}

/** The score with which a ticket comes right before `next`, of all the others in their order. */
export function rankBefore(others: readonly Ticket[], next: Ticket): number {
  const own = score(next);
  const before = others.map(score).filter((other) => other < own);
  const nearest = before.reduce((most, other) => Math.max(most, other), own - 2);
  return (own + nearest) / 2;
}

/** Evidence kept on a ticket; older pieces are dropped, the count is kept in its group. */
export const maxEvidence = 5;
export const maxEvidenceChars = 8_000;

/** What a signal changes: nothing yet (below its threshold), a new ticket, or fields of one there is. */
export type Fold =
  | { readonly kind: 'counted' }
  | { readonly kind: 'created'; readonly ticket: Ticket }
  | { readonly kind: 'updated'; readonly id: string; readonly fields: Partial<Ticket> };

/**
 * Folds one signal into its ticket. `count` is the group's count with this signal included.
 * Pure; the caller writes the result down together with the file position it came from.
 */
export function fold(
  signal: Signal,
  group: SignalGroup,
  known: Ticket | undefined,
  settings: Pick<Settings, 'thresholds'>,
  now: string,
  version?: WorkspaceVersion,
): Fold {
  if (!known) {
    return group.count >= threshold(signal, settings)
      ? { kind: 'created', ticket: newTicket(signal, group, settings, now) }
      : { kind: 'counted' };
  }
  const again = foldClosed(signal, known, version);
  const ticket = { ...known, metadata: awake(again.metadata) };
  // Only what a signal may change: never a status set by a person, except where what it rests on has changed.
  const base = {
    ...evidenceWith(signal, ticket),
    updatedAt: now,
    ...(again.status ? { status: again.status } : {}),
  };
  if (signal.kind !== 'exception') return foldOther(signal, group, ticket, settings, base);
  const reopened = ticket.status === 'applied' && lastAtOf(signal) > ticket.updatedAt;
  const regression = reopened || ticket.metadata.regression === true;
  // What ended the program once stays urgent, however the latest occurrence went.
  const severity = worse(signal.severity, ticket.metadata.severity ?? 'warning');
  const recent = countRecent(ticket.metadata.recent, signal.at, occurrencesOf(signal));
  const priority = exceptionPriority({ ...group, severity, regression, recent });
  return {
    kind: 'updated',
    id: ticket.id,
    fields: {
      ...base,
      ...(setByPerson(ticket) ? {} : { priority }),
      ...(reopened ? { status: 'open' as const } : {}),
      metadata: {
        ...placeNow(signal),
        ...ticket.metadata,
        severity,
        ...(recent ? { recent } : {}),
        ...(regression ? { regression } : {}),
        ...releasesWith(ticket.metadata.releases, signal.release),
      },
    },
  };
}

/** What the signal means for a ticket that a person closed; a merged one is only out of the way. */
function foldClosed(
  signal: Signal,
  { status, metadata }: Ticket,
  version: WorkspaceVersion | undefined,
): Pick<Ticket, 'metadata'> & { readonly status?: 'open' } {
  const before = status === 'closed' && !metadata.mergedInto ? closedOf(metadata) : undefined;
  if (!before) return { metadata };
  const { closed, reopened } = seenClosed(before, signal, version);
  if (!reopened) return { metadata: { ...metadata, closed } };
  const { closed: _, ...rest } = metadata;
  return { metadata: { ...rest, reopened }, status: 'open' };
}

const maxReleases = 10;

function releasesWith(
  known: readonly string[] = [],
  release: string | undefined,
): Pick<TicketMetadata, 'releases'> {
  if (release === undefined || known.at(-1) === release) return {};
  return { releases: [...known.filter((one) => one !== release), release].slice(-maxReleases) };
}

/** Seen again, so no longer quiet. */
function awake(metadata: TicketMetadata): TicketMetadata {
  if (metadata.quietSince === undefined) return metadata;
  const { quietSince: _, ...rest } = metadata;
  return rest;
}

const severities: readonly Severity[] = ['warning', 'error', 'fatal'];

function worse(a: Severity, b: Severity): Severity {
  return severities.indexOf(a) > severities.indexOf(b) ? a : b;
}

type OtherSignal = Exclude<Signal, ExceptionSignal>;

/** Back again after a fix counts as a regression for what is measured too; feedback may be of before the fix. */
function foldOther(
  signal: OtherSignal,
  group: SignalGroup,
  ticket: Ticket,
  settings: Pick<Settings, 'thresholds'>,
  base: Partial<Ticket>,
): Fold {
  const isMeasured = signal.kind === 'performance' || signal.kind === 'quality';
  const regressed = isMeasured && ticket.status === 'applied' && signal.at > ticket.updatedAt;
  // What went by itself and is there again; never what a person has closed.
  const isBack = ticket.status === 'closed' && Boolean(ticket.metadata.resolvedAt);
  const metadata = {
    ...ticket.metadata,
    ...otherMetadata(signal, group, settings, ticket),
    ...(isBack ? { resolvedAt: '' } : {}),
  };
  return {
    kind: 'updated',
    id: ticket.id,
    fields: {
      ...base,
      ...(setByPerson(ticket) ? {} : { priority: otherPriority(signal, group) }),
      ...(regressed || isBack ? { status: 'open' as const } : {}),
      metadata: regressed ? { ...metadata, regression: true } : metadata,
    },
  };
}

function otherPriority(signal: OtherSignal, group: SignalGroup): Reasoned<Priority> {
  if (signal.kind === 'performance') return performancePriority(signal);
  if (signal.kind === 'quality') return qualityPriority(signal);
  return signal.kind === 'interaction' ? interactionPriority(signal) : feedbackPriority(group);
}

function feedbackPriority({ count, users = 0 }: SignalGroup): Reasoned<Priority> {
  const who = users > 1 ? `, from ${users} users` : '';
  const reason = `${count} pieces of feedback say so${who}.`;
  return { value: users >= 10 || count >= 50 ? 'medium' : 'low', reason };
}

function otherMetadata(
  signal: OtherSignal,
  group: SignalGroup,
  { thresholds }: Pick<Settings, 'thresholds'>,
  known: Pick<Ticket, 'status' | 'metadata'> | undefined,
): TicketMetadata {
  if (signal.kind === 'performance') return { anomaly: signal.anomaly };
  if (signal.kind === 'interaction') return { pattern: signal.pattern };
  if (signal.kind === 'quality') return { finding: signal.finding };
  const users = group.users ?? 0;
  return {
    reports: group.count,
    ...(users > 0 ? { users } : {}),
    ...(users >= thresholds.sameComplaintUsers ? previewWanted(signal, users, known) : {}),
  };
}

/** So many users say the same that looking into it should begin by itself (B6); once a ticket. */
function previewWanted(
  { at }: OtherSignal,
  users: number,
  known: Pick<Ticket, 'status' | 'metadata'> | undefined,
): TicketMetadata {
  // One that a person has put away or that is being worked on needs no look.
  const isDue =
    known === undefined || (waiting.includes(known.status) && !known.metadata.previewWanted);
  return isDue ? { previewWanted: { at, reason: `${users} users report the same.` } } : {};
}

function threshold(signal: Signal, settings: Pick<Settings, 'thresholds'>): number {
  if (signal.kind === 'feedback') return feedbackThreshold(signal, settings);
  if (signal.kind !== 'exception') return 1;
  return signal.severity === 'fatal' ? 1 : settings.thresholds.exceptionOccurrences;
}

/** Praise asks for nothing. */
function feedbackThreshold(
  { intent }: FeedbackSignal,
  { thresholds }: Pick<Settings, 'thresholds'>,
): number {
  if (intent === 'praise') return Number.POSITIVE_INFINITY;
  return intent === 'request' ? thresholds.featureRequests : thresholds.feedbackItems;
}

function newTicket(
  signal: Signal,
  group: SignalGroup,
  settings: Pick<Settings, 'thresholds'>,
  now: string,
): Ticket {
  const common = {
    id: group.id,
    title: signal.title,
    status: 'open' as const,
    createdAt: now,
    updatedAt: now,
    evidence: [evidenceOf(signal)],
  };
  switch (signal.kind) {
    case 'exception':
      return { ...common, ...describeException(signal, group) };
    case 'performance':
      return { ...common, ...describePerformance(signal) };
    case 'interaction':
      return { ...common, ...describeInteraction(signal) };
    case 'quality':
      return { ...common, ...describeQuality(signal) };
    case 'feedback':
      return { ...common, ...describeFeedback(signal, group, settings) };
  }
}

function describeFeedback(
  signal: FeedbackSignal,
  group: SignalGroup,
  settings: Pick<Settings, 'thresholds'>,
) {
  const says = signal.intent === 'request' ? 'Users ask for' : 'Users report';
  return {
    description: `${says}: ${signal.title}`,
    category: 'feature' as const,
    priority: feedbackPriority(group),
    risk: { value: 5, reason: 'Feedback does not say which code it is about.' },
    effort: { value: 5, reason: 'Feedback does not say which code it is about.' },
    proposedSolution: '',
    testPlan: '',
    filesToModify: [],
    metadata: {
      fingerprint: signal.fingerprint,
      ...(signal.intent === undefined ? {} : { intent: signal.intent }),
      ...otherMetadata(signal, group, settings, undefined),
    },
  };
}

/** Where it is; only for a ticket that does not know yet. */
function placeNow(signal: ExceptionSignal): Pick<TicketMetadata, 'location' | 'stack'> {
  const { location } = signal;
  const stack = stackOf(signal);
  return { ...(location ? { location } : {}), ...(stack.length > 0 ? { stack } : {}) };
}

function describeException(signal: ExceptionSignal, group: SignalGroup) {
  const { exception, location } = signal;
  const where = location ? ` in ${place(location)}` : '';
  const root = exception.causes.at(-1);
  const recent = countRecent(undefined, signal.at, occurrencesOf(signal));
  return {
    description: `${exception.type}: ${exception.message}${where}.${
      root ? ` Caused by ${root.type}: ${root.message}.` : ''
    }`,
    category: exceptionCategory(exception.type, signal.severity),
    priority: exceptionPriority({ ...group, severity: signal.severity, recent }),
    risk: exceptionRisk(signal),
    effort: exceptionEffort(signal),
    proposedSolution: location
      ? `Handle the case that raises ${exception.type} at ${place(location)}.`
      : `Find where ${exception.type} is raised and handle the case.`,
    testPlan: `A test that raises ${exception.type} before the change and passes after it.`,
    filesToModify: location ? [location.file] : [],
    metadata: {
      fingerprint: signal.fingerprint,
      exceptionType: exception.type,
      severity: signal.severity,
      language: exception.language,
      ...placeNow(signal),
      ...(recent ? { recent } : {}),
      ...releasesWith([], signal.release),
    },
  };
}

const maxStack = 10;

/** The failing place, where each cause was thrown, then who called; whoever reads it says which are files here. */
function stackOf({ exception, location }: ExceptionSignal): readonly Location[] {
  if (!location) return [];
  const inApp = ({ frames }: Pick<ExceptionEvent, 'frames'>) => frames.filter((f) => f.inApp);
  const causes = exception.causes.toReversed().flatMap((cause) => inApp(cause).slice(0, 1));
  const [top, ...callers] = inApp(exception);
  const places = [...(top ? [top] : []), ...causes, ...callers].map(placeOf);
  return [...new Map(places.map((one) => [place(one), one])).values()].slice(0, maxStack);
}

function placeOf({ file, line, function: name }: Frame): Location {
  return {
    file,
    ...(line === undefined ? {} : { line }),
    ...(name === undefined ? {} : { function: name }),
  };
}

export function place(location: Location): string {
  return location.line === undefined ? location.file : `${location.file}:${location.line}`;
}

function exceptionRisk({ exception, location }: ExceptionSignal): Reasoned<number> {
  if (!location) return { value: 6, reason: 'No frame of it is in this workspace.' };
  const files = new Set(exception.frames.filter((f) => f.inApp).map((f) => f.file)).size;
  return files > 3
    ? { value: 5, reason: `Its stack goes through ${files} files of this workspace.` }
    : {
        value: 3,
        reason: `Its stack touches ${files} file${files === 1 ? '' : 's'} of this workspace.`,
      };
}

function exceptionEffort({ exception, location }: ExceptionSignal): Reasoned<number> {
  if (!location) return { value: 6, reason: 'The place has to be found first.' };
  return exception.causes.length > 0
    ? {
        value: 4,
        reason: `The cause lies ${exception.causes.length === 1 ? 'one exception' : `${exception.causes.length} exceptions`} deeper.`,
      }
    : { value: 2, reason: 'The stack names the place.' };
}

/** An outline shows nothing. */
function evidenceWith(signal: Signal, { evidence }: Ticket): Partial<Pick<Ticket, 'evidence'>> {
  if (signal.kind === 'exception' && signal.isOutline) return {};
  return { evidence: [evidenceOf(signal), ...evidence].slice(0, maxEvidence) };
}

function evidenceOf(signal: Signal): Evidence {
  return {
    at: signal.at,
    file: signal.source.file,
    offset: signal.source.offset,
    text: textOf(signal).slice(0, maxEvidenceChars),
    ...(signal.kind === 'exception' && signal.traits ? { traits: signal.traits } : {}),
  };
}

function textOf(signal: Signal): string {
  switch (signal.kind) {
    case 'exception':
      return signal.exception.raw;
    case 'feedback':
      return signal.feedback.text;
    case 'performance':
      return signal.anomaly.reason;
    case 'interaction':
      return [signal.pattern.reason, ...signal.pattern.examples].join('\n');
    case 'quality':
      return [signal.finding.reason, ...signal.finding.places].join('\n');
  }
}
