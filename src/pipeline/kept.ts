import type { PatchRequest } from '../core/patchRequest.ts';
import { mergeOf } from '../release/keep.ts';
import { ticketOf, writeLanded } from './decide.ts';
import type { House } from './house.ts';

/** Notes approved patches that were kept on their branch and that a person has merged since. */
export async function noteKept(house: House): Promise<void> {
  const { backlog } = house;
  const kept = (): readonly PatchRequest[] => backlog.requests.list({ statuses: ['APPROVED'] });
  if (kept().length === 0) return;
  await backlog.exclusively('decide', async () => {
    for (const request of kept()) await noteMerged(house, request);
  });
}

async function noteMerged(house: House, request: PatchRequest): Promise<void> {
  const commit = await mergeOf({ git: house.git }, request.commit);
  if (commit === undefined) return;
  const branch = await house.git.run(['rev-parse', '--abbrev-ref', 'HEAD']);
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
