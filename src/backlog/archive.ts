import { join } from 'node:path';
import { errorMessage } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Ticket, TicketStatus } from '../core/ticket.ts';
import { readArchive, writeArchive } from './archiveFile.ts';
import { clocksOf, restoreOf } from './archiveRow.ts';
import type { ArchiveStore } from './backlog.ts';
import type { Writable } from './commits.ts';
import { decodeRow, ticketEntity } from './entities.ts';
import { tryLock } from './lock.ts';
import type { Memory } from './memory.ts';
import type { Paths } from './paths.ts';
import type { Engine, Row, Sql } from './sqlite.ts';

/** Beyond so many tickets old ones move out: sql.js keeps the whole database in memory. */
export const maxTickets = 50_000;
/** What stays, of the limit: there is room for a while before the next move. */
const kept = 0.9;
const ticketsPerFile = 2_000;
const ticketsPerLine = 200;
/** Tables of which a ticket has rows, with the column that names it. */
const tables = [
  ['improvement_tickets', 'id'],
  ['signal_groups', 'id'],
  ['group_variants', 'group_id'],
] as const;

export interface ArchiveOptions {
  readonly paths: Paths;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
  readonly limit: number;
  readonly memory: () => Memory;
  refresh(): Promise<void>;
  write(changes: readonly Writable[]): Promise<void>;
  tell(notice: string): void;
}

export interface Archive extends Omit<ArchiveStore, 'request' | 'attempt'> {
  /** Moves what is beyond the limit, and takes back what somebody has changed since it was moved. */
  tidy(): Promise<void>;
}

export function createArchive(options: ArchiveOptions): Archive {
  const { paths, engine, memory } = options;
  const sql = (): Sql => memory().sql;
  let last: { readonly name: string; readonly rows: ReadonlyMap<string, Row> } | undefined;

  async function rowsOf(name: string): Promise<ReadonlyMap<string, Row>> {
    if (last?.name !== name)
      last = { name, rows: await readArchive(engine, paths, name, ticketEntity) };
    return last.rows;
  }

  async function tidy(): Promise<void> {
    await options.refresh();
    await takeBackChanged();
    if (beyond(sql(), options.limit) <= 0) return;
    const unlock = await tryLock(join(paths.folder, 'archive'), options.log);
    if (!unlock) return; // another process is at it
    try {
      await options.refresh(); // somebody may just have done it
      const count = beyond(sql(), options.limit);
      const room = Math.ceil(options.limit * (1 - kept));
      const ids = count > 0 ? movable(sql(), count + room) : [];
      for (const some of chunks(ids, ticketsPerFile)) await move(some);
    } finally {
      await unlock();
    }
    await takeBackChanged(); // while it was copied
  }

  /** First the file, then the note: a crash in between leaves tickets that are in both, and none in neither. */
  async function move(ids: readonly string[]): Promise<void> {
    const clocks = new Map(ids.map((id) => [id, clocksOf(rowIn(sql(), id) ?? {})]));
    const rows = tables.map(([table, key]) => ({ table, key, ids }));
    const file = await writeArchive(engine, paths, sql(), rows, options.clock.now().toISOString());
    for (const some of chunks([...clocks], ticketsPerLine)) {
      await options.write([
        ...some.map(([id, at]) => ({ kind: 'archive' as const, id, file, clocks: at })),
        {
          kind: 'audit',
          entry: {
            actor: 'patchwright',
            action: 'tickets.archived',
            subject: file,
            after: { tickets: some.map(([id]) => id) },
          },
        },
      ]);
    }
  }

  async function takeBackChanged(): Promise<void> {
    const changed = sql().all(
      `SELECT id FROM improvement_tickets WHERE archived IS NOT NULL
       AND (title IS NOT NULL OR status IS NOT NULL OR priority IS NOT NULL OR evidence IS NOT NULL
         OR metadata <> '{}')`,
    );
    await bringBack(changed.map(({ id }) => String(id)));
  }

  async function bringBack(ids: readonly string[]): Promise<void> {
    const changes: Writable[] = [];
    for (const id of ids) {
      const file = fileOf(sql(), id);
      if (file !== undefined) changes.push(await restoring(id, file));
    }
    if (changes.length > 0) await options.write(changes);
  }

  /** Where the file is lost, the mark goes all the same: what is seen again makes a ticket anew. */
  async function restoring(id: string, file: string): Promise<Writable> {
    const nothing = { kind: 'restore' as const, id, fields: {}, metadata: {}, clocks: {} };
    try {
      const row = (await rowsOf(file)).get(id);
      return (row && restoreOf(row)) ?? nothing;
    } catch (error) {
      options.tell(errorMessage(error));
      return nothing;
    }
  }

  return {
    tidy,
    bringBack,
    has: (id) => fileOf(sql(), id) !== undefined,
    count: () =>
      Number(
        sql().get('SELECT count(*) AS n FROM improvement_tickets WHERE archived IS NOT NULL')?.n,
      ),
    async list(limit = Number.POSITIVE_INFINITY) {
      const found: Ticket[] = [];
      const places = sql().all(
        'SELECT id, archived FROM improvement_tickets WHERE archived IS NOT NULL ORDER BY archived, id',
      );
      for (const { id, archived } of places) {
        if (found.length >= limit) break;
        const row = (await rowsOf(String(archived))).get(String(id));
        const ticket = row && decodeRow(ticketEntity, row);
        if (ticket) found.push(ticket);
      }
      return found;
    },
    async get(id) {
      const file = fileOf(sql(), id);
      const row = file === undefined ? undefined : (await rowsOf(file)).get(id);
      return row && decodeRow(ticketEntity, row);
    },
  };
}

function rowIn(sql: Sql, id: string): Row | undefined {
  return sql.get('SELECT * FROM improvement_tickets WHERE id = ?', [id]);
}

function fileOf(sql: Sql, id: string): string | undefined {
  const row = sql.get(
    'SELECT archived FROM improvement_tickets WHERE id = ? AND archived IS NOT NULL',
    [id],
  );
  return row && String(row.archived);
}

function beyond(sql: Sql, limit: number): number {
  const row = sql.get('SELECT count(*) AS n FROM improvement_tickets WHERE complete = 1');
  return Number(row?.n) - limit;
}

/** Those whose story is over first; what waits, is worked on or sleeps until a time never leaves. */
const settled: readonly (readonly TicketStatus[])[] = [
  ['closed', 'applied'],
  ['rejected', 'rolled_back', 'failed'],
];

function movable(sql: Sql, count: number): readonly string[] {
  const ids: string[] = [];
  for (const statuses of settled) {
    if (ids.length >= count) break;
    const rows = sql.all(
      `SELECT t.id FROM improvement_tickets AS t LEFT JOIN signal_groups AS g USING (id)
       WHERE t.complete = 1 AND t.status IN (${statuses.map(() => '?').join(', ')})
         AND NOT EXISTS (SELECT 1 FROM patch_requests AS r
           WHERE r.ticket_id = t.id AND r.status IN ('PENDING_APPROVAL', 'APPROVED'))
         AND NOT EXISTS (SELECT 1 FROM improvement_attempts AS a
           WHERE a.ticket_id = t.id AND a.outcome = 'running')
       ORDER BY max(coalesce(g.last_seen, ''), t.updated_at), t.id LIMIT ?`,
      [...statuses, count - ids.length],
    );
    ids.push(...rows.map(({ id }) => String(id)));
  }
  return ids;
}

function chunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );
}
