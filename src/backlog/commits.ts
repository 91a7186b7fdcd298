import type { Change } from '../core/change.ts';
import { isPatchwrightError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { latestStamp } from '../core/team.ts';
import type { TicketMetadata } from '../core/ticket.ts';
import { createTurns, type Turns } from '../core/turns.ts';
import { type ChainHead, newestHead, nextEvent } from './audit.ts';
import { nextLamport } from './clock.ts';
import { ticketEntity } from './entities.ts';
import { ownIdentity } from './identity.ts';
import { createLine, formatVersion } from './journalLine.ts';
import { createJournal, type JournalWriter, newWriterId } from './journalWriter.ts';
import type { Memory } from './memory.ts';
import type { Paths } from './paths.ts';
import type { JournalLine, StoredChange } from './schemas.ts';
import type { Serial } from './serial.ts';

/** A journal that has grown beyond this is left and a new one begun, so that it can be compacted. */
const maxJournalBytes = 16 * 1024 * 1024;
const maxBatchBytes = 8 * 1024 * 1024;

/** What can stand in a journal: what the pipeline writes, and what the backlog itself moves and removes. */
export type Writable =
  | Change
  | Extract<StoredChange, { kind: 'archive' | 'restore' | 'checkpoint' }>;

interface Pending {
  readonly changes: readonly Writable[];
  resolve(): void;
  reject(error: unknown): void;
}

interface Prepared {
  readonly line: JournalLine;
  readonly bytes: Buffer;
  readonly pending: Pending;
}

/** Our side of the journal: each writer's numbering and audit chain go on from line to line. */
interface Own {
  readonly journal: JournalWriter;
  seq: number;
  head: ChainHead;
}

export interface Commits {
  write(changes: readonly Writable[]): Promise<void>;
  /** The writer whose journal must not be read back, it is merged as it is written. */
  current(): string | undefined;
  /** Writers we have left for good: their journals may be compacted while we live. */
  readonly left: ReadonlySet<string>;
  close(): Promise<void>;
}

export interface CommitsOptions {
  readonly paths: Paths;
  readonly clock: Clock;
  /** Excludes what replaces the memory while a commit is under way. */
  readonly serial: Serial;
  readonly memory: () => Memory;
  readonly firstWriter: string;
  /** After each commit, with the number of its lines. */
  onCommitted(lines: number): void;
}

/**
 * Writes changes down. What comes while the disk is busy goes out together with one fdatasync. Only
 * what is durable is merged into the memory, and only then is the caller told.
 */
export function createCommits(options: CommitsOptions): Commits {
  const { paths, clock, memory, serial } = options;
  let queue: Pending[] = [];
  const left = new Set<string>();
  let own: Own | undefined;
  let nextWriter = options.firstWriter;
  let draining: Promise<void> | undefined;

  function write(changes: readonly Writable[]): Promise<void> {
    return new Promise((resolve, reject) => {
      queue.push({ changes, resolve, reject });
      draining ??= drain();
    });
  }

  async function drain(): Promise<void> {
    await Promise.resolve(); // whoever else writes in this turn comes along
    while (queue.length > 0) await serial(commitSome);
    draining = undefined;
  }

  async function commitSome(): Promise<void> {
    const taken = queue;
    queue = [];
    let batch: Prepared[] = [];
    try {
      batch = await store(taken);
      await applyAll(batch);
    } catch (error) {
      for (const pending of taken) pending.reject(error);
    }
    for (const { pending } of batch) pending.resolve();
    if (own && own.journal.bytes() > maxJournalBytes) await leave();
    if (batch.length > 0) options.onCommitted(batch.length);
  }

  /** Once more with a new journal when somebody has deleted ours. */
  async function store(taken: Pending[]): Promise<Prepared[]> {
    try {
      return await append(taken);
    } catch (error) {
      if (!isPatchwrightError(error, 'stale')) throw error;
      return append(taken);
    }
  }

  async function append(taken: Pending[]): Promise<Prepared[]> {
    const mine = await begin();
    const { batch, seq, head } = await prepareAll(taken, mine);
    if (batch.length === 0) return [];
    try {
      await mine.journal.append(Buffer.concat(batch.map(({ bytes }) => bytes)));
    } catch (error) {
      left.add(mine.journal.writer);
      own = undefined;
      throw error;
    }
    mine.seq = seq;
    mine.head = head;
    return batch;
  }

  async function begin(): Promise<Own> {
    if (own) return own;
    const writer = nextWriter;
    nextWriter = newWriterId();
    const journal = await createJournal(paths, writer);
    own = { journal, seq: 0, head: newestHead(memory().sql) };
    return own;
  }

  /** Turns each into a line; those that can't be written are rejected and take nothing else along. */
  async function prepareAll(taken: Pending[], mine: Own) {
    const turns = createTurns();
    let { seq, head } = mine;
    let lamport = memory().lamport();
    let bytes = 0;
    const batch: Prepared[] = [];
    for (const [index, pending] of taken.entries()) {
      if (bytes > maxBatchBytes) {
        queue = [...taken.splice(index), ...queue];
        break;
      }
      try {
        const at = clock.now();
        const stamp = nextLamport(Math.max(lamport, latestIn(pending.changes)), at);
        const made = await prepare(
          pending,
          { seq: seq + 1, lamport: stamp, at },
          head,
          mine,
          turns,
        );
        batch.push(made.prepared);
        bytes += made.prepared.bytes.length;
        lamport = stamp;
        seq++;
        head = made.head;
      } catch (error) {
        pending.reject(error);
      }
    }
    return { batch, seq, head };
  }

  async function prepare(
    pending: Pending,
    { seq, lamport, at }: { readonly seq: number; readonly lamport: number; readonly at: Date },
    from: ChainHead,
    { journal: { writer } }: Own,
    turns: Turns,
  ): Promise<{ readonly prepared: Prepared; readonly head: ChainHead }> {
    const time = at.toISOString();
    const line = createLine({
      v: formatVersion,
      writer,
      seq,
      lamport,
      at: time,
      ...(seq === 1 ? { from: ownIdentity() } : {}),
    });
    let head = from;
    for (const change of pending.changes) {
      if (turns.isOver()) await turns.next();
      if (change.kind === 'audit') {
        const event = nextEvent(change.entry, time, head, writer);
        line.add({ kind: 'audit', event });
        head = event;
      } else {
        line.add(storeChange(change, memory()));
      }
    }
    return { prepared: { ...line.end(), pending }, head };
  }

  /** What is in the journal already: should the tables refuse a change, those before it stay. */
  async function applyAll(batch: readonly Prepared[]): Promise<void> {
    const turns = createTurns();
    let end = memory().covered.get(batch[0]?.line.writer ?? '')?.bytes ?? 0;
    for (const { line, bytes } of batch) {
      end += bytes.length;
      await memory().applyInTurns(line, end, turns);
    }
  }

  async function leave(): Promise<void> {
    if (!own) return;
    left.add(own.journal.writer);
    const { journal } = own;
    own = undefined;
    await journal.close();
  }

  return {
    write,
    current: () => own?.journal.writer,
    left,
    async close() {
      await draining;
      await serial(leave);
    },
  };
}

/** What is written after others' changes were taken in comes after them. */
function latestIn(changes: readonly Writable[]): number {
  return changes.reduce(
    (most, change) => (change.kind === 'team' ? Math.max(most, latestStamp(change.puts)) : most),
    0,
  );
}

function storeChange(change: Exclude<Writable, { kind: 'audit' }>, memory: Memory): StoredChange {
  switch (change.kind) {
    case 'ticket':
      return storeTicket(change, memory);
    case 'attempt':
    case 'request':
    case 'release':
      return { ...change, fields: withoutId(change.fields) };
    default:
      return change;
  }
}

/** Metadata is written key by key, as far as it differs: two windows may each add one. */
function storeTicket(change: Extract<Change, { kind: 'ticket' }>, memory: Memory): StoredChange {
  const { metadata, ...fields } = change.fields;
  const stored = { kind: 'ticket' as const, id: change.id, fields: withoutId(fields) };
  if (!metadata) return stored as StoredChange;
  const row = memory.sql.get('SELECT metadata FROM improvement_tickets WHERE id = ?', [change.id]);
  const before = (row && ticketEntity.fields.metadata.decode(row)) ?? {};
  return { ...stored, metadata: difference(before, metadata) } as StoredChange;
}

function difference(before: TicketMetadata, after: TicketMetadata) {
  const differs = (key: string) => JSON.stringify(before[key]) !== JSON.stringify(after[key]);
  return {
    set: Object.fromEntries(Object.entries(after).filter(([key]) => differs(key))),
    drop: Object.keys(before).filter((key) => after[key] === undefined),
  };
}

/** The id stands beside the fields; many callers hand in a whole noun. */
function withoutId<T extends object>(fields: T): Omit<T, 'id'> {
  const { id: _, ...rest } = fields as T & { id?: unknown };
  return rest;
}
