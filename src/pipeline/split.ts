import type { Change } from '../core/change.ts';
import { PatchwrightError } from '../core/errors.ts';
import {
  type Evidence,
  type SignalGroup,
  type Ticket,
  type TicketMetadata,
  ticketIdOf,
} from '../core/ticket.ts';
import { exceptionPriority, setByPerson } from '../core/triage.ts';
import {
  type Difference,
  differencesOf,
  none,
  splitsOf,
  type Variant,
  valueOf,
} from '../core/variants.ts';
import { maskedMessage, seal } from '../signals/fingerprint.ts';
import { audit } from './changes.ts';
import { ticketOf } from './lookUp.ts';
import type { House } from './house.ts';

/** A part that a ticket's events differ in, and the value of those that get a ticket of their own. */
export interface SplitBy {
  readonly part: string;
  /** Whole, or a piece of it that only one of the values has. */
  readonly value: string;
}

/** What the events of a ticket differ in. */
export function differences(
  { backlog }: Pick<House, 'backlog'>,
  id: string,
): readonly Difference[] {
  return differencesOf(backlog.groups.variants(id));
}

/**
 * Gives the events with that value a ticket of their own, those to come as well. No scan runs meanwhile:
 * what was counted must not change under it. Merging the new ticket back undoes it.
 */
export async function splitBy(house: House, ticketId: string, by: SplitBy): Promise<Ticket> {
  const actor = await house.reviewer();
  return house.backlog.exclusively('scan', async () => {
    const ticket = ticketOf(house, ticketId);
    const group = house.backlog.groups.get(ticket.id);
    const { fingerprint } = ticket.metadata;
    const found = differences(house, ticket.id);
    if (!group || !fingerprint || found.length === 0) throw nothingDiffers(ticket.id);
    const { part, value } = chosen(found, by);
    const variants = house.backlog.groups.variants(ticket.id);
    const apart = variants.filter(({ traits }) => valueOf(traits, part) === value);
    const rest = variants.filter((variant) => !apart.includes(variant));
    const own = seal([...fingerprint.parts, { label: part, value }], fingerprint.version);
    const id = ticketIdOf({ kind: group.kind, fingerprint: own });
    refuseAgain(ticket, id);
    const now = house.clock.now().toISOString();
    const moved = groupOf(group, id, own.hash, apart);
    const split = { part, value, into: id, hash: own.hash };
    const fresh: Ticket = {
      ...described(ticket, { part, value }, apart),
      id,
      status: 'open',
      createdAt: now,
      updatedAt: now,
      evidence: ticket.evidence.filter((one) => belongs(one, part, value)),
      ...prioritised(ticket, moved),
      metadata: { ...inherited(ticket.metadata, part), fingerprint: own, splitFrom: ticket.id },
    };
    const left: Partial<Ticket> = {
      ...(titleIsOf(ticket, part, value) ? described(ticket, { part, value: '' }, rest) : {}),
      updatedAt: now,
      evidence: ticket.evidence.filter((one) => !belongs(one, part, value)),
      ...prioritised(ticket, groupOf(group, group.id, group.fingerprint, rest)),
      metadata: { ...ticket.metadata, splits: [...splitsOf(ticket.metadata), split] },
    };
    await house.backlog.write([
      counted(moved, apart, 1),
      counted({ ...group, count: moved.count }, apart, -1),
      { kind: 'ticket', id, fields: fresh },
      { kind: 'ticket', id: ticket.id, fields: left },
      audit({
        actor,
        action: 'ticket.split',
        subject: ticket.id,
        after: { part, value, into: id },
      }),
      audit({
        actor,
        action: 'ticket.created',
        subject: id,
        after: { title: fresh.title, from: ticket.id },
      }),
    ]);
    return fresh;
  });
}

export function nothingDiffers(id: string): PatchwrightError {
  return new PatchwrightError('nothing_to_do', {
    what: `${id} can't be split.`,
    why: 'It is not merged into another ticket, and its events differ in nothing that is known of them.',
    remedy: 'Look at its fingerprint with `patchwright show`.',
  });
}

