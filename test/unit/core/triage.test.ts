import assert from 'node:assert/strict';
import { defaultSettings } from '../../../src/core/settings.ts';
import { rankSuspects, type Touch } from '../../../src/core/suspects.ts';
import { fold } from '../../../src/core/fold.ts';
import type { Ticket } from '../../../src/core/ticket.ts';
import {
  burstOf,
  categoryReason,
  countRecent,
  exceptionCategory,
  exceptionPriority,
  type Recent,
  sink,
  withFacts,
} from '../../../src/core/triage.ts';
import { exceptionSignal, groupOf, ticketOf } from '../../support/nouns.ts';

const seenAt = (...times: readonly string[]): Recent | undefined =>
  times.reduce<Recent | undefined>((recent, at) => countRecent(recent, at, 1), undefined);
const minutes = (from: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => new Date(Date.parse(from) + i * 60_000).toISOString());

describe('triage', () => {
  describe('priority of an exception', () => {
    it('says how often in its reason', () => {
      assert.deepEqual(exceptionPriority({ severity: 'error', count: 60 }), {
        value: 'high',
        reason: 'Seen 60 times.',
      });
      const back = exceptionPriority({ severity: 'error', count: 6, regression: true });
      assert.match(back.reason, /came back/);
    });

    it('is lower when the many times are spread over years', () => {
      const seen = {
        severity: 'error' as const,
        count: 60,
        firstSeen: '2025-01-01T00:00:00.000Z',
        lastSeen: '2026-01-01T00:00:00.000Z',
      };
      assert.equal(exceptionPriority(seen).value, 'medium');
      const quick = { ...seen, firstSeen: '2025-12-31T00:00:00.000Z' };
      assert.equal(exceptionPriority(quick).value, 'high');
    });

    it('rises with the users it hits', () => {
      const hit = exceptionPriority({ severity: 'error', count: 12, users: 11 });
      assert.deepEqual(hit, { value: 'high', reason: 'Seen 12 times. It hits 11 users.' });
    });
  });

  describe('burst', () => {
    const group = { firstSeen: '2026-03-01T00:00:00.000Z', lastSeen: '2026-03-02T10:19:00.000Z' };

    it('is many more in the last hour than in a usual one', () => {
      const recent = seenAt(...minutes('2026-03-02T10:00:00.000Z', 20));
      const burst = burstOf({ ...group, count: 53 }, recent);
      assert.equal(burst?.lastHour, 20);
      assert.ok(burst && burst.usual < 1.1 && burst.usual > 0.9);
      assert.equal(burstOf({ ...group, count: 500 }, recent), undefined, 'as many as usual');
    });

    it('needs a history: what is new has no usual rate', () => {
      const recent = seenAt(...minutes('2026-03-02T10:00:00.000Z', 20));
      const fresh = { ...group, firstSeen: '2026-03-02T10:00:00.000Z', count: 20 };
      assert.equal(burstOf(fresh, recent), undefined);
    });

    it('counts over the turn of the hour, late lines too, and forgets what is older', () => {
      const recent = seenAt(
        '2026-03-02T08:30:00.000Z',
        ...minutes('2026-03-02T09:50:00.000Z', 20),
        '2026-03-02T09:59:30.000Z',
        '2026-03-02T07:00:00.000Z',
        'no date',
      );
      assert.deepEqual(recent, { hour: '2026-03-02T10:00:00.000Z', count: 10, before: 11 });
      const half = { ...group, lastSeen: '2026-03-02T10:30:00.000Z', count: 40 };
      assert.equal(burstOf(half, recent)?.lastHour, 16);
    });

    it('raises the priority of a ticket, with the numbers', () => {
      let ticket: Ticket = ticketOf({ metadata: { severity: 'error' } });
      let count = 33;
      for (const at of minutes('2026-03-02T10:00:00.000Z', 20)) {
        count++;
        const seen = groupOf(exceptionSignal(), { ...group, lastSeen: at, count });
        const result = fold(exceptionSignal({ at }), seen, ticket, defaultSettings, at);
        if (result.kind === 'updated') ticket = { ...ticket, ...result.fields };
      }
      assert.equal(ticket.priority.value, 'critical');
      assert.match(ticket.priority.reason, /burst: 20 times in its last hour, usually 1 an hour/);
    });
  });

  describe('quiet', () => {
    const now = new Date('2026-03-20T00:00:00.000Z');
    const lastSeen = '2026-03-02T00:00:00.000Z';

    it('sinks by one level, once, with the reason', () => {
      const sunk = sink(ticketOf(), lastSeen, now);
      assert.equal(sunk?.priority.value, 'low');
      assert.match(
        sunk?.priority.reason ?? '',
        /Quiet for 18 days, so it sinks from medium to low/,
      );
      assert.equal(sink({ ...ticketOf(), ...sunk }, lastSeen, now), undefined);
    });

    it('leaves alone what was seen lately, what a person set, and what does not wait', () => {
      assert.equal(sink(ticketOf(), '2026-03-10T00:00:00.000Z', now), undefined);
      const byHand = ticketOf({ priority: { value: 'high', reason: 'Set by a person.' } });
      assert.equal(sink(byHand, lastSeen, now), undefined);
      assert.equal(sink(ticketOf({ status: 'applied' }), lastSeen, now), undefined);
    });

    it('rises again when it is seen again', () => {
      const sunk = { ...ticketOf(), ...sink(ticketOf(), lastSeen, now) };
      const seen = groupOf(exceptionSignal(), { count: 7 });
      const result = fold(exceptionSignal(), seen, sunk, defaultSettings, now.toISOString());
      assert.equal(result.kind, 'updated');
      if (result.kind !== 'updated') return;
      assert.deepEqual(result.fields.priority, { value: 'medium', reason: 'Seen 7 times.' });
      assert.equal(result.fields.metadata?.quietSince, undefined);
    });
  });

  describe('risk and effort', () => {
    it('grow with long, busy, untested code, each step with its reason', () => {
      const { risk, effort } = withFacts(ticketOf(), { lines: 2_000, commits: 12, coverage: 0 });
      assert.equal(risk.value, 3 + 2 + 1 + 1);
      assert.match(risk.reason, /very long, 2,000 lines: \+2\..*12 commits.*: \+1\..*0 %/);
      assert.equal(effort.value, 2 + 2 + 1);
    });

    it('put a protected file over the usual limit, and note one that is near', () => {
      const own = withFacts(ticketOf(), { protectedBy: 'src/pay/**' });
      assert.ok(own.risk.value > defaultSettings.selection.maxRisk);
      assert.match(own.risk.reason, /protected \(src\/pay\/\*\*\)/);
      const near = withFacts(ticketOf(), { protectedNear: ['src/pay/card.js'] });
      assert.equal(near.risk.value, 4);
      assert.match(near.risk.reason, /src\/pay\/card\.js/);
    });

    it('stay between 1 and 10, and as they were when nothing is known', () => {
      const high = ticketOf({ risk: { value: 9, reason: 'Old.' } });
      assert.equal(withFacts(high, { protectedBy: 'x' }).risk.value, 10);
      const low = ticketOf({ risk: { value: 1, reason: 'New.' } });
      assert.equal(withFacts(low, { coverage: 0.9 }).risk.value, 1);
      assert.deepEqual(withFacts(low, {}).risk, low.risk);
    });
  });

  it('takes a deprecation for work to do, an error for a bug, and says why', () => {
    assert.equal(exceptionCategory('DeprecationWarning', 'warning'), 'refactor');
    assert.equal(exceptionCategory('DeprecationWarning', 'error'), 'bug_fix');
    assert.match(categoryReason(ticketOf({ metadata: { exceptionType: 'KeyError' } })), /KeyError/);
  });

  describe('suspects', () => {
    const first = '2026-03-10T12:00:00.000Z';
    const commit = (id: string, at: string) => ({ commit: id, at, author: 'Ann', subject: id });
    const touch = (id: string, kind: Touch['kind'], file = 'src/cart.js', line = 7): Touch => ({
      commit: id,
      kind,
      file,
      line,
    });

    it('ranks the failing line before its file, the recent before the old', () => {
      const ranked = rankSuspects(
        [touch('line', 'line'), touch('file', 'file'), touch('line', 'file'), touch('old', 'near')],
        [
          commit('file', '2026-03-10T11:00:00.000Z'),
          commit('old', '2025-03-10T11:00:00.000Z'),
          commit('line', '2026-03-10T10:00:00.000Z'),
        ],
        first,
      );
      assert.deepEqual(
        ranked.map((one) => one.commit),
        ['line', 'file', 'old'],
      );
      assert.deepEqual(ranked[0]?.reasons, [
        'changed src/cart.js:7, the failing line, 2 hours before the first occurrence',
      ]);
    });

    it('does not take a commit that changed a bit of everything for the likeliest', () => {
      const files = ['src/a.js', 'src/b.js', 'src/c.js', 'src/d.js'];
      const ranked = rankSuspects(
        [...files.map((file) => touch('broad', 'caller', file)), touch('line', 'line')],
        [commit('broad', '2026-03-10T11:00:00.000Z'), commit('line', '2026-03-10T10:00:00.000Z')],
        first,
      );
      assert.deepEqual(
        ranked.map((one) => one.commit),
        ['line', 'broad'],
      );
    });

    it('never names what was written after the first occurrence', () => {
      const later = commit('later', '2026-03-10T12:00:01.000Z');
      assert.deepEqual(rankSuspects([touch('later', 'line')], [later], first), []);
    });
  });
});
