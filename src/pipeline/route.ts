import type { Signal } from '../core/signal.ts';
import { type Ticket, ticketIdOf } from '../core/ticket.ts';
import { routed, splitsOf } from '../core/variants.ts';

export interface Routed {
  /** Under the group that it belongs to after all splits made by hand. */
  readonly signal: Signal;
  /** That group's id, and its ticket's should there be one. */
  readonly id: string;
  /** The ticket that it counts for: another one where a person has merged it. */
  readonly into: string;
}

/** Where a signal goes, by what persons have said of its ticket. */
export function route(
  found: Signal,
  ticketOf: (id: string) => Pick<Ticket, 'metadata'> | undefined,
): Routed {
  const known = asKnown(found, ticketOf);
  const signal = routed(known, (id) => splitsOf(ticketOf(id)?.metadata ?? {}));
  const id = ticketIdOf(signal);
  return { signal, id, into: endOfMerges(id, ticketOf) };
}

/** The id that its ticket had by the rules before, where they say something else now. */
export function formerIdOf({ kind, fingerprint: { former } }: Signal): string | undefined {
  return former && ticketIdOf({ kind, fingerprint: former });
}

/** Under the fingerprint that its ticket has: who had one by the rules before keeps that one. */
function asKnown(
  found: Signal,
  ticketOf: (id: string) => Pick<Ticket, 'metadata'> | undefined,
): Signal {
  const { former, ...own } = found.fingerprint;
  const formerId = formerIdOf(found);
  if (!former || formerId === undefined) return found;
  const isFormer = !ticketOf(ticketIdOf(found)) && ticketOf(formerId) !== undefined;
  return { ...found, fingerprint: isFormer ? former : own };
}

/** A ticket that others were merged into may have been merged itself. */
function endOfMerges(
  id: string,
  ticketOf: (id: string) => Pick<Ticket, 'metadata'> | undefined,
): string {
  const passed = new Set<string>();
  let end = id;
  for (let next: string | undefined = id; next && !passed.has(next); ) {
    end = next;
    passed.add(end);
    next = ticketOf(end)?.metadata.mergedInto;
  }
  return end;
}
