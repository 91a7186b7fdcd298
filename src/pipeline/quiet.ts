import type { Change } from '../core/change.ts';
import type { Ticket } from '../core/ticket.ts';
import { burstMark, calm, dayMs, quietDays, sink, waiting } from '../core/triage.ts';
import { audit } from './changes.ts';
import type { House } from './house.ts';

/** Any more sink at the next scan. */
const maxAtOnce = 500;

/** Lowers the tickets that nothing was seen of: for a day after a burst, and for two weeks after all else. */
export async function sinkQuiet(house: House): Promise<void> {
  await write(house, calmed(house));
  await write(house, sunk(house));
}

async function write({ backlog }: House, changes: readonly Change[]): Promise<void> {
  if (changes.length > 0) await backlog.write(changes);
}

function calmed({ backlog, clock }: House): Change[] {
  const now = clock.now();
  const before = new Date(now.getTime() - dayMs).toISOString();
  return backlog.groups.reasoned(burstMark, before, waiting, maxAtOnce).flatMap((id) => {
    const ticket = backlog.tickets.get(id);
    const seen = backlog.groups.seen(id);
    const fields = ticket && seen && calm(ticket, seen, now);
    return fields ? lowered(ticket, fields, 'ticket.calmed') : [];
  });
}

function sunk({ backlog, clock }: House): Change[] {
  const now = clock.now();
  const before = new Date(now.getTime() - quietDays * dayMs).toISOString();
  return backlog.groups.quiet(before, waiting, maxAtOnce).flatMap(({ id, lastSeen }) => {
    const ticket = backlog.tickets.get(id);
    // What the code analysis found is there until it says otherwise.
    if (!ticket || ticket.metadata['finding'] !== undefined) return [];
    const fields = sink(ticket, lastSeen, now);
    return fields ? lowered(ticket, fields, 'ticket.sunk') : [];
  });
}

function lowered(
  { id, priority }: Ticket,
  fields: Pick<Ticket, 'priority'> & Partial<Ticket>,
  action: string,
): Change[] {
  const change: Change = { kind: 'ticket', id, fields };
  if (fields.priority.value === priority.value) return [change];
  return [
    change,
    audit({
      actor: 'patchwright',
      action,
      subject: id,
      before: { priority: priority.value },
      after: { priority: fields.priority.value },
    }),
  ];
}
