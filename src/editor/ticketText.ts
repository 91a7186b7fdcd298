import type { Attempt } from '../core/attempt.ts';
import { gateTitles } from '../core/gate.ts';
import type { Settings } from '../core/settings.ts';
import { reopenedText } from '../core/closed.ts';
import { suspectsOf, suspectText } from '../core/suspects.ts';
import {
  byTurn,
  type Category,
  pick,
  place,
  type Priority,
  score,
  type SignalGroup,
  type Ticket,
  type TicketStatus,
} from '../core/ticket.ts';
import type { Difference } from '../core/variants.ts';
import type { Outlook } from '../pipeline.ts';
import { ago, dollars, dotted, exactly, plural, shorten } from './text.ts';
import type { Work } from './activity.ts';
import { msg, t, told } from './l10n.ts';

/** What the Backlog view says about a ticket. Pure. */

export interface TicketGroup {
  readonly id: string;
  readonly label: string;
  readonly statuses: readonly TicketStatus[];
  readonly expanded: boolean;
}

export const ticketGroups: readonly TicketGroup[] = [
  { id: 'open', label: msg('Open'), statuses: ['open'], expanded: true },
  {
    id: 'in_progress',
    label: msg('In Progress'),
    statuses: ['in_progress', 'testing'],
    expanded: true,
  },
  { id: 'ready', label: msg('In Review'), statuses: ['ready'], expanded: true },
  { id: 'failed', label: msg('Failed'), statuses: ['failed'], expanded: true },
  { id: 'snoozed', label: msg('Snoozed'), statuses: ['snoozed'], expanded: false },
  { id: 'applied', label: msg('Applied'), statuses: ['applied'], expanded: true },
  { id: 'rejected', label: msg('Rejected'), statuses: ['rejected'], expanded: false },
  { id: 'rolled_back', label: msg('Rolled Back'), statuses: ['rolled_back'], expanded: false },
  { id: 'closed', label: msg('Closed'), statuses: ['closed'], expanded: false },
];

export const categoryWords: Readonly<Record<Category, string>> = {
  bug_fix: msg('Bug'),
  performance: msg('Performance'),
  feature: msg('Feature'),
  refactor: msg('Refactoring'),
};

export const priorityWords: Readonly<Record<Priority, string>> = {
  critical: msg('critical'),
  high: msg('high'),
  medium: msg('medium'),
  low: msg('low'),
};

const outcomeWords: Readonly<Record<Attempt['outcome'], string>> = {
  running: msg('running'),
  succeeded: msg('succeeded'),
  failed: msg('failed'),
  cancelled: msg('cancelled'),
  interrupted: msg('interrupted'),
};

/** Of a category, a priority or an outcome; of anything else the name itself. */
export function codeWords(code: string): string {
  const tables: readonly Readonly<Record<string, string>>[] = [
    categoryWords,
    priorityWords,
    outcomeWords,
  ];
  const words = tables.map((table) => table[code]).find((one) => one !== undefined);
  return words === undefined ? code.replaceAll('_', ' ') : t(words);
}

/** As its group in the view is called. */
export function statusName({ status }: Pick<Ticket, 'status'>): string {
  return t(ticketGroups.find(({ statuses }) => statuses.includes(status))?.label ?? status);
}

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
    work.gate ? t('gate: {0}', t(gateTitles[work.gate])) : shorten(work.stage, 60),
    work.step > 0 ? t('step {0}', work.step) : undefined,
    dollars(work.costUsd),
  ]);
}

