import type { AuditEvent, AuditSigner } from '../core/audit.ts';
import { exportAudit, verifyAudit } from './audit.ts';
import type { AuditStore } from './backlog.ts';
import { checkpointIn, countRemovable } from './checkpoint.ts';
import { fromJson } from './entities.ts';
import type { Row, Sql } from './sqlite.ts';

/** `sql` is asked for each time: the database is replaced when a snapshot is taken in. */
export function createAuditStore(
  sql: () => Sql,
  signer: AuditSigner,
  prune: AuditStore['prune'],
): AuditStore {
  return {
    list: ({ subject, action, limit = -1 } = {}) => {
      const wanted = Object.entries({ subject, action }).filter((one) => one[1] !== undefined);
      const where = wanted.map(([column]) => `AND ${column} = ?`).join(' ');
      return sql()
        .all(
          `SELECT * FROM audit_events WHERE true ${where}
           ORDER BY lamport DESC, writer DESC, position DESC LIMIT ?`,
          [...wanted.map(([, value]) => value ?? null), limit],
        )
        .map(toAuditEvent);
    },
    verify: () => verifyAudit(sql(), signer),
    exported: () => exportAudit(sql()),
    checkpoint: () => checkpointIn(sql()),
    countBefore: (before) => countRemovable(sql(), before),
    prune,
  };
}

function toAuditEvent(row: Row): AuditEvent {
  return {
    id: String(row.id),
    timestamp: String(row.timestamp),
    actor: String(row.actor),
    action: String(row.action),
    subject: String(row.subject),
    ...(row.before === null ? {} : { before: fromJson(row.before) }),
    ...(row.after === null ? {} : { after: fromJson(row.after) }),
    previousHash: String(row.previous_hash),
    hash: String(row.hash),
  };
}
