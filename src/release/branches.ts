import type { Git } from '../core/ports.ts';
import { atTopLevel, isAncestor } from './ownGit.ts';

/** A branch that an attempt made. */
export interface OwnBranch {
  readonly name: string;
  readonly commit: string;
  /** Whether the current branch has all of it. */
  readonly merged: boolean;
  /** Whether some worktree has it checked out. */
  readonly inUse: boolean;
}

/** Of these names, those that are there. */
export async function ownBranches(
  deps: { readonly git: Git },
  names: readonly string[],
): Promise<readonly OwnBranch[]> {
  const git = await atTopLevel(deps.git);
  const format = '%(refname:short)%00%(objectname)%00%(worktreepath)';
  const lines = await git.run(['for-each-ref', `--format=${format}`, 'refs/heads/']);
  const wanted = new Set(names);
  const found = lines
    .split('\n')
    .map((line) => line.split('\0'))
    .filter(([name = '']) => wanted.has(name));
  const { code } = await git.code(['rev-parse', '--verify', '--quiet', 'HEAD'], {
    okCodes: [0, 1, 128],
  });
  return Promise.all(
    found.map(async ([name = '', commit = '', worktree = '']) => ({
      name,
      commit,
      merged: code === 0 && (await isAncestor(git, commit, 'HEAD')),
      inUse: worktree !== '',
    })),
  );
}

/** Deletes a branch where it still is what was listed. */
export async function dropBranch(deps: { readonly git: Git }, { name, commit }: OwnBranch) {
  await deps.git.run(['update-ref', '-d', `refs/heads/${name}`, commit]);
}