function refuseAgain({ id, metadata }: Ticket, into: string): void {
  if (!splitsOf(metadata).some((split) => split.into === into)) return;
  throw new PatchwrightError('illegal_move', {
    what: `${id} was not split.`,
    why: `These events have a ticket of their own already, ${into}.`,
    remedy: `If that was merged back, take the merge back with \`patchwright split ${into}\`.`,
  });
}

function chosen(found: readonly Difference[], { part, value }: SplitBy): SplitBy {
  const difference = found.find((one) => one.part === part);
  const values = difference?.values.map((one) => one.value) ?? [];
  const fitting = values.includes(value) ? [value] : values.filter((one) => one.includes(value));
  if (fitting.length === 1 && fitting[0] !== undefined) return { part, value: fitting[0] };
  throw new PatchwrightError('usage', {
    what: 'The ticket was not split.',
    why: difference
      ? `${fitting.length === 0 ? 'None' : fitting.length} of its events' values of ${part} ${fitting.length === 0 ? 'is' : 'are'} like ${JSON.stringify(value)}.`
      : `Its events do not differ in ${JSON.stringify(part)}, but in ${found.map((one) => one.part).join(', ')}.`,
    remedy: 'List what it can be split by with `patchwright split TICKET`.',
  });
}

function groupOf(
  { kind }: SignalGroup,
  id: string,
  fingerprint: string,
  variants: readonly Variant[],
): SignalGroup {
  const times = (pick: (variant: Variant) => string): string[] => variants.map(pick).sort();
  return {
    id,
    fingerprint,
    kind,
    count: variants.reduce((sum, { count }) => sum + count, 0),
    firstSeen: times(({ firstSeen }) => firstSeen)[0] ?? '',
    lastSeen: times(({ lastSeen }) => lastSeen).at(-1) ?? '',
  };
}

function counted(group: SignalGroup, variants: readonly Variant[], sign: 1 | -1): Change {
  const { id, fingerprint, kind, count, firstSeen, lastSeen } = group;
  return {
    kind: 'group',
    id,
    fingerprint,
    signal: kind,
    count: sign * count,
    firstSeen,
    lastSeen,
    variants: variants.map((one) => ({ ...one, count: sign * one.count })),
  };
}

/** What it does not know of its traits stays where it is. */
function belongs({ traits }: Evidence, part: string, value: string): boolean {
  return traits !== undefined && valueOf(traits, part) === value;
}

function titleIsOf({ title }: Ticket, part: string, value: string): boolean {
  return part === 'message' && maskedMessage(title).includes(value);
}

/** In the words of the events that it holds now. */
function described(
  ticket: Ticket,
  { part, value }: SplitBy,
  variants: readonly Variant[],
): Omit<Ticket, 'id' | 'status' | 'createdAt' | 'updatedAt' | 'evidence' | 'metadata'> {
  const { title, description, category, priority, risk, effort } = ticket;
  const { proposedSolution, testPlan, filesToModify } = ticket;
  const same = { category, priority, risk, effort, proposedSolution, testPlan, filesToModify };
  const said = valueOf(variants[0]?.traits ?? [], 'message');
  const type = ticket.metadata.exceptionType;
  if (part !== 'message') {
    return {
      ...same,
      title: `${title} (${part}: ${value})`,
      description: `${description} (${part}: ${value})`,
    };
  }
  if (said === none) return { ...same, title, description };
  const words = type === undefined ? said : `${type}: ${said}`;
  const { location } = ticket.metadata;
  return { ...same, title: words, description: location ? `${words} in ${location.file}.` : words };
}

function prioritised(ticket: Ticket, group: SignalGroup): Pick<Ticket, 'priority'> {
  if (setByPerson(ticket)) return { priority: ticket.priority };
  const { severity = 'error', regression } = ticket.metadata;
  return { priority: exceptionPriority({ ...group, severity, regression }) };
}

/** What is true of both; what was found out or decided about the one alone is not. */
function inherited(metadata: TicketMetadata, part: string): TicketMetadata {
  const { exceptionType, language, severity, location, stack, codeFacts, releases } = metadata;
  const known = { exceptionType, language, severity, codeFacts, releases };
  const placed = part === 'place' ? known : { ...known, location, stack };
  return Object.fromEntries(Object.entries(placed).filter(([, value]) => value !== undefined));
}
