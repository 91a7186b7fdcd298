import assert from 'node:assert/strict';
import { averaged } from '../../../src/learning/average.ts';
import { observationsOf, reviewsOf } from '../../../src/learning/evidence.ts';
import type { History } from '../../../src/learning/history.ts';
import {
  expectedAcceptance,
  learn,
  type Observation,
  rank,
  standingOf,
  suggestModel,
} from '../../../src/learning/preferences.ts';
import { habitText } from '../../../src/core/habit.ts';
import { habitOf, learnReviews } from '../../../src/learning/reviewTimes.ts';
import { suggestSettings } from '../../../src/learning/suggestSettings.ts';
import { parseSettings } from '../../../src/core/settings.ts';
import { sampleAttempt } from '../../support/backlog.ts';
import { requestOf } from '../../support/requests.ts';

const rate = 0.1;

describe('preferences', () => {
  it('average the first values evenly and move by the rate after that', () => {
    let average = averaged(undefined, 1, rate);
    for (let i = 0; i < 9; i++) average = averaged(average, i % 2, rate);
    assert.ok(Math.abs(average.value - 0.5) < 1e-9, 'the plain mean of ten values');
    const before = average.value;
    average = averaged(average, 1, rate);
    assert.ok(Math.abs(average.value - (before + rate * (1 - before))) < 1e-9);
  });

  it('believe little of little evidence, and of a new kind of task what holds for the others', () => {
    const none = learn([], [], rate);
    assert.equal(expectedAcceptance(none, 'bug_fix', 'm', rate), 0.5);
    const once = learn([seen('m', 0)], [], rate);
    const chance = expectedAcceptance(once, 'bug_fix', 'm', rate);
    assert.ok(chance > 0.1 && chance < 0.5);
    const often = learn(times(10, seen('m', 1)), [], rate);
    assert.ok(expectedAcceptance(often, 'performance', 'm', rate) > 0.8);
  });

  it('prefer what is approved, and of equals what costs less and takes less time', () => {
    const known = learn(
      [
        ...times(12, { ...seen('dear', 1), costUsd: 2, minutes: 9 }),
        ...times(12, { ...seen('cheap', 1), costUsd: 0.2, minutes: 2 }),
        ...times(12, { ...seen('poor', 0), costUsd: 0, minutes: 0 }),
      ],
      [],
      rate,
    );
    const models = ['dear', 'poor', 'cheap'];
    assert.deepEqual(
      rank(known, 'bug_fix', models, rate).map(({ model }) => model),
      ['cheap', 'dear', 'poor'],
    );
    assert.equal(standingOf(known, 'bug_fix', 'cheap')?.costUsd?.count, 12);
  });

  it('suggest the best, now and then one to learn more of, and the same for the same evidence', () => {
    const models = ['a', 'b', 'c'];
    let explored = 0;
    for (let i = 1; i <= 300; i++) {
      const known = learn([...times(i, seen('a', 1)), seen('b', 1)], [], rate);
      const options = { rate, exploration: 0.1, seed: 's' };
      const first = suggestModel(known, 'bug_fix', models, options);
      assert.deepEqual(suggestModel(known, 'bug_fix', models, options), first);
      if (first?.explores) explored += 1;
      assert.equal(first?.model, first?.explores ? 'c' : 'a', 'the least tried is explored');
    }
    assert.ok(explored > 15 && explored < 50, `${explored} of 300`);
    const never = { rate, exploration: 0, seed: 's' };
    const known = learn(times(5, seen('a', 1)), [], rate);
    assert.equal(suggestModel(known, 'bug_fix', models, never)?.explores, false);
    assert.equal(suggestModel(known, 'bug_fix', [], never), undefined);
  });

  it('follow a model that becomes worse', () => {
    const options = { rate, exploration: 0, seed: '' };
    const before = [...times(30, seen('old', 1)), ...times(10, seen('new', 0.7))];
    const pick = (all: readonly Observation[]) =>
      suggestModel(learn(all, [], rate), 'bug_fix', ['new', 'old'], options)?.model;
    assert.equal(pick(before), 'old');
    assert.equal(pick([...before, ...times(12, seen('old', 0))]), 'new');
  });

  it('come from decisions, rollbacks, failed attempts and ratings, in the order of time', () => {
    const observed = observationsOf(history, [
      {
        id: 'f',
        timestamp: '2026-03-02T12:00:00.000Z',
        text: '',
        rating: 4,
        sentiment: 'positive',
        model: 'recorded',
        taskType: 'bug_fix',
        metadata: {},
      },
    ]);
    assert.deepEqual(
      observed.map(({ at, acceptance }) => [at.slice(8, 13), acceptance]),
      [
        ['01T10', 0],
        ['02T10', 1],
        ['02T11', 0],
        ['02T12', 0.75],
        ['03T10', 0],
      ],
    );
    assert.equal(observed[1]?.costUsd, 0.5);
    assert.ok((observed[1]?.minutes ?? 0) > 0);
    assert.equal(observed[4]?.costUsd, undefined, 'the cost of a rolled back patch counts once');
    assert.deepEqual(observationsOf(history, [], '2026-03-03').length, 1);
    assert.deepEqual(reviewsOf(history), ['2026-03-02T10:00:00.000Z', '2026-03-02T11:00:00.000Z']);
  });

  it('know when somebody reviews, and follow them when that changes', () => {
    const morning = { hour: 8, weekday: 1 };
    const night = { hour: 23, weekday: 6 };
    assert.equal(habitOf(learnReviews(times(4, morning), rate)), undefined, 'too few');
    const mornings = habitOf(learnReviews([...times(20, morning), night], rate));
    assert.equal(mornings?.part, 'morning');
    assert.equal(habitText({ part: 'morning', days: ['Mon', 'Tue'] }), 'in the morning, Mon, Tue');
    const later = habitOf(learnReviews([...times(20, morning), ...times(20, night)], rate));
    assert.deepEqual([later?.part, later?.days.includes('Sat')], ['night', true]);
  });

  it('suggest settings only with enough evidence', () => {
    const settings = parseSettings({ 'patchwright.model.name': 'poor' });
    const suggested = (n: number, tickets = history) => {
      const known = learn([...times(n, seen('good', 1)), ...times(n, seen('poor', 0))], [], rate);
      return suggestSettings(tickets, known, settings, ['good', 'poor']);
    };
    assert.deepEqual(suggested(9), []);
    assert.deepEqual(
      suggested(10).map(({ setting, now, suggested: to }) => [setting, now, to]),
      [['patchwright.model.roles.patching', '', 'good']],
    );
    const risky = times(6, requestOf({ status: 'DENIED' }));
    const tickets = history.tickets.map((ticket) => ({ ...ticket, risk: 6 }));
    const [maxRisk] = suggested(0, { ...history, requests: risky, tickets });
    assert.deepEqual([maxRisk?.now, maxRisk?.suggested], [7, 3]);
    assert.match(maxRisk?.evidence ?? '', /Of 6 patches .* 0 were approved/);
  });
});

