import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { pathsIn } from '../backlog/paths.ts';
import { systemCode } from '../core/errors.ts';
import { lookAtFolder } from './listedFolders.ts';

/** Backlogs that somebody in a folder without one may mean. */
export interface NearBacklogs {
  /** The nearest folder above that has one, in the same working tree. */
  readonly above?: string;
  /** Folders of the repository's other working trees, for this one. */
  readonly beside: readonly string[];
}

/** Looks instead of asking git, as `lookAtFolder` does. Of a folder that has its own there are none. */
export async function nearBacklogs(folder: string): Promise<NearBacklogs> {
  const { real, repository } = await lookAtFolder(folder);
  if (real === undefined || repository === undefined || hasBacklog(real)) return { beside: [] };
  const { root, common } = repository;
  const above = nearestIn(root, real);
  const others = (await treesOf(common)).filter((tree) => tree !== root);
  const beside = others.flatMap((tree) => nearestIn(tree, join(tree, relative(root, real))) ?? []);
  return { ...(above === undefined ? {} : { above }), beside };
}

function hasBacklog(folder: string): boolean {
  const { database, journal } = pathsIn(folder);
  return existsSync(database) || existsSync(journal);
}

function nearestIn(root: string, folder: string): string | undefined {
  if (hasBacklog(folder)) return folder;
  return folder === root ? undefined : nearestIn(root, dirname(folder));
}

/** The working trees of a repository: the one around its git folder, and those that are linked. */
async function treesOf(common: string): Promise<readonly string[]> {
  const main = basename(common) === '.git' ? [dirname(common)] : [];
  const folder = join(common, 'worktrees');
  const names = await readdir(folder).catch(none([]));
  const linked = names.map(async (name) => {
    const file = (await readFile(join(folder, name, 'gitdir'), 'utf8').catch(none(''))).trim();
    return file === '' ? [] : [dirname(resolve(folder, name, file))];
  });
  return [...main, ...(await Promise.all(linked)).flat()];
}

/** What stands for a file or folder that is not there. */
function none<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return instead;
    throw error;
  };
}
