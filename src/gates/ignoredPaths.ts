import ignore, { type Ignore } from 'ignore';
import type { Git } from '../core/ports.ts';
import { treePaths } from './treeChanges.ts';

/**
 * Which paths the .gitignore files of a commit leave out. Read from its objects: neither the index nor
 * what lies in a folder right now has a say.
 */
export async function ignoredBy(
  git: Git,
  commit: string,
  signal?: AbortSignal,
): Promise<(path: string) => boolean> {
  const lists = new Map<string, Ignore>();
  for (const path of await treePaths(git, commit, signal)) {
    if (path !== '.gitignore' && !path?.endsWith('/.gitignore')) continue;
    const content = await git.run(['cat-file', 'blob', `${commit}:${path}`], { signal });
    lists.set(path.slice(0, -'.gitignore'.length), ignore({ ignorecase: false }).add(content));
  }
  return (path) => isIgnored(lists, path);
}

/** As git does: a folder that is left out takes all below it along; deeper lists win over outer ones. */
function isIgnored(lists: ReadonlyMap<string, Ignore>, path: string): boolean {
  const names = path.split('/');
  for (let depth = 1; depth <= names.length; depth++) {
    const part = names.slice(0, depth).join('/') + (depth < names.length ? '/' : '');
    if (decides(lists, part)) return true;
  }
  return false;
}

function decides(lists: ReadonlyMap<string, Ignore>, path: string): boolean {
  const folders = [...lists.keys()].filter((folder) => path.startsWith(folder) && path !== folder);
  for (const folder of folders.toSorted((a, b) => b.length - a.length)) {
    const result = lists.get(folder)?.test(path.slice(folder.length));
    if (result?.ignored) return true;
    if (result?.unignored) return false;
  }
  return false;
}
