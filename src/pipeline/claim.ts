import { randomUUID } from 'node:crypto';
import { type Attempt, noUsage } from '../core/attempt.ts';
import { PatchwrightError } from '../core/errors.ts';
import type { Model } from '../core/model.ts';
import type { Settings } from '../core/settings.ts';
import { assertMove, pick, type Ticket } from '../core/ticket.ts';
import { isTool } from '../core/toolFix.ts';
import { move } from './changes.ts';
import { notFound } from './lookUp.ts';
import type { House } from './house.ts';
import { outlooks } from './past.ts';
import { assertRequestsLeft, budgetToday, pausedUntil } from './today.ts';

export interface Claimed {
  readonly ticket: Ticket;
  readonly attempt: Attempt;
  /** What the day's limit leaves; undefined where the model's price is not known. */
  readonly budgetUsd?: number;
}

export interface ClaimOptions {
  readonly branchOf?: (ticket: Ticket) => string | undefined;
  /** Whatever became of earlier attempts: somebody has said so, or brings something new. */
  readonly again?: boolean;
}

/** Takes a ticket under the lock that all windows share, so that none is drafted twice and limits hold. */
export async function claim(
  house: House,
  settings: Settings,
  model: Pick<Model, 'name' | 'price'>,
  ticketId: string | undefined,
  signal: AbortSignal,
  { branchOf = () => undefined, again = false }: ClaimOptions = {},
): Promise<Claimed> {
  const { backlog } = house;
  return backlog.exclusively(
    'draft',
    async () => {
      const ticket = ticketId === undefined ? nextTicket(house, settings) : named(house, ticketId);
      assertNotWaiting(house, ticket);
      assertMove(ticket, 'in_progress');
      if (!again) assertRested(house, settings, ticket);
      assertRequestsLeft(house, settings);
      const budget = model.price ? { budgetUsd: budgetToday(house, settings) } : {};
      const now = house.clock.now().toISOString();
      const attempt: Attempt = {
        id: randomUUID(),
        ticketId: ticket.id,
        number: backlog.attempts.ofTicket(ticket.id).length + 1,
        branch: branchOf(ticket) ?? `improvement/${ticket.id}`,
        base: '',
        outcome: 'running',
        startedAt: now,
        runner: house.runner,
        model: model.name,
        steps: 0,
        usage: noUsage,
      };
      await backlog.write([
        { kind: 'attempt', id: attempt.id, fields: attempt },
        ...move(ticket, 'in_progress', now, 'patchwright'),
      ]);
      return { ticket, attempt, ...budget };
    },
    signal,
  );
}

/** Whose turn it is. Throws `nothing_to_do`. */
export function nextTicket(house: House, settings: Settings): Ticket {
  const { backlog } = house;
  const outlook = outlooks(backlog, settings);
  const all = backlog.tickets.list({ statuses: ['open', 'rejected', 'rolled_back'] });
  const seen = new Map(all.map((ticket) => [ticket.id, outlook(ticket)]));
  const isLikely = ({ id }: Ticket): boolean => seen.get(id)?.odds.unasked === 'draft';
  const free = all.filter(({ id }) => seen.get(id)?.heldBack === undefined);
  // One that was refused is as good as open once its evidence has changed.
  const open = free.filter(isLikely).map((one): Ticket => ({ ...one, status: 'open' }));
  const chanceOf = ({ id }: Ticket): number => seen.get(id)?.odds.chance ?? 0;
  const now = house.clock.now();
  const pauses = new Map(
    open.map(({ id }) => [id, pausedUntil(backlog.attempts.ofTicket(id))] as const),
  );
  const isPaused = ({ id }: Ticket): boolean => (pauses.get(id) ?? now) > now;
  const triesOfThis = (id: string): number => triesOf(house, id);
  const rested = open.filter((one) => !isPaused(one));
  const ticket = pick(rested, settings, triesOfThis, chanceOf);
  if (ticket) return named(house, ticket.id);
  const paused = pick(open, settings, triesOfThis, chanceOf);
  if (paused) throw restsUntil(paused, pauses.get(paused.id) ?? now);
  const held = all.find(({ id, status }) => status === 'open' && seen.get(id)?.heldBack);
  const unlikely = free.find((one) => !isLikely(one));
  const tried = open.filter(({ id }) => triesOf(house, id) >= settings.limits.attemptsPerTicket);
  throw new PatchwrightError('nothing_to_do', {
    what: 'There is no ticket to draft.',
    why:
      tried.length > 0
        ? `${tried.map(({ id }) => id).join(', ')} used up ${settings.limits.attemptsPerTicket} attempts.`
        : held
          ? `${held.id} is held back: ${seen.get(held.id)?.heldBack}`
          : unlikely
            ? `A patch for ${unlikely.id} would hardly be approved: ${seen.get(unlikely.id)?.odds.reason}`
            : open.length === 0
              ? 'No ticket is open.'
              : `None of ${open.length} open tickets is a bug within the risk limit of ${settings.selection.maxRisk}.`,
    remedy: 'Scan the workspace, or name a ticket to draft it all the same.',
  });
}

/** The same from the same would fail again. Throws `resting`. */
function assertRested(house: House, { limits }: Settings, { id }: Ticket): void {
  const tries = triesOf(house, id);
  const until = pausedUntil(house.backlog.attempts.ofTicket(id));
  const rests = until !== undefined && until > house.clock.now();
  if (!rests && tries < limits.attemptsPerTicket) return;
  throw new PatchwrightError('resting', {
    what: `${id} is not drafted again yet.`,
    why: rests
      ? `Its last attempt failed; it rests until ${minuteOf(until)}.`
      : `It used up its ${limits.attemptsPerTicket} attempts (patchwright.limits.attemptsPerTicket).`,
    remedy: 'Draft it all the same with --force, or change the ticket first.',
  });
}

function minuteOf(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function restsUntil({ id }: Ticket, until: Date): PatchwrightError {
  return new PatchwrightError('nothing_to_do', {
    what: 'There is no ticket to draft for now.',
    why: `${id} failed a while ago; it is tried again from ${minuteOf(until)} on.`,
    remedy: `Wait until then, or draft it at once: \`patchwright draft ${id} --force\`.`,
  });
}

/** Only tries that came to an end of their own count, not what a missing key or a cancellation cut short. */
function triesOf(house: House, ticketId: string): number {
  return house.backlog.attempts
    .ofTicket(ticketId)
    .filter(({ model }) => !isTool(model)) // a linter's own try costs nothing
    .filter(({ outcome }) => outcome === 'failed' || outcome === 'succeeded').length;
}

function named(house: House, ticketId: string): Ticket {
  const ticket = house.backlog.tickets.get(ticketId);
  if (ticket) return ticket;
  throw notFound(`ticket ${ticketId}`);
}

function assertNotWaiting(house: House, { id, status }: Ticket): void {
  if (status === 'ready') {
    const request = house.backlog.requests.find(id)?.id.slice(0, 8) ?? '';
    throw new PatchwrightError('illegal_move', {
      what: `A patch for ${id} already waits for your decision.`,
      why: `It is patch request ${request}.`,
      remedy: 'Approve it or reject it first.',
    });
  }
  if (status === 'in_progress' || status === 'testing') {
    throw new PatchwrightError('busy', {
      what: `A patch for ${id} is being drafted.`,
      why: 'An attempt at it is under way, perhaps in another window.',
      remedy: 'Wait for it, or cancel it where it runs.',
    });
  }
}
