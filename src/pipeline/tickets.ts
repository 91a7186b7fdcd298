import { PatchwrightError } from '../core/errors.ts';
import { closedNow } from '../core/closed.ts';
import { redact } from '../core/secrets.ts';
import { manualTicketId, rankBefore, score, type Ticket } from '../core/ticket.ts';
import { audit, move } from './changes.ts';
import { ticketOf } from './lookUp.ts';
import type { House } from './house.ts';
import { nothingDiffers } from './split.ts';
import { readVersion } from './version.ts';

/** What a person does to tickets by hand (B5). Each is one journal line with its audit entry. */

export interface NewTicket {
  readonly title: string;
  readonly description?: string;
  readonly priority?: Ticket['priority']['value'];
  readonly files?: readonly string[];
}

export type TicketEdit = Partial<Pick<NewTicket, 'title' | 'description' | 'priority'>>;

const byHand = 'Set by a person.';

/** @param id where it is known before the ticket is made */
export async function newTicket(house: House, input: NewTicket, id?: string): Promise<Ticket> {
  const title = titleOf(input.title);
  const now = house.clock.now().toISOString();
  const ticket: Ticket = {
    id: id ?? manualTicketId(title, now),
    title,
    description: redact(input.description ?? title),
    category: 'bug_fix',
    status: 'open',
    priority: { value: input.priority ?? 'medium', reason: byHand },
    risk: { value: 5, reason: 'Not known for a ticket written by hand.' },
    effort: { value: 5, reason: 'Not known for a ticket written by hand.' },
    createdAt: now,
    updatedAt: now,
    evidence: [],
    proposedSolution: '',
    testPlan: 'A test that shows the fault before the change and passes after it.',
    filesToModify: input.files ?? [],
    metadata: {},
  };
  await house.backlog.write([
    { kind: 'ticket', id: ticket.id, fields: ticket },
    audit({
      actor: await house.reviewer(),
      action: 'ticket.created',
      subject: ticket.id,
      after: { title },
    }),
  ]);
  return ticket;
}

export async function edit(house: House, ticketId: string, change: TicketEdit): Promise<void> {
  const ticket = ticketOf(house, ticketId);
  const fields: Partial<Ticket> = {
    ...(change.title === undefined ? {} : { title: titleOf(change.title) }),
    ...(change.description === undefined ? {} : { description: redact(change.description) }),
    ...(change.priority === undefined
      ? {}
      : { priority: { value: change.priority, reason: byHand } }),
  };
  await house.backlog.write([
    { kind: 'ticket', id: ticket.id, fields: { ...fields, updatedAt: now(house) } },
    audit({
      actor: await house.reviewer(),
      action: 'ticket.edited',
      subject: ticket.id,
      before: { title: ticket.title, priority: ticket.priority.value },
      after: change,
    }),
  ]);
}

/** From now on what is seen of `ticketId` counts for `intoId`, until `split` takes it back. */
export async function merge(house: House, ticketId: string, intoId: string): Promise<void> {
  const ticket = ticketOf(house, ticketId);
  const into = ticketOf(house, intoId);
  if (ticket.id === into.id || into.metadata.mergedInto) {
    throw new PatchwrightError('illegal_move', {
      what: `${ticketId} can't be merged into ${intoId}.`,
      why: ticket.id === into.id ? 'They are the same ticket.' : `${intoId} is merged itself.`,
      remedy: 'Choose another ticket.',
    });
  }
  const actor = await house.reviewer();
  await house.backlog.write([
    {
      kind: 'ticket',
      id: ticket.id,
      fields: { metadata: { ...ticket.metadata, mergedInto: into.id } },
    },
    ...move(ticket, 'closed', now(house), actor),
    audit({ actor, action: 'ticket.merged', subject: ticket.id, after: { into: into.id } }),
  ]);
}

