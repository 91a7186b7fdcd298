import {
  type Approval,
  type ApprovalMode,
  type Approved,
  approvalsNeeded,
  assertReviewer,
  fromElsewhere,
  withApproval,
} from '../core/approval.ts';
import { PatchwrightError } from '../core/errors.ts';
import { assertRequestMove, type PatchRequest } from '../core/patchRequest.ts';
import type { PullRequest } from '../core/pullRequest.ts';
import { redact } from '../core/secrets.ts';
import { assertMove, type Ticket } from '../core/ticket.ts';
import { judgeCommit } from '../gates/protectedFiles.ts';
import { keepBranch } from '../release/keep.ts';
import { land, refuseGone } from '../release/land.ts';
import { audit, move } from './changes.ts';
import {
  approvedBy,
  type DecisionOptions,
  deciding,
  lessonOf,
  sayingOf,
  type Watching,
} from './decision.ts';
import type { House } from './house.ts';
import { inFolder } from './inFolder.ts';
import { judgeMerged } from './judgeMerged.ts';
import { writeLanded } from './landed.ts';
import { requestOf, wholeRequestOf, ticketOf } from './lookUp.ts';
import { openOfBranch, openPullRequestFor } from './pullRequests.ts';
import { patchHash, riskFor } from './sync/trust.ts';

export interface ApprovalOptions extends DecisionOptions {
  /** Instead of the setting's. */
  readonly mode?: ApprovalMode;
  /** The commit that the reviewer has seen; throws `stale` when the request has another one by now. */
  readonly seen?: string;
}

/**
 * Counts a reviewer's yes, and with the last that is needed lands the patch or keeps its branch. Lands
 * first and writes after: a refused landing leaves request and ticket as they were, and a crash in
 * between is found by `recover`, which recognises the merge commit by its trailers.
 */
export async function approve(
  house: House,
  requestId: string,
  options: ApprovalOptions,
  watching: Watching,
  by?: string,
): Promise<Approved> {
  const comment = redact(options.comment ?? '');
  return deciding(house, watching.signal, async () => {
    const request = requestOf(house, requestId);
    assertRequestMove(request, 'APPROVED');
    refuseUnseen(request, options.seen);
    const ticket = ticketOf(house, request.ticketId);
    const rules = house.settings().approve;
    const reviewer = by ?? (await house.reviewer());
    assertReviewer(reviewer, rules);
    const at = house.clock.now().toISOString();
    const approval = { by: reviewer, at, ...(comment ? { comment } : {}) };
    const approvals = withApproval(request, approval, rules);
    await refuseForeignBacklog(house);
    await judgeAgain(house, request);
    const needed = approvalsNeeded(riskFor(house.backlog, ticket), rules);
    const theirs = house.backlog.team.approvals(request.id, patchHash(request.diff));
    const have = approvals.length + fromElsewhere(request, approvals, theirs, rules).length;
    if (have < needed) {
      await writeCounted(house, request, approvals, reviewer);
      return { kind: 'counted', have, needed };
    }
    const decided: Decided = { request: { ...request, approvals }, ticket, reviewer, comment };
    const confirmed = options.confirmedProtectedBranch ?? false;
    const mode = options.mode ?? (openOfBranch(house, request) ? 'pull_request' : rules.mode);
    if (mode === 'merge') return landIt(house, decided, confirmed, watching);
    if (mode === 'branch') return { kind: 'kept', branch: await keep(house, decided) };
    const opened = await openPullRequestFor(house, request, ticket, watching.signal);
    if (opened.kind === 'by_hand') return { ...opened, branch: await keep(house, decided) };
    await writeApproved(house, decided, opened.pullRequest);
    return opened;
  });
}

function refuseUnseen(request: PatchRequest, seen: string | undefined): void {
  if (seen === undefined || seen === request.commit) return;
  throw new PatchwrightError('stale', {
    what: 'The patch was not approved.',
    why: 'It was edited since you looked at it.',
    remedy: 'Open its diff again.',
  });
}

interface Decided {
  readonly request: PatchRequest;
  readonly ticket: Ticket;
  readonly reviewer: string;
  readonly comment: string;
}

async function landIt(
  house: House,
  decided: Decided,
  confirmed: boolean,
  watching: Watching,
): Promise<Approved> {
  const { request, ticket, reviewer, comment } = decided;
  const release = await land(
    {
      git: house.git,
      clock: house.clock,
      say: sayingOf(watching, ticket),
      judgeMerged: (merged) => judgeMerged(house, decided, merged, watching),
    },
    {
      request,
      ticketTitle: ticket.title,
      reviewer,
      ...(comment ? { comment } : {}),
      protectedBranches: house.settings().approve.protectedBranches,
      confirmedProtectedBranch: confirmed,
    },
    watching.signal,
  );
  const noted = await writeLanded(house, request, ticket, release, reviewer, comment);
  return { kind: 'landed', release: noted };
}

/** The ticket stays ready until the branch is merged: `createKeptWatch` looks for that. */
async function keep(house: House, decided: Decided): Promise<string> {
  const branch = await keepBranch({ git: house.git }, decided.request);
  await writeApproved(house, decided);
  return branch;
}

