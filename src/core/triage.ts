import type { Severity } from './signal.ts';
import type { Priority, Reasoned, SignalGroup, Ticket, TicketStatus } from './ticket.ts';

/**
 * What a ticket is worth and what it may cost, by rules that anyone can read: each raises or lowers by
 * a stated step, and says so in the reason. Pure.
 */

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** Occurrences of the hour (or another period) that the newest one lies in, and of the one before it. */
export interface Recent {
  /** Start of the hour, ISO 8601 UTC. */
  readonly hour: string;
  readonly count: number;
  readonly before: number;
}

/** Counts occurrences of one hour; those of earlier hours than the two are in the group's count only. */
export function countRecent(
  recent: Recent | undefined,
  at: string,
  times: number,
): Recent | undefined {
  return countIn(hourMs, recent, at, times);
}

export function countIn(
  periodMs: number,
  recent: Recent | undefined,
  at: string,
  times: number,
): Recent | undefined {
  const period = Math.floor(Date.parse(at) / periodMs);
  if (Number.isNaN(period)) return recent;
  const passed = recent ? period - Date.parse(recent.hour) / periodMs : Number.POSITIVE_INFINITY;
  if (recent && passed === 0) return { ...recent, count: recent.count + times };
  if (recent && passed === -1) return { ...recent, before: recent.before + times };
  if (recent && passed < 0) return recent;
  const before = recent && passed === 1 ? recent.count : 0;
  return { hour: new Date(period * periodMs).toISOString(), count: times, before };
}

/** A sliding period out of two fixed ones: of the earlier, the part that still lies within. */
export function lastOf({ hour, count, before }: Recent, newest: string, periodMs: number): number {
  const within = Math.min(1, Math.max(0, (Date.parse(newest) - Date.parse(hour)) / periodMs));
  return Math.round(count + before * (1 - within));
}

const burstLeast = 10;
const burstTimes = 5;

type Seen = Pick<SignalGroup, 'count'> & Partial<Pick<SignalGroup, 'firstSeen' | 'lastSeen'>>;

/** Occurrences of the last hour and of a usual one, when there are far more of them than usual. */
export function burstOf(
  seen: Seen,
  recent: Recent | undefined,
): { readonly lastHour: number; readonly usual: number } | undefined {
  if (!recent || seen.firstSeen === undefined || seen.lastSeen === undefined) return undefined;
  const hours = (Date.parse(seen.lastSeen) - Date.parse(seen.firstSeen)) / hourMs - 1;
  // Without an hour's history there is nothing usual yet.
  if (!(hours >= 1)) return undefined;
  const now = lastOf(recent, seen.lastSeen, hourMs);
  const usual = Math.max(0, seen.count - now) / hours;
  return now >= burstLeast && now >= burstTimes * usual ? { lastHour: now, usual } : undefined;
}

export interface Occurrences extends Seen {
  /** The worst that was seen. */
  readonly severity: Severity;
  readonly regression?: boolean | undefined;
  readonly users?: number | undefined;
  readonly recent?: Recent | undefined;
}

const manyTimes = 50;
const manyUsers = 10;

/** Fatality and regression first, then how often; a burst or many users raise it by a level each. */
export function exceptionPriority(seen: Occurrences): Reasoned<Priority> {
  const burst = burstOf(seen, seen.recent);
  const users = seen.users ?? 0;
  const raises = [
    ...(burst
      ? [`A burst: ${burst.lastHour} times in its last hour, usually ${rateText(burst.usual)}.`]
      : []),
    ...(users >= manyUsers ? [`It hits ${users} users.`] : []),
  ];
  const base = basePriority(seen);
  return raises.length === 0
    ? base
    : { value: moved(base.value, raises.length), reason: [base.reason, ...raises].join(' ') };
}

function basePriority(seen: Occurrences): Reasoned<Priority> {
  const { severity, count, regression } = seen;
  const times = count === 1 ? 'once' : `${count} times`;
  if (severity === 'fatal') {
    return { value: 'critical', reason: `It ended the program; seen ${times}.` };
  }
  if (regression) return { value: 'high', reason: `It came back after a fix; seen ${times}.` };
  if (count >= manyTimes) {
    return isRare(seen)
      ? { value: 'medium', reason: `Seen ${times}, but less than once a day.` }
      : { value: 'high', reason: `Seen ${times}.` };
  }
  if (severity === 'warning') return { value: 'low', reason: `Only a warning; seen ${times}.` };
  return { value: 'medium', reason: `Seen ${times}.` };
}

function isRare({ count, firstSeen, lastSeen }: Seen): boolean {
  if (firstSeen === undefined || lastSeen === undefined) return false;
  return (Date.parse(lastSeen) - Date.parse(firstSeen)) / dayMs > count;
}

function rateText(perHour: number): string {
  if (perHour === 0) return 'hardly ever';
  const rounded = Math.round(perHour);
  return rounded >= 1 ? `${rounded} an hour` : `${Math.ceil(perHour * 24)} a day`;
}

const levels: readonly Priority[] = ['low', 'medium', 'high', 'critical'];

function moved(from: Priority, by: number): Priority {
  const to = Math.min(levels.length - 1, Math.max(0, levels.indexOf(from) + by));
  return levels[to] ?? from;
}

/** With this {@link exceptionPriority} tells of one. */
export const burstMark = 'A burst: ';

/** A burst after which nothing was seen for a day raises the priority no longer. */
export function calm(
  ticket: Ticket,
  seen: SignalGroup,
  now: Date,
): Pick<Ticket, 'priority'> | undefined {
  const isOver = now.getTime() - Date.parse(seen.lastSeen) >= dayMs;
  if (!isOver || !ticket.priority.reason.includes(burstMark) || setByPerson(ticket))
    return undefined;
  const { severity = 'error', regression } = ticket.metadata;
  const { value, reason } = exceptionPriority({ ...seen, severity, regression });
  return { priority: { value, reason: `${reason} Its burst is over.` } };
}

