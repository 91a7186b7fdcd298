import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import { isSurelyDead } from './identity.ts';
import { listJournals } from './journals.ts';
import { journalFile } from './journalWriter.ts';
import { snapshotLock } from './loadMemory.ts';
import { tryLock } from './lock.ts';
import type { CoveredBy, Memory } from './memory.ts';
import { schemaVersion } from './migrations.ts';
import { makeFolders, type Paths } from './paths.ts';
import { readJournal } from './readJournal.ts';
import type { Serial } from './serial.ts';
import {
  checkSnapshot,
  hashOf,
  identityOf,
  putSnapshot,
  readEntries,
  type SnapshotEntry,
  setAside,
  temporaryPattern,
} from './snapshotFile.ts';

export interface SnapshotsOptions {
  readonly paths: Paths;
  readonly clock: Clock;
  readonly log: Log;
  readonly serial: Serial;
  readonly memory: () => Memory;
  /** Takes in what others wrote, and a snapshot that covers journals which are gone. */
  refresh(): Promise<void>;
  /** Is this a writer whose journal may go although its process, ours, lives? */
  isLeft(writer: string): boolean;
  isOwn(writer: string): boolean;
  tell(notice: string): void;
}

const hourMs = 3_600_000;
const quietMs = 60_000;
const forgetMs = 24 * hourMs;

/** Brings `backlog.sqlite` up to the journals; quietly does nothing when another process is at it. */
export function createSnapshots(options: SnapshotsOptions): () => Promise<void> {
  const { paths, clock, log, serial, memory } = options;
  const verified = new Map<string, { identity: string; entry: SnapshotEntry }>();

  async function snapshot(): Promise<void> {
    if (memory().covered.size === 0) return;
    await makeFolders(paths);
    const unlock = await tryLock(join(paths.folder, snapshotLock), log);
    if (!unlock) return;
    try {
      await underLock();
    } finally {
      await unlock();
    }
  }

  async function underLock(): Promise<void> {
    await options.refresh();
    const newest = await verify(paths.database);
    if (newest === 'newer') return;
    if (newest && coversAll(newest, memory().covered)) return;
    const previous = await verify(paths.previous);
    if (previous === 'newer') return;
    const now = clock.now();
    const { bytes, covered } = await serial(async () => take(now));
    const entry = await entryOf(bytes, covered, now);
    const known = [newest, previous].filter((item) => item !== undefined);
    await putSnapshot(paths, bytes, entry, known);
    await note(paths.database, entry);
    if (newest) await note(paths.previous, newest);
    if (newest) await compact(entry, newest, now);
    await removeOldTemporaries(now);
  }

  /** Copying the memory must not meet a commit half-way. */
  function take(now: Date): { bytes: Uint8Array; covered: CoveredBy } {
    const bytes = memory().export(now.toISOString());
    return { bytes, covered: new Map(memory().covered) };
  }

  /** What a file on the disk covers; one that fails is set aside before anything takes its place. */
  async function verify(file: string): Promise<SnapshotEntry | 'newer' | undefined> {
    const identity = await identityOf(file);
    if (identity === undefined) return undefined;
    const known = verified.get(file);
    if (known?.identity === identity) return known.entry;
    const checked = await checkSnapshot(file, await readEntries(paths));
    if (checked.kind === 'missing') return undefined;
    if (checked.kind === 'good') {
      if (checked.entry.schemaVersion > schemaVersion) return tellNewer(file);
      verified.set(file, { identity, entry: checked.entry });
      return checked.entry;
    }
    const kept = await setAside(file, 'corrupt', clock.now());
    options.tell(
      `The backlog's snapshot ${file} was damaged: ${checked.reason}. It is kept as ${kept}; a new one was written.`,
    );
    return undefined;
  }

  let isNewerTold = false;

  function tellNewer(file: string): 'newer' {
    if (!isNewerTold) {
      options.tell(
        `A newer version of Patchwright keeps the snapshot ${file}; this one leaves it alone.`,
      );
    }
    isNewerTold = true;
    return 'newer';
  }

  async function note(file: string, entry: SnapshotEntry): Promise<void> {
    const identity = await identityOf(file);
    if (identity !== undefined) verified.set(file, { identity, entry });
  }

  /** Deletes journals that both snapshots hold to the end and whose writer is surely no more. */
  async function compact(newest: SnapshotEntry, previous: SnapshotEntry, now: Date): Promise<void> {
    for (const writer of await listJournals(paths)) {
      if (options.isOwn(writer)) continue;
      const bytes = Math.min(
        newest.covered[writer]?.bytes ?? 0,
        previous.covered[writer]?.bytes ?? 0,
      );
      if (bytes === 0 || (newest.covered[writer]?.bad ?? 0) > 0) continue;
      if (await isOver(writer, bytes, now)) await rm(journalFile(paths, writer), { force: true });
    }
    const present = new Set(await listJournals(paths));
    memory().forget(present, new Date(now.getTime() - forgetMs).toISOString());
  }

  async function isOver(writer: string, coveredBytes: number, now: Date): Promise<boolean> {
    const file = journalFile(paths, writer);
    const before = await stat(file).catch(ignoreAbsent);
    if (!before || now.getTime() - before.mtimeMs < quietMs) return false;
    const isDead = options.isLeft(writer) || (await isWriterDead(file));
    return isDead && !(await hasLinesAfter(file, coveredBytes));
  }

  async function removeOldTemporaries(now: Date): Promise<void> {
    for (const name of await readdir(paths.folder)) {
      if (!temporaryPattern.test(name)) continue;
      const file = join(paths.folder, name);
      const found = await stat(file).catch(ignoreAbsent);
      if (found && now.getTime() - found.mtimeMs > hourMs) await rm(file, { force: true });
    }
  }

  return snapshot;
}

async function entryOf(bytes: Uint8Array, covered: CoveredBy, now: Date): Promise<SnapshotEntry> {
  return {
    sha256: await hashOf(bytes),
    bytes: bytes.length,
    schemaVersion,
    at: now.toISOString(),
    covered: Object.fromEntries(covered),
  };
}

function coversAll(entry: SnapshotEntry, covered: CoveredBy): boolean {
  return [...covered].every(([writer, { bytes, seq }]) => {
    const there = entry.covered[writer];
    return there !== undefined && there.seq >= seq && there.bytes >= bytes;
  });
}

/** A first line that can't be read says nothing: the journal is then kept. */
async function isWriterDead(file: string): Promise<boolean> {
  for await (const [entry] of readJournal(file, 0)) {
    const from = entry?.decoded.kind === 'line' ? entry.decoded.line.from : undefined;
    return from !== undefined && isSurelyDead(from);
  }
  return false;
}

/** A torn last line of a dead writer was never acknowledged and is no reason to keep the file. */
async function hasLinesAfter(file: string, offset: number): Promise<boolean> {
  for await (const entries of readJournal(file, offset)) if (entries.length > 0) return true;
  return false;
}

function ignoreAbsent(error: unknown): undefined {
  if (systemCode(error) === 'ENOENT') return undefined;
  throw error;
}
