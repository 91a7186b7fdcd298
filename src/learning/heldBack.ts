import type { SignalGroup } from '../core/ticket.ts';
import type { About } from './digest.ts';
import type { HistoricRequest } from './history.ts';

/** What has been seen and done of a ticket since. */
export interface Since {
  readonly group: Pick<SignalGroup, 'count'> | undefined;
  /** When an event of a form that was new came last. */
  readonly newVariantAt?: string | undefined;
  /** When a person last edited it or opened it again. */
  readonly touchedAt?: string | undefined;
}

/** A patch that a person refused or took back, and why. */
export interface Refusal {
  readonly request: HistoricRequest;
  readonly at: string;
  readonly why: string;
}

/** The refusals that still stand: of each ticket, and of each place, the newest request decides. */
export interface Refusals {
  readonly byTicket: ReadonlyMap<string, Refusal>;
  /** By `placeKey`. */
  readonly byPlace: ReadonlyMap<string, Refusal>;
}

/** The same error in the same function of the same file, whatever its ticket; undefined: not known. */
export function placeKey({ metadata }: Pick<About, 'metadata'>): string | undefined {
  const { exceptionType, location } = metadata;
  if (!exceptionType || !location?.function) return undefined;
  return JSON.stringify([exceptionType, location.file, location.function]);
}

/** So many times what it was seen before makes it worth another look. */
const growth = 2;

/**
 * Why a ticket is not proposed again by itself: a patch for it was refused and nothing about it has
 * changed. undefined: it may be.
 */
export function heldBack(ticket: About, refusals: Refusals, since: Since): string | undefined {
  const key = placeKey(ticket);
  const refusal =
    refusals.byTicket.get(ticket.id) ?? (key === undefined ? undefined : refusals.byPlace.get(key));
  if (!refusal) return undefined;
  const { request, at, why } = refusal;
  const seen = request.metrics?.motivation.occurrences;
  const hasGrown = seen !== undefined && (since.group?.count ?? 0) >= growth * seen;
  const isNew = (since.newVariantAt ?? '') > at || (since.touchedAt ?? '') > at;
  if (hasGrown || isNew) return undefined;
  const of = request.ticketId === ticket.id ? 'it' : `the same error (${request.ticketId})`;
  const verb = request.status === 'DENIED' ? 'rejected' : 'rolled back';
  const more = seen === undefined ? '' : `it is seen ${growth * seen} times, `;
  return `A patch for ${of} was ${verb} on ${at.slice(0, 10)}${why ? `: ${ended(why)}` : '.'} It is proposed again when ${more}an event of a new form comes, or a person edits or reopens it.`;
}

function ended(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const short = line.length > 200 ? `${line.slice(0, 199)}…` : line;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
