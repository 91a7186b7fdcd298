import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { PatchwrightError } from '../../../src/core/errors.ts';
import type { Git } from '../../../src/core/ports.ts';
import { sampleRequest, ticketChange } from '../../support/backlog.ts';
import { bareRemote, type Clone, cloneOf, sharedOf } from '../../support/team.ts';

/** PATCHWRIGHT_LONG=1 looks longer. */
const isLong = process.env.PATCHWRIGHT_LONG === '1';

type Step =
  | { readonly do: 'ticket'; readonly who: number; readonly id: string; readonly title: string }
  | { readonly do: 'status'; readonly who: number; readonly id: string; readonly status: Status }
  | { readonly do: 'rank'; readonly who: number; readonly id: string; readonly rank: number | null }
  | { readonly do: 'count'; readonly who: number; readonly id: string; readonly by: number }
  | { readonly do: 'request'; readonly who: number; readonly cost: number }
  | { readonly do: 'tick' }
  | { readonly do: 'sync'; readonly who: number; readonly failsAt: number | null }
  | { readonly do: 'reopen'; readonly who: number };

const never = 1e9;

type Status = 'open' | 'closed' | 'snoozed';

const who = fc.integer({ min: 0, max: 1 });
const id = fc.constantFrom('exception-1', 'exception-2', 'exception-3');

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('ticket' as const), who, id, title: fc.string() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('status' as const),
      who,
      id,
      status: fc.constantFrom<Status>('open', 'closed', 'snoozed'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('rank' as const),
      who,
      id,
      rank: fc.option(fc.integer({ min: -5, max: 5 })),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('count' as const),
      who,
      id,
      by: fc.integer({ min: -3, max: 20 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('request' as const), who, cost: fc.nat(9) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
  {
    weight: 6,
    // Twice the number of the call to git that a crash comes before, and one more to come after it.
    arbitrary: fc.record({
      do: fc.constant('sync' as const),
      who,
      failsAt: fc.option(fc.integer({ min: 0, max: 55 }), { freq: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const), who }) },
);

describe('sync: two clones and a bare remote', function () {
  this.timeout(isLong ? 1_800_000 : 120_000);

  it('agree in the end, whatever was changed, sent, refused or cut short', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: isLong ? 40 : 12 }), run),
      { numRuns: isLong ? 300 : 4, endOnFailure: true, verbose: isLong },
    );
  });
});

async function run(steps: readonly Step[]): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'sync-'));
  // One that stands still lets both write at the same time.
  let now = Date.parse('2026-03-01T10:00:00.000Z');
  const clock = { now: () => new Date(now) };
  let due = never;
  const wrap = (git: Git) => failing(git, () => (due -= 2) + 2);
  const remote = bareRemote(root);
  const clones = await Promise.all(
    ['anna', 'ben'].map((name) => cloneOf(root, remote, name, { clock, wrap })),
  );
  const expected = new Map<string, number>();
  try {
    for (const one of steps) {
      if (one.do === 'tick') {
        now += 1_000;
        continue;
      }
      const clone = clones[one.who] as Clone;
      if (one.do === 'sync') {
        due = one.failsAt ?? never;
        const ended = await clone.sync({ maxBatches: 3 }).catch(onlyPlanned);
        due = never;
        if (ended === 'cut') await clone.reopen(); // what was in memory only is gone
      } else if (one.do === 'reopen') await clone.reopen();
      else {
        if (one.do === 'count') expected.set(one.id, (expected.get(one.id) ?? 0) + one.by);
        await clone.backlog.write([changeOf(one)]);
      }
    }
    for (const clone of [...clones, ...clones]) {
      const { refused, failed } = await clone.sync({ maxBatches: 3 });
      assert.deepEqual([refused, failed], [[], undefined]);
    }
    const [anna, ben] = clones as [Clone, Clone];
    assert.deepEqual(sharedOf(anna), sharedOf(ben));
    for (const { backlog } of clones) {
      for (const [group, count] of expected) {
        assert.equal(backlog.groups.get(group)?.count ?? 0, count, `count of ${group}`);
      }
    }
    const own = (clone: Clone) => clone.backlog.requests.list().map((request) => request.costUsd);
    const theirs = (clone: Clone) => clone.backlog.team.requests().map(({ costUsd }) => costUsd);
    assert.deepEqual([theirs(anna), theirs(ben)], [own(ben), own(anna)]);
    // And nothing is left to be said.
    assert.equal((await anna.sync()).sent, 0);
  } finally {
    for (const { backlog } of clones) await backlog.dispose();
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

function changeOf(step: Exclude<Step, { do: 'tick' | 'sync' | 'reopen' }>) {
  switch (step.do) {
    case 'ticket':
      return ticketChange(step.id, { title: step.title });
    case 'status':
      return { kind: 'ticket', id: step.id, fields: { status: step.status } } as const;
    case 'rank': {
      const metadata = {
        exceptionType: 'TypeError',
        ...(step.rank === null ? {} : { rank: step.rank }),
      };
      return { kind: 'ticket', id: step.id, fields: { metadata } } as const;
    }
    case 'count':
      return {
        kind: 'group',
        id: step.id,
        fingerprint: 'f',
        signal: 'exception',
        count: step.by,
        firstSeen: '2026-03-01T08:00:00.000Z',
        lastSeen: '2026-03-01T09:00:00.000Z',
      } as const;
    case 'request': {
      const id = `7c9e6679-7425-40de-944b-e07fc1f90ae${step.who}`;
      return { kind: 'request', id, fields: { ...sampleRequest, id, costUsd: step.cost } } as const;
    }
  }
}

const cut = new PatchwrightError('cancelled', { what: 'Cut.', why: '', remedy: '' });

function onlyPlanned(error: unknown): 'cut' {
  if (error === cut) return 'cut';
  throw error;
}

/** Ends the whole of it before a call (`due` even) or right after it (odd): nothing further is done. */
function failing(git: Git, count: () => number): Git {
  async function cutting<T>(call: () => Promise<T>): Promise<T> {
    const due = count();
    if (due === 0) throw cut;
    const result = await call();
    if (due === 1) throw cut;
    return result;
  }
  return {
    cwd: git.cwd,
    run: (args, options) => cutting(() => git.run(args, options)),
    bytes: (args, options) => cutting(() => git.bytes(args, options)),
    code: (args, options) => cutting(() => git.code(args, options)),
    at: (cwd) => failing(git.at(cwd), count),
    withHooks: () => failing(git.withHooks(), count),
  };
}
