import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isPatchwrightError, systemCode } from '../core/errors.ts';
import type { Git } from '../core/ports.ts';
import { dirtyPaths, kindAt } from './overwrites.ts';
import { absent, type TreeChange } from './treeDiff.ts';

/** A file's bytes and mode, or a link's target. */
type Copy = { readonly bytes: Buffer; readonly mode: number } | string;
const link = '120000';
export type Copies = ReadonlyMap<string, Copy>;

/** What is about to be replaced. In memory: a patch touches few files, and a filter may be why it failed. */
export function copyFiles(root: string, changes: readonly TreeChange[]): Copies {
  const copies = new Map<string, Copy>();
  for (const { path } of changes) {
    const at = join(root, path);
    const kind = kindAt(at);
    if (kind === 'file') copies.set(path, { bytes: readFileSync(at), mode: lstatSync(at).mode });
    if (kind === 'link') copies.set(path, readlinkSync(at));
  }
  return copies;
}

/** The same of what was committed: before a move it was what lay there. */
export async function committedFiles(
  git: Git,
  commit: string,
  changes: readonly TreeChange[],
): Promise<Copies> {
  const copies = new Map<string, Copy>();
  for (const { path, oldMode } of changes) {
    if (oldMode === absent) continue;
    const object = `${commit}:${path}`;
    if (oldMode === link) copies.set(path, await git.run(['cat-file', 'blob', object]));
    else {
      const mode = oldMode === '100755' ? 0o755 : 0o644;
      copies.set(path, { bytes: await git.bytes(['cat-file', '--filters', object]), mode });
    }
  }
  return copies;
}

/**
 * Takes back what a failed fast-forward may have written (a filter that failed, a full disk, a hook that
 * refused the ref). All of `changes` was clean before it, so what lies there now is the old content, the
 * new one or its beginning; anything else is an edit the user made within this moment, and stays.
 */
export async function undoFailedMove(
  git: Git,
  oldHead: string,
  commit: string,
  changes: readonly TreeChange[],
  copies: Copies,
): Promise<void> {
  // Where the index was already written: the way back, under git's own checks.
  await git.code(['read-tree', '-m', '-u', commit, oldHead], { okCodes: [0, 1, 128] });
  const dirty = new Set(await dirtyPaths(git));
  for (const change of changes) {
    const isDirty = dirty.has(change.path);
    if (change.oldMode !== absent && isDirty) {
      await restoreIfOurs(git, commit, change, copies.get(change.path));
    } else if (change.oldMode === absent && !isDirty) {
      await removeIfOurs(git, commit, change);
    }
  }
}

async function removeIfOurs(git: Git, commit: string, change: TreeChange): Promise<void> {
  if (!(await isOurs(git, commit, change))) return;
  unlinkSync(join(git.cwd, change.path));
  removeEmptyFolders(git.cwd, dirname(change.path));
}

async function restoreIfOurs(
  git: Git,
  commit: string,
  change: TreeChange,
  copy: Copy | undefined,
): Promise<void> {
  const path = join(git.cwd, change.path);
  const gone = kindAt(path) === undefined;
  if (!copy || !(gone || (await isOurs(git, commit, change)))) return;
  rmSync(path, { force: true });
  mkdirSync(dirname(path), { recursive: true });
  if (typeof copy === 'string') symlinkSync(copy, path);
  else {
    writeFileSync(path, copy.bytes);
    chmodSync(path, copy.mode & 0o7777);
  }
}

/** Whether the file is what git was writing: all of the new content or the beginning of it. */
async function isOurs(git: Git, commit: string, change: TreeChange): Promise<boolean> {
  const path = join(git.cwd, change.path);
  const kind = kindAt(path);
  if (kind === undefined || change.newMode === absent) return false;
  const object = `${commit}:${change.path}`;
  if (change.newMode === link) {
    return kind === 'link' && readlinkSync(path) === (await git.run(['cat-file', 'blob', object]));
  }
  const filtered = kind === 'file' ? await smudged(git, object) : undefined;
  const onDisk = filtered ? readFileSync(path) : Buffer.alloc(0);
  return filtered?.subarray(0, onDisk.length).equals(onDisk) ?? false;
}

/** undefined when a filter fails: then git can't have written the file either. */
async function smudged(git: Git, object: string): Promise<Buffer | undefined> {
  try {
    return await git.bytes(['cat-file', '--filters', object]);
  } catch (error) {
    if (isPatchwrightError(error, 'git_failed')) return undefined;
    throw error;
  }
}

function removeEmptyFolders(root: string, folder: string): void {
  if (folder === '.') return;
  try {
    rmdirSync(join(root, folder));
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(systemCode(error) ?? '')) return;
    throw error;
  }
  removeEmptyFolders(root, dirname(folder));
}
