import { type MetricWindow, windowOf } from '../../src/core/metric.ts';
import { findAnomalies } from '../../src/signals/metrics/anomalies.ts';
import { findLeak, findLeakMidway, findLeakWatching } from '../../src/signals/metrics/leak.ts';
import { observationsIn } from '../../src/signals/metrics/durations.ts';
import {
  type Calls,
  leakFree,
  leaks,
  quickEndpoints,
  type Random,
  seeded,
  slowEndpoints,
} from '../support/series.ts';
import type { Bench } from './bench.ts';

const seeds = process.env['PATCHWRIGHT_BENCH_QUICK'] ? 40 : 400;
const watchedSeeds = Math.ceil(seeds / 5);
const endpointSeeds = Math.ceil(seeds / 10);
const start = Date.parse('2026-03-02T00:00:00Z');
const limits = { slowEndpointMs: 2_000, errorRate: 0.05 };

type Generator = (random: Random, n: number) => number[];

/** How many of a hundred series of 24 to 288 five-minute windows are said to leak. */
function leakShare(generate: Generator): number {
  let found = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const random = seeded(seed * 104_729);
    const series = generate(random, Math.floor(random.between(24, 288)));
    if (findLeak(series.map((y, x) => ({ x, y })))) found++;
  }
  return (100 * found) / seeds;
}

/** How many of a hundred day-long series are said to leak at any of a day's looks, one every five minutes. */
function watchedShare(generate: Generator): number {
  let found = 0;
  for (let seed = 1; seed <= watchedSeeds; seed++) {
    const series = generate(seeded(seed * 15_485_863), 288).map((y, x) => ({ x, y }));
    for (let end = 1; end <= series.length; end++) {
      if (!findLeakWatching(series.slice(0, end))) continue;
      found++;
      break;
    }
  }
  return (100 * found) / watchedSeeds;
}

/** How many of a hundred day-long series are said to leak when they are first seen at some hour of the day. */
function firstSeenShare(generate: Generator): number {
  let found = 0;
  for (let seed = 1; seed <= watchedSeeds; seed++) {
    const random = seeded(seed * 15_485_863);
    const series = generate(random, 288).map((y, x) => ({ x, y }));
    if (findLeakMidway(series.slice(0, Math.floor(random.between(24, 288))))) found++;
  }
  return (100 * found) / watchedSeeds;
}

/** How many of a hundred endpoints are called slow at any look of a day, one every five minutes. */
function slowShare(make: (random: Random) => Calls): number {
  let found = 0;
  for (let seed = 1; seed <= endpointSeeds; seed++) if (isCalledSlow(make, seed * 7919)) found++;
  return (100 * found) / endpointSeeds;
}

function isCalledSlow(make: (random: Random) => Calls, seed: number): boolean {
  const random = seeded(seed);
  const calls = make(random);
  const windows: MetricWindow[] = [];
  for (let i = 0; i < 288; i++) {
    const [first, ...rest] = calls(random, i).map((value) => ({
      name: 'response_time',
      type: 'response_time' as const,
      endpoint: 'GET /x',
      unit: 'ms',
      value,
      at: start + i * 300_000,
    }));
    if (!first) continue;
    windows.push(windowOf([first, ...rest], 'logs/app.log'));
    const found = findAnomalies(windows.slice(-13), limits);
    if (found.some(({ kind }) => kind === 'slow_endpoint')) return true;
  }
  return false;
}

const mean = (shares: readonly number[]): number =>
  shares.reduce((a, b) => a + b, 0) / shares.length;

/** Judged on generated series of many kinds, in per cent; and what judging and reading cost. */
export const bench: Bench = {
  title: `Anomalies (${seeds} series of each of ${Object.keys({ ...leaks, ...leakFree }).length} kinds)`,
  run(report) {
    const all = (kinds: Readonly<Record<string, Generator>>) => Object.values(kinds).map(leakShare);
    const [found, false1] = [all(leaks), all(leakFree)];
    report({ what: 'leaks found, %', value: mean(found), unit: '', target: 95, better: 'larger' });
    report({
      what: 'of the hardest kind, %',
      value: Math.min(...found),
      unit: '',
      better: 'larger',
    });
    report({ what: 'false alarms of leaks, %', value: mean(false1), unit: '', target: 1 });
    report({ what: 'of the most deceptive kind, %', value: Math.max(...false1), unit: '' });
    const watched = (kinds: Readonly<Record<string, Generator>>) =>
      Object.values(kinds).map(watchedShare);
    const [seen, false2] = [watched(leaks), watched(leakFree)];
    report({
      what: 'leaks found within a day of looks every five minutes, %',
      value: mean(seen),
      unit: '',
      target: 95,
      better: 'larger',
    });
    report({
      what: 'leak-free series called a leak at any look of a day, %',
      value: mean(false2),
      unit: '',
      target: 1,
    });
    report({ what: 'of the most deceptive kind then, %', value: Math.max(...false2), unit: '' });
    report({
      what: 'leak-free series called a leak when first seen in the middle of their day, %',
      value: mean(Object.values(leakFree).map(firstSeenShare)),
      unit: '',
      target: 1,
    });
    report({
      what: 'slow endpoints found, %',
      value: mean(Object.values(slowEndpoints).map(slowShare)),
      unit: '',
      target: 95,
      better: 'larger',
    });
    report({
      what: 'quick endpoints called slow within a day, %',
      value: mean(Object.values(quickEndpoints).map(slowShare)),
      unit: '',
      target: 1,
    });
    report({ what: 'one judgement of a leak, 288 windows', value: leakMs(), unit: 'ms' });
    report({ what: 'durations read', value: durationSpeed(), unit: 'MB/s', better: 'larger' });
    return Promise.resolve();
  },
};

function leakMs(): number {
  const points = Array.from({ length: 288 }, (_, x) => ({ x, y: 200 + x + (x % 7) }));
  const begin = performance.now();
  for (let i = 0; i < 50; i++) findLeak(points);
  return (performance.now() - begin) / 50;
}

function durationSpeed(): number {
  const line = '2026-03-02T08:00:00.123Z INFO GET /users/123?a=5 200 12.5 ms - 15';
  const begin = performance.now();
  for (let i = 0; i < 50_000; i++) observationsIn(line, start);
  return (50_000 * line.length) / 1_000 / (performance.now() - begin);
}
