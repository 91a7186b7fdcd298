import { createHash } from 'node:crypto';
import type { AuditCheckpoint } from '../core/audit.ts';
import type { Stamp } from './clock.ts';
import { fromJson } from './entities.ts';
import type { Row, Sql } from './sqlite.ts';

/** The newest, if events were ever removed. */
export function checkpointIn(sql: Sql): AuditCheckpoint | undefined {
  const row = sql.get('SELECT checkpoint FROM audit_checkpoints ORDER BY number DESC LIMIT 1');
  return row && (fromJson(row.checkpoint) as AuditCheckpoint);
}

/** The JSON array of all parts but the signature, in the order below. Anyone can rebuild and check it. */
export function signedText(checkpoint: Omit<AuditCheckpoint, 'signature'>): string {
  const { number, at, before, events, previous, chains, links, key } = checkpoint;
  const places = chains.map(({ writer, position, hash }) => [writer, position, hash]);
  return JSON.stringify([number, at, before, events, previous, places, links, key]);
}

export function checkpointHash(checkpoint: AuditCheckpoint): string {
  const text = JSON.stringify([signedText(checkpoint), checkpoint.signature]);
  return createHash('sha256').update(text).digest('hex');
}

/** A checkpoint before it is signed; undefined where no event is old enough. */
export type Unsigned = Omit<AuditCheckpoint, 'key' | 'signature'>;

/**
 * What a checkpoint says when all from before `before` goes: of each writer its oldest events, up to the
 * first that stays. The newest event of all stays, as new chains hold on to it.
 * @param isKept whether a writer's journal is still there, so that its events may come again
 */
export function nextCheckpoint(
  sql: Sql,
  { before, at }: { readonly before: string; readonly at: string },
  isKept: (writer: string) => boolean,
): Unsigned | undefined {
  const last = checkpointIn(sql);
  const ends = removable(sql, before);
  const removed = ends.reduce((sum, { count }) => sum + count, 0);
  if (removed === 0) return undefined;
  const fresh = new Map(ends.map(({ writer, position, hash }) => [writer, { position, hash }]));
  const staying = stayingIn(sql, fresh);
  const writers = new Set(staying.map(({ writer }) => String(writer)));
  const earlier = (last?.chains ?? []).filter(
    ({ writer }) => !fresh.has(writer) && (writers.has(writer) || isKept(writer)),
  );
  return {
    number: (last?.number ?? 0) + 1,
    at,
    before,
    events: (last?.events ?? 0) + removed,
    previous: last ? checkpointHash(last) : '',
    chains: [...earlier, ...[...fresh].map(([writer, end]) => ({ writer, ...end }))],
    links: linksOf(staying),
  };
}

interface End {
  readonly writer: string;
  readonly position: number;
  readonly hash: string;
  readonly count: number;
}

export function countRemovable(sql: Sql, before: string): number {
  return removable(sql, before).reduce((sum, { count }) => sum + count, 0);
}

function removable(sql: Sql, before: string): readonly End[] {
  const newest = sql.get(
    'SELECT id FROM audit_events ORDER BY lamport DESC, writer DESC, position DESC LIMIT 1',
  );
  return sql
    .all(
      `SELECT e.writer, max(e.position) AS position, count(*) AS count, e.hash FROM audit_events AS e
       LEFT JOIN (
         SELECT writer, min(position) AS first FROM audit_events
         WHERE timestamp >= ? OR id = ? GROUP BY writer) AS s USING (writer)
       WHERE s.first IS NULL OR e.position < s.first
       GROUP BY e.writer ORDER BY e.writer`,
      [before, String(newest?.id ?? '')],
    )
    .map((row) => ({
      writer: String(row.writer),
      position: Number(row.position),
      hash: String(row.hash), // of the row with that maximum: SQLite promises as much
      count: Number(row.count),
    }));
}

function stayingIn(sql: Sql, ends: ReadonlyMap<string, { readonly position: number }>): Row[] {
  return sql
    .all('SELECT writer, position, hash, previous_hash FROM audit_events')
    .filter(({ writer, position }) => Number(position) > (ends.get(String(writer))?.position ?? 0));
}

/** Chains that begin among what stays follow an event of another writer, which may be gone. */
function linksOf(staying: readonly Row[]): readonly string[] {
  const hashes = new Set(staying.map(({ hash }) => hash));
  const wanted = staying
    .filter(({ position, previous_hash: previous }) => position === 1 && previous !== '')
    .map(({ previous_hash: previous }) => previous)
    .filter((previous) => !hashes.has(previous));
  return [...new Set(wanted.map(String))].sort();
}

/** Removes what it stands for. Events of these that come later, from a journal, are not taken in again. */
export function keepCheckpoint(
  sql: Sql,
  checkpoint: AuditCheckpoint,
  { lamport, writer }: Stamp,
): void {
  for (const chain of checkpoint.chains) {
    sql.run(
      `INSERT INTO audit_pruned (writer, position) VALUES (?, ?)
       ON CONFLICT (writer) DO UPDATE SET position = max(position, excluded.position)`,
      [chain.writer, chain.position],
    );
    sql.run('DELETE FROM audit_events WHERE writer = ? AND position <= ?', [
      chain.writer,
      chain.position,
    ]);
  }
  sql.run(
    `INSERT INTO audit_checkpoints (number, checkpoint, lamport, writer) VALUES (?, ?, ?, ?)
     ON CONFLICT (number) DO UPDATE SET
       checkpoint = excluded.checkpoint, lamport = excluded.lamport, writer = excluded.writer
     WHERE (excluded.lamport, excluded.writer) > (lamport, writer)`,
    [checkpoint.number, JSON.stringify(checkpoint), lamport, writer],
  );
  sql.run(
    'DELETE FROM audit_checkpoints WHERE number < (SELECT max(number) FROM audit_checkpoints)',
  );
  forgetOthers(sql);
}

/** Writers that the newest no longer names are gone with their journals. */
function forgetOthers(sql: Sql): void {
  const named = new Set(checkpointIn(sql)?.chains.map(({ writer }) => writer));
  for (const { writer } of sql.all('SELECT writer FROM audit_pruned')) {
    if (!named.has(String(writer))) {
      sql.run('DELETE FROM audit_pruned WHERE writer = ?', [String(writer)]);
    }
  }
}

export function isPruned(sql: Sql, writer: string, position: number): boolean {
  return (
    sql.get('SELECT 1 FROM audit_pruned WHERE writer = ? AND position >= ?', [writer, position]) !==
    undefined
  );
}
