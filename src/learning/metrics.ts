import { totalTokens } from '../core/attempt.ts';
import { median, quantileIn } from '../core/statistics.ts';
import {
  dayMs,
  daysOf,
  type History,
  isResolved,
  isWithin,
  type Period,
  resolutionsOf,
} from './history.ts';

/** A part of a whole, so that a reader sees how much it is made of; `value` is undefined of nothing. */
export interface Share {
  readonly value?: number;
  readonly part: number;
  readonly of: number;
}

/** Milliseconds; without numbers where nothing was measured. */
export interface Durations {
  readonly count: number;
  readonly medianMs?: number;
  readonly p90Ms?: number;
}

export interface DayMetrics {
  /** `2026-11-28`, UTC. */
  readonly day: string;
  readonly ticketsCreated: number;
  readonly ticketsResolved: number;
  readonly proposed: number;
  readonly landed: number;
  readonly rolledBack: number;
  readonly failedAttempts: number;
  readonly costUsd: number;
}

export interface CostRow {
  readonly name: string;
  readonly attempts: number;
  readonly tokens: number;
  readonly costUsd: number;
  /** Attempts of models whose price is not known; their cost is not in the sum. */
  readonly unpriced: number;
  readonly landed: number;
}

/** The stable field names of `patchwright metrics --json`; documented in the README. */
export interface Metrics {
  readonly period: Period;
  readonly requests: {
    readonly proposed: number;
    readonly waiting: number;
    readonly approved: number;
    readonly rejected: number;
    readonly implemented: number;
    readonly rolledBack: number;
    readonly failedAttempts: number;
    readonly perWeek: number;
  };
  /** Of the attempts that failed or whose patch was decided, those whose patch landed and stayed. */
  readonly successRate: Share;
  /** Of the requests that were decided, those that landed. */
  readonly mergeRate: Share;
  readonly timeToReview: Durations;
  readonly timeToMerge: Durations;
  readonly tickets: {
    readonly created: number;
    readonly resolved: number;
    readonly unresolved: number;
    readonly createdPerDay: number;
    readonly resolvedPerDay: number;
  };
  /** Of the tickets that are not resolved. */
  readonly distribution: {
    readonly category: Readonly<Record<string, number>>;
    readonly priority: Readonly<Record<string, number>>;
    readonly risk: Readonly<Record<string, number>>;
  };
  readonly cost: {
    readonly totalUsd: number;
    readonly perLandedFixUsd?: number;
    readonly unpriced: number;
    readonly byModel: readonly CostRow[];
    readonly byOutcome: readonly CostRow[];
  };
  readonly days: readonly DayMetrics[];
}

/** Everything from the tables alone. */
export function metricsOf(history: History, period: Period): Metrics {
  const within = (at: string | undefined): boolean => isWithin(at, period);
  const proposed = history.requests.filter(({ createdAt }) => within(createdAt));
  const decided = history.requests.filter(({ reviewedAt }) => within(reviewedAt));
  const landed = history.releases.filter(({ appliedAt }) => within(appliedAt));
  const attempts = history.attempts.filter(({ startedAt }) => within(startedAt));
  const ended = attempts.filter(settledIn(history));
  const resolved = resolutionsOf(history).filter(within);
  const created = history.tickets.filter(({ createdAt }) => within(createdAt));
  const unresolved = history.tickets.filter((ticket) => !isResolved(ticket.status));
  const approved = decided.filter(({ status }) => !['DENIED', 'PENDING_APPROVAL'].includes(status));
  const days = daysOf(period);
  const stayed = landed.filter(({ rolledBackAt }) => rolledBackAt === undefined);
  return {
    period,
    requests: {
      proposed: proposed.length,
      waiting: history.requests.filter(({ status }) => status === 'PENDING_APPROVAL').length,
      approved: approved.length,
      rejected: decided.filter(({ status }) => status === 'DENIED').length,
      implemented: landed.length,
      rolledBack: history.releases.filter(({ rolledBackAt }) => within(rolledBackAt)).length,
      failedAttempts: attempts.filter(({ outcome }) => outcome === 'failed').length,
      perWeek: rounded((proposed.length / days) * 7),
    },
    successRate: shareOf(stayedOf(ended, history), ended.length),
    mergeRate: shareOf(
      decided.filter(({ status }) => status === 'APPLIED' || status === 'ROLLED_BACK').length,
      decided.length,
    ),
    timeToReview: durationsOf(decided.map((one) => [one.createdAt, one.reviewedAt])),
    timeToMerge: durationsOf(
      history.requests
        .filter(({ appliedAt }) => within(appliedAt))
        .map((one) => [one.createdAt, one.appliedAt]),
    ),
    tickets: {
      created: created.length,
      resolved: resolved.length,
      unresolved: unresolved.length,
      createdPerDay: rounded(created.length / days),
      resolvedPerDay: rounded(resolved.length / days),
    },
    distribution: {
      category: countBy(unresolved.map(({ category }) => category)),
      priority: countBy(unresolved.map(({ priority }) => priority)),
      risk: countBy(unresolved.map(({ risk }) => String(risk))),
    },
    cost: costOf({ ...history, attempts }, stayed.length),
    days: dailyOf(history, period),
  };
}

