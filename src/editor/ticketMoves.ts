import { canMove, type TicketStatus, ticketStatuses } from '../core/ticket.ts';

/** Which tickets a command is offered for, by their status. The manifest's menus are tested against it. */
export const offeredFor = {
  /** A person may have any of these drafted. */
  draftTicket: ['open', 'failed', 'rejected', 'rolled_back'],
  previewPlan: ['open', 'failed', 'rejected', 'rolled_back'],
  editTicket: to('closed'),
  mergeTicket: to('closed'),
  splitByPart: to('closed'),
  closeTicket: to('closed'),
  snoozeTicket: to('snoozed'),
  splitTicket: ['closed'],
  reopenTicket: ['failed', 'snoozed', 'rejected', 'rolled_back', 'closed'],
} as const satisfies Readonly<Record<string, readonly TicketStatus[]>>;

/** What is closed takes nothing in any more. */
export const mergeTargets = ticketStatuses.filter((status) => status !== 'closed');

function to(status: TicketStatus): readonly TicketStatus[] {
  return ticketStatuses.filter((from) => canMove(from, status));
}
