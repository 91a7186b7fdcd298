import { dirname, relative } from 'node:path';
import { errorMessage } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import { tryLock, type Unlock } from './lock.ts';
import { createMemory, type Memory } from './memory.ts';
import { schemaVersion } from './migrations.ts';
import type { Paths } from './paths.ts';
import { checkSnapshot, readEntries, setAside } from './snapshotFile.ts';
import type { Engine } from './sqlite.ts';

export interface LoadOptions {
  readonly paths: Paths;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
  readonly readOnly: boolean;
  /** What a person must be told. */
  readonly tell: (notice: string) => void;
}

export const snapshotLock = 'snapshot';

/**
 * The newest snapshot that passes its check, else the previous one, else an empty database; the
 * journals make up for the rest. A snapshot that fails is kept aside, never overwritten.
 */
export async function loadMemory(options: LoadOptions): Promise<Memory> {
  const first = await tryLoad(options);
  if (first.failures.length === 0) return first.memory;
  if (options.readOnly) return report(first, options);
  // Another window may just be replacing the files. Look again while nobody can be.
  first.memory.sql.close();
  const unlock = await lockPatiently(options);
  try {
    const second = await tryLoad(options);
    return await report(second, options, unlock !== undefined);
  } finally {
    await unlock?.();
  }
}

interface Failure {
  readonly file: string;
  readonly reason: string;
  readonly label: 'corrupt' | 'newer';
}

interface Loaded {
  readonly memory: Memory;
  readonly failures: readonly Failure[];
  readonly source: 'newest' | 'previous' | 'journals';
}

async function tryLoad({ paths, engine }: LoadOptions): Promise<Loaded> {
  const failures: Failure[] = [];
  for (const file of [paths.database, paths.previous]) {
    const entries = await readEntries(paths);
    const loaded = await loadFile(engine, file, entries);
    if (loaded === undefined) continue;
    if ('reason' in loaded) failures.push(loaded);
    else {
      const source = file === paths.database ? 'newest' : 'previous';
      return { memory: loaded.memory, failures, source };
    }
  }
  return { memory: createMemory(engine), failures, source: 'journals' };
}

async function loadFile(
  engine: Engine,
  file: string,
  entries: Awaited<ReturnType<typeof readEntries>>,
): Promise<Failure | { memory: Memory } | undefined> {
  const checked = await checkFile(file, entries);
  if (checked.kind === 'missing') return undefined;
  if (checked.kind === 'failed') return { file, reason: checked.reason, label: 'corrupt' };
  if (checked.entry.schemaVersion > schemaVersion) {
    return { file, reason: 'it was written by a newer version of Patchwright', label: 'newer' };
  }
  try {
    return { memory: createMemory(engine, checked.bytes) };
  } catch (error) {
    return { file, reason: errorMessage(error), label: 'corrupt' };
  }
}

async function checkFile(file: string, entries: Parameters<typeof checkSnapshot>[1]) {
  try {
    return await checkSnapshot(file, entries);
  } catch (error) {
    return { kind: 'failed' as const, reason: errorMessage(error) };
  }
}

async function report(
  { memory, failures, source }: Loaded,
  { paths, readOnly, clock, tell }: LoadOptions,
  mayRename = false,
): Promise<Memory> {
  const shown = (file: string): string => relative(dirname(paths.folder), file);
  const { origin, advice } = source === 'journals' ? fromJournals : fromPrevious;
  for (const { file, reason, label } of failures) {
    const kept =
      readOnly || !mayRename ? 'it was left as it is' : await keep(file, label, clock.now(), shown);
    tell(
      [
        `The backlog was rebuilt from ${origin}: its snapshot ${shown(file)} was not used, for ${reason}; ${kept}.`,
        label === 'newer' ? 'Update Patchwright to use it again.' : advice,
      ].join(' '),
    );
  }
  return memory;
}

/** A journal is deleted once both snapshots hold it: with one of them all is there. */
const fromPrevious = {
  origin: 'the previous snapshot and the journals',
  advice: 'Nothing needs to be done.',
};
const fromJournals = {
  origin: 'the journals',
  advice:
    'Look whether old tickets are missing; if so, close all windows here and bring back .patchwright from a backup.',
};

async function keep(
  file: string,
  label: 'corrupt' | 'newer',
  at: Date,
  shown: (file: string) => string,
): Promise<string> {
  try {
    return `it is kept as ${shown(await setAside(file, label, at))}`;
  } catch (error) {
    return `it could not be set aside (${errorMessage(error)}) and was left as it is`;
  }
}

/** Whoever is writing a snapshot is done soon; a dead one's lock is stale after ten seconds. */
async function lockPatiently({ paths, log }: LoadOptions): Promise<Unlock | undefined> {
  const giveUpAt = performance.now() + 12_000;
  try {
    for (;;) {
      const unlock = await tryLock(`${paths.folder}/${snapshotLock}`, log);
      if (unlock || performance.now() > giveUpAt) return unlock;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  } catch (error) {
    log(`No lock for the backlog's snapshot: ${errorMessage(error)}`);
    return undefined;
  }
}
