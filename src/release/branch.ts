import picomatch from 'picomatch';
import { PatchwrightError } from '../core/errors.ts';
import type { Git } from '../core/ports.ts';
import { operationInProgress } from './operation.ts';
import { fields, naming } from './ownGit.ts';

/** The branch that is checked out, and where it stands. */
export interface Branch {
  /** Without `refs/heads/`. */
  readonly name: string;
  readonly head: string;
}

export interface BranchPolicy {
  /** Globs on the branch's name. */
  readonly protectedBranches: readonly string[];
  readonly confirmedProtectedBranch: boolean;
}

/**
 * The branch a patch may land on now. Rejects with `unborn_branch`, `operation_in_progress`,
 * `detached_head` or `protected_branch`.
 */
export async function openBranch(
  git: Git,
  policy: BranchPolicy,
  signal?: AbortSignal,
): Promise<Branch> {
  // First: a rebase or a bisect detaches HEAD too, and is the reason a person can act on.
  await refuseOperationInProgress(git, signal);
  const branch = await currentBranch(git, signal);
  if (!policy.confirmedProtectedBranch) refuseProtected(branch.name, policy.protectedBranches);
  return branch;
}

export async function currentBranch(git: Git, signal?: AbortSignal): Promise<Branch> {
  const verify = ['rev-parse', '--quiet', '--verify', 'HEAD^{commit}'];
  const head = await git.code(verify, { okCodes: [0, 1, 128], signal });
  if (head.code !== 0) throw unborn();
  const symbolic = ['symbolic-ref', '--quiet', 'HEAD'];
  const name = await git.code(symbolic, { okCodes: [0, 1], signal });
  if (name.code !== 0) throw detached(head.out);
  return { name: name.out.replace(/^refs\/heads\//, ''), head: head.out };
}

async function refuseOperationInProgress(git: Git, signal?: AbortSignal): Promise<void> {
  const found = await operationInProgress(git, signal);
  if (found) {
    throw new PatchwrightError('operation_in_progress', {
      what: 'The branch was left as it is.',
      why: `A ${found.name} is in progress in this repository.`,
      remedy: `Finish it (${found.end}) and try again.`,
    });
  }
  // A conflicted `stash pop` leaves no file behind, only unmerged entries.
  const unmerged = fields(
    await git.run(['diff', '--name-only', '--diff-filter=U', '-z'], { signal }),
  );
  if (unmerged.length === 0) return;
  throw new PatchwrightError('operation_in_progress', {
    what: 'The branch was left as it is.',
    why: `There are unresolved conflicts in ${naming(unmerged)}.`,
    remedy: 'Resolve them, `git add` the files and try again.',
  });
}

function refuseProtected(branch: string, globs: readonly string[]): void {
  if (globs.length === 0 || !picomatch([...globs], { dot: true, nocase: true })(branch)) return;
  throw new PatchwrightError('protected_branch', {
    what: `Nothing was changed on ${branch}.`,
    why: `${branch} is a protected branch (patchwright.approve.protectedBranches).`,
    remedy: 'Confirm a second time that it should change, or check out another branch first.',
  });
}

function unborn(): PatchwrightError {
  return new PatchwrightError('unborn_branch', {
    what: 'There is no branch to change yet.',
    why: 'The current branch has no commit.',
    remedy: 'Make a first commit and try again.',
  });
}

function detached(head: string): PatchwrightError {
  return new PatchwrightError('detached_head', {
    what: 'No branch is checked out.',
    why: `HEAD points at commit ${head.slice(0, 10)} itself, so no branch would keep the change.`,
    remedy: 'Check out the branch it should land on (`git switch <branch>`) and try again.',
  });
}
