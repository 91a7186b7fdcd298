import { createHash } from 'node:crypto';
import { chmodSync, constants, type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs';
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readFile,
  readlink,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { systemCode, throwIfCancelled } from '../core/errors.ts';
import { removeTree } from './ownFolder.ts';

/** Stats of an entry in the source and of its copy; a difference in either means: copy again. */
export interface CopiedEntry {
  readonly source: string;
  readonly copy: string;
  /** Its text names the worktree, so no other worktree can use it. */
  readonly rewritten?: true;
}
export type Manifest = ReadonlyMap<string, CopiedEntry>;

export interface CopyPlan {
  /** Real folder that is copied. */
  readonly source: string;
  /** The user's tree: links into it will point into `newTop` instead. */
  readonly top: string;
  readonly target: string;
  readonly newTop: string;
  /** Files whose text may name `top`. */
  readonly mayName: (path: string) => boolean;
}

const parallelCopies = 8;
/** How long a walk may keep the thread before others get their turn. */
const sliceMs = 8;
const maxRewrittenBytes = 1 << 20;
/** Written by tools while tests run; never the same twice and never needed. */
const caches = new Set(['.cache', '.vite', '.vite-temp', '.vitest', '.turbo']);

/**
 * Every entry below a folder by its relative path, parents first. In the user's folder caches of tools are
 * left out; in a copy of ours everything counts, and folders that a test closed are opened.
 */
export async function walk(
  root: string,
  whose: 'theirs' | 'ours',
  signal?: AbortSignal,
): Promise<Map<string, Stats>> {
  const found = new Map<string, Stats>();
  const folders = [''];
  let since = performance.now();
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(join(root, folder), whose)) {
      if (whose === 'theirs' && folder === '' && caches.has(entry.name)) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const stats = lstatSync(join(root, path), { throwIfNoEntry: false });
      if (!stats) continue;
      found.set(path, stats);
      if (stats.isDirectory()) folders.push(path);
    }
    if (performance.now() - since < sliceMs) continue;
    await setImmediate();
    throwIfCancelled(signal);
    since = performance.now();
  }
  return found;
}

function entriesOf(folder: string, whose: 'theirs' | 'ours'): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (code === 'EACCES' && whose === 'ours') {
      chmodSync(folder, 0o700);
      return readdirSync(folder, { withFileTypes: true });
    }
    // Gone meanwhile, or closed to us: what can't be read can't be copied either.
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(code)) return [];
    throw error;
  }
}

export function bytesOf(entries: ReadonlyMap<string, Stats>): number {
  let bytes = 0;
  for (const stats of entries.values()) if (stats.isFile()) bytes += stats.size;
  return bytes;
}

/** ctime is in it: contents, times and sizes can be put back after a change, ctime can't. */
export function signatureOf(stats: Stats): string {
  if (stats.isDirectory()) return `d${(stats.mode & 0o777).toString(8)}`;
  const { mode, size, mtimeMs, ctimeMs, ino } = stats;
  return `${mode.toString(8)}:${size}:${mtimeMs}:${ctimeMs}:${ino}`;
}

/** Whether the copy is exactly what was copied: nothing changed, nothing missing, nothing added. */
export async function isUntouched(
  target: string,
  manifest: Manifest,
  signal?: AbortSignal,
): Promise<boolean> {
  const now = await walk(target, 'ours', signal);
  if (now.size !== manifest.size) return false;
  for (const [path, { copy }] of manifest) {
    const stats = now.get(path);
    if (!stats || signatureOf(stats) !== copy) return false;
  }
  return true;
}

/** A hash that changes when anything in these folders does, but the caches of tools. */
export async function stateOf(
  root: string,
  folders: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const kind = lstatSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory();
    hash.update(`${folder}\0${kind}\0`);
    if (!kind) continue;
    for (const [path, stats] of await walk(join(root, folder), 'theirs', signal)) {
      hash.update(`${path}\0${signatureOf(stats)}\0`);
    }
  }
  return hash.digest('hex');
}

/**
 * Makes `target` a copy of `source`, copying only what `previous` does not vouch for, and removing the
 * rest. Real copies (shared blocks where the file system can), never hard links: a test that writes to
 * its copy must not write to the user's.
 */
