import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Git } from '../core/ports.ts';

/** A git command that waits for the user. */
export interface Operation {
  readonly name: string;
  /** The commands that end it. */
  readonly end: string;
}

/** What git leaves in its folder while it waits; the first that is there tells. */
const operations: readonly (readonly [file: string, name: string, end: string])[] = [
  ['rebase-merge', 'rebase', 'git rebase --continue or --abort'],
  ['rebase-apply/applying', 'git am', 'git am --continue or --abort'],
  ['rebase-apply', 'rebase', 'git rebase --continue or --abort'],
  ['MERGE_HEAD', 'merge', 'git merge --continue or --abort'],
  ['CHERRY_PICK_HEAD', 'cherry-pick', 'git cherry-pick --continue or --abort'],
  ['REVERT_HEAD', 'revert', 'git revert --continue or --abort'],
  ['sequencer', 'cherry-pick or revert', 'git cherry-pick --continue or --abort'],
  ['BISECT_LOG', 'bisect', 'git bisect reset'],
];

export async function operationInProgress(
  git: Git,
  signal?: AbortSignal,
): Promise<Operation | undefined> {
  const asked = operations.flatMap(([file]) => ['--git-path', file]);
  const paths = (await git.run(['rev-parse', ...asked], { signal })).split('\n');
  const found = operations.find((_, i) => existsSync(resolve(git.cwd, paths[i] ?? '')));
  return found && { name: found[1], end: found[2] };
}
