/** The limits of a day (UTC) and of a ticket. What counts is the tables themselves, so it holds for two processes. */
import type { Attempt } from '../core/attempt.ts';
import { PatchwrightError } from '../core/errors.ts';
import type { Settings } from '../core/settings.ts';
import { isTool } from '../core/toolFix.ts';
import type { House } from './house.ts';

type Limiting = Pick<House, 'backlog' | 'clock'>;

/** A6. Call it under the lock that claims a ticket. */
export function assertRequestsLeft({ backlog, clock }: Limiting, { limits }: Settings): void {
  const since = startOfDay(clock.now());
  const running = backlog.attempts.running().length;
  // The team's are as many as were known at the last sync.
  const made = backlog.requests.createdSince(since) + running + backlog.team.requestsSince(since);
  if (made < limits.requestsPerDay) return;
  throw new PatchwrightError('limit_reached', {
    what: "Today's patch requests are used up.",
    why: `${made} of ${limits.requestsPerDay} were made or are under way since 00:00 UTC.`,
    remedy: `It resets at 00:00 UTC, ${untilReset(clock.now())}; or raise patchwright.limits.requestsPerDay.`,
  });
}

/**
 * US dollars that a further attempt may cost today. Those under way count with all that they may come to.
 * Throws `limit_reached` when nothing is left.
 */
export function budgetToday({ backlog, clock }: Limiting, { limits }: Settings): number {
  const since = startOfDay(clock.now());
  const spent = [...backlog.attempts.since(since), ...backlog.team.attemptsSince(since)].reduce(
    (sum, attempt) => sum + claimOf(attempt, limits.costPerAttemptUsd),
    0,
  );
  const left = limits.costPerDayUsd - spent;
  if (left > 0) return left;
  throw new PatchwrightError('limit_reached', {
    what: "Today's money for patches is used up.",
    why: `Attempts since 00:00 UTC cost $${spent.toFixed(2)} (those under way at most); the limit is $${limits.costPerDayUsd.toFixed(2)}.`,
    remedy: `It resets at 00:00 UTC, ${untilReset(clock.now())}; or raise patchwright.limits.costPerDayUsd.`,
  });
}

function claimOf(
  { outcome, costUsd = 0 }: Pick<Attempt, 'outcome' | 'costUsd'>,
  most: number,
): number {
  return outcome === 'running' ? Math.max(costUsd, most) : costUsd;
}

function startOfDay(now: Date): string {
  return `${now.toISOString().slice(0, 10)}T00:00:00.000Z`;
}

function untilReset(now: Date): string {
  const day = 24 * 60;
  const minutes = day - (Math.floor(now.getTime() / 60_000) % day);
  return minutes < 120 ? `in ${minutes} minutes` : `in ${Math.round(minutes / 60)} hours`;
}

/** The first pause; each further failure makes it four times as long. */
const pauseMs = 10 * 60_000;
const maxPauseMs = 24 * 60 * 60_000;

/** When a ticket may be picked again after its attempts failed; a person may start it before. */
export function pausedUntil(attempts: readonly Attempt[]): Date | undefined {
  const failed = attempts.filter(({ outcome, model }) => outcome === 'failed' && !isTool(model));
  const last = failed.at(-1);
  if (!last) return undefined;
  const pause = Math.min(maxPauseMs, pauseMs * 4 ** (failed.length - 1));
  return new Date(Date.parse(last.endedAt ?? last.startedAt) + pause);
}
