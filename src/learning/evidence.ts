import type { Attempt } from '../core/attempt.ts';
import type { RequestStatus } from '../core/patchRequest.ts';
import type { Feedback } from '../core/signal.ts';
import type { History } from './history.ts';
import type { Observation } from './preferences.ts';

/** What the history says of models, in the order in which it became known; nothing from before `since`. */
export function observationsOf(
  history: History,
  rated: readonly Feedback[] = [],
  since = '',
): readonly Observation[] {
  return [
    ...history.requests.flatMap((one) => decisionOf(one, history)),
    ...rollbacksOf(history),
    ...failuresOf(history),
    ...rated.flatMap(ratingOf),
  ]
    .filter(({ at }) => at >= since)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** What a person said of a patch; one that failed to land says nothing of it. */
const verdicts: Readonly<Partial<Record<RequestStatus, number>>> = {
  APPROVED: 1,
  APPLIED: 1,
  ROLLED_BACK: 1, // that it was taken back is counted beside it
  DENIED: 0,
};

function decisionOf(
  { status, reviewedAt, improvementType, model, costUsd, attemptId }: History['requests'][number],
  { attempts }: History,
): readonly Observation[] {
  const acceptance = verdicts[status];
  if (acceptance === undefined || reviewedAt === undefined) return [];
  const attempt = attempts.find(({ id }) => id === attemptId);
  return [
    {
      at: reviewedAt,
      taskType: improvementType,
      model,
      acceptance,
      ...(costUsd === undefined ? {} : { costUsd }),
      ...(attempt ? minutesOf(attempt) : {}),
    },
  ];
}

function rollbacksOf({ releases, requests }: History): readonly Observation[] {
  return releases.flatMap(({ requestId, rolledBackAt }) => {
    const request = requests.find(({ id }) => id === requestId);
    if (!request || rolledBackAt === undefined) return [];
    const { improvementType: taskType, model } = request;
    return [{ at: rolledBackAt, taskType, model, acceptance: 0 }];
  });
}

function failuresOf({ attempts, tickets }: History): readonly Observation[] {
  const categories = new Map(tickets.map(({ id, category }) => [id, category]));
  return attempts.flatMap((attempt) => {
    const { outcome, ticketId, model, costUsd, endedAt, startedAt } = attempt;
    const taskType = categories.get(ticketId);
    if (outcome !== 'failed' || taskType === undefined) return [];
    const cost = costUsd === undefined ? {} : { costUsd };
    const at = endedAt ?? startedAt;
    return [{ at, taskType, model, acceptance: 0, ...cost, ...minutesOf(attempt) }];
  });
}

export function minutesOf({ startedAt, endedAt }: Pick<Attempt, 'startedAt' | 'endedAt'>): {
  readonly minutes?: number;
} {
  const minutes = (Date.parse(endedAt ?? '') - Date.parse(startedAt)) / 60_000;
  return minutes >= 0 ? { minutes } : {};
}

/** One star is 0, five are 1; thumbs are one star or five. */
function ratingOf({ timestamp, rating, model, taskType }: Feedback): readonly Observation[] {
  if (rating === undefined || model === undefined || taskType === undefined) return [];
  return [{ at: timestamp, taskType, model, acceptance: (rating - 1) / 4 }];
}

/** When a person decided about patches. */
export function reviewsOf({ requests }: Pick<History, 'requests'>, since = ''): readonly string[] {
  return requests
    .flatMap(({ status, reviewedAt }) =>
      verdicts[status] !== undefined && reviewedAt !== undefined && reviewedAt >= since
        ? [reviewedAt]
        : [],
    )
    .sort();
}
