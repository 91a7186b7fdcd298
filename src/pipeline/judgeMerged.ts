import { join } from 'node:path';
import { patchOf } from '../attempt/patch.ts';
import { PatchwrightError } from '../core/errors.ts';
import { type GateReport, gatesPassed, gateTitles } from '../core/gate.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Progress } from '../core/progress.ts';
import type { Ticket } from '../core/ticket.ts';
import type { Merged } from '../release/land.ts';
import { audit } from './changes.ts';
import { sayingOf } from './decision.ts';
import type { House } from './house.ts';
import { judge } from './judge.ts';

/**
 * Runs the gates over what a merge makes of a patch and a branch that has moved on since, before the branch
 * moves: each may be right alone and both together not. Rejects with `gates_failed`, naming what failed.
 */
export async function judgeMerged(
  house: House,
  { request, ticket }: { readonly request: PatchRequest; readonly ticket: Ticket },
  { commit, onto }: Merged,
  { tell, signal }: { readonly tell: (progress: Progress) => void; readonly signal: AbortSignal },
): Promise<void> {
  const stage = sayingOf({ tell }, ticket);
  stage('The branch has moved on since the patch was made: the gates run again on both together');
  const reports = await reportsOf(house, { request, ticket }, { commit, onto }, tell, signal);
  const verdicts = reports.map(({ id, verdict }) => [id, verdict]);
  await house.backlog.write([
    audit({
      actor: 'patchwright',
      action: 'merge.judged',
      subject: request.id,
      after: { merge: commit, onto, gates: verdicts },
    }),
  ]);
  if (!gatesPassed(reports)) throw refused(reports);
  stage('All gates passed on the merged result');
}

async function reportsOf(
  house: House,
  { request, ticket }: { readonly request: PatchRequest; readonly ticket: Ticket },
  { commit, onto }: Merged,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<readonly GateReport[]> {
  const settings = house.settings();
  const worktree = await house.worktrees(settings).open(
    {
      branch: 'improvement/to-land',
      base: onto,
      onProgress: sayingOf({ tell }, ticket),
    },
    signal,
  );
  try {
    const tests = await house.findTests(join(worktree.path, worktree.prefix), settings);
    const patch = await patchOf(worktree.git, onto, commit, worktree.branch, request.testFiles);
    const on = {
      started: (gate: GateReport['id']) =>
        tell({ kind: 'gate_started', ticketId: ticket.id, gate }),
      ended: (report: GateReport) => tell({ kind: 'gate', ticketId: ticket.id, report }),
    };
    const judging = { house, settings, ticket, on, useCache: true, signal };
    return await judge(judging, worktree, patch, tests, await house.protection());
  } finally {
    await worktree.close({ keepBranch: false });
  }
}

function refused(reports: readonly GateReport[]): PatchwrightError {
  const failed = reports.filter(({ verdict }) => verdict === 'failed');
  const named = (failed.length > 0 ? failed : reports.filter(isLeftOut)).map(
    ({ id, reason }) => `${gateTitles[id]}: ${reason}`,
  );
  return new PatchwrightError('gates_failed', {
    what: 'The patch was not merged, and nothing was changed.',
    why: `Together with what the branch got since, it does not pass. ${named.join(' ')}`,
    remedy: 'Draft the ticket again from the current state, or reject the patch.',
  });
}

function isLeftOut({ verdict }: GateReport): boolean {
  return verdict === 'skipped';
}
