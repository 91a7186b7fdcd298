import type { Change } from '../core/change.ts';
import { quietDays, sink, waiting } from '../core/triage.ts';
import { audit } from './changes.ts';
import type { House } from './house.ts';

/** Any more sink at the next scan. */
const maxAtOnce = 500;

/** Lowers the tickets that nothing was seen of for two weeks. */
export async function sinkQuiet(house: House): Promise<void> {
  const now = house.clock.now();
  const before = new Date(now.getTime() - quietDays * 86_400_000).toISOString();
  const changes = house.backlog.groups
    .quiet(before, waiting, maxAtOnce)
    .flatMap(({ id, lastSeen }) => sinkOne(house, id, lastSeen, now));
  if (changes.length > 0) await house.backlog.write(changes);
}

function sinkOne(house: House, id: string, lastSeen: string, now: Date): Change[] {
  const ticket = house.backlog.tickets.get(id);
  // What the code analysis found is there until it says otherwise.
  if (!ticket || ticket.metadata['finding'] !== undefined) return [];
  const fields = sink(ticket, lastSeen, now);
  if (!fields) return [];
  const change: Change = { kind: 'ticket', id, fields };
  if (fields.priority.value === ticket.priority.value) return [change];
  return [
    change,
    audit({
      actor: 'patchwright',
      action: 'ticket.sunk',
      subject: id,
      before: { priority: ticket.priority.value },
      after: { priority: fields.priority.value },
    }),
  ];
}
