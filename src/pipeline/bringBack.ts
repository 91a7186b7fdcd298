import type { Signal } from '../core/signal.ts';
import type { House } from './house.ts';
import { formerIdOf, route } from './route.ts';

/** A split leads to a group, a merge to another ticket: each may lie in the archive. */
const maxSteps = 20;

/** Fetches the tickets that signals belong to from the archive, so that none is made a second time. */
export async function bringBack(
  { backlog }: Pick<House, 'backlog'>,
  signals: readonly Signal[],
): Promise<void> {
  const { archive, tickets } = backlog;
  if (archive.count() === 0) return;
  const idsOf = (signal: Signal): readonly string[] => {
    const { id, into } = route(signal, (one) => tickets.get(one));
    const former = tickets.get(id) ? undefined : formerIdOf(signal);
    return former === undefined ? [id, into] : [id, into, former];
  };
  for (let step = 0; step < maxSteps; step++) {
    const archived = new Set(signals.flatMap(idsOf).filter((id) => archive.has(id)));
    if (archived.size === 0) return;
    await archive.bringBack([...archived]);
  }
}
