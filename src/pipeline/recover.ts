import { randomUUID } from 'node:crypto';
import { errorMessage, isPatchwrightError } from '../core/errors.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { writeLanded } from './decide.ts';
import { audit, move } from './changes.ts';
import type { House } from './house.ts';

/** Brings the backlog and the worktrees to a consistent state after a crash or a reload. */
export async function recover(house: House): Promise<void> {
  await endInterrupted(house);
  try {
    await house.worktrees(house.settings()).recover();
    await noteLandings(house);
  } catch (error) {
    // No repository, or settings that are not valid yet: nothing of ours can be there to clean up.
    if (!isPatchwrightError(error)) throw error;
    house.log(`Nothing was cleaned up: ${errorMessage(error)}`);
  }
}

async function endInterrupted(house: House): Promise<void> {
  const { backlog } = house;
  const now = house.clock.now().toISOString();
  const dead = backlog.attempts.running().filter((attempt) => !house.isAlive(attempt.runner));
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

/** A crash between the merge and its note leaves a merge commit whose trailers name the request. */
async function noteLandings(house: House): Promise<void> {
  const waiting = house.backlog.requests.list({ statuses: ['PENDING_APPROVAL'] });
  for (const request of waiting) {
    const commit = await mergeOf(house, request);
    const ticket = house.backlog.tickets.get(request.ticketId);
    if (!commit || !ticket) continue;
    const [branch, reviewer] = await Promise.all([
      house.git.run(['symbolic-ref', '--short', 'HEAD']),
      house.reviewer(),
    ]);
    const backups = await house.git.run([
      'for-each-ref',
      '--sort=-refname',
      '--format=%(refname)',
      `refs/patchwright/backup/${request.ticketId}/`,
    ]);
    const release = {
      id: randomUUID(),
      requestId: request.id,
      ticketId: request.ticketId,
      commit,
      branch,
      backupRef: backups.split('\n')[0] ?? '',
      appliedAt: await house.git.run(['show', '-s', '--format=%cI', commit]).then(toUtc),
    };
    await writeLanded(house, request, ticket, release, reviewer);
    house.log(
      `Patch request ${request.id.slice(0, 8)} had landed as ${commit.slice(0, 12)}; noted.`,
    );
  }
}

async function mergeOf(house: House, request: PatchRequest): Promise<string | undefined> {
  const { code } = await house.git.code(['merge-base', '--is-ancestor', request.commit, 'HEAD'], {
    okCodes: [0, 1, 128],
  });
  if (code !== 0) return undefined;
  const found = await house.git.run([
    'log',
    '-1',
    '--merges',
    '--first-parent',
    '--fixed-strings',
    `--grep=Patchwright-Request: ${request.id}`,
    '--format=%H',
    'HEAD',
  ]);
  return found || undefined;
}

function toUtc(date: string): string {
  return new Date(date).toISOString();
}
