import { randomUUID } from 'node:crypto';
import { type Attempt, noUsage } from '../core/attempt.ts';
import { PatchwrightError } from '../core/errors.ts';
import type { Settings } from '../core/settings.ts';
import { assertMove, pick, type Ticket } from '../core/ticket.ts';
import { move } from './changes.ts';
import { notFound } from './decide.ts';
import type { House } from './house.ts';

/** Takes a ticket under the lock that all windows share, so that none is drafted twice and limits hold. */
export async function claim(
  house: House,
  settings: Settings,
  by: string,
  ticketId: string | undefined,
  signal: AbortSignal,
): Promise<{ ticket: Ticket; attempt: Attempt }> {
  const { backlog } = house;
  return backlog.exclusively(
    'draft',
    async () => {
      const ticket = ticketId === undefined ? next(house, settings) : named(house, ticketId);
      assertNotWaiting(house, ticket);
      assertMove(ticket, 'in_progress');
      assertWithinToday(house, settings);
      const now = house.clock.now().toISOString();
      const attempt: Attempt = {
        id: randomUUID(),
        ticketId: ticket.id,
        number: backlog.attempts.ofTicket(ticket.id).length + 1,
        branch: `improvement/${ticket.id}`,
        base: '',
        outcome: 'running',
        startedAt: now,
        runner: house.runner,
        model: by,
        steps: 0,
        usage: noUsage,
      };
      await backlog.write([
        { kind: 'attempt', id: attempt.id, fields: attempt },
        ...move(ticket, 'in_progress', now, 'patchwright'),
      ]);
      return { ticket, attempt };
    },
    signal,
  );
}

function next(house: House, settings: Settings): Ticket {
  const { backlog } = house;
  const ticket = pick(backlog.tickets.list({ statuses: ['open'] }), settings, (id) =>
    triesOf(house, id),
  );
  if (ticket) return ticket;
  const open = backlog.tickets.list({ statuses: ['open'] });
  const tried = open.filter(({ id }) => triesOf(house, id) >= settings.limits.attemptsPerTicket);
  throw new PatchwrightError('nothing_to_do', {
    what: 'There is no ticket to draft.',
    why:
      tried.length > 0
        ? `${tried.map(({ id }) => id).join(', ')} used up ${settings.limits.attemptsPerTicket} attempts.`
        : `None of ${open.length} open tickets is a bug within the risk limit of ${settings.selection.maxRisk}.`,
    remedy: 'Scan the workspace, or name a ticket to draft it all the same.',
  });
}

/** Only tries that came to an end of their own count, not what a missing key or a cancellation cut short. */
function triesOf(house: House, ticketId: string): number {
  return house.backlog.attempts
    .ofTicket(ticketId)
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

/** A6: the counter is the table itself, so it survives restarts and holds for two processes. */
function assertWithinToday(house: House, settings: Settings): void {
  const day = house.clock.now().toISOString().slice(0, 10);
  const running = house.backlog.attempts.running().length;
  const made = house.backlog.requests.createdSince(`${day}T00:00:00.000Z`) + running;
  if (made < settings.limits.requestsPerDay) return;
  throw new PatchwrightError('limit_reached', {
    what: "Today's patch requests are used up.",
    why: `${made} of ${settings.limits.requestsPerDay} were made or are under way since 00:00 UTC.`,
    remedy: 'Wait until 00:00 UTC, or raise patchwright.limits.requestsPerDay.',
  });
}
