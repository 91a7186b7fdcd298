import assert from 'node:assert/strict';
import { eventsOf, type MetricWindow, windowOf } from '../../../src/core/metric.ts';
import { trendOf } from '../../../src/editor/trend.ts';

const now = new Date('2026-05-20T12:00:00Z');
const seen = (at: string, value: number): MetricWindow =>
  windowOf([{ ...eventsOf('t'), unit: '', value, at: Date.parse(at) }], 'x');

describe('how often a ticket was seen lately', () => {
  it('adds up what was seen on each of the last days', () => {
    const windows = [
      seen('2026-05-17T10:00:00Z', 2),
      seen('2026-05-17T11:00:00Z', 3),
      seen('2026-05-20T11:59:00Z', 1),
    ];
    const trend = trendOf(windows, now);
    assert.deepEqual(trend?.values.slice(-5), [0, 5, 0, 0, 1]);
    assert.match(trend?.words ?? '', /^6× in 12 days, 1×/);
  });

  it('leaves out what is older, which was counted for the day at the edge', () => {
    const windows = [seen('2026-05-07T12:00:00Z', 90), seen('2026-05-20T11:00:00Z', 1)];
    assert.equal(trendOf(windows, now), undefined);
  });

  it('draws nothing of a single day', () => {
    assert.equal(trendOf([seen('2026-05-20T11:00:00Z', 9)], now), undefined);
    assert.equal(trendOf([], now), undefined);
  });
});
