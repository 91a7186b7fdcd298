/** An exponential moving average with how many values are in it. */
export interface Average {
  readonly value: number;
  readonly count: number;
}

/**
 * Of the first values the plain mean, so that none of them weighs more than the others; from 1/rate values
 * on an exponential moving average.
 */
export function averaged(before: Average | undefined, value: number, rate: number): Average {
  if (!before) return { value, count: 1 };
  const count = before.count + 1;
  return { value: before.value + Math.max(rate, 1 / count) * (value - before.value), count };
}

/** Drawn towards the prior as by `weight` values of it, so that little evidence says little. */
export function shrunk(
  average: Average | undefined,
  prior: number,
  weight: number,
  rate: number,
): number {
  if (!average) return prior;
  const known = Math.min(average.count, 2 / rate - 1); // what an average of this rate remembers
  return (average.value * known + prior * weight) / (known + weight);
}
