/** The middle one; the mean of the middle two. 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** The smallest value that at least a share `q` of the values do not exceed. */
export function quantileIn(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

const resamples = 2_000;

/** Interval of a statistic, by drawing again from what was measured; the same for the same values. */
export function bootstrap(
  values: readonly number[],
  statistic: (values: readonly number[]) => number,
  confidence: number,
): [low: number, high: number] {
  const random = createRandom(values.length);
  const drawn = Array.from({ length: resamples }, () =>
    statistic(values.map(() => values[Math.floor(random() * values.length)] ?? 0)),
  ).sort((a, b) => a - b);
  const tail = Math.floor(((1 - confidence) / 2) * resamples);
  return [drawn[tail] ?? 0, drawn[resamples - 1 - tail] ?? 0];
}

/** mulberry32: small, and the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The chance of `k` or more of `n`, when each happens with a chance `p`. */
export function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  let term = 0; // the logarithm of the chance of exactly k
  for (let i = 0; i < k; i++) term += Math.log((n - i) / (k - i));
  term += k * Math.log(p) + (n - k) * Math.log1p(-p);
  let sum = 0;
  let chance = Math.exp(term);
  for (let i = k; i <= n && chance > sum * 1e-12; i++) {
    sum += chance;
    chance *= ((n - i) / (i + 1)) * (p / (1 - p));
  }
  // Below the peak the terms first grow: then the other side is the shorter sum.
  return k < n * p ? 1 - binomialBelow(k, n, p) : Math.min(1, sum);
}

function binomialBelow(k: number, n: number, p: number): number {
  let chance = Math.exp(n * Math.log1p(-p));
  let sum = 0;
  for (let i = 0; i < k; i++) {
    sum += chance;
    chance *= ((n - i) / (i + 1)) * (p / (1 - p));
  }
  return sum;
}

/** The natural logarithm of the gamma function, for x > 0 (Lanczos, g = 7, n = 9). */
export function logGamma(x: number): number {
  const sum = lanczos.reduce((total, c, i) => total + (i === 0 ? c : c / (x + i - 1)), 0);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
];
