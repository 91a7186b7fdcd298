import assert from 'node:assert/strict';
import type { Attempt } from '../../../src/core/attempt.ts';
import { healthOf } from '../../../src/learning/health.ts';
import { type History, type Period, together } from '../../../src/learning/history.ts';
import { metricsOf } from '../../../src/learning/metrics.ts';
import type { TicketSummary } from '../../../src/core/ticket.ts';
import { requestOf } from '../../support/requests.ts';

const period: Period = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-08T00:00:00.000Z' };
const created = '2026-03-02T09:00:00.000Z';
const nothing: History = { tickets: [], attempts: [], requests: [], releases: [] };

describe('metrics', () => {
  it('makes no number of nothing', () => {
    const metrics = metricsOf(nothing, period);
    assert.deepEqual(metrics.successRate, { part: 0, of: 0 });
    assert.deepEqual(metrics.timeToReview, { count: 0 });
    assert.equal(metrics.cost.perLandedFixUsd, undefined);
    assert.equal(metrics.days.length, 7);
    const health = healthOf(nothing, period);
    assert.equal(health.score.value, undefined);
    assert.equal(health.riskExposure.value, undefined);
    assert.equal(health.velocity.value, undefined);
    assert.equal(health.qualityTrend.direction, 'unknown');
  });

  it('counts what was proposed, decided, landed and taken back in the period', () => {
    const metrics = metricsOf(busy, period);
    assert.deepEqual(metrics.requests, {
      proposed: 4,
      waiting: 1,
      approved: 2,
      rejected: 1,
      implemented: 2,
      rolledBack: 1,
      failedAttempts: 1,
      perWeek: 4,
    });
    assert.deepEqual(metrics.successRate, { value: 0.25, part: 1, of: 4 });
    assert.deepEqual(metrics.mergeRate, { value: 0.6667, part: 2, of: 3 });
    assert.deepEqual(metrics.timeToReview, { count: 3, medianMs: 7_200_000, p90Ms: 10_800_000 });
    assert.deepEqual(metrics.timeToMerge, { count: 2, medianMs: 5_400_000, p90Ms: 7_200_000 });
  });

  it('tells what it costs, by model and by outcome, and which attempts have no price', () => {
    const { cost } = metricsOf(busy, period);
    assert.equal(cost.totalUsd, 1);
    assert.equal(cost.perLandedFixUsd, 1);
    assert.equal(cost.unpriced, 1);
    assert.deepEqual(cost.byModel, [
      { name: 'large', attempts: 4, tokens: 400, costUsd: 1, unpriced: 0, landed: 1 },
      { name: 'local', attempts: 1, tokens: 100, costUsd: 0, unpriced: 1, landed: 0 },
    ]);
    assert.deepEqual(
      cost.byOutcome.map(({ name, attempts }) => [name, attempts]),
      [
        ['succeeded', 4],
        ['failed', 1],
      ],
    );
  });

  it('has a row a day, and tickets in them when they came and when they came to rest', () => {
    const { days, tickets } = metricsOf(busy, period);
    assert.deepEqual(
      days.map(({ day }) => day.slice(8)),
      ['01', '02', '03', '04', '05', '06', '07'],
    );
    assert.deepEqual(
      days.map((d) => [d.ticketsCreated, d.ticketsResolved, d.landed, d.rolledBack]),
      [
        [0, 0, 0, 0],
        [5, 1, 2, 0],
        [0, 0, 0, 1],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    );
    assert.equal(tickets.unresolved, 4);
  });

  it('leaves out what lies outside of the period, whose end is not part of it', () => {
    const later = { from: period.to, to: '2026-03-15T00:00:00.000Z' };
    const metrics = metricsOf(busy, later);
    assert.equal(metrics.requests.proposed, 0);
    assert.equal(metrics.requests.waiting, 1); // what waits now, whenever it came
    const onTheEdge = { ...nothing, requests: [requestOf({ createdAt: period.to })] };
    assert.equal(metricsOf(onTheEdge, period).requests.proposed, 0);
    assert.equal(metricsOf(onTheEdge, later).requests.proposed, 1);
  });
});

describe('several folders', () => {
  it('are counted as one, and what has the same id in two of them twice', () => {
    const [one, two] = [metricsOf(busy, period), metricsOf(together([busy, busy]), period)];
    assert.equal(two.requests.implemented, 2 * one.requests.implemented);
    assert.equal(two.tickets.created, 2 * one.tickets.created);
    assert.deepEqual(two.successRate, { value: 0.25, part: 2, of: 8 });
    assert.deepEqual(two.timeToReview.medianMs, one.timeToReview.medianMs);
    assert.equal(two.cost.totalUsd, 2 * one.cost.totalUsd);
  });
});

describe('health', () => {
  it('loses points by priority, up to a limit, and says for what', () => {
    const tickets = [
      ...Array.from({ length: 6 }, (_, i) => withPriority(`c${i}`, 'critical')),
      withPriority('h', 'high'),
      withPriority('m', 'medium'),
    ];
    const { score } = healthOf({ ...nothing, tickets }, period);
    assert.equal(score.value, 100 - 40 - 4 - 1);
    assert.deepEqual(score.parts.slice(0, 3), ['6 critical: −40', '1 high: −4', '1 medium: −1']);
    assert.ok(score.formula.includes('40 at most'));
  });

  it('counts a rollback against it', () => {
    const { score, velocity } = healthOf({ ...busy, tickets: [withPriority('x', 'low')] }, period);
    assert.equal(score.value, Math.round(100 - 0.25 - 10)); // one of two releases
    assert.deepEqual([velocity.value, velocity.parts], [1, ['1 in 7 days']]);
  });

  it('says how much of the risk that could be is there', () => {
    const worst = ticketOf({
      priority: 'critical',
      risk: 10,
    });
    assert.equal(healthOf({ ...nothing, tickets: [worst] }, period).riskExposure.value, 100);
    const done = { ...worst, status: 'applied' as const };
    assert.equal(healthOf({ ...nothing, tickets: [done] }, period).riskExposure.value, 0);
  });

  it('compares with the period before', () => {
    const old = Array.from({ length: 6 }, (_, i) =>
      ticketOf({ id: `t${i}`, createdAt: '2026-02-25T00:00:00.000Z' }),
    );
    const { qualityTrend } = healthOf({ ...nothing, tickets: old }, period);
    assert.deepEqual([qualityTrend.value, qualityTrend.direction], [6, 'better']);
  });
});

function withPriority(id: string, value: 'critical' | 'high' | 'medium' | 'low') {
  return ticketOf({ id, priority: value, createdAt: '2026-01-01T00:00:00.000Z' });
}

function ticketOf(fields: Partial<TicketSummary>): TicketSummary {
  return {
    id: 'a',
    category: 'bug_fix',
    status: 'open',
    priority: 'medium',
    risk: 3,
    createdAt: created,
    updatedAt: created,
    ...fields,
  };
}

const busy: History = {
  tickets: ['a', 'b', 'c', 'd', 'e'].map((id) =>
    ticketOf({ id, createdAt: created, status: id === 'a' ? 'applied' : 'open' }),
  ),
  attempts: ['a', 'b', 'c', 'd', 'e'].map((id) => attemptOf(id)),
  requests: [
    requestOf({
      id: 'a',
      attemptId: 'a',
      ticketId: 'a',
      createdAt: created,
      status: 'APPLIED',
      reviewedAt: '2026-03-02T10:00:00.000Z',
      appliedAt: '2026-03-02T10:00:00.000Z',
    }),
    requestOf({
      id: 'b',
      attemptId: 'b',
      ticketId: 'b',
      createdAt: created,
      status: 'ROLLED_BACK',
      reviewedAt: '2026-03-02T11:00:00.000Z',
      appliedAt: '2026-03-02T11:00:00.000Z',
    }),
    requestOf({
      id: 'c',
      attemptId: 'c',
      ticketId: 'c',
      createdAt: created,
      status: 'DENIED',
      reviewedAt: '2026-03-02T12:00:00.000Z',
    }),
    requestOf({ id: 'd', attemptId: 'd', ticketId: 'd', createdAt: created }),
  ],
  releases: [
    releaseOf('a', '2026-03-02T10:00:00.000Z'),
    { ...releaseOf('b', '2026-03-02T11:00:00.000Z'), rolledBackAt: '2026-03-03T00:00:00.000Z' },
  ],
};

function attemptOf(id: string): Attempt {
  return {
    id,
    ticketId: id,
    number: 1,
    branch: `improvement/${id}`,
    base: 'a'.repeat(40),
    outcome: id === 'e' ? 'failed' : 'succeeded',
    startedAt: created,
    runner: { pid: 1, host: 'h', started: 's' },
    model: id === 'd' ? 'local' : 'large',
    steps: 3,
    usage: { inputTokens: 90, outputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0 },
    ...(id === 'd' ? {} : { costUsd: 0.25 }),
  };
}

function releaseOf(id: string, appliedAt: string) {
  return {
    id,
    requestId: id,
    ticketId: id,
    commit: 'c'.repeat(40),
    branch: 'work',
    backupRef: 'refs/patchwright/backup/x/1',
    appliedAt,
  };
}
