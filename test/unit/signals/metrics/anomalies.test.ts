import assert from 'node:assert/strict';
import { type MetricType, type MetricWindow, windowOf } from '../../../../src/core/metric.ts';
import { findAnomalies } from '../../../../src/signals/metrics/anomalies.ts';
import { toPerformanceSignal } from '../../../../src/signals/metrics/toPerformanceSignal.ts';
import { type Calls, quickEndpoints, seeded, slowEndpoints } from '../../../support/series.ts';

const start = Date.parse('2026-03-02T00:00:00Z');
const limits = { slowEndpointMs: 2_000, errorRate: 0.05 };

function windowAt(index: number, values: readonly number[], type: MetricType, threshold?: number) {
  const observations = values.map((value) => ({
    name: type,
    type,
    endpoint: 'GET /x',
    unit: type === 'response_time' ? 'ms' : '',
    value,
    at: start + index * 300_000,
    ...(threshold === undefined ? {} : { threshold }),
  }));
  const [first, ...rest] = observations;
  return first ? windowOf([first, ...rest], 'logs/app.log') : undefined;
}

const series = (type: MetricType, n: number, values: (i: number) => readonly number[]) =>
  Array.from({ length: n }, (_, i) => windowAt(i, values(i), type)).filter((w) => w !== undefined);
const kinds = (windows: readonly MetricWindow[]) =>
  findAnomalies(windows, limits).map(({ kind }) => kind);

/** Whether the endpoint is called slow at any of the looks of six hours, one every five minutes. */
function calledSlow(make: (random: ReturnType<typeof seeded>) => Calls, seed: number): boolean {
  const random = seeded(seed);
  const calls = make(random);
  const windows = series('response_time', 72, (i) => calls(random, i));
  return windows.some((_, i) =>
    kinds(windows.slice(Math.max(0, i - 12), i + 1)).includes('slow_endpoint'),
  );
}

describe('anomalies of metrics', () => {
  for (const [kind, make] of Object.entries(quickEndpoints)) {
    it(`do not call an endpoint slow that is ${kind}`, () => {
      for (let seed = 1; seed <= 8; seed++) assert.equal(calledSlow(make, seed), false, `${seed}`);
    });
  }
  for (const [kind, make] of Object.entries(slowEndpoints)) {
    it(`call an endpoint slow that is ${kind}`, () => {
      for (let seed = 1; seed <= 8; seed++) assert.equal(calledSlow(make, seed), true, `${seed}`);
    });
  }

  it('say in words what is slow, and by how much', () => {
    const [slow] = findAnomalies(
      series('response_time', 1, () => [2_500, 3_000, 3_500, 4_000]),
      limits,
    );
    assert.ok(slow);
    assert.match(slow.reason, /^GET \/x is slow: 4 of 4 calls took longer than 2,000 ms/);
    const signal = toPerformanceSignal(slow, 'logs/app.log');
    assert.match(signal.title, /^GET \/x is slow: p95 /);
    assert.equal(signal.at, '2026-03-02T00:00:00.000Z');
  });

  it('take a limit that comes with the metric at its word', () => {
    const window = windowAt(0, [900], 'other', 100);
    assert.ok(window);
    assert.deepEqual(kinds([window]), ['over_threshold']);
    const once = windowAt(0, [900, 50, 50], 'other', 100);
    assert.ok(once);
    assert.deepEqual(kinds([once]), []);
  });

  it('are one for an endpoint that is slow and has a limit of its own', () => {
    const window = windowAt(0, [2_500, 3_000, 3_500, 4_000], 'response_time', 1_000);
    assert.ok(window);
    assert.deepEqual(kinds([window]), ['over_threshold']);
  });

  it('find an error rate over five per cent, but not one failure among few', () => {
    const failing = (of: number) => (i: number) =>
      Array.from({ length: 40 }, (_, k) => ((i + k) % of === 0 ? 1 : 0));
    assert.deepEqual(kinds(series('error_rate', 12, failing(8))), ['error_rate']);
    assert.deepEqual(kinds(series('error_rate', 12, failing(40))), []);
    assert.deepEqual(kinds(series('error_rate', 1, () => [1, 0, 0])), []);
    assert.deepEqual(kinds(series('error_rate', 1, () => [0.12])), ['error_rate']);
  });

  it('find what has risen against the same hour of the days before, not what rises every day', () => {
    const random = seeded(5);
    const daily = (i: number) => 100 + 80 * Math.sin((2 * Math.PI * i) / 288);
    const usual = series('response_time', 3 * 288, (i) => [daily(i) + random.normal()]);
    assert.deepEqual(kinds(usual), []);
    const risen = series('response_time', 3 * 288, (i) => [
      (i >= 3 * 288 - 12 ? 3 : 1) * (daily(i) + random.normal()),
    ]);
    assert.deepEqual(kinds(risen), ['rising']);
  });

  it('find a leak in the memory of a process', () => {
    const memory = (grow: number) =>
      series('memory_usage', 60, (i) => [200 + grow * i, 201 + grow * i]);
    assert.deepEqual(kinds(memory(2)), ['leak']);
    assert.deepEqual(kinds(memory(0)), []);
  });

  it('are none without windows', () => assert.deepEqual(findAnomalies([], limits), []));
});
