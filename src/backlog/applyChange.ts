import type { PatchFile } from '../core/attempt.ts';
import { archiveTicket, restoreTicket } from './archiveRow.ts';
import { isPruned, keepCheckpoint } from './checkpoint.ts';
import type { Stamp } from './clock.ts';
import {
  attemptEntity,
  fromJson,
  releaseEntity,
  requestEntity,
  ticketEntity,
  toValue,
} from './entities.ts';
import { countGroup } from './groupCount.ts';
import { maxVariants, variantKey } from '../core/variants.ts';
import { keepLearningEvent } from './learningEvents.ts';
import { addWindow, keepInteraction } from './measures.ts';
import { mergeRow } from './mergeRow.ts';
import type { StoredAudit, StoredChange } from './schemas.ts';
import type { Row, Sql, Value } from './sqlite.ts';
import { applyTeam, keepOwnApproval } from './team/applyTeam.ts';

type Of<Kind extends StoredChange['kind']> = Extract<StoredChange, { kind: Kind }>;

/** Merges one change into the tables. Any order of the same changes leads to the same rows. */
export function applyChange(sql: Sql, change: StoredChange, stamp: Stamp): void {
  switch (change.kind) {
    case 'ticket':
      mergeRow(sql, ticketEntity, change.id, ticketFields(change), stamp);
      return;
    case 'archive':
      archiveTicket(sql, change, stamp);
      return;
    case 'restore':
      restoreTicket(sql, change, stamp);
      return;
    case 'attempt':
      mergeRow(sql, attemptEntity, change.id, change.fields, stamp);
      return;
    case 'request':
      keepPatchFiles(sql, change.id, mergeRow(sql, requestEntity, change.id, change.fields, stamp));
      return;
    case 'release':
      mergeRow(sql, releaseEntity, change.id, change.fields, stamp);
      return;
    case 'group':
      addToGroup(sql, change);
      return;
    case 'position':
      movePosition(sql, change, stamp);
      return;
    case 'feedback':
      keepFeedback(sql, change, stamp);
      return;
    case 'metric':
      addWindow(sql, change.window);
      return;
    case 'interaction':
      keepInteraction(sql, change.interaction, stamp);
      return;
    case 'learning':
      keepLearningEvent(sql, change.event);
      return;
    case 'team':
      applyTeam(sql, change);
      return;
    case 'approval':
      keepOwnApproval(sql, change, stamp);
      return;
    case 'audit':
      keepAudit(sql, change.event, stamp);
      return;
    case 'checkpoint':
      keepCheckpoint(sql, change.checkpoint, stamp);
      return;
  }
}

function ticketFields({ fields, metadata }: Of<'ticket'>): Record<string, unknown> {
  const named = (key: string, value: unknown) => [`metadata.${key}`, value] as const;
  return {
    ...fields,
    ...Object.fromEntries(Object.entries(metadata?.set ?? {}).map(([k, v]) => named(k, v))),
    ...Object.fromEntries((metadata?.drop ?? []).map((k) => named(k, undefined))),
  };
}

/** A child table, so that other tools can ask which requests touch a file. */
function keepPatchFiles(sql: Sql, id: string, row: Row): void {
  sql.run('DELETE FROM patch_files WHERE request_id = ?', [id]);
  for (const [index, file] of ((fromJson(row.files) ?? []) as PatchFile[]).entries()) {
    sql.run(
      `INSERT INTO patch_files (request_id, position, path, old_path, status, added, removed)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      [id, index, toValue(file.path), orNull(file.oldPath), file.status, file.added, file.removed],
    );
  }
}

function addToGroup(sql: Sql, group: Of<'group'>): void {
  countGroup(sql, group);
  for (const variant of group.variants ?? []) addToVariant(sql, group.id, variant);
}

type StoredVariant = NonNullable<Of<'group'>['variants']>[number];

function addToVariant(sql: Sql, id: string, variant: StoredVariant): void {
  const { traits, count, firstSeen, lastSeen } = variant;
  sql.run(
    `INSERT INTO group_variants (group_id, variant, traits, count, first_seen, last_seen)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (group_id, variant) DO UPDATE SET
       count = count + excluded.count,
       first_seen = min(first_seen, excluded.first_seen),
       last_seen = max(last_seen, excluded.last_seen)`,
    [id, variantKey(traits), toValue(JSON.stringify(traits)), count, firstSeen, lastSeen],
  );
  sql.run(
    `DELETE FROM group_variants WHERE group_id = ? AND variant >=
       (SELECT variant FROM group_variants WHERE group_id = ? ORDER BY variant LIMIT 1 OFFSET ?)`,
    [id, id, maxVariants],
  );
}

const isLaterRow = '(excluded.lamport, excluded.writer) >= (lamport, writer)';
const isEarlierRow = '(excluded.lamport, excluded.writer) < (lamport, writer)';

function movePosition(sql: Sql, { position }: Of<'position'>, stamp: Stamp): void {
  sql.run(
    `INSERT INTO file_positions
       (file, offset, inode, head_hash, head_bytes, tail_hash, lamport, writer)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (file) DO UPDATE SET
       offset = excluded.offset, inode = excluded.inode, head_hash = excluded.head_hash,
       head_bytes = excluded.head_bytes, tail_hash = excluded.tail_hash,
       lamport = excluded.lamport, writer = excluded.writer
     WHERE ${isLaterRow}`,
    [
      position.file,
      position.offset,
      position.inode,
      position.headHash,
      position.headBytes,
      position.tailHash,
      stamp.lamport,
      stamp.writer,
    ],
  );
}

/** Kept once: of two with one id, the earlier. */
function keepFeedback(sql: Sql, { feedback, ticketId }: Of<'feedback'>, stamp: Stamp): void {
  const columns = [
    'id',
    'timestamp',
    'user_id',
    'rating',
    'text',
    'sentiment',
    'context',
    'model_used',
    'task_type',
    'ticket_id',
    'metadata',
    'lamport',
    'writer',
  ];
  sql.run(
    `INSERT INTO feedback (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
     ON CONFLICT (id) DO UPDATE SET ${columns.map((c) => `${c} = excluded.${c}`).join(', ')}
     WHERE ${isEarlierRow}`,
    [
      feedback.id,
      feedback.timestamp,
      orNull(feedback.userId),
      feedback.rating ?? null,
      toValue(feedback.text),
      feedback.sentiment,
      feedback.context === undefined ? null : JSON.stringify(feedback.context),
      orNull(feedback.model),
      orNull(feedback.taskType),
      orNull(ticketId),
      JSON.stringify(feedback.metadata),
      stamp.lamport,
      stamp.writer,
    ],
  );
}

function keepAudit(sql: Sql, event: StoredAudit, { lamport, writer }: Stamp): void {
  if (isPruned(sql, writer, event.position)) return;
  sql.run(
    `INSERT OR IGNORE INTO audit_events (id, timestamp, actor, action, subject, before, after,
       previous_hash, hash, writer, position, lamport)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      event.id,
      event.timestamp,
      event.actor,
      event.action,
      event.subject,
      event.before ?? null,
      event.after ?? null,
      event.previousHash,
      event.hash,
      writer,
      event.position,
      lamport,
    ],
  );
}

function orNull(value: string | undefined): Value {
  return value === undefined ? null : toValue(value);
}
