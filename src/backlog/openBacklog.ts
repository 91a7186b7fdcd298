import { errorMessage, PatchwrightError } from '../core/errors.ts';
import { createEmitter } from '../core/events.ts';
import type { AuditSigner } from '../core/audit.ts';
import type { Clock, Log } from '../core/ports.ts';
import { createArchive, maxTickets } from './archive.ts';
import { createAuditStore } from './auditStore.ts';
import { createAutoSnapshot, manyChanges } from './autoSnapshot.ts';
import type { Backlog } from './backlog.ts';
import { createCommits, type Writable } from './commits.ts';
import { lockExclusively } from './exclusive.ts';
import { takeInJournals } from './journals.ts';
import { newWriterId } from './journalWriter.ts';
import { loadMemory } from './loadMemory.ts';
import type { Memory } from './memory.ts';
import { pathsIn } from './paths.ts';
import { createPruning } from './pruning.ts';
import { createRefresh } from './refresh.ts';
import { coalesce, createSerial } from './serial.ts';
import { createSnapshots } from './snapshots.ts';
import { loadEngine } from './sqlite.ts';
import { createStores } from './stores.ts';
import { createThinning, usualWhole, type Whole } from './thinning.ts';
import { createUnusedFiles } from './unusedFiles.ts';
import { watchJournals } from './watchJournals.ts';

export interface OpenBacklogOptions {
  /** The workspace folder; the backlog lies in its `.patchwright`. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** For checkpoints of the audit trail. */
  readonly signer: AuditSigner;
  /** Default: beside the bundle, else in node_modules. */
  readonly wasmFile?: string;
  /** Nothing is created or written, not even the folder; `write` rejects with `read_only`. */
  readonly readOnly?: boolean;
  /** Name of our journal; random by default, and it must be new. */
  readonly writer?: string;
  /** Beyond so many tickets old ones are archived. */
  readonly maxTickets?: number;
  /** How many requests and attempts stay whole. */
  readonly whole?: Whole;
  /** Follow what other processes write (default), or only on `refresh`. */
  readonly watch?: boolean;
  /** Take a snapshot when nothing was written for a while (default), or only after many changes and at the end. */
  readonly snapshotWhenQuiet?: boolean;
}

/**
 * Opens a workspace folder's backlog. The truth is the journals; the database in memory is the last good
 * snapshot with the journals merged in. A damaged snapshot never makes it fail: see `notices`.
 */
export async function openBacklog(options: OpenBacklogOptions): Promise<Backlog> {
  const { clock, log, readOnly = false } = options;
  const paths = pathsIn(options.folder);
  const engine = await loadEngine(options.wasmFile);
  const notices: string[] = [];
  const serial = createSerial();
  const changed = createEmitter<void>((error) => log(`A listener failed: ${errorMessage(error)}`));
  const tell = createTell(notices, log);
  let isClosed = false;
  let disposed: Promise<void> | undefined;

  const load = () => loadMemory({ paths, engine, clock, log, readOnly, tell });
  let current: Memory = await load();
  const memory = () => current;
  const replayed = await takeInJournals(memory, paths, () => false, tell);

  const commits = createCommits({
    paths,
    clock,
    serial,
    memory,
    firstWriter: options.writer ?? newWriterId(),
    onCommitted(lines) {
      automatic.noteChanges(lines);
      changed.fire();
    },
  });

  const refreshOnce = createRefresh({
    paths,
    serial,
    memory,
    load,
    replace(fresh) {
      current.sql.close();
      current = fresh;
    },
    isOwn: (writer) => writer === commits.current(),
    tell,
  });
  const refresh = coalesce(async () => {
    if (await refreshOnce()) changed.fire();
  });

  const snapshotOnce = coalesce(
    createSnapshots({
      paths,
      clock,
      log,
      serial,
      memory,
      refresh,
      isLeft: (writer) => commits.left.has(writer),
      isOwn: (writer) => writer === commits.current(),
      tell,
    }),
  );
  const writeAny = (changes: readonly Writable[]): Promise<void> =>
    readOnly ? Promise.reject(readOnlyError(paths.folder)) : commits.write(changes);
  const archiving = { paths, engine, clock, log, memory, refresh, write: writeAny };
  const limit = options.maxTickets ?? maxTickets;
  const archive = createArchive({ ...archiving, limit, tell });
  const thinning = createThinning({ ...archiving, whole: options.whole ?? usualWhole });
  const prune = createPruning({
    paths,
    clock,
    signer: options.signer,
    memory,
    refresh,
    write: writeAny,
  });
  const tidy = coalesce(async () => {
    await archive.tidy();
    await thinning.tidy();
  });
  const snapshot = async () => {
    if (readOnly) return;
    if (!isClosed) await tidy();
    await snapshotOnce();
  };
  const automatic = createAutoSnapshot(snapshot, log, options.snapshotWhenQuiet);
  if (replayed >= manyChanges) automatic.noteChanges(replayed);

  const quietly = () => {
    refresh().catch((error: unknown) => log(`Reading the backlog: ${errorMessage(error)}`));
  };
  const stopWatching =
    options.watch === false
      ? () => undefined
      : watchJournals(paths, (name) => name === `${commits.current()}.ndjson`, quietly);

  return {
    ...createStores(() => current.sql),
    audit: createAuditStore(() => current.sql, options.signer, prune),
    archive: { ...archive, request: thinning.request, attempt: thinning.attempt },
    unused: createUnusedFiles({ paths, memory, knowsAll: () => notices.length === 0 }),
    notices,
    file: paths.database,
    onDidChange: changed.event,
    refresh,
    snapshot,
    async write(changes) {
      if (isClosed) throw new TypeError('The backlog is closed.');
      if (readOnly) throw readOnlyError(paths.folder);
      if (changes.length > 0) await commits.write(changes);
    },
    async exclusively(name, work, signal) {
      if (readOnly) throw readOnlyError(paths.folder);
      const unlock = await lockExclusively(paths, name, log, signal);
      try {
        await refresh();
        return await work();
      } finally {
        await unlock();
      }
    },
    dispose: () => (disposed ??= dispose()),
  };

  async function dispose(): Promise<void> {
    // A command that is over at once never waits for a snapshot.
    if (!readOnly) await tidy().catch((error: unknown) => log(errorMessage(error)));
    isClosed = true;
    stopWatching();
    automatic.stop();
    await commits.close();
    await automatic.finish();
    await refresh().catch(() => undefined); // one may be under way, and it needs the database
    await serial(async () => current.sql.close());
  }
}

function createTell(notices: string[], log: Log): (notice: string) => void {
  return (notice) => {
    if (notices.includes(notice)) return;
    log(notice);
    if (notices.length < 100) notices.push(notice);
  };
}

function readOnlyError(folder: string): PatchwrightError {
  return new PatchwrightError('read_only', {
    what: `Could not write to ${folder}.`,
    why: 'The backlog is open for reading only, as in a folder that is not trusted.',
    remedy: 'Trust the folder (or make it writable) and try again.',
  });
}
