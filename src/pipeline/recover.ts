import { errorMessage, isPatchwrightError } from '../core/errors.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { writeLanded } from './landed.ts';
import { writeRolledBack } from './rollBack.ts';
import { audit, move } from './changes.ts';
import type { House } from './house.ts';
import { endBrokenMove, isMoving } from '../release/move.ts';
import { createKeptWatch } from './kept.ts';

/** Brings the backlog and the worktrees to a consistent state after a crash or a reload. */
export async function recover(house: House): Promise<void> {
  await house.endOrphans();
  await endInterrupted(house);
  try {
    await house.worktrees(house.settings()).recover((branch) => isWanted(house, branch));
    await endMove(house);
    await noteLandings(house);
    await createKeptWatch(house)();
  } catch (error) {
    // No repository, or settings that are not valid yet: nothing of ours can be there to clean up.
    if (!isPatchwrightError(error)) throw error;
    house.log(`Nothing was cleaned up: ${errorMessage(error)}`);
  }
}

/** Whether a patch request names the branch; one may have been made right before its process died. */
async function isWanted({ backlog }: House, branch: string): Promise<boolean> {
  await backlog.refresh();
  return backlog.requests.list().some((request) => request.branch === branch);
}

async function endInterrupted(house: House): Promise<void> {
  const { backlog } = house;
  const time = house.clock.now();
  const now = time.toISOString();
  const dead = backlog.attempts
    .running()
    .filter(({ runner, startedAt }) => !house.isAlive(runner, startedAt, time));
  if (dead.length === 0) return;
  await backlog.write(
    dead.flatMap((attempt) => {
      const ticket = backlog.tickets.get(attempt.ticketId);
      const stuck = ticket?.status === 'in_progress' || ticket?.status === 'testing';
      return [
        {
          kind: 'attempt' as const,
          id: attempt.id,
          fields: {
            outcome: 'interrupted' as const,
            endedAt: now,
            error: 'The process that ran it ended before it was done.',
          },
        },
        ...(ticket && stuck ? move(ticket, 'open', now, 'patchwright') : []),
        audit({
          actor: 'patchwright',
          action: 'attempt.interrupted',
          subject: attempt.ticketId,
          after: { attempt: attempt.id },
        }),
      ];
    }),
  );
  house.log(`Cleaned up after ${dead.length} interrupted attempt${dead.length === 1 ? '' : 's'}.`);
}

/** Nobody decides meanwhile: a move under way in another window is none that broke off. */
async function endMove(house: House): Promise<void> {
  if (!(await isMoving(house))) return;
  await house.backlog.exclusively('decide', async () => {
    if (!(await endBrokenMove(house))) return;
    const what = 'A landing or a rollback was cut off before its branch had moved.';
    house.log(`${what} Its files were put back; nothing of yours was touched.`);
    await house.backlog.write([
      audit({ actor: 'patchwright', action: 'move.put_back', subject: 'repository', after: what }),
    ]);
  });
}

/** How far back landings and rollbacks without a note are looked for. */
const maxCommits = 1_000;

/** A crash between a commit and its note leaves a commit whose trailers name the request. */
async function noteLandings(house: House): Promise<void> {
  const { backlog } = house;
  const waiting = backlog.requests.list({ statuses: ['PENDING_APPROVAL', 'APPLIED'] });
  if (waiting.length === 0) return;
  const made = await ourCommits(house);
  if (made.length === 0) return;
  await backlog.exclusively('decide', async () => {
    for (const { id } of waiting) {
      const request = backlog.requests.get(id);
      const merge = made.find((one) => one.request === id && one.parents === 2);
      const revert = made.find((one) => one.request === id && one.rolledBackBy !== '');
      if (request?.status === 'PENDING_APPROVAL' && merge) await noteMerge(house, request, merge);
      const release = backlog.releases.list().find((one) => one.requestId === id);
      if (release && !release.rolledBackAt && revert) {
        const reviewer = revert.rolledBackBy;
        const reason = 'Rolled back before a crash.';
        await writeRolledBack(house, release, { reason, reviewer, commit: revert.commit });
        house.log(`Release ${id.slice(0, 8)} had been rolled back; noted.`);
      }
    }
  });
}

interface OurCommit {
  readonly commit: string;
  readonly parents: number;
  readonly at: string;
  readonly request: string;
  readonly rolledBackBy: string;
}

async function ourCommits(house: House): Promise<readonly OurCommit[]> {
  const trailer = (key: string): string => `%(trailers:key=${key},valueonly,separator=%x2C)`;
  const fields = ['%H', '%P', '%cI', trailer('Patchwright-Request'), trailer('Rolled-back-by')];
  const { code, out } = await house.git.code(
    ['log', '--first-parent', `-${maxCommits}`, `--format=${fields.join('%x00')}%x01`, 'HEAD'],
    { okCodes: [0, 128] },
  );
  if (code !== 0) return []; // no commit yet
  return out
    .split('\u0001')
    .map((record) => record.trim().split('\0'))
    .filter((parts) => parts.length === fields.length && parts[3] !== '')
    .map(([commit = '', parents = '', at = '', request = '', rolledBackBy = '']) => ({
      commit,
      parents: parents.split(' ').length,
      at: new Date(at).toISOString(),
      request,
      rolledBackBy,
    }));
}

async function noteMerge(house: House, request: PatchRequest, merge: OurCommit): Promise<void> {
  const ticket = house.backlog.tickets.get(request.ticketId);
  if (!ticket) return;
  const branch = await house.git.run(['rev-parse', '--abbrev-ref', 'HEAD']);
  const backups = await house.git.run([
    'for-each-ref',
    '--sort=-refname',
    '--format=%(refname)',
    `refs/patchwright/backup/${request.ticketId}/`,
  ]);
  const release = {
    id: request.id,
    requestId: request.id,
    ticketId: request.ticketId,
    commit: merge.commit,
    branch,
    backupRef: backups.split('\n')[0] ?? '',
    appliedAt: merge.at,
  };
  await writeLanded(house, request, ticket, release, await house.reviewer());
  house.log(
    `Patch request ${request.id.slice(0, 8)} had landed as ${merge.commit.slice(0, 12)}; noted.`,
  );
}