async function writeApproved(
  house: House,
  { request, reviewer, comment }: Decided,
  pullRequest?: PullRequest,
): Promise<void> {
  const reviewedAt = house.clock.now().toISOString();
  await house.backlog.write([
    {
      kind: 'request',
      id: request.id,
      fields: {
        status: 'APPROVED',
        approvals: request.approvals ?? [],
        reviewedAt,
        reviewedBy: reviewer,
        ...(comment ? { reviewComment: comment } : {}),
        ...(pullRequest ? { pullRequest } : {}),
      },
    },
    ...lessonOf(house, request, 'request.approved', { status: 'APPROVED', reviewedAt }),
    approvedBy(reviewer, request, comment),
    ...(pullRequest
      ? [
          audit({
            actor: reviewer,
            action: 'pull_request.opened',
            subject: request.id,
            after: { url: pullRequest.url, commit: request.commit },
          }),
        ]
      : []),
  ]);
}

function writeCounted(
  house: House,
  request: PatchRequest,
  approvals: readonly Approval[],
  reviewer: string,
): Promise<void> {
  return house.backlog.write([
    { kind: 'request', id: request.id, fields: { approvals } },
    audit({
      actor: reviewer,
      action: 'request.approval_counted',
      subject: request.id,
      before: request.approvals?.length ?? 0,
      after: approvals.length,
    }),
  ]);
}

/** Gate results are only worth something when they were run here: a clone may bring its own. */
async function refuseForeignBacklog(house: House): Promise<void> {
  const { out } = await house.git.code(
    ['ls-files', '--', '.patchwright/journal', '.patchwright/*.sqlite'],
    { okCodes: [0, 128] },
  );
  if (out === '') return;
  throw new PatchwrightError('untrusted', {
    what: 'The patch was not approved.',
    why: 'This backlog came with the repository (git tracks it), so its gate results prove nothing.',
    remedy:
      'Remove .patchwright from the repository (git rm -r --cached .patchwright) and draft again.',
  });
}

/** The protected list may have grown since, and the object that lands is what counts. */
async function judgeAgain(house: House, request: PatchRequest): Promise<void> {
  await refuseGone(house.git, request);
  const prefix = await house.git.run(['rev-parse', '--show-prefix']);
  const { protection } = inFolder(prefix, { protection: await house.protection() });
  const { verdict, reason } = await judgeCommit({ git: house.git, patch: request, protection });
  if (verdict === 'passed') return;
  throw new PatchwrightError('gates_failed', {
    what: 'The patch was not approved.',
    why: reason,
    remedy: 'Reject it, or take the file off the protected list if a patch may change it.',
  });
}

/** The comment goes to the ticket, and from there to the next attempt. */
export async function reject(
  house: House,
  requestId: string,
  comment: string,
): Promise<PatchRequest> {
  const text = redact(comment.trim());
  if (text === '') {
    throw new PatchwrightError('usage', {
      what: 'A rejection needs a comment.',
      why: 'The next attempt learns from it.',
      remedy: 'Say in a sentence what is wrong with the patch.',
    });
  }
  return deciding(house, undefined, async () => {
    const request = requestOf(house, requestId);
    assertRequestMove(request, 'DENIED');
    const ticket = ticketOf(house, request.ticketId);
    const reviewer = await house.reviewer();
    assertReviewer(reviewer, house.settings().approve);
    const now = house.clock.now().toISOString();
    const comments = [...(ticket.metadata.reviewComments ?? []), text];
    await house.backlog.write([
      {
        kind: 'request',
        id: request.id,
        fields: { status: 'DENIED', reviewedAt: now, reviewedBy: reviewer, reviewComment: text },
      },
      commentsOf(ticket, comments),
      ...lessonOf(house, request, 'request.rejected', { status: 'DENIED', reviewedAt: now }),
      // Another request of the same ticket may have been decided first; this one must not stay for ever.
      ...(ticket.status === 'ready' ? move(ticket, 'rejected', now, reviewer) : []),
      audit({
        actor: reviewer,
        action: 'request.rejected',
        subject: request.id,
        after: { comment: text },
      }),
    ]);
    return request;
  });
}

export async function undoReject(house: House, requestId: string): Promise<void> {
  await deciding(house, undefined, async () => {
    const request = requestOf(house, requestId);
    assertRequestMove(request, 'PENDING_APPROVAL');
    const ticket = ticketOf(house, request.ticketId);
    assertMove(ticket, 'ready');
    const reviewer = await house.reviewer();
    const comments = (ticket.metadata.reviewComments ?? []).filter(
      (comment) => comment !== request.reviewComment,
    );
    await house.backlog.write([
      {
        kind: 'request',
        id: request.id,
        fields: { ...(await outOfArchive(house, request)), status: 'PENDING_APPROVAL' },
      },
      commentsOf(ticket, comments),
      ...lessonOf(house, request, 'request.rejection_undone', { status: 'PENDING_APPROVAL' }),
      ...move(ticket, 'ready', house.clock.now().toISOString(), reviewer),
      audit({ actor: reviewer, action: 'request.rejection_undone', subject: request.id }),
    ]);
  });
}

export function commentsOf(ticket: Ticket, reviewComments: readonly string[]) {
  const metadata = { ...ticket.metadata, reviewComments };
  return { kind: 'ticket' as const, id: ticket.id, fields: { metadata } };
}

/** What it takes to have all of it in the backlog again. */
async function outOfArchive(house: House, request: PatchRequest): Promise<Partial<PatchRequest>> {
  if (!request.archive) return {};
  return { ...(await wholeRequestOf(house, request.id)), archive: '' };
}
