import { PatchwrightError } from '../core/errors.ts';
import { assertRequestMove, type PatchRequest, type Release } from '../core/patchRequest.ts';
import type { Ticket } from '../core/ticket.ts';
import { land } from '../release/land.ts';
import { rollBack as revert } from '../release/rollBack.ts';
import { audit, move } from './changes.ts';
import type { House } from './house.ts';

export interface DecisionOptions {
  readonly comment?: string;
  readonly confirmedProtectedBranch?: boolean;
}

/**
 * Lands first and writes after: a refused landing leaves request and ticket as they were, and a crash
 * in between is found by `recover`, which recognises the merge commit by its trailers.
 */
export async function approve(
  house: House,
  requestId: string,
  options: DecisionOptions = {},
): Promise<Release> {
  await house.backlog.refresh();
  const request = requestOf(house, requestId);
  assertRequestMove(request, 'APPROVED');
  const ticket = ticketOf(house, request.ticketId);
  const reviewer = await house.reviewer();
  const release = await land(
    { git: house.git, clock: house.clock },
    {
      request,
      ticketTitle: ticket.title,
      reviewer,
      ...(options.comment ? { comment: options.comment } : {}),
      protectedBranches: house.settings().approve.protectedBranches,
      confirmedProtectedBranch: options.confirmedProtectedBranch ?? false,
    },
  );
  await writeLanded(house, request, ticket, release, reviewer, options.comment);
  return release;
}

export async function writeLanded(
  house: House,
  request: PatchRequest,
  ticket: Ticket,
  release: Release,
  reviewer: string,
  comment?: string,
): Promise<void> {
  await house.backlog.write([
    { kind: 'release', id: release.id, fields: release },
    {
      kind: 'request',
      id: request.id,
      fields: {
        status: 'APPLIED',
        reviewedAt: release.appliedAt,
        reviewedBy: reviewer,
        ...(comment ? { reviewComment: comment } : {}),
        appliedAt: release.appliedAt,
      },
    },
    audit({
      actor: reviewer,
      action: 'request.approved',
      subject: request.id,
      before: request.status,
      after: { commit: request.commit, comment },
    }),
    audit({
      actor: 'patchwright',
      action: 'request.applied',
      subject: request.id,
      after: { merge: release.commit, branch: release.branch, backup: release.backupRef },
    }),
    ...(ticket.status === 'ready' ? move(ticket, 'applied', release.appliedAt, reviewer) : []),
  ]);
}

/** The comment goes to the ticket, and from there to the next attempt. */
export async function reject(house: House, requestId: string, comment: string): Promise<void> {
  const text = comment.trim();
  if (text === '') {
    throw new PatchwrightError('usage', {
      what: 'A rejection needs a comment.',
      why: 'The next attempt learns from it.',
      remedy: 'Say in a sentence what is wrong with the patch.',
    });
  }
  await house.backlog.refresh();
  const request = requestOf(house, requestId);
  assertRequestMove(request, 'DENIED');
  const ticket = ticketOf(house, request.ticketId);
  const reviewer = await house.reviewer();
  const now = house.clock.now().toISOString();
  const comments = [...(ticket.metadata.reviewComments ?? []), text];
  await house.backlog.write([
    {
      kind: 'request',
      id: request.id,
      fields: { status: 'DENIED', reviewedAt: now, reviewedBy: reviewer, reviewComment: text },
    },
    {
      kind: 'ticket',
      id: ticket.id,
      fields: { metadata: { ...ticket.metadata, reviewComments: comments } },
    },
    ...move(ticket, 'rejected', now, reviewer),
    audit({
      actor: reviewer,
      action: 'request.rejected',
      subject: request.id,
      after: { comment: text },
    }),
  ]);
}

export async function undoReject(house: House, requestId: string): Promise<void> {
  await house.backlog.refresh();
  const request = requestOf(house, requestId);
  assertRequestMove(request, 'PENDING_APPROVAL');
  const ticket = ticketOf(house, request.ticketId);
  const reviewer = await house.reviewer();
  const comments = (ticket.metadata.reviewComments ?? []).filter(
    (c) => c !== request.reviewComment,
  );
  await house.backlog.write([
    { kind: 'request', id: request.id, fields: { status: 'PENDING_APPROVAL' } },
    {
      kind: 'ticket',
      id: ticket.id,
      fields: { metadata: { ...ticket.metadata, reviewComments: comments } },
    },
    ...move(ticket, 'ready', house.clock.now().toISOString(), reviewer),
    audit({ actor: reviewer, action: 'request.rejection_undone', subject: request.id }),
  ]);
}

export async function rollBack(
  house: House,
  releaseId: string,
  reason: string,
  options: DecisionOptions = {},
): Promise<Release> {
  await house.backlog.refresh();
  const release = house.backlog.releases.get(releaseId);
  if (!release) throw notFound(`release ${releaseId}`);
  const request = requestOf(house, release.requestId);
  assertRequestMove(request, 'ROLLED_BACK');
  const ticket = ticketOf(house, release.ticketId);
  const reviewer = await house.reviewer();
  const { commit } = await revert(
    { git: house.git },
    {
      release,
      ticketTitle: ticket.title,
      reason,
      reviewer,
      protectedBranches: house.settings().approve.protectedBranches,
      confirmedProtectedBranch: options.confirmedProtectedBranch ?? false,
    },
  );
  const now = house.clock.now().toISOString();
  const fields = { rolledBackAt: now, rollbackReason: reason, rollbackCommit: commit };
  await house.backlog.write([
    { kind: 'release', id: release.id, fields },
    { kind: 'request', id: request.id, fields: { status: 'ROLLED_BACK' } },
    ...(ticket.status === 'applied' ? move(ticket, 'rolled_back', now, reviewer) : []),
    audit({
      actor: reviewer,
      action: 'release.rolled_back',
      subject: release.id,
      after: { reason, commit },
    }),
  ]);
  return { ...release, ...fields };
}

function requestOf(house: House, id: string): PatchRequest {
  const request = house.backlog.requests.find(id);
  if (!request) throw notFound(`patch request ${id}`);
  return request;
}

function ticketOf(house: House, id: string): Ticket {
  const ticket = house.backlog.tickets.get(id);
  if (!ticket) throw notFound(`ticket ${id}`);
  return ticket;
}

export function notFound(thing: string): PatchwrightError {
  return new PatchwrightError('not_found', {
    what: `There is no ${thing}.`,
    why: 'The backlog of this folder does not know it.',
    remedy: 'List what there is with `patchwright requests` and `patchwright tickets`.',
  });
}