export const quietDays = 14;

/** Where a ticket waits: only there does its turn matter. */
export const waiting: readonly TicketStatus[] = ['open', 'failed', 'rolled_back'];

export function setByPerson({ priority }: Pick<Ticket, 'priority'>): boolean {
  return priority.reason.startsWith('Set by');
}

/** A ticket that nothing was seen of for two weeks sinks by a level, once, until it is seen again. */
export function sink(
  ticket: Ticket,
  lastSeen: string,
  now: Date,
): Pick<Ticket, 'priority' | 'metadata'> | undefined {
  const days = Math.floor((now.getTime() - Date.parse(lastSeen)) / dayMs);
  if (!(days >= quietDays) || !waiting.includes(ticket.status)) return undefined;
  if (ticket.metadata.quietSince !== undefined || setByPerson(ticket)) return undefined;
  const { value: from, reason } = ticket.priority;
  const to = moved(from, -1);
  const change = to === from ? '' : `, so it sinks from ${from} to ${to}`;
  return {
    priority: { value: to, reason: `${reason} Quiet for ${days} days${change}.` },
    metadata: { ...ticket.metadata, quietSince: lastSeen },
  };
}

/** What is known of the code that a ticket is about; all of it optional: there may be no git, no file, no report. */
export interface CodeFacts {
  readonly lines?: number;
  /** Commits of the last 90 days that touched the file. */
  readonly commits?: number;
  /** Part of its lines that tests run, 0–1. */
  readonly coverage?: number;
  /** The rule that protects the file itself. */
  readonly protectedBy?: string;
  /** Other files of its stack that are protected. */
  readonly protectedNear?: readonly string[];
}

interface Step {
  readonly by: number;
  readonly reason: string;
}

/** Risk and effort with what the code says added to what the stack said. */
export function withFacts(
  { risk, effort }: Pick<Ticket, 'risk' | 'effort'>,
  facts: CodeFacts,
): Pick<Ticket, 'risk' | 'effort'> {
  return {
    risk: stepped(risk, [
      ...sizeSteps(facts),
      ...churnSteps(facts),
      ...coverageSteps(facts),
      ...protectionSteps(facts),
    ]),
    effort: stepped(effort, [...sizeSteps(facts), ...effortSteps(facts)]),
  };
}

function stepped({ value, reason }: Reasoned<number>, steps: readonly Step[]): Reasoned<number> {
  const sum = steps.reduce((total, { by }) => total + by, value);
  return {
    value: Math.min(10, Math.max(1, sum)),
    reason: [reason, ...steps.map((step) => `${step.reason}: ${signed(step.by)}.`)].join(' '),
  };
}

function signed(by: number): string {
  return by > 0 ? `+${by}` : `−${-by}`;
}

function sizeSteps({ lines = 0 }: CodeFacts): Step[] {
  if (lines <= 500) return [];
  const reason = `The file is ${lines > 1_500 ? 'very long' : 'long'}, ${lines.toLocaleString('en')} lines`;
  return [{ by: lines > 1_500 ? 2 : 1, reason }];
}

function churnSteps({ commits = 0 }: CodeFacts): Step[] {
  if (commits < 10) return [];
  return [
    { by: commits >= 30 ? 2 : 1, reason: `It changed in ${commits} commits of the last 90 days` },
  ];
}

function coverageSteps({ coverage }: CodeFacts): Step[] {
  if (coverage === undefined) return [];
  const percent = `${Math.round(coverage * 100)} %`;
  if (coverage < 0.5) return [{ by: 1, reason: `Tests run only ${percent} of its lines` }];
  return coverage >= 0.8 ? [{ by: -1, reason: `Tests run ${percent} of its lines` }] : [];
}

function protectionSteps({ protectedBy, protectedNear = [] }: CodeFacts): Step[] {
  // Enough to be over the usual limit: no patch may touch it, so a person has to look.
  if (protectedBy !== undefined)
    return [{ by: 5, reason: `The file is protected (${protectedBy})` }];
  const [first] = protectedNear;
  return first === undefined
    ? []
    : [{ by: 1, reason: `Its stack goes through ${first}, which is protected` }];
}

function effortSteps({ coverage, protectedBy }: CodeFacts): Step[] {
  return [
    ...(coverage === 0 ? [{ by: 1, reason: 'No test runs it yet' }] : []),
    ...(protectedBy === undefined ? [] : [{ by: 2, reason: 'The fix has to be made elsewhere' }]),
  ];
}

/** Why a ticket is of its category. */
export function categoryReason({
  category,
  metadata,
}: Pick<Ticket, 'category' | 'metadata'>): string {
  const { exceptionType } = metadata;
  switch (category) {
    case 'bug_fix':
      if (metadata['finding'] !== undefined) return 'A linter calls it an error.';
      return exceptionType === undefined
        ? 'Written by hand; what is not said to be anything else is a bug.'
        : `${exceptionType} is an error.`;
    case 'refactor':
      return exceptionType === undefined
        ? 'It works, and could be easier to change.'
        : `${exceptionType} is a warning that something is out of date; it works for now.`;
    case 'performance':
      return 'A measurement is not what it should be.';
    case 'feature':
      return 'It comes from what users say, not from an error.';
  }
}

/** A warning of what will stop to work is no bug yet. */
export function exceptionCategory(type: string, severity: Severity): 'bug_fix' | 'refactor' {
  return severity === 'warning' && /Deprecat/i.test(type.slice(0, 200)) ? 'refactor' : 'bug_fix';
}
