import type * as vscode from 'vscode';
import { PatchwrightError } from '../core/errors.ts';
import type { Priority, Ticket, TicketStatus } from '../core/ticket.ts';
import type { TicketEdit } from '../pipeline.ts';
import { chooseTicket } from './choose.ts';
import type { Handler, Handlers } from './commands.ts';
import type { Desk } from './desk.ts';
import type { Dialogs } from './dialogs.ts';
import { stillOpen } from './links.ts';
import { requireTrust, type Session } from './sessions.ts';
import { parseUntil, snoozeChoices } from './snooze.ts';
import type { SortOrder } from './sortOrder.ts';
import { plural, required, shorten, withoutIcons } from './text.ts';
import { mergeTargets, offeredFor } from './ticketMoves.ts';
import { priorityWords } from './ticketText.ts';
import type { TicketNode } from './ticketTree.ts';
import { t, told } from './l10n.ts';

type Names =
  | keyof Omit<typeof offeredFor, 'draftTicket' | 'previewPlan'>
  | 'sortByScore'
  | 'sortByLastSeen'
  | 'sortByOccurrences';

/** What a person does to tickets by hand, and how they are sorted. */
export function ticketCommands(desk: Desk): Pick<Handlers, Names> {
  const { dialogs } = desk;
  const sortBy = (order: SortOrder) => () => desk.sorting.use(order);
  return {
    editTicket: about(desk, 'editTicket', t('Edit Ticket'), async ({ app }, ticket) => {
      const change = await askForEdit(ticket, dialogs);
      if (change) await app.pipeline.edit(ticket.id, change);
    }),
    mergeTicket: aboutAll(desk, 'mergeTicket', t('Merge Ticket'), (session, all) =>
      merge(session, all, dialogs),
    ),
    snoozeTicket: aboutAll(desk, 'snoozeTicket', t('Snooze Ticket'), async ({ app }, all) => {
      const until = await askUntil(nameOf(all), dialogs);
      if (!until) return;
      for (const { id } of all) await app.pipeline.snooze(id, until.toISOString());
    }),
    closeTicket: aboutAll(
      desk,
      'closeTicket',
      t('Close Ticket'),
      async ({ id: session, app }, all) => {
        const reason = await dialogs.input({
          title: t('Close {0}', nameOf(all)),
          prompt: t(
            'Why is it not worth fixing? Only a new release or a rise in its rate opens it again.',
          ),
          validateInput: required,
        });
        if (!reason?.trim()) return;
        for (const { id } of all) await app.pipeline.close(id, reason.trim());
        const left = stillOpen(all.flatMap(({ id }) => desk.sessions.linksOf(session, id)));
        if (left) dialogs.mention(left);
      },
    ),
    reopenTicket: about(desk, 'reopenTicket', t('Reopen Ticket'), ({ app }, ticket) =>
      // Only a split undoes a merge whole: what is seen of the ticket counts for itself again.
      ticket.metadata.mergedInto ? app.pipeline.split(ticket.id) : app.pipeline.reopen(ticket.id),
    ),
    splitTicket: about(desk, 'splitTicket', t('Take Merge Back'), ({ app }, ticket) =>
      app.pipeline.split(ticket.id),
    ),
    splitByPart: about(desk, 'splitByPart', t('Split Ticket'), (session, ticket) =>
      splitByPart(session, ticket, dialogs),
    ),
    sortByScore: sortBy('score'),
    sortByLastSeen: sortBy('lastSeen'),
    sortByOccurrences: sortBy('occurrences'),
  };
}

/** A handler that knows its ticket: the row's, or one that is chosen among those it is offered for. */
function about(
  { sessions, dialogs }: Desk,
  name: keyof typeof offeredFor,
  title: string,
  act: (session: Session, ticket: Ticket) => Promise<void>,
): Handler {
  return async (argument) => {
    requireTrust();
    const session = await sessions.ready(argument);
    const id = await chooseTicket(session, argument, dialogs, offeredFor[name], title);
    const ticket = id && session.app.backlog.tickets.get(id);
    if (ticket) await act(session, ticket);
  };
}

/**
 * As `about`, for all selected rows of its folder that it is offered for when one of them is the row it was
 * called on.
 */
function aboutAll(
  desk: Desk,
  name: keyof typeof offeredFor,
  title: string,
  act: (session: Session, tickets: readonly Ticket[]) => Promise<void>,
): Handler {
  return (argument, selection) =>
    about(desk, name, title, async (session, ticket) => {
      const offered: readonly TicketStatus[] = offeredFor[name];
      const rows: readonly unknown[] = Array.isArray(selection) ? selection : [];
      const ids = new Set([ticket.id, ...rows.flatMap((row) => ticketIdOf(row, session))]);
      const all = [...ids].flatMap((id) => session.app.backlog.tickets.get(id) ?? []);
      await act(
        session,
        all.filter(({ status }) => offered.includes(status)),
      );
    })(argument);
}

