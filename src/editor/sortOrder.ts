import { byTurn, type SignalGroup, type Ticket, type TicketOrder } from '../core/ticket.ts';
import { msg } from './l10n.ts';

/** How the Backlog view is sorted. Pure. */
export const sortOrders = ['score', 'lastSeen', 'occurrences'] as const satisfies TicketOrder[];
export type SortOrder = TicketOrder;

export function toSortOrder(value: unknown): SortOrder {
  return sortOrders.find((order) => order === value) ?? 'score';
}

/** What the view says beside its name; nothing of the order that people expect. */
export const sortWords: Readonly<Record<SortOrder, string | undefined>> = {
  score: undefined,
  lastSeen: msg('by last seen'),
  occurrences: msg('by occurrences'),
};

type GroupOf = (ticketId: string) => SignalGroup | undefined;

/** By score: what is drafted first comes first. Else the newest or the most frequent first, then by score. */
export function inOrder(
  tickets: readonly Ticket[],
  order: SortOrder,
  groupOf: GroupOf,
): readonly Ticket[] {
  if (order === 'score') return [...tickets].sort(byTurn);
  const key = order === 'lastSeen' ? lastSeen : occurrences;
  return tickets
    .map((ticket) => ({ ticket, key: key(ticket, groupOf(ticket.id)) }))
    .sort((a, b) => compare(b.key, a.key) || byTurn(a.ticket, b.ticket))
    .map(({ ticket }) => ticket);
}

function lastSeen(ticket: Ticket, group: SignalGroup | undefined): string {
  return group?.lastSeen ?? ticket.updatedAt;
}

function occurrences(_ticket: Ticket, group: SignalGroup | undefined): number {
  return group?.count ?? 0;
}

function compare<T extends string | number>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
