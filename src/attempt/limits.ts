import { noUsage, totalTokens, type Usage } from '../core/attempt.ts';
import { PatchwrightError } from '../core/errors.ts';
import type { Settings } from '../core/settings.ts';

/** What an attempt has used up so far. */
export interface Spent {
  /** Calls of the model, failed ones included. */
  readonly steps: number;
  readonly usage: Usage;
  /** undefined: the model's price is not known, so the cost limit can't be applied. */
  readonly costUsd: number | undefined;
  readonly minutes: number;
}

export const nothingSpent: Spent = { steps: 0, usage: noUsage, costUsd: undefined, minutes: 0 };

/** Throws `limit_reached`, naming the limit and its setting. Call it before each call of the model. */
export function checkLimits(spent: Spent, limits: Settings['limits']): void {
  const reached = (
    [
      [spent.steps, limits.stepsPerAttempt, 'steps', 'stepsPerAttempt'],
      [totalTokens(spent.usage), limits.tokensPerAttempt, 'tokens', 'tokensPerAttempt'],
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
