import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PatchwrightError, systemCode } from '../core/errors.ts';
import type { Git } from '../core/ports.ts';
import { fields, naming } from './ownGit.ts';
import { absent, isSubmoduleChange, type TreeChange } from './treeDiff.ts';

/**
 * Rejects with `would_overwrite`, naming the files, when the user has work of their own where `changes`
 * (HEAD to the commit that would land) would write: staged, unstaged, untracked or ignored. What
 * `assume-unchanged` and `skip-worktree` hide from status, git itself refuses to overwrite.
 */
export async function refuseOverwrites(
  git: Git,
  changes: readonly TreeChange[],
  signal?: AbortSignal,
): Promise<void> {
  refuseSubmodules(changes);
  const touched = new Set(changes.map((change) => change.path));
  const edited = (await dirtyPaths(git, signal)).filter((path) => touched.has(path));
  const inTheWay = changes
    .filter((change) => change.oldMode === absent)
    .flatMap((change) => obstacles(git.cwd, change.path, touched));
  const paths = [...new Set([...edited, ...inTheWay])].sort();
  if (paths.length === 0) return;
  throw new PatchwrightError('would_overwrite', {
    what: 'Nothing was changed, because it would overwrite work of yours.',
    why: `Not committed: ${naming(paths)}.`,
    remedy: 'Commit, stash or move these files and try again.',
  });
}

function refuseSubmodules(changes: readonly TreeChange[]): void {
  const paths = changes.filter(isSubmoduleChange).map((change) => change.path);
  if (paths.length === 0) return;
  throw new PatchwrightError('would_overwrite', {
    what: 'Nothing was changed.',
    why: `It would move the submodule ${naming(paths)}, which Patchwright leaves to you.`,
    remedy: 'Merge the branch by hand if that is what you want.',
  });
}

/** Tracked paths whose index entry or file differs from HEAD. */
export async function dirtyPaths(git: Git, signal?: AbortSignal): Promise<string[]> {
  const flags = ['--porcelain=v2', '-z', '--no-renames', '--untracked-files=no'];
  const status = await git.run(['status', ...flags, '--ignore-submodules=all'], { signal });
  return fields(status).flatMap((line) => {
    const spaces = line.startsWith('1 ') ? 8 : line.startsWith('u ') ? 10 : 0;
    return spaces > 0 ? [line.split(' ').slice(spaces).join(' ')] : [];
  });
}

/** What lies where a new file must go: the file itself, what is below it, or a file as its folder. */
function obstacles(root: string, path: string, touched: ReadonlySet<string>): string[] {
  const blocking = parents(path).find((parent) => {
    const kind = kindAt(join(root, parent));
    return kind !== undefined && kind !== 'folder';
  });
  // A tracked file that the change itself turns into a folder is judged by status.
  if (blocking) return touched.has(blocking) ? [] : [blocking];
  const kind = kindAt(join(root, path));
  if (kind === undefined) return [];
  return kind === 'folder' ? leftBelow(root, path, touched) : [path];
}

function parents(path: string): string[] {
  const parent = dirname(path);
  return parent === '.' ? [] : [...parents(parent), parent];
}

function leftBelow(root: string, folder: string, touched: ReadonlySet<string>): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry: Dirent) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return leftBelow(root, path, touched);
    return touched.has(path) ? [] : [path];
  });
}

/** Never follows a link: a link is not a folder here. */
export function kindAt(path: string): 'file' | 'folder' | 'link' | 'other' | undefined {
  try {
    const stat = lstatSync(path);
    if (stat.isDirectory()) return 'folder';
    if (stat.isSymbolicLink()) return 'link';
    return stat.isFile() ? 'file' : 'other';
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}