export function ticketTooltip(
  ticket: Ticket,
  group: SignalGroup | undefined,
  queue: Queue | undefined,
  differences: readonly Difference[] = [],
  outlook?: Outlook,
  links: readonly string[] = [],
): string {
  const { fingerprint } = ticket.metadata;
  const suspects = suspectsOf(ticket.metadata);
  return [
    shorten(ticket.title, 300),
    dotted([ticket.id, t(categoryWords[ticket.category]), statusName(ticket)]),
    ...byHand(ticket),
    ...(outlook?.heldBack ? [t('Held back: {0}', shorten(told(outlook.heldBack), 500))] : []),
    '',
    t(
      'Priority: {0}. {1}',
      t(priorityWords[ticket.priority.value]),
      shorten(told(ticket.priority.reason), 300),
    ),
    t('Risk: {0} of 10. {1}', ticket.risk.value, shorten(told(ticket.risk.reason), 300)),
    t('Effort: {0} of 10. {1}', ticket.effort.value, shorten(told(ticket.effort.reason), 300)),
    t('Selection score: {0}, the lowest is drafted first.', score(ticket)) + queueText(queue),
    ...(outlook ? [oddsLine(outlook.odds)] : []),
    ...(group
      ? [
          '',
          t(
            'Seen {0}, first {1}, last {2}.',
            plural(group.count, 'time'),
            exactly(group.firstSeen),
            exactly(group.lastSeen),
          ),
        ]
      : []),
    ...linesOf(t('Proposed solution'), told(ticket.proposedSolution)),
    ...linesOf(t('Test plan'), told(ticket.testPlan)),
    ...(links.length > 0
      ? ['', t('Also in other folders'), ...links.map((one) => `  ${one}`)]
      : []),
    ...(suspects.length > 0
      ? ['', t('Suspect commits'), ...suspects.map((one) => `  ${shorten(suspectText(one), 300)}`)]
      : []),
    ...(fingerprint ? ['', t('Grouped by'), ...fingerprint.parts.map(partLine)] : []),
    ...(differences.length > 0
      ? ['', t('Its events differ in'), ...differences.map(differenceLine)]
      : []),
  ].join('\n');
}

/** `Odds: 60 % that a draft is approved and stays, about $0.40 and 3.5 minutes. …`. */
export function oddsLine({ chance, costUsd, minutes, reason }: Outlook['odds']): string {
  const percent = Math.round(100 * chance);
  const why = shorten(told(reason), 300);
  return costUsd === undefined
    ? t(
        'Odds: {0} % that a draft is approved and stays, about {1} minutes. {2}',
        percent,
        minutes,
        why,
      )
    : t(
        'Odds: {0} % that a draft is approved and stays, about ${1} and {2} minutes. {3}',
        percent,
        costUsd.toFixed(2),
        minutes,
        why,
      );
}

const maxShownLines = 12;

/** A text under its title, a line each, as far as there is room for it. */
function linesOf(title: string, text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) return [];
  const more = lines.length > maxShownLines ? ['  …'] : [];
  return [
    '',
    title,
    ...lines.slice(0, maxShownLines).map((one) => `  ${shorten(one, 300)}`),
    ...more,
  ];
}

/** What a person did to it, and what undid that. */
function byHand({ status, metadata }: Ticket): readonly string[] {
  const { snoozedUntil, mergedInto, closedReason } = metadata;
  const reopened = reopenedText(metadata);
  if (status === 'snoozed' && snoozedUntil) return [t('Snoozed until {0}.', exactly(snoozedUntil))];
  if (status !== 'closed') return reopened ? [t('Opened again: {0}', shorten(reopened, 300))] : [];
  if (mergedInto) return [t('Merged into {0}.', shorten(mergedInto, 80))];
  return closedReason ? [t('Not worth fixing: {0}', shorten(closedReason, 300))] : [];
}

function queueText(queue: Queue | undefined): string {
  if (queue === undefined) return '';
  return queue === 'never'
    ? ` ${t('It is not drafted on its own: a person has to start it.')}`
    : ` ${t('Number {0} of {1} in the queue.', queue.place, queue.of)}`;
}

function partLine(part: { readonly label: string; readonly value: string }): string {
  return `  ${part.label}: ${shorten(part.value, 160)}`;
}

function differenceLine({ part, values }: Difference): string {
  const [first] = values;
  const most = t(
    '{0}, most often {1}',
    plural(values.length, 'value'),
    shorten(first?.value ?? '', 120),
  );
  return `  ${part}: ${most}`;
}

/** What a screen reader says: nothing may depend on a colour or an icon. */
export function ticketSpoken(ticket: Ticket, description: string): string {
  return t(
    '{0}, priority {1}: {2}, {3}',
    t(categoryWords[ticket.category]),
    t(priorityWords[ticket.priority.value]),
    shorten(ticket.title, 200),
    description,
  );
}

export function attemptLabel(attempt: Attempt): string {
  return t('Attempt {0}: {1}', attempt.number, t(outcomeWords[attempt.outcome]));
}

export function attemptDescription(attempt: Attempt, now: Date): string {
  return dotted([
    plural(attempt.steps, 'step'),
    dollars(attempt.costUsd),
    ago(attempt.startedAt, now),
  ]);
}
