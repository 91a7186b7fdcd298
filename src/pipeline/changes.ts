import type { AuditEntry } from '../core/audit.ts';
import type { Change } from '../core/change.ts';
import { assertMove, type Ticket } from '../core/ticket.ts';

/** The changes that move a ticket and say so in the audit trail. Throws `illegal_move`. */
export function move(ticket: Ticket, to: Ticket['status'], now: string, actor: string): Change[] {
  if (ticket.status === to) return [];
  assertMove(ticket, to);
  return [
    { kind: 'ticket', id: ticket.id, fields: { status: to, updatedAt: now } },
    audit({ actor, action: 'ticket.moved', subject: ticket.id, before: ticket.status, after: to }),
  ];
}

export function audit(entry: AuditEntry): Change {
  return { kind: 'audit', entry };
}