/** Takes a merge back. */
export async function split(house: House, ticketId: string): Promise<void> {
  const ticket = ticketOf(house, ticketId);
  if (!ticket.metadata.mergedInto) throw nothingDiffers(ticket.id);
  const actor = await house.reviewer();
  await house.backlog.write([
    { kind: 'ticket', id: ticket.id, fields: { metadata: { ...ticket.metadata, mergedInto: '' } } },
    ...move(ticket, 'open', now(house), actor),
    audit({
      actor,
      action: 'ticket.split',
      subject: ticket.id,
      before: { into: ticket.metadata.mergedInto },
    }),
  ]);
}

/** It takes its turn before the other one, whatever their scores were. */
export async function moveBefore(house: House, ticketId: string, nextId: string): Promise<void> {
  const ticket = ticketOf(house, ticketId);
  const next = ticketOf(house, nextId);
  const others = house.backlog.tickets.list({ statuses: ['open'] });
  const rank = rankBefore(
    others.filter(({ id }) => id !== ticketId),
    next,
  );
  await house.backlog.write([
    { kind: 'ticket', id: ticket.id, fields: { metadata: { ...ticket.metadata, rank } } },
    audit({
      actor: await house.reviewer(),
      action: 'ticket.ranked',
      subject: ticket.id,
      before: score(ticket),
      after: { rank, before: next.id },
    }),
  ]);
}

/** Out of the way until then; `wake` brings it back. */
export async function snooze(house: House, ticketId: string, untilIso: string): Promise<void> {
  const ticket = ticketOf(house, ticketId);
  const until = Date.parse(untilIso);
  if (!(until > house.clock.now().getTime())) {
    throw new PatchwrightError('usage', {
      what: 'A ticket can only be snoozed until a later time.',
      why: `${JSON.stringify(untilIso)} is not one.`,
      remedy: 'Give a date such as 2030-01-31.',
    });
  }
  const actor = await house.reviewer();
  const snoozedUntil = new Date(until).toISOString();
  await house.backlog.write([
    { kind: 'ticket', id: ticket.id, fields: { metadata: { ...ticket.metadata, snoozedUntil } } },
    ...move(ticket, 'snoozed', now(house), actor),
  ]);
}

/** Not worth fixing: no signal opens it again before a new release or a rise in its rate. */
export async function close(house: House, ticketId: string, reason: string): Promise<void> {
  const actor = await house.reviewer();
  const version = await readVersion(house);
  const ticket = ticketOf(house, ticketId);
  const { reopened: _, ...metadata } = ticket.metadata;
  const { recent, releases = [] } = metadata;
  const closed = closedNow(
    house.backlog.groups.seen(ticket.id),
    recent,
    version,
    releases,
    now(house),
  );
  // A person's word: it does not open again when the finding is back.
  const own = { closedReason: redact(reason), closed, resolvedAt: '' };
  const fields = { metadata: { ...metadata, ...own } };
  await house.backlog.write([
    { kind: 'ticket', id: ticket.id, fields },
    ...move(ticket, 'closed', now(house), actor),
  ]);
}

export async function reopen(house: House, ticketId: string): Promise<void> {
  await house.backlog.archive.bringBack([ticketId]);
  const ticket = ticketOf(house, ticketId);
  await house.backlog.write(move(ticket, 'open', now(house), await house.reviewer()));
}

/** Opens the tickets whose time to sleep is over. */
export async function wake(house: House): Promise<void> {
  const time = now(house);
  const due = house.backlog.tickets
    .list({ statuses: ['snoozed'] })
    .filter(({ metadata }) => (metadata.snoozedUntil ?? '') <= time);
  if (due.length === 0) return;
  await house.backlog.write(due.flatMap((ticket) => move(ticket, 'open', time, 'patchwright')));
}

/** One line: it is shown in lists. */
function titleOf(text: string): string {
  const title = redact(text).replace(/\s+/g, ' ').trim();
  if (title !== '') return title;
  throw new PatchwrightError('usage', {
    what: 'A ticket needs a title.',
    why: 'It names what should become better.',
    remedy: 'Give one.',
  });
}

function now(house: House): string {
  return house.clock.now().toISOString();
}
