import type { Backlog } from '../backlog/backlog.ts';
import type { Settings } from '../core/settings.ts';
import type { Ticket } from '../core/ticket.ts';
import { digestOf, type Lesson, type Past } from '../learning/digest.ts';
import { heldBack, placeKey, type Refusal, type Refusals } from '../learning/heldBack.ts';
import {
  type Odds,
  oddsOf,
  type Outcome,
  outcomesOf,
  priorsOf,
  tallyOf,
} from '../learning/odds.ts';
import { type SimilarTicket, similarTo } from '../learning/similar.ts';
import { historyIn, isLearning, resetAt } from './learning.ts';

/** What earlier patches teach the next one; nothing while learning is off. */
export function lessonsFor(
  backlog: Backlog,
  ticket: Ticket,
): { readonly lessons: readonly Lesson[]; readonly similarTickets: readonly SimilarTicket[] } {
  if (!isLearning(backlog)) return { lessons: [], similarTickets: [] };
  const past: Past = { ...historyIn(backlog), ticket: (id) => backlog.tickets.get(id) };
  return { lessons: digestOf(past, ticket), similarTickets: similarTo(past, ticket) };
}

/** What is to be expected of a ticket before anything is spent on it. */
export interface Outlook {
  readonly odds: Odds;
  /** Why it is not proposed again by itself; left out where it may be. */
  readonly heldBack?: string;
}

/** Reads the history once, for as many tickets as are asked about. */
export function outlooks(
  backlog: Backlog,
  settings: Pick<Settings, 'limits' | 'model'>,
): (ticket: Ticket) => Outlook {
  const enabled = isLearning(backlog);
  const tally = tallyOf(enabled ? outcomesIn(backlog) : []);
  const priors = priorsOf(settings.limits);
  const latest = backlog.attempts.list().at(-1)?.model;
  const model = settings.model.roles.patching || settings.model.name || latest;
  const reasonToHold = holder(backlog);
  return (ticket) => {
    const draft = { ticketId: ticket.id, category: ticket.category, ...(model ? { model } : {}) };
    const heldBack = reasonToHold(ticket);
    const odds = oddsOf(tally, draft, priors);
    return {
      odds: enabled ? odds : { ...odds, reason: learningIsOff },
      ...(heldBack ? { heldBack } : {}),
    };
  };
}

const learningIsOff = 'Learning is off: even odds, and a quarter of what an attempt may take.';

/** What counts of them: nothing from before a reset. Only tickets that were tried are read: most were not. */
function outcomesIn(backlog: Backlog): readonly Outcome[] {
  const since = resetAt(backlog) ?? '';
  const attempts = backlog.attempts.list();
  const tried = [...new Set(attempts.map(({ ticketId }) => ticketId))];
  const tickets = tried.flatMap((id) => backlog.tickets.get(id) ?? []);
  const outcomes = outcomesOf({ attempts, requests: backlog.requests.list(), tickets });
  return outcomes.filter(({ at }) => at > since);
}

/** Says of a ticket why it is not proposed again by itself; undefined: it may be. */
function holder(backlog: Backlog): (ticket: Ticket) => string | undefined {
  const refusals = refusalsIn(backlog);
  return (ticket) => {
    // Most tickets were never refused: nothing is asked for them.
    const key = placeKey(ticket);
    const isKnown =
      refusals.byTicket.has(ticket.id) || (key !== undefined && refusals.byPlace.has(key));
    if (!isKnown) return isRefused(ticket) ? 'A patch for it was refused.' : undefined;
    const variants = backlog.groups.variants(ticket.id).map(({ firstSeen }) => firstSeen);
    return heldBack(ticket, refusals, {
      group: backlog.groups.get(ticket.id),
      newVariantAt: variants.sort().at(-1),
      touchedAt: touchedAt(backlog, ticket.id),
    });
  };
}

function isRefused({ status }: Ticket): boolean {
  return status === 'rejected' || status === 'rolled_back';
}

function refusalsIn(backlog: Backlog): Refusals {
  const reasons = new Map(backlog.releases.list().map((one) => [one.requestId, one]));
  const byTicket = new Map<string, Refusal>();
  const byPlace = new Map<string, Refusal>();
  const decided = new Set<string>();
  for (const request of backlog.requests.list()) {
    // The newest first: an older one says nothing any more.
    const ticket = backlog.tickets.get(request.ticketId);
    const place = ticket && placeKey(ticket);
    const release = reasons.get(request.id);
    const isRefusal = request.status === 'DENIED' || request.status === 'ROLLED_BACK';
    const at = release?.rolledBackAt ?? request.reviewedAt ?? request.createdAt;
    const why = release?.rollbackReason ?? request.reviewComment ?? '';
    for (const [map, key] of [
      [byTicket, request.ticketId],
      [byPlace, place],
    ] as const) {
      if (key === undefined || decided.has(key)) continue;
      decided.add(key);
      if (isRefusal) map.set(key, { request, at, why });
    }
  }
  return { byTicket, byPlace };
}

function touchedAt({ audit }: Backlog, subject: string): string | undefined {
  return audit
    .list({ subject })
    .find(
      ({ action, actor, after }) =>
        actor.startsWith('user:') &&
        (action === 'ticket.edited' || (action === 'ticket.moved' && after === 'open')),
    )?.timestamp;
}
