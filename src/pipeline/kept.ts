import type { PatchRequest } from '../core/patchRequest.ts';
import { mergeOf } from '../release/keep.ts';
import { writeLanded } from './landed.ts';
import { ticketOf } from './lookUp.ts';
import type { House } from './house.ts';

/**
 * Notes approved patches that were kept on their branch and that a person has merged since, by whatever
 * way. A history is searched once.
 */
export function createKeptWatch(house: House): () => Promise<void> {
  const { backlog, git } = house;
  const kept = (): readonly PatchRequest[] => backlog.requests.list({ statuses: ['APPROVED'] });
  let searched = '';
  return async () => {
    if (kept().length === 0) return;
    const { out: head } = await git.code(['rev-parse', '--verify', '--quiet', 'HEAD'], {
      okCodes: [0, 1, 128],
    });
    const { out: branch } = await git.code(['symbolic-ref', '--quiet', '--short', 'HEAD'], {
      okCodes: [0, 1, 128],
    });
    if (branch === '') return; // a rebase or a look at some commit
    const search = [branch, head, ...kept().map(({ commit }) => commit)].join(' ');
    if (search === searched) return;
    await backlog.exclusively('decide', async () => {
      for (const request of kept()) {
        // To check out the patch itself is to look at it.
        if (request.branch !== branch) await noteMerged(house, request, branch);
      }
    });
    searched = search;
  };
}

async function noteMerged(house: House, request: PatchRequest, branch: string): Promise<void> {
  const commit = await mergeOf({ git: house.git }, request);
  if (commit === undefined) return;
  const at = await house.git.run(['show', '-s', '--format=%cI', commit]);
  const release = {
    id: request.id,
    requestId: request.id,
    ticketId: request.ticketId,
    commit,
    branch,
    backupRef: '', // the branch was moved by its owner
    appliedAt: new Date(at).toISOString(),
  };
  const reviewer = request.reviewedBy ?? (await house.reviewer());
  await writeLanded(house, request, ticketOf(house, request.ticketId), release, reviewer);
  house.log(`${request.branch} was merged as ${commit.slice(0, 12)}; noted.`);
}
