import { addUsage, noUsage, totalTokens, type Usage } from '../core/attempt.ts';
import { PatchwrightError } from '../core/errors.ts';
import { costOf, type Model, type ModelReply } from '../core/model.ts';
import type { Settings } from '../core/settings.ts';

/** What an attempt has used up so far. */
export interface Spent {
  /** Calls of the model, failed ones included. */
  readonly steps: number;
  readonly usage: Usage;
  /** undefined: the model's price is not known, so the cost limit can't be applied. */
  readonly costUsd: number | undefined;
  readonly minutes: number;
  /** Latest steps of which every call failed. */
  readonly errorsInARow: number;
}

export const nothingSpent: Spent = {
  steps: 0,
  usage: noUsage,
  costUsd: undefined,
  minutes: 0,
  errorsInARow: 0,
};

export function countError(spent: Spent, failed: boolean): Spent {
  return { ...spent, errorsInARow: failed ? spent.errorsInARow + 1 : 0 };
}

export function countCall(spent: Spent): Spent {
  return { ...spent, steps: spent.steps + 1 };
}

/** Of the call that was counted last. */
export function countReply(
  spent: Spent,
  { usage, price }: ModelReply,
  model: Pick<Model, 'price'>,
): Spent {
  const cost = costOf(usage, price === undefined ? model.price : price);
  return { ...spent, usage: addUsage(spent.usage, usage), costUsd: addCost(spent, cost) };
}

/** Once a part of the cost is not known, the sum is not. */
function addCost({ steps, costUsd }: Spent, cost: number | undefined): number | undefined {
  if (cost === undefined) return undefined;
  return steps <= 1 ? cost : costUsd === undefined ? undefined : costUsd + cost;
}

/** Throws `limit_reached`, naming the limit and its setting. Call it before each call of the model. */
export function checkLimits(
  spent: Spent,
  limits: Settings['limits'],
  budgetTodayUsd = Number.POSITIVE_INFINITY,
): void {
  if ((spent.costUsd ?? -1) >= budgetTodayUsd) throw dayIsSpent(limits.costPerDayUsd);
  const reached = (
    [
      [spent.steps, limits.stepsPerAttempt, 'steps', 'stepsPerAttempt'],
      [totalTokens(spent.usage), limits.tokensPerAttempt, 'tokens', 'tokensPerAttempt'],
      [
        spent.usage.outputTokens,
        limits.outputTokensPerAttempt,
        'tokens of output',
        'outputTokensPerAttempt',
      ],
      [spent.errorsInARow, limits.errorsInARow, 'failed steps in a row', 'errorsInARow'],
      [spent.costUsd ?? -1, limits.costPerAttemptUsd, 'US dollars', 'costPerAttemptUsd'],
      [spent.minutes, limits.minutesPerAttempt, 'minutes', 'minutesPerAttempt'],
    ] as const
  ).find(([used, limit]) => used >= limit);
  if (reached) throw limitReached(reached[1], reached[2], reached[3]);
}

export function limitReached(
  limit: number,
  unit: string,
  setting: keyof Settings['limits'],
): PatchwrightError {
  return new PatchwrightError('limit_reached', {
    what: 'The attempt was stopped before the patch was ready.',
    why: `It has used up its limit of ${limit} ${unit}.`,
    remedy: `Raise the setting patchwright.limits.${setting}, or split the ticket into smaller ones.`,
  });
}

function dayIsSpent(limit: number): PatchwrightError {
  return new PatchwrightError('limit_reached', {
    what: 'The attempt was stopped before the patch was ready.',
    why: `With it today's limit of ${limit} US dollars is used up.`,
    remedy: 'It resets at 00:00 UTC; or raise patchwright.limits.costPerDayUsd.',
  });
}
