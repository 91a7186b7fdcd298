import { createHash } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import * as z from 'zod/mini';
import { explainFileError, systemCode } from '../core/errors.ts';
import { createTurns } from '../core/turns.ts';
import { syncFolder, type Paths } from './paths.ts';
import { writerPattern } from './schemas.ts';

/** At a time. */
const hashedBytes = 256 * 1024;

const covered = z.record(
  z.string().check(z.regex(writerPattern)),
  z.strictObject({ bytes: z.int(), seq: z.int(), bad: z.int() }),
);

const entry = z.object({
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  bytes: z.int(),
  schemaVersion: z.int(),
  at: z.string().check(z.maxLength(40)),
  covered,
});

/** What is known of a snapshot, beside it: enough to check it and to say which journals it holds. */
export type SnapshotEntry = z.infer<typeof entry>;

const sidecar = z.object({ snapshots: z.array(entry).check(z.maxLength(10)) });

/** Written twice, so that one damaged sidecar does not make two good snapshots worthless. */
export function sidecarsOf(paths: Paths): readonly string[] {
  return [`${paths.database}.json`, `${paths.previous}.json`];
}

/** All snapshots either sidecar lists, the newest first. */
export async function readEntries(paths: Paths): Promise<readonly SnapshotEntry[]> {
  const lists = await Promise.all(sidecarsOf(paths).map(readSidecar));
  const byHash = new Map(lists.flat().map((item) => [item.sha256, item]));
  return [...byHash.values()];
}

async function readSidecar(file: string): Promise<readonly SnapshotEntry[]> {
  try {
    const parsed = z.safeParse(sidecar, JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.data.snapshots : [];
  } catch (error) {
    if (error instanceof SyntaxError || isAbsent(error)) return [];
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error) ?? '');
}

export type SnapshotCheck =
  | { readonly kind: 'good'; readonly bytes: Buffer; readonly entry: SnapshotEntry }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Every flipped bit and every cut shows in the hash; an empty file would even open as a database. */
export async function checkSnapshot(
  file: string,
  entries: readonly SnapshotEntry[],
): Promise<SnapshotCheck> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (isAbsent(error)) return { kind: 'missing' };
    throw error;
  }
  if (bytes.length === 0) return { kind: 'failed', reason: 'it is empty' };
  const sha256 = await hashOf(bytes);
  const found = entries.find((item) => item.sha256 === sha256);
  return found
    ? { kind: 'good', bytes, entry: found }
    : { kind: 'failed', reason: 'its checksum is not the one noted when it was written' };
}

export async function hashOf(bytes: Uint8Array): Promise<string> {
  const turns = createTurns();
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += hashedBytes) {
    hash.update(bytes.subarray(at, at + hashedBytes));
    if (turns.isOver()) await turns.next();
  }
  return hash.digest('hex');
}

/** A damaged one. One that a newer version wrote is none of them: it may be wanted again. */
export const setAsidePattern = /^backlog(?:\.previous)?\.sqlite\.corrupt-[0-9A-Z-]+$/;

/** Keeps a file that failed its check under a name of its own. Gives the name. */
export async function setAside(
  file: string,
  label: 'corrupt' | 'newer',
  at: Date,
): Promise<string> {
  const name = `${file}.${label}-${at.toISOString().replaceAll(/[:.]/g, '-')}`;
  for (let number = 1; ; number++) {
    const kept = number === 1 ? name : `${name}-${number}`;
    if (await exists(kept)) continue;
    await rename(file, kept);
    return kept;
  }
}

async function exists(file: string): Promise<boolean> {
  return (await identityOf(file)) !== undefined;
}

/** Changes whenever a file is replaced or written to; undefined when there is none. */
export async function identityOf(file: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    return `${ino}:${size}:${mtimeMs}`;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/**
 * Puts a new snapshot in place of the last, which becomes the previous one. The sidecars go first and
 * list both, so that a crash at any moment leaves two files that are known. Only under the lock.
 */
export async function putSnapshot(
  paths: Paths,
  bytes: Uint8Array,
  fresh: SnapshotEntry,
  known: readonly SnapshotEntry[],
): Promise<void> {
  const temporary = temporaryName(paths.database);
  try {
    await writeDurably(temporary, bytes);
    const snapshots = [fresh, ...known.filter((item) => item.sha256 !== fresh.sha256)].slice(0, 4);
    const text = Buffer.from(`${JSON.stringify({ snapshots }, undefined, 1)}\n`);
    for (const file of sidecarsOf(paths)) await replace(file, text);
    await keepPrevious(paths);
    await rename(temporary, paths.database);
    await syncFolder(paths.folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw explainFileError(error, paths.database);
  }
}

/** A file that is named after its content, on the disk once this resolves. */
export async function putOnce(paths: Paths, file: string, bytes: Uint8Array): Promise<void> {
  try {
    if (await exists(file)) return;
    await replace(file, bytes);
    await syncFolder(paths.folder);
  } catch (error) {
    throw explainFileError(error, file);
  }
}

export const temporaryPattern = /^(?:backlog|archive-[0-9a-f]{16})\.[a-z.]+\.[0-9a-f]+\.tmp$/;

function temporaryName(file: string): string {
  return `${file}.${process.hrtime.bigint().toString(16)}${process.pid.toString(16)}.tmp`;
}

async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function replace(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = temporaryName(file);
  try {
    await writeDurably(temporary, bytes);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** By a hard link, so that `backlog.sqlite` is there at every moment; by a rename where there are none. */
async function keepPrevious(paths: Paths): Promise<void> {
  if (!(await exists(paths.database))) return;
  const temporary = temporaryName(paths.previous);
  try {
    await link(paths.database, temporary);
  } catch {
    await rename(paths.database, paths.previous);
    return;
  }
  await rename(temporary, paths.previous);
  await rm(temporary, { force: true }); // a rename between two names of one file leaves both
}
