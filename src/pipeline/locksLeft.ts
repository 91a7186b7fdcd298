import { type GitLock, gitLocks } from '../release/locks.ts';
import type { House } from './house.ts';

/** A git whose editor is open all the while is seen as a process; this is for what is just starting. */
const oldEnoughMs = 10 * 60_000;

/** Locks of git that no git can be holding any more: old ones, of a repository where none is at work. */
export async function locksLeft(house: House): Promise<readonly GitLock[]> {
  const { git } = house;
  // Files are as old as the system's clock says.
  const before = new Date(Date.now() - oldEnoughMs).toISOString();
  const old = (await gitLocks({ git })).filter(({ at }) => at < before);
  if (old.length === 0) return [];
  const common = await git.run(['rev-parse', '--path-format=absolute', '--git-common-dir']);
  const trees = (await git.run(['worktree', 'list', '--porcelain', '-z']))
    .split('\0')
    .filter((line) => line.startsWith('worktree '))
    .map((line) => line.slice('worktree '.length));
  return (await house.isGitRunning([common, ...trees])) ? [] : old;
}
