import { mergeSketches, quantile, type Sketch, sketchOf } from './sketch.ts';

export const metricTypes = [
  'response_time',
  'error_rate',
  'memory_usage',
  'cost',
  'other',
] as const;
export type MetricType = (typeof metricTypes)[number];

/** What is measured, and where. Response times are in ms, error rates are shares of 1. */
export interface Series {
  readonly name: string;
  readonly type: MetricType;
  /** Empty when it is not about one. */
  readonly endpoint: string;
}

/** One measurement. */
export interface Observation extends Series {
  readonly unit: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What whoever measured says it should not exceed. */
  readonly threshold?: number;
}

/** All that was measured of a series in five minutes. Two windows of one series and start add up. */
export interface MetricWindow extends Series {
  readonly unit: string;
  /** ISO 8601 UTC, a multiple of five minutes. */
  readonly start: string;
  readonly count: number;
  /** The sum in millionths, a whole number in decimal digits: so that it adds up exactly in any order. */
  readonly sum: string;
  readonly min: number;
  readonly max: number;
  readonly sketch: Sketch;
  readonly threshold?: number;
  /** The file it was read from, relative to the workspace folder. */
  readonly file: string;
}

/** Names that begin like this are Patchwright's own counts, of which nobody is told as of a measurement. */
const ownPrefix = 'patchwright.';

export function isOwn({ name }: Pick<Series, 'name'>): boolean {
  return name.startsWith(ownPrefix);
}

/** Lines of log that were read, at the time of reading. */
export const linesRead: Series = { name: 'patchwright.lines', type: 'other', endpoint: '' };

/** Events of one ticket, or without one of all, at the time they happened. */
export function eventsOf(ticketId = ''): Series {
  return { name: 'patchwright.events', type: 'other', endpoint: ticketId };
}

export const windowMs = 300_000;
/** Windows older than this, counted from a series' newest, are dropped. */
export const keptMs = 14 * 86_400_000;

const millionths = 1e6;

export function windowStart(at: number): string {
  return new Date(Math.floor(at / windowMs) * windowMs).toISOString();
}

/** A window of one or more observations of one series that lie in the same five minutes. */
export function windowOf(
  observations: readonly [Observation, ...Observation[]],
  file: string,
): MetricWindow {
  const [first] = observations;
  const values = observations.map(({ value }) => value);
  const thresholds = observations.flatMap(({ threshold }) => threshold ?? []);
  const sum = values.reduce((total, value) => total + BigInt(Math.round(value * millionths)), 0n);
  return {
    name: first.name,
    type: first.type,
    endpoint: first.endpoint,
    unit: first.unit,
    start: windowStart(first.at),
    count: values.length,
    sum: sum.toString(),
    min: values.reduce((a, b) => Math.min(a, b)),
    max: values.reduce((a, b) => Math.max(a, b)),
    sketch: sketchOf(values),
    ...(thresholds.length === 0 ? {} : { threshold: Math.max(...thresholds) }),
    file,
  };
}

/** Adds two windows of one series up. The start of the result is that of `a`. */
export function mergeWindows(a: MetricWindow, b: MetricWindow): MetricWindow {
  const thresholds = [a.threshold, b.threshold].filter((value) => value !== undefined);
  return {
    ...a,
    unit: a.unit > b.unit ? a.unit : b.unit,
    count: a.count + b.count,
    sum: (BigInt(a.sum) + BigInt(b.sum)).toString(),
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    sketch: mergeSketches(a.sketch, b.sketch),
    ...(thresholds.length === 0 ? {} : { threshold: Math.max(...thresholds) }),
    file: a.file < b.file ? a.file : b.file,
  };
}

export function meanOf({ sum, count }: Pick<MetricWindow, 'sum' | 'count'>): number {
  return count === 0 ? 0 : Number(BigInt(sum)) / millionths / count;
}

/** Never outside what was really seen. */
export function quantileOf({ sketch, min, max }: MetricWindow, q: number): number {
  return Math.min(max, Math.max(min, quantile(sketch, q)));
}

export function seriesKey({ name, type, endpoint }: Series): string {
  return JSON.stringify([name, type, endpoint]);
}
