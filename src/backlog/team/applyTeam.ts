import { isChain, type TeamBatch, type TeamPut, type TeamPutOf } from '../../core/team.ts';
import { clocksFromText, type Stamp } from '../clock.ts';
import { ticketEntity, toValue } from '../entities.ts';
import { countGroup } from '../groupCount.ts';
import { mergeFields, readRow, type Written, writeRow } from '../mergeRow.ts';
import type { Sql } from '../sqlite.ts';

/** Where this clone's own yes to others' requests waits until it is sent. */
export const unsent = 'unsent';

/**
 * Merges what a clone says. Tickets are merged field by field, with the times they were written at. All
 * else is kept beside our tables, each clone's words apart: what others say of patches and gates never
 * becomes a patch request of ours. Any order of the same batches leads to the same rows.
 */
export function applyTeam(sql: Sql, batch: TeamBatch): void {
  sql.run(
    `INSERT INTO team_chains (chain, name, seq, hash, own) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (chain) DO UPDATE SET name = excluded.name, seq = excluded.seq, hash = excluded.hash
     WHERE excluded.seq > seq`,
    [batch.chain, toValue(batch.name), batch.seq, batch.hash, batch.own ? 1 : 0],
  );
  for (const put of batch.puts) {
    if (put.kind === 'ticket') mergeTicket(sql, put, batch);
    else keepFact(sql, put, batch);
  }
}

/** What is ours is here as it was written; only its time becomes the one that the others know. */
function mergeTicket(sql: Sql, put: TeamPutOf<'ticket'>, { chain, own }: TeamBatch): void {
  const values = put.set as Readonly<Record<string, unknown>>;
  const written = Object.entries(put.clocks).flatMap(([lamport, names]) =>
    names.map((field): Written => {
      const stamp = { lamport: Number(lamport), writer: chain };
      return { field, value: values[field], stamp };
    }),
  );
  const known = own ? restamp(sql, put.id, written) : new Set<string>();
  const rest = written.filter(({ field }) => !known.has(field));
  if (rest.length > 0) mergeFields(sql, ticketEntity, put.id, rest);
}

function restamp(sql: Sql, id: string, written: readonly Written[]): ReadonlySet<string> {
  const row = readRow(sql, ticketEntity, id);
  const clocks = clocksFromText(String(row.field_clocks ?? '{}'));
  const known = written.filter(({ field, stamp }) => {
    const at = clocks.get(field);
    return at?.lamport === stamp.lamport && (!isChain(at.writer) || at.writer === stamp.writer);
  });
  for (const { field, stamp } of known) clocks.set(field, stamp);
  if (known.length > 0) writeRow(sql, ticketEntity, row, clocks);
  return new Set(known.map(({ field }) => field));
}

type Fact = Exclude<TeamPut, { kind: 'ticket' }>;

function keepFact(sql: Sql, put: Fact, { chain, seq, own }: TeamBatch): void {
  const { kind, id, ...body } = put;
  const before = sql.get(
    'SELECT seq, body FROM team_facts WHERE chain = ? AND kind = ? AND id = ?',
    [chain, kind, id],
  );
  if (before && Number(before.seq) > seq) return;
  if (put.kind === 'group' && !own) {
    const counted = before ? (JSON.parse(String(before.body)) as { count: number }).count : 0;
    // Each clone's count is its own; the sum of all is what the group shows.
    countGroup(sql, { ...put, count: put.count - counted });
  }
  writeFact(sql, chain, kind, id, seq, body);
}

function writeFact(
  sql: Sql,
  chain: string,
  kind: string,
  id: string,
  seq: number,
  body: object,
): void {
  sql.run(
    `INSERT INTO team_facts (chain, kind, id, seq, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (chain, kind, id) DO UPDATE SET seq = excluded.seq, body = excluded.body`,
    [chain, kind, toValue(id), seq, toValue(JSON.stringify(body))],
  );
}

/** Of two, the later. */
export function keepOwnApproval(
  sql: Sql,
  { kind, id, ...body }: TeamPutOf<'approval'>,
  { lamport }: Stamp,
): void {
  const before = sql.get('SELECT seq FROM team_facts WHERE chain = ? AND kind = ? AND id = ?', [
    unsent,
    kind,
    id,
  ]);
  if (before && Number(before.seq) >= lamport) return;
  writeFact(sql, unsent, kind, id, lamport, body);
}
