import type { Backlog } from '../backlog/backlog.ts';
import type { Change } from '../core/change.ts';
import type { Settings } from '../core/settings.ts';
import {
  type FilePosition,
  firstAtOf,
  lastAtOf,
  occurrencesOf,
  positionsOf,
  type ScanBatch,
  type Signal,
} from '../core/signal.ts';
import { fold } from '../core/fold.ts';
import type { SignalGroup, Ticket } from '../core/ticket.ts';
import type { Variant } from '../core/variants.ts';
import { createTurns } from '../core/turns.ts';
import type { WorkspaceVersion } from '../core/versions.ts';
import { audit } from './changes.ts';
import { route } from './route.ts';
import { createVolume } from './volume.ts';

export interface Intake {
  readonly changes: readonly Change[];
  readonly created: readonly string[];
  readonly updated: readonly string[];
  /** Tickets that a preview is wanted of from now on. */
  readonly previewsWanted: readonly string[];
}

/** What stands beside the signals of a batch. */
type Beside = Pick<ScanBatch, 'metrics' | 'interactions' | 'ended'> & {
  readonly position?: FilePosition;
  readonly lines?: number;
};

export interface IntakeBatch extends Beside, Pick<ScanBatch, 'signals'> {}

type Known = Pick<Backlog, 'groups' | 'tickets'> & {
  readonly feedback: Pick<Backlog['feedback'], 'usersOf'>;
  readonly releases?: Pick<Backlog['releases'], 'list'>;
};

/**
 * Folds a batch into the changes that write it down: groups, tickets, feedback and the file's position
 * together, so that after a crash each occurrence has been counted exactly once.
 */
export async function intakeOf(
  batch: IntakeBatch,
  backlog: Known,
  settings: Pick<Settings, 'thresholds'>,
  now: string,
  version?: WorkspaceVersion,
): Promise<Intake> {
  const turns = createTurns();
  const intake = createIntake(backlog, settings, now, version);
  for (const signal of batch.signals) {
    if (turns.isOver()) await turns.next();
    intake.add(signal);
  }
  if (turns.isOver()) await turns.next();
  return intake.end(batch);
}

