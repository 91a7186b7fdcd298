import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Change } from '../core/change.ts';
import { errorMessage, PatchwrightError } from '../core/errors.ts';
import { byTurn, type Ticket } from '../core/ticket.ts';
import { withFacts } from '../core/triage.ts';
import { type FactSources, readCoverage, readFacts } from './facts.ts';
import type { House } from './house.ts';
import { findSuspects } from './suspects.ts';

/** What is left of a scan's new tickets after that goes without: a scan must end soon. */
const maxFacts = 50;
const maxSuspected = 5;
const factsMs = 5_000;
const suspectsMs = 8_000;
/** Tickets read in one turn. */
const slice = 100;

/**
 * Adds to new tickets what has to be asked of files and git: risk and effort of the code, and the
 * commits that may have caused them. The most urgent first; nothing of it is needed, so that failing costs nothing.
 */
export async function enrich(
  house: House,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const placed = (await placedOf(house, ids)).sort(byTurn);
  if (placed.length === 0) return;
  await bounded(house, 'The code of new tickets', factsMs, signal, (either) =>
    addFacts(house, placed.slice(0, maxFacts), either),
  );
  await bounded(house, 'Suspect commits', suspectsMs, signal, (either) =>
    addSuspects(house, placed.filter(isAnEvent).slice(0, maxSuspected), either),
  );
}

/** Read a slice in each turn: a log of thousands of bugs must not hold the editor. */
async function placedOf({ backlog }: House, ids: readonly string[]): Promise<Ticket[]> {
  const placed: Ticket[] = [];
  for (let from = 0; from < ids.length; from += slice) {
    for (const id of ids.slice(from, from + slice)) {
      const ticket = backlog.tickets.get(id);
      if (ticket?.metadata.location !== undefined) placed.push(ticket);
    }
    await nextTurn();
  }
  return placed;
}

/** What the code analysis finds has not happened at a time; no commit comes before it. */
function isAnEvent({ metadata }: Ticket): boolean {
  return metadata['finding'] === undefined;
}

/** Ends after a while; what was found until then stays. Only the caller's own cancelling goes on. */
async function bounded(
  house: House,
  what: string,
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const limit = AbortSignal.timeout(ms);
  try {
    await work(signal ? AbortSignal.any([limit, signal]) : limit);
  } catch (error) {
    if (signal?.aborted) throw error;
    if (error instanceof PatchwrightError && error.code === 'no_git') return;
    const why = limit.aborted ? `took longer than ${ms / 1000} seconds` : errorMessage(error);
    house.log(`${what} could not all be looked at: ${why}`);
  }
}

async function addFacts(
  house: House,
  placed: readonly Ticket[],
  signal: AbortSignal,
): Promise<void> {
  const { folder, git, clock } = house;
  const coverageOf = await readCoverage(folder);
  const protection = await house.protection();
  const sources: FactSources = { folder, git, clock, protection, coverageOf };
  for (const { id } of placed) {
    const ticket = house.backlog.tickets.get(id);
    const codeFacts = ticket && (await readFacts(sources, ticket, signal));
    if (!codeFacts) continue;
    await addTo(house, id, (now) => ({
      ...withFacts(now, codeFacts),
      metadata: { ...now.metadata, codeFacts },
    }));
  }
}

async function addSuspects(
  house: House,
  placed: readonly Ticket[],
  signal: AbortSignal,
): Promise<void> {
  for (const ticket of placed) {
    const group = house.backlog.groups.get(ticket.id);
    const firstSeen = group?.firstSeen ?? ticket.createdAt;
    const suspects = await findSuspects(house.git, ticket, firstSeen, signal);
    if (suspects.length === 0) continue;
    await addTo(house, ticket.id, ({ metadata }) => ({ metadata: { ...metadata, suspects } }));
  }
}

/** On the ticket as it is by now: asking took a while. */
async function addTo(
  { backlog }: House,
  id: string,
  fieldsOf: (ticket: Ticket) => Partial<Ticket>,
): Promise<void> {
  const ticket = backlog.tickets.get(id);
  if (!ticket) return;
  const change: Change = { kind: 'ticket', id, fields: fieldsOf(ticket) };
  await backlog.write([change]);
}
