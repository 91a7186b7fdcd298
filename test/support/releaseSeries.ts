import {
  eventsOf,
  linesRead,
  type MetricWindow,
  type Series,
  seriesKey,
  windowMs,
  windowOf,
  windowStart,
} from '../../src/core/metric.ts';
import { type ReleaseRates, releaseRates } from '../../src/pipeline/releaseRates.ts';
import { sampleRelease } from './backlog.ts';
import { createRandom, type Random } from './random.ts';

/** Lines and errors of five minutes of a generated log. A release lands before window 0. */
type Source = (window: number) => { readonly events: number; readonly lines: number };

export interface Kind {
  readonly name: string;
  readonly source: (random: Random) => Source;
}

const perDay = 288;
const always = (value: number) => () => value;
const since = (before: number, after: number) => (window: number) => (window < 0 ? before : after);

/** Errors by themselves, a share of what is logged. */
function steady(lines: number, share: (window: number) => number): Kind['source'] {
  return (random) => (window) => {
    const events = poisson(lines * share(window), random);
    return { events, lines: poisson(lines, random) + events };
  };
}

/** Errors that come many at once, for some windows. */
function bursts(daily: (window: number) => number, windows: number, size: number): Kind['source'] {
  return (random) => {
    let left = 0;
    return (window) => {
      if (left === 0 && random.next() < daily(window) / perDay) left = 1 + random.below(windows);
      const events = poisson(left > 0 ? size * (0.5 + random.next()) : 0.1, random);
      left = Math.max(0, left - 1);
      return { events, lines: poisson(300, random) + events };
    };
  };
}

/** Nothing is different after the release but the time. */
export const unchanged: readonly Kind[] = [
  { name: 'steady', source: steady(400, always(0.01)) },
  { name: 'much is logged', source: steady(20_000, always(0.03)) },
  { name: 'little is logged', source: steady(8, always(0.02)) },
  { name: 'hardly an error', source: steady(400, always(0.0001)) },
  { name: 'just below the limit', source: steady(60, always(0.095)) },
  { name: 'bursts of five minutes', source: bursts(always(6), 1, 60) },
  { name: 'bursts of up to an hour', source: bursts(always(6), 12, 20) },
  {
    name: 'three times as many by day as by night',
    source: (random) => {
      const phase = random.next() * 2 * Math.PI;
      return steady(
        400,
        (window) => 0.01 * (1 + 0.5 * Math.sin(phase + (2 * Math.PI * window) / perDay)),
      )(random);
    },
  },
  {
    name: 'a share that wavers',
    source: (random) => () => {
      const events = poisson(-4 * Math.log(1 - random.next()), random);
      return { events, lines: poisson(400, random) + events };
    },
  },
  {
    name: 'twice as much is logged',
    source: (random) => (window) => {
      const lines = window < 0 ? 400 : 800;
      const events = poisson(lines * 0.01, random);
      return { events, lines: poisson(lines, random) + events };
    },
  },
];

export const better: readonly Kind[] = [
  { name: '97 % fewer', source: steady(400, since(0.01, 0.0003)) },
  { name: 'gone, of three an hour', source: steady(50, since(0.005, 0)) },
  { name: 'no more bursts', source: bursts(since(12, 0), 1, 60) },
];

export const worse: readonly Kind[] = [
  { name: '10 % more', source: steady(400, since(0.01, 0.011)) },
  { name: 'half as many again', source: steady(400, since(0.01, 0.015)) },
  { name: 'three times as many', source: steady(400, since(0.01, 0.03)) },
  { name: 'new, one in 200 lines', source: steady(400, since(0, 0.005)) },
  { name: 'three times as many, little is logged', source: steady(8, since(0.02, 0.06)) },
  { name: 'a burst every half hour, of six a day', source: bursts(since(6, 48), 1, 60) },
];

const looks = [1, 12, perDay];

/** What is known of a release after five minutes, an hour and a day. */
export function* ratesOf(kind: Kind, seed: number, daysBefore = 3): Generator<ReleaseRates> {
  const source = kind.source(createRandom(seed));
  const landedAt = Date.parse(windowStart(Date.parse(sampleRelease.appliedAt)));
  const release = { ...sampleRelease, appliedAt: new Date(landedAt).toISOString() };
  const own = eventsOf(release.ticketId);
  const stored = new Map<string, MetricWindow[]>(
    [own, eventsOf(), linesRead].map((series) => [seriesKey(series), []]),
  );
  const windows = (series: Series): MetricWindow[] => stored.get(seriesKey(series)) ?? [];
  const add = (window: number, series: Series, value: number): void => {
    const at = landedAt + window * windowMs;
    if (value > 0) windows(series).push(windowOf([{ ...series, unit: '', value, at }], 'test'));
  };
  for (let window = -daysBefore * perDay; window < perDay; window += 1) {
    const { events, lines } = source(window);
    add(window, own, events);
    add(window, eventsOf(), events);
    add(window, linesRead, lines);
    if (looks.includes(window + 1)) yield releaseRates({ windows }, release, []);
  }
}

/** Knuth's; by a normal where the mean is large. */
export function poisson(mean: number, random: Random): number {
  if (mean > 50) {
    const normal =
      Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.next(); product > limit; product *= random.next()) count += 1;
  return count;
}