function createIntake(
  backlog: Known,
  settings: Pick<Settings, 'thresholds'>,
  now: string,
  version: WorkspaceVersion | undefined,
) {
  const groups = new Map<string, SignalGroup>();
  const tickets = new Map<string, Ticket>();
  const created = new Set<string>();
  const fields = new Map<string, Partial<Ticket>>();
  const counted = new Map<string, number>();
  const changes: Change[] = [];
  const users = new Map<string, Set<string>>();
  const usersBehind = (signal: Signal, id: string): { readonly users?: number } => {
    if (signal.kind !== 'feedback' || signal.feedback.userId === undefined) return {};
    const known = users.get(id) ?? new Set(backlog.feedback.usersOf(id));
    users.set(id, known.add(signal.feedback.userId));
    return { users: known.size };
  };
  const ticketOf = (id: string): Ticket | undefined => tickets.get(id) ?? backlog.tickets.get(id);
  /** By ticket: how often it and what is merged into it were seen before, and since. */
  const totals = new Map<string, number>();
  /** A merged ticket's occurrences add to those of the one it was merged into. */
  const together = (group: SignalGroup, into: string, more: number): SignalGroup => {
    const count = (totals.get(into) ?? backlog.groups.seen(into)?.count ?? 0) + more;
    totals.set(into, count);
    return { ...group, count };
  };

  const landed = once(() => (backlog.releases?.list() ?? []).map(({ appliedAt }) => appliedAt));
  const volume = createVolume(now, landed);
  const variants = createVariants();
  const add = (found: Signal): void => {
    const { signal, id, into } = route(found, ticketOf);
    variants.add(id, signal);
    volume.add(into, signal);
    const before = groups.get(id) ?? backlog.groups.get(id);
    const group = { ...grow(before, id, signal), ...usersBehind(signal, id) };
    groups.set(id, group);
    const more = group.count - (before?.count ?? 0);
    counted.set(id, (counted.get(id) ?? 0) + more);
    const ticket = ticketOf(into);
    const seen = together(group, into, more);
    const result = fold(signal, seen, ticket, settings, now, version);
    if (result.kind === 'created') {
      created.add(id);
      tickets.set(id, result.ticket);
      fields.set(id, result.ticket);
    } else if (result.kind === 'updated' && ticket) {
      tickets.set(into, { ...ticket, ...result.fields });
      fields.set(into, { ...fields.get(into), ...result.fields });
    }
    if (signal.kind === 'feedback') {
      changes.push({ kind: 'feedback', feedback: signal.feedback, ticketId: id });
    }
  };

  const end = (batch: Beside): Intake => {
    for (const window of [...(batch.metrics ?? []), ...volume.windows(batch.lines ?? 0)])
      changes.push({ kind: 'metric', window });
    for (const interaction of batch.interactions ?? []) {
      changes.push({ kind: 'interaction', interaction });
    }

    for (const [id, group] of groups) {
      changes.push({
        kind: 'group',
        id,
        fingerprint: group.fingerprint,
        signal: group.kind,
        count: counted.get(id) ?? 0,
        firstSeen: group.firstSeen,
        lastSeen: group.lastSeen,
        ...variants.of(id),
      });
    }
    for (const [id, changed] of fields) changes.push({ kind: 'ticket', id, fields: changed });
    for (const id of created) {
      const ticket = tickets.get(id);
      changes.push(
        audit({
          actor: 'patchwright',
          action: 'ticket.created',
          subject: id,
          after: { title: ticket?.title, fingerprint: ticket?.metadata.fingerprint?.hash },
        }),
      );
    }
    for (const [id, changed] of fields) {
      if (changed.status === 'open' && !created.has(id))
        changes.push(reopening(id, changed, backlog));
    }
    const previewsWanted = [...fields.keys()].filter(
      (id) =>
        fields.get(id)?.metadata?.previewWanted && !backlog.tickets.get(id)?.metadata.previewWanted,
    );
    for (const id of previewsWanted) {
      const reason = fields.get(id)?.metadata?.previewWanted?.reason;
      changes.push(
        audit({ actor: 'patchwright', action: 'preview.wanted', subject: id, after: { reason } }),
      );
    }
    for (const position of positionsOf(batch)) changes.push({ kind: 'position', position });
    return {
      changes,
      created: [...created],
      updated: [...fields.keys()].filter((id) => !created.has(id)),
      previewsWanted,
    };
  };

  return { add, end };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** What the events of each group were like. */
function createVariants() {
  const groups = new Map<string, Map<string, Variant>>();
  return {
    add(id: string, signal: Signal): void {
      if (signal.kind !== 'exception' || !signal.traits) return;
      const known = groups.get(id) ?? new Map<string, Variant>();
      groups.set(id, known);
      const key = JSON.stringify(signal.traits);
      const [first, last] = [firstAtOf(signal), lastAtOf(signal)];
      const { count = 0, firstSeen = first, lastSeen = last } = known.get(key) ?? {};
      known.set(key, {
        traits: signal.traits,
        count: count + occurrencesOf(signal),
        firstSeen: first < firstSeen ? first : firstSeen,
        lastSeen: last > lastSeen ? last : lastSeen,
      });
    },
    of(id: string): { readonly variants?: readonly Variant[] } {
      const known = groups.get(id);
      return known ? { variants: [...known.values()] } : {};
    },
  };
}

/** Why it is open again: after a fix, or although a person had closed it. */
function reopening(
  id: string,
  { status, metadata }: Partial<Ticket>,
  { tickets }: Pick<Backlog, 'tickets'>,
): Change {
  const before = tickets.get(id)?.status;
  const reason =
    before === 'closed'
      ? (metadata?.reopened?.reason ?? 'Found again.')
      : 'Seen again after it was applied.';
  return audit({
    actor: 'patchwright',
    action: 'ticket.reopened',
    subject: id,
    before: { status: before },
    after: { status, reason },
  });
}

function grow(group: SignalGroup | undefined, id: string, signal: Signal): SignalGroup {
  const count = countOf(signal, group?.count ?? 0);
  if (!group) {
    return {
      id,
      fingerprint: signal.fingerprint.hash,
      kind: signal.kind,
      count,
      firstSeen: firstAtOf(signal),
      lastSeen: lastAtOf(signal),
    };
  }
  return {
    ...group,
    count,
    firstSeen: firstAtOf(signal) < group.firstSeen ? firstAtOf(signal) : group.firstSeen,
    lastSeen: lastAtOf(signal) > group.lastSeen ? lastAtOf(signal) : group.lastSeen,
  };
}

/** A pattern or a finding says how many there are in all, not how many more. */
function countOf(signal: Signal, before: number): number {
  if (signal.kind === 'interaction') return Math.max(signal.pattern.count, before);
  return signal.kind === 'quality'
    ? Math.max(signal.finding.count, before)
    : before + occurrencesOf(signal);
}
