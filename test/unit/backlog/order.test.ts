import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import * as fc from 'fast-check';
import type { Change } from '../../../src/core/change.ts';
import type { Ticket, TicketOrder } from '../../../src/core/ticket.ts';
import { inOrder, sortOrders } from '../../../src/editor/sortOrder.ts';
import { open, ticketChange } from '../../support/backlog.ts';
import { tempFolder } from '../../support/tempFolder.ts';

interface Given {
  readonly fields: Partial<Ticket>;
  readonly seen: { readonly count: number; readonly lastSeen: string } | undefined;
}

const day = fc.integer({ min: 1, max: 9 }).map((at) => `2026-03-0${at}T10:00:00.000Z`);
const level = fc.integer({ min: 1, max: 10 }).map((value) => ({ value, reason: '' }));
const given: fc.Arbitrary<Given> = fc.record({
  fields: fc.record({
    priority: fc
      .constantFrom('low', 'medium', 'high', 'critical')
      .map((value) => ({ value, reason: '' }) as const),
    risk: level,
    effort: level,
    createdAt: day,
    updatedAt: day,
    metadata: fc.oneof(
      fc.constant({}),
      fc.double({ min: -5, max: 20, noNaN: true }).map((rank) => ({ rank })),
    ),
  }),
  seen: fc.option(fc.record({ count: fc.integer({ min: 1, max: 9 }), lastSeen: day }), {
    nil: undefined,
  }),
});

/** What the database sorts, since a view shows one page of many, and what the core says of whose turn it is. */
describe('backlog: a page of tickets in order', () => {
  const folder = tempFolder('backlog-order');

  it('is the beginning of all of them in that order', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(given, { maxLength: 30 }),
        fc.integer({ min: 1, max: 40 }),
        async (tickets, limit) => {
          round += 1;
          const at = folder.path(`round-${round}`);
          mkdirSync(at);
          const backlog = await open(at);
          try {
            await backlog.write(tickets.flatMap(changesOf));
            for (const order of sortOrders) {
              const all = inOrder(backlog.tickets.list(), order, (id) => backlog.groups.get(id));
              assert.deepEqual(pageOf(backlog, order, limit), idsOf(all).slice(0, limit), order);
            }
          } finally {
            await backlog.dispose();
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('counts what was seen of tickets that were merged in more than one step', async () => {
    const at = folder.path('merged');
    mkdirSync(at);
    const backlog = await open(at);
    const day1 = '2026-03-01T10:00:00.000Z';
    const day9 = '2026-03-09T10:00:00.000Z';
    const into = (id: string): Partial<Ticket> => ({
      status: 'closed',
      metadata: { mergedInto: id },
    });
    try {
      await backlog.write(
        [
          { fields: {}, seen: { count: 5, lastSeen: day1 } },
          { fields: {}, seen: { count: 2, lastSeen: day1 } },
          { fields: into('t-1'), seen: { count: 2, lastSeen: day1 } },
          { fields: into('t-2'), seen: { count: 2, lastSeen: day9 } },
        ].flatMap(changesOf),
      );
      for (const order of ['occurrences', 'lastSeen'] as const) {
        assert.equal(pageOf(backlog, order, 9)[0], 't-1', order);
      }
      const quiet = (before: string) => backlog.groups.quiet(before, ['open'], 9);
      assert.deepEqual(quiet('2026-03-05T00:00:00.000Z'), [{ id: 't-0', lastSeen: day1 }]);
      assert.deepEqual(quiet('2026-03-15T00:00:00.000Z'), [
        { id: 't-0', lastSeen: day1 },
        { id: 't-1', lastSeen: day9 },
      ]);
    } finally {
      await backlog.dispose();
    }
  });
});

function pageOf(
  { tickets }: Awaited<ReturnType<typeof open>>,
  order: TicketOrder,
  limit: number,
): string[] {
  return idsOf(tickets.list({ order, limit }));
}

function idsOf(tickets: readonly Ticket[]): string[] {
  return tickets.map(({ id }) => id);
}

function changesOf({ fields, seen }: Given, index: number): Change[] {
  const id = `t-${index}`;
  const group: Change[] = seen
    ? [
        {
          kind: 'group',
          id,
          fingerprint: id,
          signal: 'exception',
          count: seen.count,
          firstSeen: '2026-03-01T10:00:00.000Z',
          lastSeen: seen.lastSeen,
        },
      ]
    : [];
  return [ticketChange(id, fields), ...group];
}
