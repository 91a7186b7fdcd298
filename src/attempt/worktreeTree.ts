import { createHash, randomUUID } from 'node:crypto';
import { copyFile, lstat, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PatchwrightError, throwIfCancelled } from '../core/errors.ts';
import type { Git, GitOptions } from '../core/ports.ts';
import { isInside } from './dependencyCopy.ts';
import { indexBeside, openUp, removeTree, type Seal } from './ownFolder.ts';

/** Bytes in the worktree are those of the repository, and submodules stay empty. */
const asCommitted = [
  '-c',
  'core.autocrlf=false',
  '-c',
  'core.safecrlf=false',
  '-c',
  'submodule.recurse=false',
];
/** What a test does to a file's time or size must not hide that it changed it. */
const watchful = [
  '-c',
  'core.trustctime=true',
  '-c',
  'core.checkStat=default',
  '-c',
  'core.untrackedCache=false',
];

/**
 * git for a worktree of ours. The repository is named outright and not found through the folder's `.git`
 * file, which whatever runs in there may replace.
 */
export function worktreeGit(git: Git, path: string, adminDir: string): Git {
  const pin = (options: GitOptions = {}): GitOptions => ({
    ...options,
    extraEnv: { GIT_DIR: adminDir, GIT_WORK_TREE: path, ...options.extraEnv },
  });
  const bind = (inner: Git): Git => ({
    cwd: inner.cwd,
    run: (args, options) => inner.run([...asCommitted, ...watchful, ...args], pin(options)),
    bytes: (args, options) => inner.bytes([...asCommitted, ...watchful, ...args], pin(options)),
    code: (args, options) => inner.code([...asCommitted, ...watchful, ...args], pin(options)),
    at: (cwd) => (isInside(cwd, path) ? bind(git.at(cwd)) : git.at(cwd)),
    withHooks: () => bind(inner.withHooks()),
  });
  return bind(git.at(path));
}

export async function sealOf(path: string): Promise<Seal> {
  const pointer = await readFile(join(path, '.git'), 'utf8');
  const adminDir = /^gitdir: ([^\n]{1,4096})\n?$/.exec(pointer)?.[1];
  if (!adminDir) throw tampered(path);
  return { adminDir, hash: await adminHash(adminDir) };
}

/** Puts the folder's `.git` file right, and throws `worktree_failed` if git's side of it was changed. */
export async function assertSealed(path: string, seal: Seal): Promise<void> {
  if ((await adminHash(seal.adminDir)) !== seal.hash) throw tampered(path);
  const pointer = join(path, '.git');
  const expected = `gitdir: ${seal.adminDir}\n`;
  const entry = await lstat(pointer).catch(() => undefined);
  if (entry?.isFile() && entry.nlink === 1 && (await readFile(pointer, 'utf8')) === expected)
    return;
  await removeTree(pointer);
  await writeFile(pointer, expected);
}

