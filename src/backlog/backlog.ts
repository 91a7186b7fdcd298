import type { Attempt } from '../core/attempt.ts';
import type { AuditCheckpoint, AuditEvent, AuditProof } from '../core/audit.ts';
import type { Change } from '../core/change.ts';
import type { Event } from '../core/events.ts';
import type { LearningEvent, LearningEventType } from '../core/learningEvent.ts';
import type { MetricWindow, Series } from '../core/metric.ts';
import type { PatchRequest, Release, RequestStatus } from '../core/patchRequest.ts';
import type { Feedback, FilePosition, Interaction } from '../core/signal.ts';
import type { Variant } from '../core/variants.ts';
import type {
  SignalGroup,
  Ticket,
  TicketOrder,
  TicketStatus,
  TicketSummary,
} from '../core/ticket.ts';
import type { TeamStore } from './team/teamStore.ts';
import type { UnusedFiles } from './unusedFiles.ts';

/** Queries are synchronous (sql.js is in memory); only writing waits, for the disk. */
export interface Backlog {
  readonly tickets: TicketStore;
  readonly groups: GroupStore;
  readonly positions: { get(file: string): FilePosition | undefined; all(): FilePosition[] };
  readonly attempts: AttemptStore;
  readonly requests: RequestStore;
  readonly releases: ReleaseStore;
  readonly feedback: FeedbackStore;
  readonly metrics: MetricStore;
  readonly interactions: InteractionStore;
  readonly learning: LearningStore;
  readonly audit: AuditStore;
  readonly team: TeamStore;
  /** Old tickets, and the bulk of old requests and attempts, in files beside the database. */
  readonly archive: ArchiveStore;
  readonly unused: UnusedFiles;

