import { totalTokens } from '../core/attempt.ts';
import type { RequestMetrics } from '../core/patchRequest.ts';
import type { Job } from './attempt.ts';

const testGates: ReadonlySet<string> = new Set(['reproduction', 'suite', 'coverage']);

/** What motivated a request and what its attempt took, in figures. */
export function metricsOf(
  { house, ticket, attempt, ledger }: Job,
  createdAt: string,
  feedback: number,
): RequestMetrics {
  const group = house.backlog.groups.get(ticket.id);
  const { users, anomaly, pattern } = ticket.metadata;
  return {
    motivation: {
      ...(group
        ? { occurrences: group.count, firstSeen: group.firstSeen, lastSeen: group.lastSeen }
        : {}),
      ...(typeof users === 'number' ? { users } : {}),
      ...(anomaly === undefined ? {} : { anomaly }),
      ...(pattern === undefined ? {} : { pattern }),
      feedback,
    },
    attempt: {
      number: attempt.number,
      steps: ledger.steps,
      submissions: ledger.submissions,
      tokens: totalTokens(ledger.usage),
      usage: ledger.usage,
      ...(ledger.costUsd === undefined ? {} : { costUsd: ledger.costUsd }),
      durationMs: Math.max(0, Date.parse(createdAt) - Date.parse(attempt.startedAt)),
      tests: ledger.gates
        .filter(({ id }) => testGates.has(id))
        .map(({ id, verdict, reason, durationMs }) => ({ gate: id, verdict, reason, durationMs })),
    },
  };
}
