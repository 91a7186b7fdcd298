import { closedOf, seenClosed } from './closed.ts';
import {
  describeInteraction,
  describePerformance,
  interactionPriority,
  performancePriority,
} from './performanceTicket.ts';
import { describeQuality, qualityPriority } from './quality.ts';
import type { Settings } from './settings.ts';
import {
  countRecent,
  exceptionCategory,
  exceptionPriority,
  setByPerson,
  waiting,
} from './triage.ts';
import {
  type ExceptionEvent,
  type ExceptionSignal,
  type FeedbackSignal,
  type Frame,
  lastAtOf,
  occurrencesOf,
  type Severity,
  type Signal,
} from './signal.ts';
import type { WorkspaceVersion } from './versions.ts';
import {
  type Evidence,
  type Location,
  place,
  type Priority,
  type Reasoned,
  type SignalGroup,
  type Ticket,
  type TicketMetadata,
} from './ticket.ts';

/** Evidence kept on a ticket; older pieces are dropped, the count is kept in its group. */
const maxEvidence = 5;
const maxEvidenceChars = 8_000;

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
        ...placeMoved(signal, ticket),
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

/** Of an event of its own: the same function has moved within its file. */
function placeMoved(signal: ExceptionSignal, { metadata, evidence }: Ticket): TicketMetadata {
  const { location: before, fingerprint } = metadata;
  const isOwn = !signal.isOutline && signal.fingerprint.hash === fingerprint?.hash;
  const isNewest = evidence.every(({ at }) => at <= signal.at);
  const { location: now } = signal;
  if (!isOwn || !isNewest || !before || !now || now.file !== before.file) return {};
  return now.line === before.line || now.function !== before.function ? {} : placeNow(signal);
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