  /** One journal line: all of it or nothing. Resolves when it is on the disk and visible to queries. */
  write(changes: readonly Change[]): Promise<void>;
  /** Takes in what other processes have written. */
  refresh(): Promise<void>;
  /** Runs `work` while no other process runs one of the same name; refreshes first. */
  exclusively<T>(
    name: 'scan' | 'draft' | 'decide' | 'run' | 'sync',
    work: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>;
  /** After every change, ours or another process's. */
  readonly onDidChange: Event<void>;
  /** What a person must be told about opening (a snapshot set aside and rebuilt, for instance). */
  readonly notices: readonly string[];
  readonly file: string;
  /** Brings `backlog.sqlite` up to the journals, if nobody else is at it. */
  snapshot(): Promise<void>;
  /** Waits for pending writes, brings the snapshot up to date, stops watching. */
  dispose(): Promise<void>;
}

export interface ArchiveStore {
  has(id: string): boolean;
  count(): number;
  get(id: string): Promise<Ticket | undefined>;
  list(limit?: number): Promise<readonly Ticket[]>;
  /** Makes them tickets of the backlog again, as they were. Of others of these ids nothing is done. */
  bringBack(ids: readonly string[]): Promise<void>;
  /** Whole, wherever its parts lie. */
  request(id: string): Promise<PatchRequest | undefined>;
  attempt(id: string): Promise<Attempt | undefined>;
}

export interface GroupStore {
  get(id: string): SignalGroup | undefined;
  /** With what was seen of the tickets that a person merged into its ticket, or into those. */
  seen(id: string): SignalGroup | undefined;
  /** What its events were like, the most frequent first; see `maxVariants`. */
  variants(id: string): readonly Variant[];
  /**
   * Those last seen before that time whose tickets have one of these statuses and may sink: not sunk
   * yet, no priority set by a person, and nothing merged into them seen since.
   */
  quiet(
    before: string,
    statuses: readonly TicketStatus[],
    limit: number,
  ): readonly Pick<SignalGroup, 'id' | 'lastSeen'>[];
  /** Of tickets with one of these statuses, those whose reason for their priority has `mark`, last seen before that time. */
  reasoned(
    mark: string,
    before: string,
    statuses: readonly TicketStatus[],
    limit: number,
  ): readonly string[];
}

export interface TicketStore {
  get(id: string): Ticket | undefined;
  list(filter?: {
    readonly statuses?: readonly TicketStatus[];
    /** Left out: the newest first. */
    readonly order?: TicketOrder;
    readonly limit?: number;
    readonly offset?: number;
  }): readonly Ticket[];
  /** Those whose signals were seen then or later. */
  seenSince(at: string): readonly Ticket[];
  /** All of them, for figures. */
  summaries(): readonly TicketSummary[];
  countByStatus(): Readonly<Partial<Record<TicketStatus, number>>>;
}

export interface AttemptStore {
  get(id: string): Attempt | undefined;
  /** Previews are none of these, nor of `find` and `ofTicket`. */
  list(): readonly Attempt[];
  /** Attempts that were to make a plan, newest first. */
  previews(): readonly Attempt[];
  /** By id, a unique prefix of it (4 characters at least), or its ticket's id (the latest). */
  find(text: string): Attempt | undefined;
  /** That began then or later, oldest first; previews too, as they cost something. */
  since(at: string): readonly Attempt[];
  ofTicket(ticketId: string): readonly Attempt[];
  running(): readonly Attempt[];
}

export interface RequestStore {
  get(id: string): PatchRequest | undefined;
  /** By id, a unique prefix of it (4 characters at least), or its ticket's id (the newest). */
  find(text: string): PatchRequest | undefined;
  list(filter?: {
    readonly statuses?: readonly RequestStatus[];
    readonly ticketId?: string;
  }): readonly PatchRequest[];
  createdSince(at: string): number;
}

export interface FeedbackStore {
  negativeSince(at: string, limit: number): readonly Feedback[];
  has(id: string): boolean;
  /** The newest that belong to a theme (the id of its group), oldest first. */
  themed(limit: number): readonly { readonly feedback: Feedback; readonly theme: string }[];
  /** The newest of a theme, newest first. */
  ofTheme(theme: string, limit: number): readonly Feedback[];
  /** Those that rate what a model did, oldest first. */
  rated(): readonly Feedback[];
  /** Who said it, hashed, each once. */
  usersOf(theme: string): readonly string[];
}

export interface MetricStore {
  series(): readonly Series[];
  /** The newest windows of a series, oldest first. */
  windows(series: Series, limit: number): readonly MetricWindow[];
}

export interface InteractionStore {
  /** The newest, oldest first. */
  recent(limit: number): readonly Interaction[];
}

export interface LearningStore {
  /** The newest first. */
  list(limit: number): readonly LearningEvent[];
  /** The newest of one of these types. */
  latest(types: readonly LearningEventType[]): LearningEvent | undefined;
}

export interface ReleaseStore {
  get(id: string): Release | undefined;
  list(): readonly Release[];
}

export interface AuditStore {
  list(filter?: {
    readonly subject?: string;
    readonly action?: string;
    readonly limit?: number;
  }): readonly AuditEvent[];
  /** Walks every chain. */
  verify(): AuditProof;
  /** What stands for events that were removed; see `signedText` for what is signed. */
  checkpoint(): AuditCheckpoint | undefined;
  /** How many events `prune` would remove. */
  countBefore(before: string): number;
  /**
   * Removes events from before a time, puts a signed checkpoint in their place and gives their number. For
   * one process at a time. Rejects with `corrupt` where the trail can't be proven whole first.
   */
  prune(before: string): Promise<number>;
  /** All events, chain by chain, with everything that their hashes are made of. */
  exported(): readonly ExportedEvent[];
}

/** In the order in which its columns are hashed; `before` and `after` are JSON text, or null. */
export interface ExportedEvent {
  readonly previousHash: string;
  readonly writer: string;
  readonly position: number;
  readonly id: string;
  readonly timestamp: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly hash: string;
}