export async function syncCopy(
  plan: CopyPlan,
  entries: ReadonlyMap<string, Stats>,
  previous: Manifest,
  signal?: AbortSignal,
): Promise<Manifest> {
  const there = (await isRealFolder(plan.target))
    ? await walk(plan.target, 'ours', signal)
    : undefined;
  if (!there) await removeTree(plan.target);
  await mkdir(plan.target, { recursive: true });
  const stale = staleEntries(entries, there ?? new Map(), previous);
  for (const path of stale.remove) await removeTree(join(plan.target, path));
  for (const [path, stats] of entries) {
    if (stats.isDirectory() && !stale.kept.has(path))
      await makeFolder(join(plan.target, path), stats);
  }
  const manifest = new Map<string, CopiedEntry>();
  await inParallel(
    parallelCopies,
    entries,
    async ([path, stats]) => {
      const old = previous.get(path);
      const entry = stale.kept.has(path) && old ? old : await copyEntry(plan, path, stats);
      if (entry) manifest.set(path, entry);
    },
    signal,
  );
  return manifest;
}

function staleEntries(
  entries: ReadonlyMap<string, Stats>,
  there: ReadonlyMap<string, Stats>,
  previous: Manifest,
): { kept: Set<string>; remove: string[] } {
  const kept = new Set<string>();
  const remove: string[] = [];
  for (const [path, stats] of there) {
    const source = entries.get(path);
    const entry = previous.get(path);
    const good =
      source !== undefined &&
      entry !== undefined &&
      !entry.rewritten &&
      entry.source === signatureOf(source) &&
      entry.copy === signatureOf(stats);
    if (good) kept.add(path);
    // A folder that stays a folder keeps its children; each is judged by itself.
    else if (!(source?.isDirectory() && stats.isDirectory())) remove.push(path);
  }
  return { kept, remove };
}

async function isRealFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function makeFolder(path: string, stats: Stats): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, (stats.mode & 0o777) | 0o700);
}

async function copyEntry(
  plan: CopyPlan,
  path: string,
  stats: Stats,
): Promise<CopiedEntry | undefined> {
  const from = join(plan.source, path);
  const to = join(plan.target, path);
  try {
    const rewritten = await copyOne(plan, path, from, to, stats);
    const copy = signatureOf(await lstat(to));
    return { source: signatureOf(stats), copy, ...(rewritten ? { rewritten } : {}) };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined; // removed from the source meanwhile
    if (systemCode(error) === 'EACCES') return undefined; // not readable for us, nor for the tests
    throw error;
  }
}

async function copyOne(
  plan: CopyPlan,
  path: string,
  from: string,
  to: string,
  stats: Stats,
): Promise<boolean> {
  if (stats.isSymbolicLink()) {
    await symlink(relinked(plan, path, await readlink(from)), to);
    return false;
  }
  if (!stats.isFile()) return false; // folders are there already; sockets and pipes can't be copied
  if (plan.mayName(path) && stats.size <= maxRewrittenBytes) {
    const text = await readFile(from, 'latin1'); // bytes survive, whatever the encoding
    const moved = renamed(text, plan.top, plan.newTop);
    if (moved !== text) {
      await writeFile(to, moved, { encoding: 'latin1', mode: stats.mode & 0o777, flag: 'wx' });
      return true;
    }
  }
  await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  // Python takes compiled files for stale when their source's time differs.
  if (path.endsWith('.py')) await utimes(to, stats.atime, stats.mtime);
  return false;
}

/** Where a link must point so that it means the same in the worktree, and never the user's own packages. */
function relinked({ source, top, target, newTop }: CopyPlan, path: string, link: string): string {
  const at = dirname(join(source, path));
  const points = resolve(at, link);
  if (isInside(points, source)) {
    return isAbsolute(link)
      ? relative(dirname(join(target, path)), join(target, relative(source, points)))
      : link;
  }
  if (isInside(points, top)) {
    return relative(dirname(join(target, path)), join(newTop, relative(top, points)));
  }
  return points;
}

export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Replaces a folder's path where it stands as a whole, not as the start of a longer name. */
export function renamed(text: string, from: string, to: string): string {
  const [old, now] = [from, to].map((path) => Buffer.from(path, 'utf8').toString('latin1'));
  return text.split(old ?? '').reduce((before, after) => {
    const whole = after === '' || !/^[\w.-]/.test(after);
    return before + (whole ? now : old) + after;
  });
}

async function inParallel<T>(
  width: number,
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let failure: unknown;
  const lane = async (): Promise<void> => {
    for (let item = queue.next(); !item.done; item = queue.next()) {
      if (failure !== undefined || signal?.aborted) return;
      await work(item.value).catch((error: unknown) => {
        failure ??= error;
      });
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  if (failure !== undefined) throw failure;
  throwIfCancelled(signal);
}
