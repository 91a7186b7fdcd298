import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  meanOf,
  mergeWindows,
  type Observation,
  quantileOf,
  windowOf,
} from '../../../src/core/metric.ts';
import { countAbove, isSketchable, sketchError } from '../../../src/core/sketch.ts';

const observation = (value: number): Observation => ({
  name: 'latency',
  type: 'response_time',
  endpoint: 'GET /x',
  unit: 'ms',
  value,
  at: Date.parse('2026-03-02T09:03:10Z'),
});
const windowWith = (values: readonly number[], file = 'a.log') => {
  const [first = 0, ...rest] = values;
  return windowOf([observation(first), ...rest.map(observation)], file);
};
const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), {
  minLength: 1,
  maxLength: 40,
});

describe('metric windows', () => {
  it('begin at a multiple of five minutes', () => {
    assert.equal(windowWith([1]).start, '2026-03-02T09:00:00.000Z');
  });

  it('add up, in any order, to the window of all their values', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const [x, y, z] = [windowWith(a), windowWith(b, 'b.log'), windowWith(c)];
        const sum = mergeWindows(mergeWindows(x, y), z);
        assert.deepEqual(sum, mergeWindows(z, mergeWindows(y, x)));
        assert.deepEqual(sum, windowWith([...a, ...b, ...c]));
      }),
    );
  });

  it('know quantiles to one per cent, and the mean, least and most exactly', () => {
    const all = Array.from({ length: 1_000 }, (_, i) => (i + 1) ** 1.5);
    const window = windowWith(all);
    for (const [q, exact] of [
      [0.5, 500 ** 1.5],
      [0.95, 950 ** 1.5],
      [0.99, 990 ** 1.5],
    ] as const) {
      assert.ok(Math.abs(quantileOf(window, q) / exact - 1) <= sketchError * 1.01, `${q}`);
    }
    assert.ok(Math.abs(meanOf(window) - all.reduce((a, b) => a + b) / 1_000) < 1e-6);
    assert.deepEqual([window.count, window.min, window.max], [1_000, 1, 1_000 ** 1.5]);
  });

  it('count what surely lies above a limit', () => {
    assert.equal(countAbove(windowWith([-5, 0, 1_999, 2_000, 2_500, 9_000]).sketch, 2_000), 2);
  });

  it('take no value that is not finite, or absurd', () => {
    assert.deepEqual([Number.NaN, Infinity, -Infinity, 1e300, 5].map(isSketchable), [
      false,
      false,
      false,
      false,
      true,
    ]);
  });
});
