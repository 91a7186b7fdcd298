import assert from 'node:assert/strict';
import {
  type MetricWindow,
  type Observation,
  windowMs,
  windowOf,
} from '../../../src/core/metric.ts';
import { performanceOf } from '../../../src/learning/performance.ts';

const period = { from: '2026-03-08T00:00:00.000Z', to: '2026-03-15T00:00:00.000Z' };

describe('the performance report', () => {
  it('has no health where nothing was measured', () => {
    const report = performanceOf([], [], period);
    assert.deepEqual([report.health.value, report.slow, report.bottlenecks], [undefined, [], []]);
  });

  it('names bottlenecks by time and slow endpoints by p95, against the period before', () => {
    const often = [...windows('/often', period.from, 20, 90), ...windows('/often', before, 20, 40)];
    const slow = windows('/slow', period.from, 1, 800);
    const report = performanceOf([often, slow], [], period);
    assert.deepEqual(
      report.bottlenecks.map(({ name }) => name),
      ['/often', '/slow'],
    );
    const [first] = report.bottlenecks;
    assert.ok(Math.abs((first?.shareOfTime ?? 0) - 1800 / 2600) < 0.01);
    assert.ok(Math.abs((first?.p95MsBefore ?? 0) - 40) < 2, 'of the period before only');
    assert.equal(first?.calls, 20);
    assert.deepEqual(
      report.slow.map(({ name, p95MsBefore }) => [name, p95MsBefore]),
      [['/slow', undefined]],
    );
  });

  it('loses health by its formula, and says for what', () => {
    const slow = windows('/slow', period.from, 5, 400);
    const quick = windows('/quick', period.from, 5, 10);
    const errors = windows('/slow', period.from, 4, 0.05, 'error_rate');
    const leaks = [{ ticketId: 'perf-1', reason: 'It grows.' }];
    const { health, errorRates } = performanceOf([slow, quick, errors], leaks, period);
    assert.equal(health.value, 100 - 20 - 20 - 20);
    assert.equal(health.parts.length, 3);
    assert.equal(errorRates[0]?.value, 0.05);
  });

  it('adds the cost of features up', () => {
    const search = [
      ...windows('search', period.from, 4, 0.5, 'cost'),
      ...windows('search', before, 2, 0.5, 'cost'),
    ];
    const { costs } = performanceOf([search], [], period);
    assert.deepEqual(costs, [{ name: 'search', count: 4, value: 2, before: 1 }]);
  });
});

const before = '2026-03-02T00:00:00.000Z';

function windows(
  endpoint: string,
  from: string,
  count: number,
  value: number,
  type: MetricWindow['type'] = 'response_time',
): MetricWindow[] {
  return Array.from({ length: count }, (_, i) => {
    const at = Date.parse(from) + i * windowMs;
    const one: Observation = { name: type, type, endpoint, unit: '', value, at };
    return windowOf([one], 'm.jsonl');
  });
}
