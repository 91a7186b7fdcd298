import { join } from 'node:path';
import { PatchwrightError } from '../core/errors.ts';
import { gatesPassed } from '../core/gate.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Progress } from '../core/progress.ts';
import { attempt, eventsOf, toTesting } from './attempt.ts';
import { newRequest } from './request.ts';
import { commitGiven, type GivenPatch, layGiven } from './given.ts';
import type { House } from './house.ts';
import { judge } from './judge.ts';

export interface Proposal extends GivenPatch {
  readonly ticketId: string;
  /** Why it is right, for the reviewer. */
  readonly reasoning: string;
  /** Who made it; stands where a model's name does. */
  readonly by: string;
}

/** A patch from elsewhere goes the same way as a drafted one: attempt → gates → request. */
export async function propose(
  house: House,
  proposal: Proposal,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<PatchRequest> {
  const { ticketId, reasoning, by, base } = proposal;
  // Another patch is something new, and costs no model's time.
  const wanted = { ticketId, again: true };
  const start = { ...wanted, settings: house.settings(), model: { name: by }, tell, signal };
  return attempt(house, { ...start, ...(base ? { base } : {}) }, async (job, worktree) => {
    const { ledger, settings, ticket } = job;
    ledger.submissions += 1;
    const tests = await house.findTests(join(worktree.path, worktree.prefix), settings);
    const laid = await layGiven(worktree, proposal);
    await toTesting(job);
    ledger.patch = await commitGiven(worktree, laid, {
      ticketId: ticket.id,
      attemptId: job.attempt.id,
      title: ticket.title,
      summary: reasoning,
      model: by,
    });
    const judging = { house, settings, ticket, on: eventsOf(job), useCache: true, signal };
    const protection = await house.protection();
    ledger.gates = await judge(judging, worktree, ledger.patch, tests, protection);
    if (!gatesPassed(ledger.gates)) throw refused(ledger.gates);
    return newRequest(job, { reasoning });
  });
}

function refused(gates: readonly { readonly verdict: string; readonly reason: string }[]) {
  const reasons = gates.filter(({ verdict }) => verdict === 'failed').map(({ reason }) => reason);
  return new PatchwrightError('gates_failed', {
    what: 'The patch was refused by the gates.',
    why: reasons.join(' '),
    remedy: 'Correct it and propose it again.',
  });
}
