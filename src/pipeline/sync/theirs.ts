import { assertReviewer } from '../../core/approval.ts';
import { PatchwrightError } from '../../core/errors.ts';
import { gatesPassed } from '../../core/gate.ts';
import type { PatchRequest } from '../../core/patchRequest.ts';
import type { Progress } from '../../core/progress.ts';
import { redact } from '../../core/secrets.ts';
import type { Said } from '../../core/team.ts';
import { isCommit } from '../../release/ownGit.ts';
import { audit, move } from '../changes.ts';
import { notFound } from '../lookUp.ts';
import type { House } from '../house.ts';
import { judgeGiven } from '../judgeGiven.ts';
import { propose } from '../propose.ts';
import { patchHash } from './trust.ts';

/** By its id, or the beginning of one that no other request of others has. */
export function theirRequest({ backlog }: Pick<House, 'backlog'>, name: string): Theirs {
  const found = backlog.team.requests().filter(({ id }) => id === name || isBegun(id, name));
  const [request] = found;
  if (!request || found.length > 1) throw notFound(`patch request ${name} of others`);
  if (request.diff !== undefined) return { ...request, diff: request.diff };
  throw new PatchwrightError('not_found', {
    what: `The patch of ${name} is not here.`,
    why: 'It is long, or holds what may be a secret, so its clone kept it back.',
    remedy: `Ask ${request.by} for it, and use \`patchwright propose --patch\`.`,
  });
}

const silent = { started: () => undefined, ended: () => undefined };

export type Theirs = Said<'request'> & { readonly diff: string };

function isBegun(id: string, name: string): boolean {
  return name.length >= 4 && id.startsWith(name);
}

/**
 * Says yes to a patch of somebody else's, once the gates have passed it here too. Nothing lands by that:
 * it counts where the patch waits, among its reviewers, when a person there approves.
 */
export async function vouch(
  house: House,
  name: string,
  comment: string,
  signal: AbortSignal,
): Promise<Theirs> {
  const request = theirRequest(house, name);
  const reviewer = await house.reviewer();
  assertReviewer(reviewer, house.settings().approve);
  await assertPasses(house, request, signal);
  const said = redact(comment);
  const at = house.clock.now().toISOString();
  const diff = patchHash(request.diff);
  await house.backlog.write([
    { kind: 'approval', id: request.id, diff, at, ...(said ? { comment: said } : {}) },
    audit({ actor: reviewer, action: 'request.vouched', subject: request.id, after: { diff } }),
  ]);
  return request;
}

async function assertPasses(house: House, request: Theirs, signal: AbortSignal): Promise<void> {
  const options = { ticketId: request.ticketId, useCache: true };
  const given = await givenBy(house, request);
  const { reports } = await judgeGiven(house, given, options, silent, signal);
  if (!gatesPassed(reports)) throw refused(reports);
}

/**
 * Makes it a patch request of this clone, by the same way as any patch from elsewhere. Judged beforehand,
 * as the ticket is everybody's: it must not become a failed one because the patch fails here.
 */
export async function takeOver(
  house: House,
  name: string,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<PatchRequest> {
  const request = theirRequest(house, name);
  const { ticketId, reasoning, by } = request;
  await assertPasses(house, request, signal);
  // Its clone has it ready there; here it is not yet.
  const ticket = house.backlog.tickets.get(ticketId);
  const isWaiting = house.backlog.requests.list({ statuses: ['PENDING_APPROVAL'], ticketId });
  if (ticket?.status === 'ready' && isWaiting.length === 0) {
    const at = house.clock.now().toISOString();
    await house.backlog.write(move(ticket, 'open', at, await house.reviewer()));
  }
  const given = await givenBy(house, request);
  return propose(house, { ...given, ticketId, reasoning, by }, tell, signal);
}

async function givenBy({ git }: Pick<House, 'git'>, { diff, base }: Theirs) {
  const isHere = await isCommit(git, base);
  return { diff: Buffer.from(diff), tests: [], ...(isHere ? { base } : {}) };
}

function refused(reports: readonly { readonly verdict: string; readonly reason: string }[]) {
  const failed = reports.filter(({ verdict }) => verdict === 'failed');
  return new PatchwrightError('gates_failed', {
    what: 'The patch was not approved.',
    why: failed.map(({ reason }) => reason).join(' '),
    remedy: 'Say so to who made it.',
  });
}
