import assert from 'node:assert/strict';
import { defaultSettings } from '../../../src/core/settings.ts';
import type { Anomaly, PerformanceSignal } from '../../../src/core/signal.ts';
import { fold } from '../../../src/core/fold.ts';
import { feedbackSignal, groupOf, ticketOf } from '../../support/nouns.ts';

const now = '2026-03-02T10:00:00.000Z';
const slow = (
  fields: Partial<Anomaly> = {},
  at = '2026-03-02T09:00:00.000Z',
): PerformanceSignal => ({
  kind: 'performance',
  fingerprint: { version: 1, hash: 'ef'.repeat(32), parts: [] },
  title: 'GET /x is slow',
  at,
  source: { file: 'logs/app.log', offset: 0 },
  severity: 'error',
  anomaly: {
    kind: 'slow_endpoint',
    metric: 'response_time',
    type: 'response_time',
    endpoint: 'GET /x',
    unit: 'ms',
    value: 5_000,
    threshold: 2_000,
    count: 40,
    from: at,
    to: at,
    reason: 'GET /x is slow: 40 of 40 calls took longer than 2,000 ms.',
    ...fields,
  },
});
const folded = (signal: PerformanceSignal, ticket?: Parameters<typeof fold>[2]) =>
  fold(signal, groupOf(signal), ticket, defaultSettings, now);

describe('tickets of anomalies', () => {
  it('are made at once, each value with its reason', () => {
    const result = folded(slow());
    assert.ok(result.kind === 'created');
    const { id, category, priority, risk, effort, description } = result.ticket;
    assert.deepEqual([id, category, priority.value], ['perf-efefefef', 'performance', 'medium']);
    assert.equal(description, slow().anomaly.reason);
    assert.ok(priority.reason && risk.reason && effort.reason);
  });

  it('are urgent when it is many times its limit', () => {
    const result = folded(slow({ value: 9_000 }));
    assert.ok(result.kind === 'created');
    assert.deepEqual(result.ticket.priority, {
      value: 'high',
      reason: '4.5 times what it should be.',
    });
  });

  it('come back when it is slow again after the fix, and leave a priority set by a person', () => {
    const ticket = ticketOf({
      id: 'perf-efefefef',
      status: 'applied',
      updatedAt: '2026-03-02T08:00:00.000Z',
      priority: { value: 'low', reason: 'Set by a person.' },
    });
    const result = folded(slow(), ticket);
    assert.ok(result.kind === 'updated');
    assert.equal(result.fields.status, 'open');
    assert.equal(result.fields.metadata?.regression, true);
    assert.equal(result.fields.priority, undefined);
    const before = folded(slow({}, '2026-03-02T07:00:00.000Z'), ticket);
    assert.ok(before.kind === 'updated' && before.fields.status === undefined);
  });
});

describe('tickets of feedback', () => {
  const count = (n: number, intent: 'request' | 'complaint' | 'praise') => {
    const signal = feedbackSignal({ intent });
    return fold(signal, groupOf(signal, { count: n }), undefined, defaultSettings, now).kind;
  };
  it('need three requests, five complaints, and are never of praise', () => {
    assert.deepEqual([count(2, 'request'), count(3, 'request')], ['counted', 'created']);
    assert.deepEqual([count(4, 'complaint'), count(5, 'complaint')], ['counted', 'created']);
    assert.equal(count(500, 'praise'), 'counted');
  });
});
