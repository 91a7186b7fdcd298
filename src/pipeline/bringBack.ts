import type { Signal } from '../core/signal.ts';
import type { House } from './house.ts';
import { route } from './route.ts';

/** A split leads to a group, a merge to another ticket: each may lie in the archive. */
const maxSteps = 20;

/** Fetches the tickets that signals belong to from the archive, so that none is made a second time. */
export async function bringBack(
  { backlog }: Pick<House, 'backlog'>,
  signals: readonly Signal[],
): Promise<void> {
  const { archive, tickets } = backlog;
  if (archive.count() === 0) return;
  const routes = signals.map((signal) => () => route(signal, (id) => tickets.get(id)));
  for (let step = 0; step < maxSteps; step++) {
    const archived = new Set(
      routes.flatMap((now) => [now().id, now().into]).filter((id) => archive.has(id)),
    );
    if (archived.size === 0) return;
    await archive.bringBack([...archived]);
  }
}
