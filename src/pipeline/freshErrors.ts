import type { Release } from '../core/patchRequest.ts';
import type { House } from './house.ts';

/** What comes later may come of anything. */
const soonMs = 3_600_000;
/** So many are compared; the more, the less one of them says. */
const most = 20;

/** Errors that were seen for the first time right after a landing, the most frequent first. */
export function freshErrors(
  { backlog }: Pick<House, 'backlog'>,
  { ticketId, appliedAt }: Release,
): readonly string[] {
  const landed = Date.parse(appliedAt);
  const isSoon = (time: string): boolean => {
    const since = Date.parse(time) - landed;
    return since >= 0 && since < soonMs;
  };
  return backlog.tickets
    .seenSince(appliedAt)
    .flatMap(({ id }) => backlog.groups.get(id) ?? [])
    .filter(
      ({ id, kind, firstSeen }) => id !== ticketId && kind === 'exception' && isSoon(firstSeen),
    )
    .sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1))
    .slice(0, most)
    .map(({ id }) => id);
}
