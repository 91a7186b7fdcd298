import { PatchwrightError } from '../core/errors.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Git } from '../core/ports.ts';
import { refuseOtherThanJudged } from './land.ts';
import { broughtBy, findCopy } from './landing.ts';
import { atTopLevel, isAncestor, isCommit } from './ownGit.ts';

/**
 * Leaves an approved patch on its branch, which is made again where it is gone. Nothing else of the
 * repository changes. Rejects with `not_found` or `stale`.
 */
export async function keepBranch(
  deps: { readonly git: Git },
  request: PatchRequest,
  signal?: AbortSignal,
): Promise<string> {
  const git = await atTopLevel(deps.git, signal);
  await refuseOtherThanJudged(git, request, signal);
  const ref = `refs/heads/${request.branch}`;
  const { out: tip } = await git.code(['rev-parse', '--verify', '--quiet', ref], {
    okCodes: [0, 1, 128],
    signal,
  });
  if (tip === request.commit) return request.branch;
  if (tip === '') {
    await git.run(['update-ref', ref, request.commit, '0'.repeat(request.commit.length)]);
    return request.branch;
  }
  throw new PatchwrightError('stale', {
    what: 'Nothing was changed.',
    why: `${request.branch} was moved to ${tip.slice(0, 10)}, which is not the patch that was judged.`,
    remedy: `Move it back (git branch -f ${request.branch} ${request.commit.slice(0, 12)}) or draft the ticket again.`,
  });
}

/**
 * The commit that brought a kept patch into the current branch, when a person has merged it: the merge, the
 * patch's own commit after a fast-forward, or a copy of it. undefined while it is not part of the branch.
 */
export async function mergeOf(
  deps: { readonly git: Git },
  patch: Pick<PatchRequest, 'base' | 'commit'>,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const git = await atTopLevel(deps.git, signal);
  const { commit } = patch;
  if (!(await isCommit(git, commit, signal))) return undefined;
  const { out: head } = await git.code(['rev-parse', '--verify', '--quiet', 'HEAD'], {
    okCodes: [0, 1, 128],
    signal,
  });
  if (head === '') return undefined;
  const isMerged = await isAncestor(git, commit, head, signal);
  return isMerged ? broughtBy(git, head, commit, signal) : findCopy(git, head, patch, signal);
}
