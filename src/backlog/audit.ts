import { createHash, randomUUID } from 'node:crypto';
import type { AuditCheckpoint, AuditEntry, AuditProof, AuditSigner } from '../core/audit.ts';
import type { ExportedEvent } from './backlog.ts';
import { checkpointIn, signedText } from './checkpoint.ts';
import { toValue } from './entities.ts';
import type { StoredAudit } from './schemas.ts';
import type { Row, Sql } from './sqlite.ts';

/** The end of a writer's chain. */
export interface ChainHead {
  readonly position: number;
  readonly hash: string;
}

/** Where a new writer's chain starts: at the newest event known, so that chains hold each other. */
export function newestHead(sql: Sql): ChainHead {
  const row = sql.get(
    'SELECT hash FROM audit_events ORDER BY lamport DESC, writer DESC, position DESC LIMIT 1',
  );
  return { position: 0, hash: String(row?.hash ?? '') };
}

export function nextEvent(
  entry: AuditEntry,
  timestamp: string,
  head: ChainHead,
  writer: string,
): StoredAudit {
  const event = {
    id: randomUUID(),
    timestamp,
    actor: clean(entry.actor),
    action: clean(entry.action),
    subject: clean(entry.subject),
    ...(entry.before === undefined ? {} : { before: JSON.stringify(entry.before) }),
    ...(entry.after === undefined ? {} : { after: JSON.stringify(entry.after) }),
    previousHash: head.hash,
    position: head.position + 1,
  };
  return { ...event, hash: hashOf({ ...event, writer }) };
}

/** What is hashed must be what is stored: no NUL, no half of a surrogate pair. */
function clean(text: string): string {
  return Buffer.from(String(toValue(text))).toString();
}

/**
 * SHA-256 of the JSON array of an event's columns, in the order below; `before` and `after` as the
 * text they are stored as. Anyone can recompute it from the table.
 */
function hashOf(event: Omit<StoredAudit, 'hash'> & { readonly writer: string }): string {
  const columns = [
    event.previousHash,
    event.writer,
    event.position,
    event.id,
    event.timestamp,
    event.actor,
    event.action,
    event.subject,
    event.before ?? null,
    event.after ?? null,
  ];
  return createHash('sha256').update(JSON.stringify(columns)).digest('hex');
}

/**
 * Walks every writer's chain, from its beginning or from where the checkpoint says that it goes on. Broken
 * is an event that was changed (its hash is another), that follows a missing one, or that was put in (its
 * place is taken). What no chain can show: the newest events of a writer all gone, or a whole new chain
 * made up by someone who can write to the folder.
 */
export function verifyAudit(sql: Sql, signer: AuditSigner): AuditProof {
  const rows = sql.all('SELECT * FROM audit_events ORDER BY writer, position, lamport');
  const checkpoint = checkpointIn(sql);
  const known = knownHashes(rows, checkpoint);
  const starts = new Map(checkpoint?.chains.map((chain) => [chain.writer, chain]));
  const broken: string[] = [];
  let last: Row | undefined;
  for (const row of rows) {
    const before =
      last && last.writer === row.writer ? endOf(last) : starts.get(String(row.writer));
    if (row.hash !== hashOf(eventOf(row)) || !isLinked(row, before, known)) {
      broken.push(String(row.id));
    }
    last = row;
  }
  if (!checkpoint) return { events: rows.length, broken };
  const { number, at, before, events, key } = checkpoint;
  const signature = signer.judge(signedText(checkpoint), key, checkpoint.signature);
  if (signature === 'bad') broken.push(`checkpoint ${number}`);
  const { place } = signer;
  return {
    events: rows.length,
    broken,
    checkpoint: { number, at, before, events, signature, place },
  };
}

/** What the first event of a chain may follow. */
function knownHashes(
  rows: readonly Row[],
  checkpoint: AuditCheckpoint | undefined,
): ReadonlySet<unknown> {
  const { chains = [], links = [] } = checkpoint ?? {};
  return new Set<unknown>(['', ...[...rows, ...chains].map(({ hash }) => hash), ...links]);
}

function endOf(row: Row): ChainHead {
  return { position: Number(row.position), hash: String(row.hash) };
}

/** Whoever reads them can recompute every hash: SHA-256 of the JSON array of all but the last column. */
export function exportAudit(sql: Sql): readonly ExportedEvent[] {
  return sql.all('SELECT * FROM audit_events ORDER BY writer, position, lamport').map((row) => {
    const { before = null, after = null, previousHash, writer, position, ...event } = eventOf(row);
    const { id, timestamp, actor, action, subject } = event;
    const place = { previousHash, writer, position, id, timestamp, actor, action, subject };
    return { ...place, before, after, hash: String(row.hash) };
  });
}

function isLinked(row: Row, before: ChainHead | undefined, known: ReadonlySet<unknown>): boolean {
  if (before) return row.position === before.position + 1 && row.previous_hash === before.hash;
  return row.position === 1 && known.has(row.previous_hash);
}

function eventOf(row: Row) {
  return {
    id: String(row.id),
    timestamp: String(row.timestamp),
    actor: String(row.actor),
    action: String(row.action),
    subject: String(row.subject),
    ...(row.before === null ? {} : { before: String(row.before) }),
    ...(row.after === null ? {} : { after: String(row.after) }),
    previousHash: String(row.previous_hash),
    position: Number(row.position),
    writer: String(row.writer),
  };
}
