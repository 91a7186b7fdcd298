import type { Attempt } from '../core/attempt.ts';
import type { Settings } from '../core/settings.ts';
import { reopenedText } from '../core/closed.ts';
import { suspectsOf, suspectText } from '../core/suspects.ts';
import {
  byTurn,
  type Category,
  pick,
  place,
  score,
  type SignalGroup,
  type Ticket,
  type TicketStatus,
} from '../core/ticket.ts';
import type { Difference } from '../core/variants.ts';
import type { Outlook } from '../pipeline.ts';
import { ago, dollars, dotted, exactly, plural, shorten } from './text.ts';
import type { Work } from './activity.ts';

/** What the Backlog view says about a ticket. Pure. */

export interface TicketGroup {
  readonly id: string;
  readonly label: string;
  readonly statuses: readonly TicketStatus[];
  readonly expanded: boolean;
}

export const ticketGroups: readonly TicketGroup[] = [
  { id: 'open', label: 'Open', statuses: ['open'], expanded: true },
  {
    id: 'in_progress',
    label: 'In Progress',
    statuses: ['in_progress', 'testing'],
    expanded: true,
  },
  { id: 'ready', label: 'In Review', statuses: ['ready'], expanded: true },
  { id: 'failed', label: 'Failed', statuses: ['failed'], expanded: true },
  { id: 'snoozed', label: 'Snoozed', statuses: ['snoozed'], expanded: false },
  { id: 'applied', label: 'Applied', statuses: ['applied'], expanded: true },
  { id: 'rejected', label: 'Rejected', statuses: ['rejected'], expanded: false },
  { id: 'rolled_back', label: 'Rolled Back', statuses: ['rolled_back'], expanded: false },
  { id: 'closed', label: 'Closed', statuses: ['closed'], expanded: false },
];

export const categoryWords: Readonly<Record<Category, string>> = {
  bug_fix: 'Bug',
  performance: 'Performance',
  feature: 'Feature',
  refactor: 'Refactoring',
};

/** Where a ticket stands among those that are drafted on their own; `never`: a person has to start it. */
export type Queue = { readonly place: number; readonly of: number } | 'never';

export function queueOf(
  ticket: Ticket,
  open: readonly Ticket[],
  settings: Pick<Settings, 'selection' | 'limits'>,
  attemptsOf: (ticketId: string) => number,
): Queue {
  const taken = (one: Ticket): boolean => pick([one], settings, attemptsOf) !== undefined;
  if (!taken(ticket)) return 'never';
  const queue = open.filter(taken).sort(byTurn);
  return { place: queue.findIndex(({ id }) => id === ticket.id) + 1, of: queue.length };
}

export function ticketDescription(
  ticket: Ticket,
  group: SignalGroup | undefined,
  work: Work | undefined,
  now: Date,
): string {
  if (work) return workText(work);
  const { location } = ticket.metadata;
  return dotted([
    location && place(location),
    group && `${group.count}×`,
    ago(group?.lastSeen ?? ticket.updatedAt, now),
  ]);
}

export function workText(work: Work): string {
  return dotted([
    work.gate ? `gate: ${work.gate}` : shorten(work.stage, 60),
    work.step > 0 ? `step ${work.step}` : undefined,
    dollars(work.costUsd),
  ]);
}

export function ticketTooltip(
  ticket: Ticket,
  group: SignalGroup | undefined,
  queue: Queue | undefined,
  differences: readonly Difference[] = [],
  outlook?: Outlook,
): string {
  const { fingerprint } = ticket.metadata;
  const suspects = suspectsOf(ticket.metadata);
  return [
    shorten(ticket.title, 300),
    dotted([ticket.id, categoryWords[ticket.category], ticket.status.replaceAll('_', ' ')]),
    ...byHand(ticket),
    ...(outlook?.heldBack ? [`Held back: ${shorten(outlook.heldBack, 500)}`] : []),
    '',
    `Priority: ${ticket.priority.value}. ${shorten(ticket.priority.reason, 300)}`,
    `Risk: ${ticket.risk.value} of 10. ${shorten(ticket.risk.reason, 300)}`,
    `Effort: ${ticket.effort.value} of 10. ${shorten(ticket.effort.reason, 300)}`,
    `Selection score: ${score(ticket)}, the lowest is drafted first.${queueText(queue)}`,
    ...(outlook ? [oddsLine(outlook.odds)] : []),
    ...(group
      ? [
          '',
          `Seen ${plural(group.count, 'time')}, first ${exactly(group.firstSeen)}, last ${exactly(group.lastSeen)}.`,
        ]
      : []),
    ...(suspects.length > 0
      ? ['', 'Suspect commits', ...suspects.map((one) => `  ${shorten(suspectText(one), 300)}`)]
      : []),
    ...(fingerprint ? ['', 'Grouped by', ...fingerprint.parts.map(partLine)] : []),
    ...(differences.length > 0
      ? ['', 'Its events differ in', ...differences.map(differenceLine)]
      : []),
  ].join('\n');
}

/** `Odds: 60 % that a draft is approved and stays, about $0.40 and 3.5 minutes. …`. */
export function oddsLine({ chance, costUsd, minutes, reason }: Outlook['odds']): string {
  const cost = costUsd === undefined ? '' : `$${costUsd.toFixed(2)} and `;
  return `Odds: ${Math.round(100 * chance)} % that a draft is approved and stays, about ${cost}${minutes} minutes. ${shorten(reason, 300)}`;
}

/** What a person did to it, and what undid that. */
function byHand({ status, metadata }: Ticket): readonly string[] {
  const { snoozedUntil, mergedInto, closedReason } = metadata;
  const reopened = reopenedText(metadata);
  if (status === 'snoozed' && snoozedUntil) return [`Snoozed until ${exactly(snoozedUntil)}.`];
  if (status !== 'closed') return reopened ? [`Opened again: ${shorten(reopened, 300)}`] : [];
  if (mergedInto) return [`Merged into ${shorten(mergedInto, 80)}.`];
  return closedReason ? [`Not worth fixing: ${shorten(closedReason, 300)}`] : [];
}

function queueText(queue: Queue | undefined): string {
  if (queue === undefined) return '';
  return queue === 'never'
    ? ' It is not drafted on its own: a person has to start it.'
    : ` Number ${queue.place} of ${queue.of} in the queue.`;
}

function partLine(part: { readonly label: string; readonly value: string }): string {
  return `  ${part.label}: ${shorten(part.value, 160)}`;
}

function differenceLine({ part, values }: Difference): string {
  const [first] = values;
  return `  ${part}: ${plural(values.length, 'value')}, most often ${shorten(first?.value ?? '', 120)}`;
}

/** What a screen reader says: nothing may depend on a colour or an icon. */
export function ticketSpoken(ticket: Ticket, description: string): string {
  return `${categoryWords[ticket.category]}, priority ${ticket.priority.value}: ${shorten(ticket.title, 200)}, ${description}`;
}

export function attemptLabel(attempt: Attempt): string {
  return `Attempt ${attempt.number}: ${attempt.outcome}`;
}

export function attemptDescription(attempt: Attempt, now: Date): string {
  return dotted([
    plural(attempt.steps, 'step'),
    dollars(attempt.costUsd),
    ago(attempt.startedAt, now),
  ]);
}
