import assert from 'node:assert/strict';
import type { Attempt } from '../../../src/core/attempt.ts';
import {
  calibrationOf,
  type Outcome,
  oddsOf,
  outcomesOf,
  tallyOf,
} from '../../../src/learning/odds.ts';
import { sampleAttempt } from '../../support/backlog.ts';
import { createRandom } from '../../support/random.ts';
import { requestOf } from '../../support/requests.ts';

const priors = { costUsd: 0.5, minutes: 4 };
const draft = { ticketId: 't', category: 'bug_fix', model: 'm' };

describe('odds', () => {
  it('are even where nothing is known, and say so', () => {
    const odds = oddsOf(tallyOf([]), draft, priors);
    assert.deepEqual(
      [odds.chance, odds.costUsd, odds.minutes, odds.unasked],
      [0.5, 0.5, 4, 'draft'],
    );
    assert.match(odds.reason, /even odds/);
    assert.equal(oddsOf(tallyOf([]), draft, priors, false).costUsd, undefined);
  });

  it('come nearer to what this workspace has seen the more it has seen', () => {
    const after = (n: number) => oddsOf(tallyOf(times(n, outcome({}))), draft, priors);
    assert.ok(after(2).chance > 0.5 && after(2).chance < after(30).chance);
    assert.ok(after(30).chance > 0.85);
    assert.ok(Math.abs((after(40).costUsd ?? 0) - 0.1) < 0.05);
    assert.match(after(3).reason, /3 of 3 for bug_fix by m/);
  });

  it('tell models, categories and tickets apart, and count nothing twice', () => {
    const poor = times(20, outcome({ isGood: false, model: 'poor', ticketId: 'u' }));
    const good = times(20, outcome({ model: 'm', ticketId: 'u' }));
    const tally = tallyOf([...poor, ...good]);
    const chance = (fields: Partial<typeof draft>) =>
      oddsOf(tally, { ...draft, ...fields }, priors).chance;
    assert.ok(chance({}) > 0.8 && chance({ model: 'poor' }) < 0.2);
    assert.ok(Math.abs(chance({ category: 'feature' }) - 0.5) < 0.05);
    const once = tallyOf([outcome({ isGood: false, ticketId: 't' })]);
    assert.equal(oddsOf(once, draft, priors).chance, 0.33, 'one failure is one of three');
  });

  it('say how far to go without asking', () => {
    const unasked = (n: number) =>
      oddsOf(tallyOf(times(n, outcome({ isGood: false, ticketId: 'u' }))), draft, priors).unasked;
    assert.deepEqual([unasked(3), unasked(8), unasked(40)], ['draft', 'plan', 'none']);
  });

  it('rest on drafts that came to an end only', () => {
    const attempt = (id: string, fields: Partial<Attempt> = {}): Attempt => ({
      ...sampleAttempt,
      id,
      ticketId: 't',
      ...fields,
    });
    const tickets = [
      {
        id: 't',
        category: 'performance' as const,
        status: 'open' as const,
        priority: 'low' as const,
        risk: 1,
        createdAt: '',
        updatedAt: '',
      },
    ];
    const outcomes = outcomesOf({
      tickets,
      attempts: [
        attempt('1'),
        attempt('2'),
        attempt('3', { outcome: 'failed' }),
        attempt('4', { outcome: 'cancelled' }),
      ],
      requests: [
        requestOf({ id: 'a', attemptId: '1', status: 'APPLIED', reviewedAt: '2026-03-09' }),
        requestOf({ id: 'b', attemptId: '2', status: 'PENDING_APPROVAL' }),
      ],
    });
    assert.deepEqual(
      outcomes.map(({ category, isGood }) => [category, isGood]),
      [
        ['performance', false],
        ['bug_fix', true],
      ],
    );
  });

  it('are held against what came, each by what was known before it', () => {
    assert.deepEqual(calibrationOf([]), { predictions: 0, bins: [] });
    const first = calibrationOf([outcome({})]);
    assert.deepEqual([first.brier, first.reference], [0.25, 0]);
    const random = createRandom(7);
    const chances: Record<string, number> = { a: 0.9, b: 0.2 };
    const many = Array.from({ length: 400 }, (_, i) => {
      const model = random.one(['a', 'b']);
      const isGood = random.next() < (chances[model] ?? 0);
      return outcome({ model, ticketId: `t${i}`, isGood });
    });
    const { brier = 1, reference = 0, bins } = calibrationOf(many);
    assert.ok(brier < reference - 0.05, `${brier} against ${reference}`);
    for (const bin of bins.filter(({ count }) => count > 80)) {
      assert.ok(Math.abs(bin.predicted - bin.came) < 0.1, JSON.stringify(bin));
    }
  });
});

function outcome(fields: Partial<Outcome>): Outcome {
  return { ...draft, at: '', isGood: true, costUsd: 0.1, minutes: 2, ...fields };
}

function times<T>(count: number, one: T): T[] {
  return Array.from({ length: count }, () => one);
}
