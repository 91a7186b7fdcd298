import { relative, sep } from 'node:path';
import type { Git } from '../core/ports.ts';

/**
 * The folder of the project that git is set to take hooks from, as a line for the protected list: what a
 * patch puts there would run with the user's next commit, outside of every sandbox.
 */
export async function hookFolders(git: Git): Promise<readonly string[]> {
  const where = ['rev-parse', '--path-format=absolute', '--show-toplevel', '--git-path', 'hooks'];
  // Not a repository, or a bare one: nothing of it is checked out.
  const { code, out } = await git.withHooks().code(where, { okCodes: [0, 128] });
  const [top, hooks] = out.split('\n');
  if (code !== 0 || top === undefined || hooks === undefined) return [];
  const path = relative(top, hooks).split(sep).join('/');
  const isInside =
    path !== '' && path !== '..' && !path.startsWith('../') && !/^[a-z]:/i.test(path);
  if (!isInside || path.startsWith('.git/')) return [];
  return [`/${path.replace(/[\\*?[\]!#]/g, '\\$&')}/**`];
}
