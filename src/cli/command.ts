import type { App } from '../compose.ts';
import { PatchwrightError, unknownHere } from '../core/errors.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Ticket } from '../core/ticket.ts';
import { type Arguments, usageError } from './arguments.ts';
import type { Output } from './output.ts';

export interface Context {
  readonly app: App;
  readonly args: Arguments;
  readonly out: Output;
  readonly signal: AbortSignal;
}

export interface OverFolders {
  /** Says which tickets of the folders have one cause. */
  readonly linksTickets?: boolean;
  /** What all of them come to together. */
  readonly total?: (apps: readonly [App, ...App[]], args: Arguments) => Total;
}

export interface Total {
  readonly value: unknown;
  readonly text: string;
}

export interface Command {
  /** As the help shows them. */
  readonly usage: string;
  readonly help: string;
  /** How many operands it takes at most; more are refused, since a typo must not pass for success. */
  readonly operands: number;
  /** Opens the backlog without writing anything. */
  readonly readOnly?: boolean;
  /** Reads sources in a thread of its own: its memory has a bound, and others may wait for the event loop. */
  readonly scansAside?: boolean;
  /** Of several folders it is done in one after the other, and there is one report of all. */
  readonly overFolders?: OverFolders;
  /** Resolves to the exit code. */
  run(context: Context): Promise<number>;
}

/** By id, or the beginning of one that no other ticket has. */
export function ticketNamed(app: App, id: string | undefined): Ticket {
  if (!id) throw usageError('Name a ticket.');
  const exact = app.backlog.tickets.get(id);
  if (exact) return exact;
  const starting = app.backlog.tickets.list().filter((ticket) => ticket.id.startsWith(id));
  if (starting.length === 1 && starting[0]) return starting[0];
  throw new PatchwrightError('not_found', {
    what: `There is no ticket ${id}.`,
    why:
      starting.length > 1
        ? `${starting.length} tickets begin like that.`
        : app.backlog.archive.has(id)
          ? 'It lies in the archive.'
          : unknownHere,
    remedy: app.backlog.archive.has(id)
      ? `Bring it back with \`patchwright reopen ${id}\`.`
      : 'List them with `patchwright tickets`.',
  });
}

export function requestNamed(app: App, id: string | undefined): PatchRequest {
  if (!id) throw usageError('Name a patch request (or its ticket).');
  const request = app.backlog.requests.find(id);
  if (request) return request;
  throw new PatchwrightError('not_found', {
    what: `There is no patch request ${id}.`,
    why: unknownHere,
    remedy: 'List them with `patchwright requests`.',
  });
}

/** With what of it lies in the archive. */
export async function wholeRequestNamed(app: App, id: string | undefined): Promise<PatchRequest> {
  const request = requestNamed(app, id);
  return (await app.backlog.archive.request(request.id)) ?? request;
}

/** Of a request, or of a ticket's last attempt; whole, too. */
export async function gatesNamed(app: App, name: string) {
  const { backlog } = app;
  const request = backlog.requests.find(name);
  const last = request ? undefined : backlog.attempts.ofTicket(name).at(-1);
  const attempt = last && (await backlog.archive.attempt(last.id));
  if (attempt?.gates) return { status: attempt.outcome, gates: attempt.gates };
  const { id, status, gates } = await wholeRequestNamed(app, name);
  return { requestId: id, status, gates };
}

export function statusesOf<T extends string>(
  given: readonly string[],
  known: readonly T[],
): readonly T[] | undefined {
  const bad = given.find((status) => !known.some((one) => one === status));
  if (bad) {
    throw usageError(`There is no status ${JSON.stringify(bad)}; there are ${known.join(', ')}.`);
  }
  return given.length === 0 ? undefined : (given as readonly T[]);
}
