import type { Ticket, TicketStatus } from '../core/ticket.ts';
import { msg, t } from './l10n.ts';
import { type TicketGroup, ticketGroups } from './ticketText.ts';

/** How the Backlog view groups tickets, and which it shows. Pure. */
export const groupings = ['status', 'category', 'component', 'priority'] as const;
export type Grouping = (typeof groupings)[number];

export const groupingWords: Readonly<Record<Grouping, string>> = {
  status: msg('Grouped by status'),
  category: msg('Grouped by category'),
  component: msg('Grouped by component'),
  priority: msg('Grouped by priority'),
};

export function toGrouping(value: unknown): Grouping {
  return groupings.find((one) => one === value) ?? 'status';
}

export interface GroupedTickets {
  readonly group: TicketGroup;
  readonly tickets: readonly Ticket[];
}

/** What is done with has no place among what is to do, unless the view is grouped by status. */
const settled: readonly TicketStatus[] = ['closed', 'applied'];

/** Groups without a ticket are left out. */
export function grouped(tickets: readonly Ticket[], by: Grouping): readonly GroupedTickets[] {
  if (by === 'status') {
    return ticketGroups
      .map((group) => ({
        group,
        tickets: tickets.filter(({ status }) => group.statuses.includes(status)),
      }))
      .filter((one) => one.tickets.length > 0);
  }
  const byKey = new Map<string, Ticket[]>();
  for (const ticket of tickets) {
    if (settled.includes(ticket.status)) continue;
    const key = keyOf(ticket, by);
    const known = byKey.get(key);
    if (known) known.push(ticket);
    else byKey.set(key, [ticket]);
  }
  return [...byKey]
    .sort(([a], [b]) => inGroupOrder(a, b, by))
    .map(([key, found]) => ({
      group: {
        id: `${by}:${key}`,
        label: by === 'component' ? key : labelOf(key),
        statuses: [],
        expanded: true,
      },
      tickets: found,
    }));
}

const priorities: readonly string[] = ['critical', 'high', 'medium', 'low'];

function keyOf(ticket: Ticket, by: Exclude<Grouping, 'status'>): string {
  switch (by) {
    case 'category':
      return ticket.category;
    case 'priority':
      return ticket.priority.value;
    case 'component':
      return componentOf(ticket);
  }
}

/** The folder that it is about. */
function componentOf({ metadata, filesToModify }: Ticket): string {
  const file = metadata.location?.file ?? filesToModify[0];
  if (file === undefined) return t('no component');
  return file.split('/').slice(0, -1).join('/') || t('top folder');
}

function inGroupOrder(a: string, b: string, by: Grouping): number {
  if (by === 'priority') return priorities.indexOf(a) - priorities.indexOf(b);
  return a < b ? -1 : 1;
}

function labelOf(key: string): string {
  const words = key.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** All words, in any order, wherever they are said of the ticket. */
export function matches(ticket: Ticket, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { id, title, category, status, priority, metadata } = ticket;
  const place = metadata.location?.file ?? '';
  const text = [id, title, category, status, priority.value, place, metadata.exceptionType]
    .join('\n')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

/** What the view says beside its name; nothing while it is as people expect it. */
export function arrangementWords(
  order: string | undefined,
  by: Grouping,
  filter: string,
): string | undefined {
  const words = [
    filter === '' ? undefined : `“${filter}”`,
    by === 'status' ? undefined : t(groupingWords[by]),
    order,
  ];
  return words.filter(Boolean).join(', ') || undefined;
}
