/**
 * A summary of many values that answers quantiles to within one per cent, and that adds up: the sketch of
 * two sets is the sum of theirs, in any order. Buckets grow by a fixed factor, as in DDSketch (Masson, Rim
 * and Lee, "DDSketch: a fast and fully-mergeable quantile sketch", VLDB 2019), and the range is bounded
 * beforehand, so nothing ever has to be collapsed.
 */
export interface Sketch {
  /** Number and count of each bucket that is not empty, by number. */
  readonly positive: Buckets;
  readonly negative: Buckets;
  readonly zero: number;
}

export type Buckets = readonly (readonly [bucket: number, count: number])[];

/** Relative error of a quantile. */
export const sketchError = 0.01;
/** Smaller ones count as 0; larger ones are not accepted by `isSketchable`. */
export const smallestValue = 1e-6;
export const largestValue = 1e15;

const growth = (1 + sketchError) / (1 - sketchError);
const perLog = 1 / Math.log(growth);

export const emptySketch: Sketch = { positive: [], negative: [], zero: 0 };

export function isSketchable(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) <= largestValue;
}

/** The sketch of values that are all sketchable. */
export function sketchOf(values: Iterable<number>): Sketch {
  const positive = new Map<number, number>();
  const negative = new Map<number, number>();
  let zero = 0;
  for (const value of values) {
    if (Math.abs(value) < smallestValue) zero++;
    else addTo(value > 0 ? positive : negative, bucketOf(Math.abs(value)), 1);
  }
  return { positive: sorted(positive), negative: sorted(negative), zero };
}

export function mergeSketches(a: Sketch, b: Sketch): Sketch {
  return {
    positive: mergeBuckets(a.positive, b.positive),
    negative: mergeBuckets(a.negative, b.negative),
    zero: a.zero + b.zero,
  };
}

/** The value below or at which a share `q` (0–1) of the values lies; 0 when there are none. */
export function quantile(sketch: Sketch, q: number): number {
  const count = countOf(sketch);
  let left = Math.max(1, Math.ceil(q * count));
  for (const [bucket, n] of ascending(sketch)) {
    left -= n;
    if (left <= 0) return bucket;
  }
  return 0;
}

/** How many of the values are surely (by one per cent) above a limit. */
export function countAbove(sketch: Sketch, limit: number): number {
  let above = 0;
  for (const [value, n] of ascending(sketch)) if (value > limit * (1 + sketchError)) above += n;
  return above;
}

export function countOf({ positive, negative, zero }: Sketch): number {
  return zero + total(positive) + total(negative);
}

function* ascending({ positive, negative, zero }: Sketch): Iterable<readonly [number, number]> {
  for (const [bucket, n] of negative.toReversed()) yield [-middleOf(bucket), n];
  if (zero > 0) yield [0, zero];
  for (const [bucket, n] of positive) yield [middleOf(bucket), n];
}

function bucketOf(value: number): number {
  return Math.ceil(Math.log(value) * perLog);
}

function middleOf(bucket: number): number {
  return (2 * growth ** bucket) / (growth + 1);
}

function mergeBuckets(a: Buckets, b: Buckets): Buckets {
  const merged = new Map<number, number>(a);
  for (const [bucket, n] of b) addTo(merged, bucket, n);
  return sorted(merged);
}

function addTo(buckets: Map<number, number>, bucket: number, n: number): void {
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + n);
}

function sorted(buckets: ReadonlyMap<number, number>): Buckets {
  return [...buckets].sort(([a], [b]) => a - b);
}

function total(buckets: Buckets): number {
  return buckets.reduce((sum, [, n]) => sum + n, 0);
}
