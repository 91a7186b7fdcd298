import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ListedFolder, Repository } from '../core/folderPlan.ts';

/** Looks instead of asking git, so that nothing runs in a folder that is not trusted. */
export async function lookAtFolder(path: string): Promise<Omit<ListedFolder, 'name'>> {
  const real = await orUndefined(realpath(path));
  if (real === undefined || !(await orUndefined(stat(real)))?.isDirectory()) return {};
  const repository = await repositoryOf(real);
  return { real, ...(repository ? { repository } : {}) };
}

/** The folder's own, or one above it. */
async function repositoryOf(folder: string): Promise<Repository | undefined> {
  const common = await commonFolder(join(folder, '.git'));
  if (common !== undefined) return { root: folder, common };
  const parent = dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}

/** A folder; or a file that names one, which in a linked worktree names the repository's again. */
async function commonFolder(git: string): Promise<string | undefined> {
  const found = await orUndefined(stat(git));
  if (!found) return undefined;
  if (!found.isFile()) return orUndefined(realpath(git));
  const named = /^gitdir:\s*(.+?)\s*$/m.exec((await orUndefined(readFile(git, 'utf8'))) ?? '')?.[1];
  const own = resolve(dirname(git), named ?? '.');
  const shared = await orUndefined(readFile(join(own, 'commondir'), 'utf8'));
  const common = shared === undefined ? own : resolve(own, shared.trim());
  return (await orUndefined(realpath(common))) ?? common;
}

/** What is not there, or may not be looked at, is not known. */
function orUndefined<T>(look: Promise<T>): Promise<T | undefined> {
  return look.catch(() => undefined);
}
