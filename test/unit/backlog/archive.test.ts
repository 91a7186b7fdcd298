import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { archiveTicket, clocksOf, restoreOf } from '../../../src/backlog/archiveRow.ts';
import { applyChange } from '../../../src/backlog/applyChange.ts';
import type { Backlog } from '../../../src/backlog/backlog.ts';
import { migrate } from '../../../src/backlog/migrations.ts';
import type { StoredChange } from '../../../src/backlog/schemas.ts';
import { loadEngine, openSql, type Row } from '../../../src/backlog/sqlite.ts';
import type { TicketStatus } from '../../../src/core/ticket.ts';
import { open, sampleTicket, startChild, ticketChange } from '../../support/backlog.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const day = (number: number): string => new Date(Date.UTC(2026, 0, number)).toISOString();

describe('backlog: archive', function () {
  this.timeout(60_000);
  const folder = tempFolder('backlog');
  const opened: Backlog[] = [];
  const openWith = async (maxTickets: number): Promise<Backlog> => {
    const backlog = await open(folder.path(), { maxTickets });
    opened.push(backlog);
    return backlog;
  };
  afterEach(async () => {
    for (const backlog of opened.splice(0)) await backlog.dispose();
  });

  const write = (backlog: Backlog, status: TicketStatus, ids: readonly number[]): Promise<void> =>
    backlog.write(ids.map((n) => ticketChange(`${status}-${n}`, { status, updatedAt: day(n) })));
  const range = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const live = (backlog: Backlog): string[] => backlog.tickets.list().map(({ id }) => id);
  const archived = async (backlog: Backlog): Promise<string[]> =>
    (await backlog.archive.list()).map(({ id }) => id).sort();
  const files = (): string[] =>
    readdirSync(folder.path('.patchwright')).filter((name) => name.startsWith('archive-'));

  it('takes what is settled, the quiet first, and never what is open, at work, in review or asleep', async () => {
    const backlog = await openWith(20);
    const staying = ['open', 'in_progress', 'testing', 'ready', 'snoozed'] as const;
    for (const status of staying) await write(backlog, status, [1, 2]);
    await write(backlog, 'failed', [1]);
    await write(backlog, 'closed', range(3, 8));
    await write(backlog, 'applied', range(1, 4));
    await backlog.snapshot();
    assert.equal(backlog.archive.count(), 3, 'one too many, and room for two');
    assert.deepEqual(await archived(backlog), ['applied-1', 'applied-2', 'applied-3']);
    await write(backlog, 'open', range(10, 40));
    await backlog.snapshot();
    assert.deepEqual(
      live(backlog).filter((id) => !/^(?:open|in_|testing|ready|snoozed)/.test(id)),
      [],
    );
    assert.equal(live(backlog).length, 41);
  });

  it('goes by when it was last seen, too', async () => {
    const backlog = await openWith(4);
    await write(backlog, 'closed', range(1, 5));
    await backlog.write([
      {
        kind: 'group',
        id: 'closed-1',
        fingerprint: 'f',
        signal: 'exception',
        count: 9,
        firstSeen: day(1),
        lastSeen: day(20),
      },
    ]);
    await backlog.snapshot();
    assert.deepEqual(await archived(backlog), ['closed-2', 'closed-3']);
  });

  it('is a database that any SQLite tool reads', async function () {
    const backlog = await openWith(5);
    await write(backlog, 'closed', range(1, 9));
    await backlog.snapshot();
    const [file = ''] = files();
    const script =
      'import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); print(d.execute("PRAGMA integrity_check").fetchone()[0]); print([r[0] for r in d.execute("SELECT id FROM improvement_tickets WHERE title IS NOT NULL ORDER BY id")])';
    const { status, stdout } = spawnSync(
      'python3',
      ['-c', script, folder.path('.patchwright', file)],
      { encoding: 'utf8' },
    );
    if (status === null) {
      console.log('      there is no python3 here');
      this.skip();
    }
    const ids = await archived(backlog);
    assert.equal(stdout, `ok\n[${ids.map((id) => `'${id}'`).join(', ')}]\n`);
  });

  it('gives a ticket back as it was, in this window and in others, from journals and snapshots', async () => {
    const backlog = await openWith(4);
    const other = await openWith(4);
    await write(backlog, 'closed', range(1, 8));
    await backlog.snapshot();
    const id = 'closed-1';
    const expected = sampleTicket(id, { status: 'closed', updatedAt: day(1) });
    await other.refresh();
    assert.equal(other.tickets.get(id), undefined);
    assert.equal(other.archive.has(id), true);
    assert.deepEqual(await other.archive.get(id), await backlog.archive.get(id));
    await other.archive.bringBack([id, 'closed-8', 'no-such-ticket']);
    await backlog.refresh();
    for (const one of [other, backlog]) {
      assert.deepEqual(one.tickets.get(id)?.metadata, expected.metadata);
      assert.deepEqual(one.tickets.get(id), (await openWith(99)).tickets.get(id));
      assert.equal(one.archive.has(id), false);
    }
    const text = backlog.tickets.get(id)?.evidence[0]?.text;
    assert.equal(text, expected.evidence[0]?.text);
    await backlog.dispose();
    for (const name of readdirSync(folder.path('.patchwright'))) {
      if (name.startsWith('backlog.')) rmSync(folder.path('.patchwright', name));
    }
    const fromJournals = await openWith(99);
    assert.deepEqual(fromJournals.tickets.get(id), other.tickets.get(id));
    assert.equal(fromJournals.archive.has('closed-2'), true);
  });

  it('names what is left of it once all of a file have come back, and nothing while it may be read', async () => {
    const backlog = await openWith(4);
    await write(backlog, 'closed', range(1, 8));
    await backlog.snapshot();
    const later = new Date(Date.now() + 60_000).toISOString();
    const unused = async (one: Backlog): Promise<string[]> =>
      (await one.unused.list(later)).map(({ name }) => name);
    assert.deepEqual(await unused(backlog), []);
    await backlog.archive.bringBack(await archived(backlog));
    assert.deepEqual(await unused(backlog), files());
    assert.deepEqual(await backlog.unused.list(day(1)), [], 'not that old');
    const newer = '{"v":999,"w":"w0000000000000001"}\n'; // it may name any file
    writeFileSync(folder.path('.patchwright/journal/w0000000000000001.ndjson'), newer);
    const reading = await openWith(99);
    assert.equal(reading.notices.length, 1, reading.notices.join());
    assert.deepEqual(await unused(reading), []);
  });

  it('loses no change that another window makes at the same time', async () => {
    const backlog = await openWith(4);
    const other = await openWith(4);
    await write(backlog, 'closed', range(1, 8));
    await other.refresh();
    await backlog.snapshot(); // the other one does not know
    await other.write([
      { kind: 'ticket', id: 'closed-1', fields: { status: 'open', updatedAt: day(30) } },
      { kind: 'ticket', id: 'closed-2', fields: { metadata: { note: 'mine' } } },
    ]);
    await other.snapshot(); // as it does by itself after a while
    for (const one of [other, backlog]) {
      await one.refresh();
      assert.equal(one.tickets.get('closed-1')?.status, 'open');
      assert.equal(one.tickets.get('closed-1')?.title, sampleTicket('closed-1').title);
      const second = one.tickets.get('closed-2') ?? (await one.archive.get('closed-2'));
      assert.deepEqual(second?.metadata, { note: 'mine' });
    }
  });

  it('loses nothing when two processes move at once, nor through kills', async () => {
    const said: string[] = [];
    for (let number = 1; number <= 4; number++) {
      const children = ['a', 'b'].map((name) =>
        startChild('settle', folder.path(), `${name}${number}`),
      );
      await Promise.all(children.map((child) => child.until(30 + 11 * number)));
      for (const child of children) await child.kill();
      said.push(...children.flatMap((child) => child.said));
    }
    const backlog = await openWith(20);
    const all = [...live(backlog), ...(await archived(backlog))];
    assert.equal(new Set(all).size, all.length, 'none is in both');
    assert.deepEqual(
      said.filter((id) => !all.includes(id)),
      [],
    );
    assert.ok(backlog.archive.count() > 0); // how many, the kills decide
    assert.deepEqual(backlog.notices, []);
    assert.equal(backlog.audit.verify().broken.length, 0);
  });

  it('says when its file is lost or damaged, and lets the ticket be made anew', async () => {
    const backlog = await openWith(4);
    await write(backlog, 'closed', range(1, 8));
    await backlog.snapshot();
    const [file = ''] = files();
    truncateSync(folder.path('.patchwright', file), 4096);
    const other = await openWith(99);
    await other.archive.bringBack(['closed-1']);
    assert.match(other.notices[0] ?? '', /can't be read/);
    assert.equal(other.archive.has('closed-1'), false);
    await other.write([ticketChange('closed-1', { status: 'open' })]);
    assert.equal(other.tickets.get('closed-1')?.status, 'open');
    writeFileSync(folder.path('.patchwright', file), '');
    await assert.rejects(other.archive.list(), /can't be read/);
  });

  it('leads to the same rows in whatever order the changes come', async () => {
    const engine = await loadEngine();
    const fresh = () => {
      const sql = openSql(engine);
      migrate(sql);
      return sql;
    };
    const file = `archive-${'0'.repeat(16)}.sqlite`;
    const stamp = (lamport: number) => ({ lamport, writer: 'aaaa' });
    const { id, ...fields } = sampleTicket('t');
    const { metadata, ...plain } = fields;
    const written = {
      kind: 'ticket',
      id,
      fields: plain,
      metadata: { set: metadata, drop: ['gone'] },
    } as unknown as StoredChange;
    const sql = fresh();
    applyChange(sql, written, stamp(1));
    const row = sql.get('SELECT * FROM improvement_tickets') as Row;
    const archive = { kind: 'archive' as const, id, file, clocks: clocksOf(row) };
    const restore = restoreOf(row);
    assert.ok(restore);
    archiveTicket(sql, archive, stamp(10));
    assert.equal(sql.get('SELECT title FROM improvement_tickets')?.title, null);
    sql.close();
    const changes: readonly (readonly [StoredChange, number])[] = [
      [written, 1],
      [archive, 10],
      [{ kind: 'ticket', id, fields: { title: 'edited elsewhere' } }, 9],
      [restore, 20],
      [{ kind: 'ticket', id, fields: {}, metadata: { set: { note: 1 }, drop: [] } }, 25],
      [{ ...archive, file: `archive-${'1'.repeat(16)}.sqlite` }, 30],
      [{ kind: 'ticket', id, fields: { status: 'applied' } }, 35],
    ];
    const rowAfter = (order: readonly number[]): Row | undefined => {
      const one = fresh();
      for (const index of order) {
        const [change, lamport] = changes[index] ?? assert.fail();
        applyChange(one, change, stamp(lamport));
      }
      const { field_clocks: clocks, ...rest } = one.get('SELECT * FROM improvement_tickets') ?? {};
      one.close();
      const sorted = Object.entries(JSON.parse(String(clocks)) as Record<string, string[]>)
        .map(([at, names]) => `${at} ${names.toSorted().join()}`)
        .sort();
      const { metadata: kept, ...columns } = rest;
      return {
        ...columns,
        kept: Object.entries(JSON.parse(String(kept)) as object)
          .map((entry) => JSON.stringify(entry))
          .sort()
          .join(),
        clocks: sorted.join(),
      };
    };
    const indices = changes.map((_, index) => index);
    const expected = rowAfter(indices);
    assert.equal(expected?.title, 'edited elsewhere');
    assert.equal(expected?.status, 'applied');
    assert.equal(expected?.complete, 0);
    const orders = fc.shuffledSubarray(indices, { minLength: indices.length });
    fc.assert(
      fc.property(orders, (order) => assert.deepEqual(rowAfter(order), expected)),
      { numRuns: 300, seed: 7 },
    );
  });
});
