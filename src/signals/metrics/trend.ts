import { median } from '../../core/statistics.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Theil and Sen: the median of the slopes of all pairs; a few wild points do not move it. */
export function theilSen(points: readonly Point[]): number {
  const slopes: number[] = [];
  for (const [i, a] of points.entries()) {
    for (let j = i + 1; j < points.length; j++) {
      const b = points[j] as Point;
      if (b.x !== a.x) slopes.push((b.y - a.y) / (b.x - a.x));
    }
  }
  return slopes.length === 0 ? 0 : median(slopes);
}

/** What is left when the line is taken away. */
export function residualsOf(points: readonly Point[], slope: number): number[] {
  const intercept = median(points.map(({ x, y }) => y - slope * x));
  return points.map(({ x, y }) => y - slope * x - intercept);
}

/** Mann and Kendall's S (rises less falls among all pairs) with its variance for independent values. */
export function mannKendall(values: readonly number[]): {
  readonly s: number;
  readonly variance: number;
} {
  let s = 0;
  for (const [i, a] of values.entries()) {
    for (let j = i + 1; j < values.length; j++) s += Math.sign((values[j] as number) - a);
  }
  const n = values.length;
  const tied = [...countEqual(values).values()].reduce((sum, t) => sum + pairTerm(t), 0);
  return { s, variance: (pairTerm(n) - tied) / 18 };
}

function pairTerm(n: number): number {
  return n * (n - 1) * (2 * n + 5);
}

function countEqual(values: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/**
 * By how much the variance of S grows because neighbours resemble each other (Hamed and Rao, "A modified
 * Mann-Kendall trend test for autocorrelated data", J. Hydrology 1998): from the autocorrelation of the
 * ranks of the detrended values, as far as it is significant. At least 1.
 */
export function autocorrelationFactor(residuals: readonly number[]): number {
  const n = residuals.length;
  const ranks = ranksOf(residuals);
  let sum = 0;
  for (let lag = 1; lag <= Math.min(n - 3, Math.floor(n / 3)); lag++) {
    const r = autocorrelation(ranks, lag);
    // Short series show too little of it: what is not positive any more is noise.
    if (r < 1.64 / Math.sqrt(n)) break;
    sum += (n - lag) * (n - lag - 1) * (n - lag - 2) * r;
  }
  return Math.max(1, 1 + (2 * sum) / (n * (n - 1) * (n - 2)));
}

function ranksOf(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const ranks: number[] = Array.from({ length: values.length }, () => 0);
  for (const [rank, { index }] of order.entries()) ranks[index] = rank;
  return ranks;
}

function autocorrelation(values: readonly number[], lag: number): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  let over = 0;
  let under = 0;
  for (const [i, value] of values.entries()) {
    under += (value - mean) ** 2;
    const later = values[i + lag];
    if (later !== undefined) over += (value - mean) * (later - mean);
  }
  return under === 0 ? 0 : over / under;
}

/** The test's statistic, about normal when there is no trend; positive for a rise. */
export function trendScore(points: readonly Point[], slope: number): number {
  const { s, variance } = mannKendall(points.map(({ y }) => y));
  const factor = autocorrelationFactor(residualsOf(points, slope));
  return score(s, variance * factor);
}

/** The same within parts of the series only, added up: a step between two levels hardly shows in it. */
export function pooledTrendScore(parts: readonly (readonly Point[])[], factor: number): number {
  let s = 0;
  let variance = 0;
  for (const part of parts) {
    const one = mannKendall(part.map(({ y }) => y));
    s += one.s;
    variance += one.variance;
  }
  return score(s, variance * factor);
}

function score(s: number, variance: number): number {
  return variance <= 0 ? 0 : (s - Math.sign(s)) / Math.sqrt(variance);
}
