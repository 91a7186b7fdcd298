import { keptMs } from '../core/metric.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Location, Ticket } from '../core/ticket.ts';
import type { House } from './house.ts';

/** So many are compared; the more, the less one of them says. */
const most = 20;

/**
 * Tickets that a patch may have changed without meaning to: their stack goes through a file that it changes,
 * or fails where its own ticket does. The nearest first.
 */
export async function neighboursOf(
  { backlog, clock, git }: House,
  request: PatchRequest,
): Promise<readonly string[]> {
  const prefix = (await git.code(['rev-parse', '--show-prefix'], { okCodes: [0, 128] })).out;
  const changed = changedFiles(request, prefix);
  const own = backlog.tickets.get(request.ticketId);
  const root = own && placesOf(own)[0];
  const since = new Date(clock.now().getTime() - keptMs).toISOString();
  return backlog.tickets
    .seenSince(since)
    .filter(({ id }) => id !== request.ticketId)
    .map((ticket) => ({ id: ticket.id, nearness: nearnessOf(placesOf(ticket), root, changed) }))
    .filter(({ nearness }) => nearness > 0)
    .sort((a, b) => b.nearness - a.nearness || (a.id < b.id ? -1 : 1))
    .slice(0, most)
    .map(({ id }) => id);
}

/** As tickets name them: from the workspace folder. What tests say of a program is another matter. */
function changedFiles({ files, testFiles }: PatchRequest, prefix: string): ReadonlySet<string> {
  const paths = files
    .filter(({ path }) => !testFiles.includes(path))
    .flatMap(({ path, oldPath }) => [path, ...(oldPath ? [oldPath] : [])]);
  return new Set(
    paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length)),
  );
}

/** The failing place first. */
function placesOf({ metadata: { location, stack = [] } }: Ticket): readonly Location[] {
  return [...(location ? [location] : []), ...stack];
}

/** 3: fails in the same function; 2: in a changed file; 1: comes through one. */
function nearnessOf(
  places: readonly Location[],
  root: Location | undefined,
  changed: ReadonlySet<string>,
): number {
  const [first] = places;
  if (!first) return 0;
  if (root && first.file === root.file && first.function === root.function) return 3;
  if (changed.has(first.file)) return 2;
  return places.some(({ file }) => changed.has(file)) ? 1 : 0;
}
