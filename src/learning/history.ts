import type { Attempt } from '../core/attempt.ts';
import type { PatchRequest, Release } from '../core/patchRequest.ts';
import type { TicketSummary } from '../core/ticket.ts';

/** What learning looks at: rows of the backlog's tables, nothing else. */
export interface History {
  readonly tickets: readonly TicketSummary[];
  readonly attempts: readonly Attempt[];
  readonly requests: readonly HistoricRequest[];
  readonly releases: readonly Release[];
}

/** Of several folders as of one: what has the same id in two of them stays two. */
export function together(histories: readonly History[]): History {
  const [only, ...more] = histories;
  if (only && more.length === 0) return only;
  const named = histories.map((history, at) => ownIds(history, (id) => `${at} ${id}`));
  return {
    tickets: named.flatMap(({ tickets }) => tickets),
    attempts: named.flatMap(({ attempts }) => attempts),
    requests: named.flatMap(({ requests }) => requests),
    releases: named.flatMap(({ releases }) => releases),
  };
}

function ownIds(history: History, own: (id: string) => string): History {
  return {
    tickets: history.tickets.map((one) => ({ ...one, id: own(one.id) })),
    attempts: history.attempts.map((one) => ({
      ...one,
      id: own(one.id),
      ticketId: own(one.ticketId),
    })),
    requests: history.requests.map((one) => ({
      ...one,
      id: own(one.id),
      ticketId: own(one.ticketId),
      attemptId: own(one.attemptId),
    })),
    releases: history.releases.map((one) => ({
      ...one,
      id: own(one.id),
      ticketId: own(one.ticketId),
      requestId: own(one.requestId),
    })),
  };
}

export type HistoricRequest = Pick<
  PatchRequest,
  | 'id'
  | 'ticketId'
  | 'attemptId'
  | 'createdAt'
  | 'status'
  | 'reviewedAt'
  | 'appliedAt'
  | 'model'
  | 'costUsd'
  | 'improvementType'
  | 'files'
  | 'testFiles'
  | 'reasoning'
  | 'reviewComment'
  | 'metrics'
>;

/** ISO 8601 UTC, the end not included. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

export const dayMs = 86_400_000;

export function isWithin(at: string | undefined, { from, to }: Period): boolean {
  return at !== undefined && at >= from && at < to;
}

export function daysOf({ from, to }: Period): number {
  return Math.max(1, Math.round((Date.parse(to) - Date.parse(from)) / dayMs));
}

/** The period of the same length right before. */
export function periodBefore({ from, to }: Period): Period {
  const start = Date.parse(from) - (Date.parse(to) - Date.parse(from));
  return { from: new Date(start).toISOString(), to: from };
}

/** When each ticket came to rest: its patch landed and stayed, or it was closed. */
export function resolutionsOf({ tickets, releases }: History): readonly string[] {
  const landed = new Map(
    releases.filter((one) => !one.rolledBackAt).map((one) => [one.ticketId, one.appliedAt]),
  );
  return tickets
    .filter(({ status }) => isResolved(status))
    .map(({ id, status, updatedAt }) =>
      status === 'applied' ? (landed.get(id) ?? updatedAt) : updatedAt,
    );
}

export function isResolved(status: TicketSummary['status']): boolean {
  return status === 'applied' || status === 'closed';
}