/** Tickets of other folders may have the same id. */
function ticketIdOf(row: unknown, { id }: Session): readonly string[] {
  const node = (row ?? {}) as Partial<TicketNode>;
  return node.kind === 'ticket' && node.ticket && node.session === id ? [node.ticket.id] : [];
}

function nameOf(tickets: readonly Ticket[]): string {
  const [only, ...more] = tickets;
  return only && more.length === 0 ? only.id : plural(tickets.length, 'ticket');
}

async function merge(
  session: Session,
  tickets: readonly Ticket[],
  dialogs: Dialogs,
): Promise<void> {
  const [only, ...more] = tickets;
  const except = more.length === 0 ? only?.id : undefined;
  const title = t('Merge {0} into', nameOf(tickets));
  const into = await chooseTicket(session, undefined, dialogs, mergeTargets, title, except);
  if (!into) return;
  for (const { id } of tickets) if (id !== into) await session.app.pipeline.merge(id, into);
  dialogs.mention(t('Merged into {0}', into));
}

/** Which of its events get a ticket of their own. */
async function splitByPart({ app }: Session, { id }: Ticket, dialogs: Dialogs): Promise<void> {
  const items = app.pipeline.differences(id).flatMap(({ part, values }) =>
    values.map(({ value, count }) => ({
      label: preview(value),
      description: `${part} · ${count}×`,
      by: { part, value },
    })),
  );
  if (items.length === 0) {
    throw new PatchwrightError('nothing_to_do', {
      what: t("{0} can't be split.", id),
      why: t('Its events differ in nothing that is known of them.'),
      remedy: '',
    });
  }
  const title = t('Split {0}: which events get a ticket of their own?', id);
  const picked = await dialogs.choose(items, { title, matchOnDescription: true });
  if (!picked) return;
  const fresh = await app.pipeline.splitBy(id, picked.by);
  dialogs.mention(t('Split off as {0}; merge that back to undo it', fresh.id));
}

/** One field at a time. undefined: nothing was changed. */
async function askForEdit(ticket: Ticket, dialogs: Dialogs): Promise<TicketEdit | undefined> {
  const title = t('Edit {0}', ticket.id);
  const fields = [
    { label: t('Title'), description: preview(ticket.title), field: 'title' as const },
    {
      label: t('Description'),
      description: preview(ticket.description),
      field: 'description' as const,
    },
    {
      label: t('Priority'),
      description: t(priorityWords[ticket.priority.value]),
      field: 'priority' as const,
    },
  ];
  const picked = await dialogs.choose(fields, { title });
  if (!picked) return undefined;
  if (picked.field === 'priority') return askForPriority(ticket, title, dialogs);
  return askForText(ticket, picked.field, title, dialogs);
}

async function askForText(
  ticket: Ticket,
  field: 'title' | 'description',
  title: string,
  dialogs: Dialogs,
): Promise<TicketEdit | undefined> {
  const value = ticket[field].replace(/\s*\n\s*/g, ' '); // an input box has one line
  const text = await dialogs.input({
    title,
    prompt: field === 'title' ? t('One line.') : t('What is known about it.'),
    value,
    validateInput: required,
  });
  const changed = text?.trim();
  return changed && changed !== value.trim() ? { [field]: changed } : undefined;
}

const priorities: readonly Priority[] = ['critical', 'high', 'medium', 'low'];

async function askForPriority(
  ticket: Ticket,
  title: string,
  dialogs: Dialogs,
): Promise<TicketEdit | undefined> {
  const items = priorities.map((priority) => ({
    label: t(priorityWords[priority]),
    priority,
    ...(priority === ticket.priority.value
      ? { description: t('now; {0}', preview(told(ticket.priority.reason))) }
      : {}),
  }));
  const picked = await dialogs.choose(items, { title });
  return picked && { priority: picked.priority };
}

/** undefined: the person chose nothing. */
async function askUntil(what: string, dialogs: Dialogs): Promise<Date | undefined> {
  const title = t('Snooze {0}', what);
  const now = new Date();
  const items: readonly (vscode.QuickPickItem & { readonly until?: Date })[] = [
    ...snoozeChoices(now).map(({ label, until }) => ({
      label,
      description: until.toLocaleString(),
      until,
    })),
    { label: t('Until a Date…') },
  ];
  const picked = await dialogs.choose(items, { title });
  if (!picked || picked.until) return picked?.until;
  const text = await dialogs.input({
    title,
    prompt: t('Until when? A date, and a time if you like.'),
    placeHolder: '2030-01-31 or 2030-01-31 14:30',
    validateInput: (typed) =>
      parseUntil(typed, new Date()) ? undefined : t('A date to come, such as 2030-01-31, please.'),
  });
  return text === undefined ? undefined : parseUntil(text, now);
}

function preview(text: string): string {
  return withoutIcons(shorten(text, 80));
}
