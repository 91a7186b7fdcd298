import { PatchwrightError } from '../core/errors.ts';
import type { Release } from '../core/patchRequest.ts';
import type { Git } from '../core/ports.ts';
import { type Branch, type BranchPolicy, openBranch } from './branch.ts';
import { mergeTrees, writeCommit, writeScratchCommit } from './commit.ts';
import { moveBranch } from './move.ts';
import { atTopLevel, isAncestor, isCommit } from './ownGit.ts';

export interface RollBackInput extends BranchPolicy {
  readonly release: Release;
  readonly ticketTitle: string;
  readonly reason: string;
  readonly reviewer: string;
}

/** What a rollback did: its revert commit, and a ref at the branch's head before it. */
export interface RolledBack {
  readonly commit: string;
  readonly backupRef: string;
}

/**
 * Takes a release back with a revert commit on the current branch; later commits stay, history is never
 * rewritten. The same safe path, and the same errors, as landing.
 */
export async function rollBack(
  deps: { readonly git: Git },
  input: RollBackInput,
  signal?: AbortSignal,
): Promise<RolledBack> {
  const { release } = input;
  if (release.rolledBackAt !== undefined) throw alreadyBack(release);
  const git = await atTopLevel(deps.git, signal);
  const branch = await openBranch(git, input, signal);
  await refuseNotLandedHere(git, release, branch, signal);
  const commit = await revertCommit(git, branch, input, signal);
  const backupRef = await moveBranch(git, branch, commit, release.ticketId, signal);
  return { commit, backupRef };
}

function alreadyBack(release: Release): PatchwrightError {
  return new PatchwrightError('nothing_to_do', {
    what: 'Nothing was changed.',
    why: `The patch for ${release.ticketId} has already been taken back.`,
    remedy: 'Draft the ticket again for another patch.',
  });
}

async function refuseNotLandedHere(
  git: Git,
  release: Release,
  branch: Branch,
  signal?: AbortSignal,
): Promise<void> {
  if (!(await isCommit(git, release.commit, signal))) throw notHere(release, branch);
  if (!(await isAncestor(git, release.commit, branch.head, signal))) throw notHere(release, branch);
  const parents = await git.run(['rev-list', '--parents', '-n', '1', release.commit], { signal });
  if (parents.split(' ').length !== 3) throw notHere(release, branch);
}

function notHere(release: Release, branch: Branch): PatchwrightError {
  return new PatchwrightError('stale', {
    what: 'Nothing was changed.',
    why: `Merge commit ${release.commit.slice(0, 10)} of this release is not part of ${branch.name}.`,
    remedy: `Check out ${release.branch}, where it landed, and try again.`,
  });
}

async function revertCommit(
  git: Git,
  branch: Branch,
  { release, ticketTitle, reason, reviewer }: RollBackInput,
  signal?: AbortSignal,
): Promise<string> {
  const tree = await revertedTree(git, release.commit, branch.head, signal);
  const before = await git.run(['rev-parse', '--verify', `${branch.head}^{tree}`], { signal });
  if (tree === before) throw alreadyBack(release);
  const message = {
    subject: `Roll back patch for ${release.ticketId}: ${ticketTitle}`,
    body: [reason, `This reverts merge commit ${release.commit}.`],
    trailers: [
      ['Patchwright-Ticket', release.ticketId],
      ['Patchwright-Request', release.requestId],
      ['Rolled-back-by', reviewer],
    ],
  } as const;
  return writeCommit(git, tree, [branch.head], message, signal);
}

/**
 * The head's tree without the release: a three-way merge with the release as base, the head as ours and
 * the release's first parent as theirs. `merge-tree --merge-base` says this from git 2.40 on; scratch
 * commits that share a parent say the same from 2.38.
 */
async function revertedTree(
  git: Git,
  release: string,
  head: string,
  signal?: AbortSignal,
): Promise<string> {
  const base = await writeScratchCommit(git, release, [], signal);
  const ours = await writeScratchCommit(git, head, [base], signal);
  const theirs = await writeScratchCommit(git, `${release}^1`, [base], signal);
  const remedy = `Take it back by hand: \`git revert -m 1 ${release.slice(0, 12)}\`.`;
  return mergeTrees(git, ours, theirs, remedy, signal);
}
