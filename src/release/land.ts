import { PatchwrightError } from '../core/errors.ts';
import type { PatchRequest, Release } from '../core/patchRequest.ts';
import type { Clock, Git } from '../core/ports.ts';
import { type Branch, type BranchPolicy, openBranch } from './branch.ts';
import { mergeTrees, writeCommit } from './commit.ts';
import { type MoveDeps, moveBranch } from './move.ts';
import { atTopLevel, isAncestor, isCommit, isShallow } from './ownGit.ts';
import { absent, treeDiff } from './treeDiff.ts';
import { sayingWhatFor } from './waiting.ts';

export interface LandInput extends BranchPolicy {
  readonly request: PatchRequest;
  readonly ticketTitle: string;
  readonly reviewer: string;
  readonly comment?: string;
}

/** A merge commit that no branch has yet. */
export interface Merged {
  readonly commit: string;
  /** The branch's head. */
  readonly onto: string;
}

/**
 * Merges the request's commit, that very object, into the current branch with a merge commit; index and
 * files follow. Nothing of the user's is overwritten, and a failure leaves everything as it was.
 * Rejects with `unborn_branch`, `detached_head`, `operation_in_progress`, `protected_branch`,
 * `not_found`, `stale`, `nothing_to_do`, `conflict`, `would_overwrite`, `busy` or `git_failed`.
 */
export async function land(
  deps: MoveDeps & {
    readonly clock: Clock;
    /** Asked where the branch has moved on: nobody has judged what the merge makes of both. Rejects to refuse. */
    readonly judgeMerged?: (merged: Merged, signal?: AbortSignal) => Promise<void>;
  },
  input: LandInput,
  signal?: AbortSignal,
): Promise<Release> {
  const { request } = input;
  const git = await atTopLevel(deps.git, signal);
  const branch = await openBranch(git, input, signal);
  await refuseOtherThanJudged(git, request, signal);
  await refuseUnrelated(git, request, branch, signal);
  const merging = mergeCommit(git, branch, input, signal);
  const commit = await sayingWhatFor(merging, deps.say, () => beforeMove);
  if (branch.head !== request.base) await deps.judgeMerged?.({ commit, onto: branch.head }, signal);
  const backupRef = await moveBranch(deps, branch, commit, request.ticketId, signal);
  return {
    id: request.id, // a request lands once: whoever notes it, notes the same release
    requestId: request.id,
    ticketId: request.ticketId,
    commit,
    branch: branch.name,
    backupRef,
    appliedAt: deps.clock.now().toISOString(),
  };
}

const beforeMove =
  'git is merging; what takes long may be your commit-msg hook, or the signing of the commit. Cancelling changes nothing.';

/** The commit must be there, start from the base that was judged, and change the files that were. */
export async function refuseOtherThanJudged(
  git: Git,
  request: PatchRequest,
  signal?: AbortSignal,
): Promise<void> {
  const { base, commit } = request;
  await refuseGone(git, request, signal);
  if (!(await isAncestor(git, base, commit, signal))) throw notAsJudged();
  const actual = await treeDiff(git, base, commit, signal);
  const found = actual.map(({ path, newMode }) => `${newMode} ${path}`);
  if (found.sort().join('\0') !== judged(request).sort().join('\0')) throw notAsJudged();
}

/** Their branch may have been deleted, and git has cleaned up since. */
export async function refuseGone(
  git: Git,
  { base, commit }: Pick<PatchRequest, 'base' | 'commit'>,
  signal?: AbortSignal,
): Promise<void> {
  if ((await isCommit(git, commit, signal)) && (await isCommit(git, base, signal))) return;
  throw new PatchwrightError('not_found', {
    what: 'Nothing was changed.',
    why: `Commit ${commit.slice(0, 10)} of this patch, or its base, is not in this repository.`,
    remedy: 'Draft the ticket again.',
  });
}

function judged(request: PatchRequest): string[] {
  return request.files.flatMap((file) => [
    `${file.status === 'deleted' ? absent : file.newMode} ${file.path}`,
    ...(file.oldPath === undefined ? [] : [`${absent} ${file.oldPath}`]),
  ]);
}

function notAsJudged(): PatchwrightError {
  return new PatchwrightError('stale', {
    what: 'Nothing was changed.',
    why: 'The commit of this patch is not the one that the gates judged and the review showed.',
    remedy: 'Draft the ticket again.',
  });
}

async function refuseUnrelated(
  git: Git,
  { base, commit }: PatchRequest,
  branch: Branch,
  signal?: AbortSignal,
): Promise<void> {
  if (await isAncestor(git, commit, branch.head, signal)) throw alreadyIn(branch);
  if (await isAncestor(git, base, branch.head, signal)) return;
  // Merging would bring along every commit between the branch and the base, none of them reviewed.
  throw new PatchwrightError('stale', {
    what: 'Nothing was changed.',
    why: `The patch was made on commit ${base.slice(0, 10)}, which is not part of ${branch.name}.`,
    remedy: (await isShallow(git, signal))
      ? 'This clone is shallow: fetch the rest (`git fetch --unshallow`) and try again.'
      : 'Check out the branch it was made on, or draft the ticket again.',
  });
}

function alreadyIn(branch: Branch): PatchwrightError {
  return new PatchwrightError('nothing_to_do', {
    what: 'Nothing was changed.',
    why: `${branch.name} already contains this patch.`,
    remedy: 'Reject the request if it is still shown as waiting.',
  });
}

const conflictRemedy =
  'Draft the ticket again from the current state, or merge the branch by hand.';

async function mergeCommit(
  git: Git,
  branch: Branch,
  { request, ticketTitle, reviewer, comment }: LandInput,
  signal?: AbortSignal,
): Promise<string> {
  const tree = await mergeTrees(git, branch.head, request.commit, conflictRemedy, signal);
  const before = await git.run(['rev-parse', '--verify', `${branch.head}^{tree}`], { signal });
  if (tree === before) throw alreadyIn(branch);
  const message = {
    subject: `Merge patch for ${request.ticketId}: ${ticketTitle}`,
    body: [comment],
    trailers: [
      ['Patchwright-Ticket', request.ticketId],
      ['Patchwright-Request', request.id],
      ['Approved-by', reviewer],
    ],
  } as const;
  return writeCommit(git, tree, [branch.head, request.commit], message, signal);
}