async function adminHash(adminDir: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of [
    'commondir',
    'gitdir',
    'config.worktree',
    'info/sparse-checkout',
    'info/attributes',
  ]) {
    const content = await readFile(join(adminDir, name)).catch(() => Buffer.from('absent'));
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function tampered(path: string): PatchwrightError {
  return new PatchwrightError('worktree_failed', {
    what: `The worktree ${path} is no longer the one that was made.`,
    why: 'Something that ran in it changed its link to the repository.',
    remedy: 'Draft again; a fresh worktree will be made.',
  });
}

export interface Lay {
  readonly git: Git;
  readonly path: string;
  readonly adminDir: string;
  readonly treeish: string;
  /** Folders relative to the worktree that cleaning leaves alone. */
  readonly keep: readonly string[];
  /** A new worktree needs no cleaning. */
  readonly fresh?: boolean;
  /** What lies there is this tree and `keep`, known for certain. */
  readonly holds?: string;
  /** `treeish` is a commit, and HEAD may move to it. */
  readonly movesHead?: boolean;
}

/** Makes tracked files exactly those of `treeish` and removes all others but `keep`. */
export async function layTree(lay: Lay, signal?: AbortSignal): Promise<void> {
  try {
    await layOnce(lay, signal);
  } catch (error) {
    throwIfCancelled(signal);
    // A test may have left folders that can't be read: open them and try once more.
    await openUp(lay.path);
    await layOnce(lay, signal).catch(() => {
      throw error;
    });
  }
}

async function layOnce(lay: Lay, signal?: AbortSignal) {
  const { git, path, adminDir, treeish, keep, fresh, holds, movesHead } = lay;
  if (holds === treeish) return;
  if (!fresh) await restoreIndex(path, adminDir);
  // The same to the files; but checkout looks for changed ones in several threads, read-tree in one.
  const lays = movesHead
    ? ['checkout', '--force', '--quiet', '--no-recurse-submodules', '--detach', treeish, '--']
    : ['read-tree', '-u', '--reset', '--no-recurse-submodules', treeish];
  await git.run(lays, { signal });
  if (fresh || holds !== undefined) return;
  const kept = keep.flatMap((folder) => ['-e', `/${escapePattern(folder)}`]);
  await git.run(['clean', '-ffdxq', ...kept], { signal });
}

/** For .gitignore syntax. */
export function escapePattern(path: string): string {
  return path.replace(/[\\*?[\]!#]/g, '\\$&').replace(/ $/, '\\ ');
}

/** Keeps the index as it is right after laying out: what runs later may set flags in git's own. */
export async function saveIndex(path: string, adminDir: string): Promise<void> {
  await copyIndex(join(adminDir, 'index'), indexBeside(path));
}

export async function restoreIndex(path: string, adminDir: string): Promise<void> {
  await rm(join(adminDir, 'index.lock'), { force: true }); // of a git that was killed
  const saved = await lstat(indexBeside(path)).catch(() => undefined);
  if (!saved) return rm(join(adminDir, 'index'), { force: true });
  return copyIndex(indexBeside(path), join(adminDir, 'index'));
}

/** With its time: git takes entries as old as the index itself for unsure and looks at their content. */
async function copyIndex(from: string, to: string): Promise<void> {
  const { atime, mtime } = await stat(from);
  await copyFile(from, to);
  await utimes(to, atime, mtime);
}

/** Runs `work` with an index of its own, a copy of the clean one or empty. */
export async function withIndex<T>(
  path: string,
  start: 'clean' | 'empty',
  work: (extraEnv: Record<string, string>) => Promise<T>,
): Promise<T> {
  const file = `${path}.index.${randomUUID().slice(0, 8)}`;
  try {
    if (start === 'clean') await copyIndex(indexBeside(path), file);
    return await work({ GIT_INDEX_FILE: file });
  } finally {
    await rm(file, { force: true });
    await rm(`${file}.lock`, { force: true });
  }
}

/** The tree of `base` with `files` as they are in `commit` (absent there: absent in the result). */
export async function treeWith(
  git: Git,
  path: string,
  base: string,
  commit: string,
  files: readonly string[],
): Promise<string> {
  const wanted = new Set(files);
  if (files.length === 0) return git.run(['rev-parse', `${base}^{tree}`]);
  const removed = files.map((file) => `0 ${'0'.repeat(base.length)}\t${file}\0`);
  const found = (await git.run(['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...files]))
    .split('\0')
    .filter((line) => wanted.has(line.slice(line.indexOf('\t') + 1)));
  return withIndex(path, 'empty', async (extraEnv) => {
    await git.run(['read-tree', base], { extraEnv });
    const input = [...removed, ...found.map((line) => `${line}\0`)].join('');
    await git.run(['update-index', '-z', '--index-info'], { extraEnv, input });
    return git.run(['write-tree'], { extraEnv });
  });
}