/** A patch that still waits is neither a success nor a failure. */
function settledIn({ requests }: History): (attempt: History['attempts'][number]) => boolean {
  const decided = new Set(
    requests
      .filter(({ status }) => status !== 'PENDING_APPROVAL' && status !== 'APPROVED')
      .map(({ attemptId }) => attemptId),
  );
  return ({ id, outcome }) => outcome === 'failed' || (outcome === 'succeeded' && decided.has(id));
}

function stayedOf(ended: readonly { readonly id: string }[], history: History): number {
  const landed = landedAttempts(history);
  return ended.filter(({ id }) => landed.has(id)).length;
}

/** Attempts whose patch landed and was not taken back. */
function landedAttempts({ requests }: Pick<History, 'requests'>): ReadonlySet<string> {
  return new Set(
    requests.filter(({ status }) => status === 'APPLIED').map(({ attemptId }) => attemptId),
  );
}

function costOf(history: History, landed: number): Metrics['cost'] {
  const total = sumOfCosts(history.attempts);
  return {
    totalUsd: rounded(total),
    ...(landed > 0 ? { perLandedFixUsd: rounded(total / landed) } : {}),
    unpriced: history.attempts.filter(isUnpriced).length,
    byModel: rowsBy(history, ({ model }) => model),
    byOutcome: rowsBy(history, ({ outcome }) => outcome),
  };
}

function isUnpriced(attempt: History['attempts'][number]): boolean {
  return attempt.costUsd === undefined && totalTokens(attempt.usage) > 0;
}

function rowsBy(
  history: History,
  nameOf: (attempt: History['attempts'][number]) => string,
): readonly CostRow[] {
  const landed = landedAttempts(history);
  return [...grouped(history.attempts, nameOf)]
    .map(([name, attempts]) => ({
      name,
      attempts: attempts.length,
      tokens: attempts.reduce((sum, { usage }) => sum + totalTokens(usage), 0),
      costUsd: rounded(sumOfCosts(attempts)),
      unpriced: attempts.filter(isUnpriced).length,
      landed: attempts.filter(({ id }) => landed.has(id)).length,
    }))
    .sort((a, b) => b.costUsd - a.costUsd || b.attempts - a.attempts || compare(a.name, b.name));
}

function sumOfCosts(attempts: History['attempts']): number {
  return attempts.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
}

function grouped<T>(
  all: readonly T[],
  keyOf: (one: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A longer period is shown by its last days: nobody reads more points than that. */
const maxDays = 366;

function dailyOf(history: History, { from, to }: Period): readonly DayMetrics[] {
  const last = Math.floor((Date.parse(to) - 1) / dayMs);
  const first = Math.max(Math.floor(Date.parse(from) / dayMs), last - maxDays + 1);
  const counts = {
    ticketsCreated: perDay(history.tickets.map(({ createdAt }) => createdAt)),
    ticketsResolved: perDay(resolutionsOf(history)),
    proposed: perDay(history.requests.map(({ createdAt }) => createdAt)),
    landed: perDay(history.releases.map(({ appliedAt }) => appliedAt)),
    rolledBack: perDay(history.releases.flatMap(({ rolledBackAt }) => rolledBackAt ?? [])),
    failedAttempts: perDay(
      history.attempts.flatMap((one) => (one.outcome === 'failed' ? one.startedAt : [])),
    ),
  };
  const costs = grouped(history.attempts, ({ startedAt }) => startedAt.slice(0, 10));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
    const day = new Date((first + i) * dayMs).toISOString().slice(0, 10);
    const on = (count: ReadonlyMap<string, number>): number => count.get(day) ?? 0;
    return {
      day,
      ticketsCreated: on(counts.ticketsCreated),
      ticketsResolved: on(counts.ticketsResolved),
      proposed: on(counts.proposed),
      landed: on(counts.landed),
      rolledBack: on(counts.rolledBack),
      failedAttempts: on(counts.failedAttempts),
      costUsd: rounded(sumOfCosts(costs.get(day) ?? [])),
    };
  });
}

function perDay(times: readonly string[]): ReadonlyMap<string, number> {
  return new Map(Object.entries(countBy(times.map((at) => at.slice(0, 10)))));
}

function durationsOf(
  spans: readonly (readonly [from: string, to: string | undefined])[],
): Durations {
  const all = spans
    .map(([from, to]) => Date.parse(to ?? '') - Date.parse(from))
    .filter((ms) => ms >= 0);
  if (all.length === 0) return { count: 0 };
  return {
    count: all.length,
    medianMs: Math.round(median(all)),
    p90Ms: Math.round(quantileIn(all, 0.9)),
  };
}

export function shareOf(part: number, of: number): Share {
  return of === 0 ? { part, of } : { value: rounded(part / of), part, of };
}

function countBy(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

export function rounded(value: number, digits = 4): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
