import { PatchwrightError } from '../core/errors.ts';
import type { PatchRequest, Release } from '../core/patchRequest.ts';
import type { Git } from '../core/ports.ts';
import { type Branch, type BranchPolicy, openBranch } from './branch.ts';
import { mergeTrees, writeCommit, writeScratchCommit } from './commit.ts';
import { findLanding, type Landing } from './landing.ts';
import { type MoveDeps, moveBranch } from './move.ts';
import { atTopLevel, isShallow } from './ownGit.ts';
import { sayingWhatFor } from './waiting.ts';

export interface RollBackInput extends BranchPolicy {
  readonly release: Release;
  /** As it was judged: tells what became of it where it was squashed or rebased. */
  readonly patch?: Pick<PatchRequest, 'base' | 'commit'>;
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
  deps: MoveDeps,
  input: RollBackInput,
  signal?: AbortSignal,
): Promise<RolledBack> {
  const { release } = input;
  if (release.rolledBackAt !== undefined) throw alreadyBack(release);
  const git = await atTopLevel(deps.git, signal);
  const branch = await openBranch(git, input, signal);
  const landing = await findLanding(git, branch.head, release.commit, input.patch, signal);
  if (!landing) throw (await isShallow(git, signal)) ? cutOff(release) : notHere(release, branch);
  const reverting = revertCommit(git, branch, landing, input, signal);
  const commit = await sayingWhatFor(reverting, deps.say, () => beforeMove);
  const backupRef = await moveBranch(deps, branch, commit, release.ticketId, signal);
  return { commit, backupRef };
}

const beforeMove =
  'git is making the commit that takes it back; what takes long may be its signing. Cancelling changes nothing.';

function alreadyBack(release: Release): PatchwrightError {
  return new PatchwrightError('nothing_to_do', {
    what: 'Nothing was changed.',
    why: `The patch for ${release.ticketId} has already been taken back.`,
    remedy: 'Draft the ticket again for another patch.',
  });
}

function notHere(release: Release, branch: Branch): PatchwrightError {
  return new PatchwrightError('stale', {
    what: 'Nothing was changed.',
    why: `Commit ${release.commit.slice(0, 10)} of this release is not part of ${branch.name}, nor is a copy of it.`,
    remedy: `Check out ${release.branch || 'the branch where it landed'}, pull if it landed elsewhere, and try again.`,
  });
}

function cutOff(release: Release): PatchwrightError {
  return new PatchwrightError('stale', {
    what: 'Nothing was changed.',
    why: `This clone is shallow: of commit ${release.commit.slice(0, 10)} of this release, or of what was before it, nothing is here.`,
    remedy: 'Fetch the rest (`git fetch --unshallow`) and try again.',
  });
}

async function revertCommit(
  git: Git,
  branch: Branch,
  landing: Landing,
  { release, ticketTitle, reason, reviewer }: RollBackInput,
  signal?: AbortSignal,
): Promise<string> {
  const tree = await revertedTree(git, landing, branch.head, signal);
  const before = await git.run(['rev-parse', '--verify', `${branch.head}^{tree}`], { signal });
  if (tree === before) throw alreadyBack(release);
  const message = {
    subject: `Roll back patch for ${release.ticketId}: ${ticketTitle}`,
    body: [reason, `This reverts ${nameOf(landing)}.`],
    trailers: [
      ['Patchwright-Ticket', release.ticketId],
      ['Patchwright-Request', release.requestId],
      ['Rolled-back-by', reviewer],
    ],
  } as const;
  return writeCommit(git, tree, [branch.head], message, signal);
}

function nameOf({ commit, before, isMerge }: Landing): string {
  return isMerge
    ? `merge commit ${commit}`
    : `commit ${commit} and what came with it since ${before}`;
}

/**
 * The head's tree without the landing: a three-way merge with the landing as base, the head as ours and what
 * was before the landing as theirs. `merge-tree --merge-base` says this from git 2.40 on; scratch commits
 * that share a parent say the same from 2.38.
 */
async function revertedTree(
  git: Git,
  { commit, before, isMerge }: Landing,
  head: string,
  signal?: AbortSignal,
): Promise<string> {
  const base = await writeScratchCommit(git, commit, [], signal);
  const ours = await writeScratchCommit(git, head, [base], signal);
  const theirs = await writeScratchCommit(git, before, [base], signal);
  const [from, to] = [before.slice(0, 12), commit.slice(0, 12)];
  const remedy = `Take it back by hand: \`git revert ${isMerge ? `-m 1 ${to}` : `${from}..${to}`}\`.`;
  return mergeTrees(git, ours, theirs, remedy, signal);
}
