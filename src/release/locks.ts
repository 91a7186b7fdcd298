import type { Dirent } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { systemCode } from '../core/errors.ts';
import type { Git } from '../core/ports.ts';

/** A file with which git keeps others away; one that a power cut or a kill left behind does so for ever. */
export interface GitLock {
  readonly file: string;
  /** Below git's folder. */
  readonly name: string;
  readonly at: string;
}

/** The locks of this repository: of its index, HEAD, configuration and packed refs, and of branches. */
export async function gitLocks(deps: { readonly git: Git }): Promise<readonly GitLock[]> {
  const where = ['rev-parse', '--path-format=absolute', '--git-dir', '--git-common-dir'];
  const [own = '', common = own] = (await deps.git.run(where)).split('\n');
  const folders = new Set([own, common]);
  const names = [...folders].map((folder) => locksIn(folder, false));
  const files = [
    ...(await Promise.all(names)).flat(),
    ...(await locksIn(join(common, 'refs'), true)),
  ];
  const locks = await Promise.all(files.map((file) => lockAt(file, common)));
  return locks.filter((lock) => lock !== undefined);
}

export async function dropLock({ file }: GitLock): Promise<void> {
  await rm(file, { force: true, maxRetries: 5, retryDelay: 50 }); // Windows: its git may be just ending
}

/** The clock of a file system may be so much behind. */
const clockStepMs = 20;

/**
 * Drops those of `files` (below git's folder) that a git made while it ran: where it was ended by force, as
 * Windows ends all, it could not do so itself.
 */
export async function dropLocksOf(
  ended: { readonly git: Git; readonly from: number; readonly until: number },
  files: readonly string[],
): Promise<void> {
  const paths = files.flatMap((file) => ['--git-path', file]);
  const found = await ended.git.run(['rev-parse', '--path-format=absolute', ...paths]);
  for (const file of found.split('\n')) {
    const lock = await lockAt(file, '');
    const at = lock ? Date.parse(lock.at) : NaN;
    if (lock && ended.from - clockStepMs <= at && at <= ended.until) await dropLock(lock);
  }
}

async function locksIn(folder: string, recursive: boolean): Promise<readonly string[]> {
  const isLock = (entry: Dirent): boolean => entry.isFile() && entry.name.endsWith('.lock');
  try {
    const entries = await readdir(folder, { recursive, withFileTypes: true });
    return entries.filter(isLock).map(({ parentPath, name }) => join(parentPath, name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []; // gone meanwhile, or kept in another form
    throw error;
  }
}

async function lockAt(file: string, common: string): Promise<GitLock | undefined> {
  try {
    const { mtime } = await stat(file);
    return { file, name: relative(common, file).replaceAll('\\', '/'), at: mtime.toISOString() };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined; // its git has ended
    throw error;
  }
}