const history: History = {
  tickets: [
    {
      id: 'exception-abababab',
      category: 'bug_fix',
      status: 'open',
      priority: 'low',
      risk: 3,
      createdAt: '',
      updatedAt: '',
    },
  ],
  attempts: [
    {
      ...sampleAttempt,
      id: 'failed',
      ticketId: 'exception-abababab',
      outcome: 'failed',
      startedAt: '2026-03-01T09:00:00.000Z',
      endedAt: '2026-03-01T10:00:00.000Z',
    },
    {
      ...sampleAttempt,
      id: 'a1',
      startedAt: '2026-03-02T08:00:00.000Z',
      endedAt: '2026-03-02T08:10:00.000Z',
    },
  ],
  requests: [
    requestOf({
      id: 'r1',
      attemptId: 'a1',
      status: 'ROLLED_BACK',
      reviewedAt: '2026-03-02T10:00:00.000Z',
      costUsd: 0.5,
    }),
    requestOf({ id: 'r2', status: 'DENIED', reviewedAt: '2026-03-02T11:00:00.000Z' }),
    requestOf({ id: 'r3', status: 'PENDING_APPROVAL' }),
  ],
  releases: [
    {
      id: 'l1',
      requestId: 'r1',
      ticketId: 'exception-abababab',
      commit: '',
      branch: '',
      backupRef: '',
      appliedAt: '2026-03-02T10:00:00.000Z',
      rolledBackAt: '2026-03-03T10:00:00.000Z',
    },
  ],
};

function seen(model: string, acceptance: number): Observation {
  return { at: '', taskType: 'bug_fix', model, acceptance };
}

function times<T>(count: number, one: T): T[] {
  return Array.from({ length: count }, () => one);
}
