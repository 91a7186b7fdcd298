import {
  type Approval,
  type ApprovalMode,
  type Approved,
  approvalsNeeded,
  assertReviewer,
  fromElsewhere,
  withApproval,
} from '../core/approval.ts';
import type { Change } from '../core/change.ts';
import { errorMessage, isPatchwrightError, PatchwrightError } from '../core/errors.ts';
import { assertRequestMove, type PatchRequest, type Release } from '../core/patchRequest.ts';
import type { Progress } from '../core/progress.ts';
import type { PullRequest } from '../core/pullRequest.ts';
import { redact } from '../core/secrets.ts';
import { defaultSettings, type Settings } from '../core/settings.ts';
import { assertMove, type Ticket } from '../core/ticket.ts';
import { judgeCommit } from '../gates/protectedFiles.ts';
import { keepBranch } from '../release/keep.ts';
import { land, refuseGone } from '../release/land.ts';
import { rollBack as revert } from '../release/rollBack.ts';
import { baselineAt } from './releaseRates.ts';
import { audit, move } from './changes.ts';
import type { House } from './house.ts';
import { judgeMerged } from './judgeMerged.ts';
import { patchHash, riskFor } from './sync/trust.ts';
import { inFolder } from './inFolder.ts';
import { neighboursOf } from './neighbours.ts';
import { type Lesson, learning } from './learning.ts';
import { openOfBranch, openPullRequestFor } from './pullRequests.ts';
import { askForPatch } from './takeBack.ts';

export interface DecisionOptions {
  readonly comment?: string;
  readonly confirmedProtectedBranch?: boolean;
}

export interface ApprovalOptions extends DecisionOptions {
  /** Instead of the setting's. */
  readonly mode?: ApprovalMode;
  /** The commit that the reviewer has seen; throws `stale` when the request has another one by now. */
  readonly seen?: string;
}

/** Who watches a decision. */
export interface Watching {
  readonly tell: (progress: Progress) => void;
  readonly signal: AbortSignal;
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

function approvedBy(reviewer: string, request: PatchRequest, comment: string | undefined) {
  return audit({
    actor: reviewer,
    action: 'request.approved',
    subject: request.id,
    before: request.status,
    after: { commit: request.commit, comment },
  });
}

/** One decision at a time, in all windows, each on what the one before has left. */
function deciding<T>(
  house: House,
  signal: AbortSignal | undefined,
  decide: () => Promise<T>,
): Promise<T> {
  return house.backlog.exclusively('decide', decide, signal);
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

export async function writeLanded(
  house: House,
  request: PatchRequest,
  ticket: Ticket,
  landed: Release,
  reviewer: string,
  comment?: string,
): Promise<Release> {
  const { appliedAt } = landed;
  const neighbours = await neighboursOf(house, request);
  const release: Release = {
    ...landed,
    baseline: baselineAt(house.backlog.metrics, landed, neighbours, house.clock.now()),
    monitoredUntil: monitoredUntil(house, appliedAt),
  };
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
        ...(request.approvals ? { approvals: request.approvals } : {}),
      },
    },
    // A patch that was kept on its branch was approved before.
    ...(request.status === 'APPROVED'
      ? []
      : [
          approvedBy(reviewer, request, comment),
          ...lessonOf(house, request, 'request.approved', {
            status: 'APPLIED',
            reviewedAt: release.appliedAt,
          }),
        ]),
    audit({
      actor: 'patchwright',
      action: 'request.applied',
      subject: request.id,
      after: { merge: release.commit, branch: release.branch, backup: release.backupRef },
    }),
    ...(ticket.status === 'ready' ? move(ticket, 'applied', release.appliedAt, reviewer) : []),
    ...takenBack(house, ticket, release, reviewer),
  ]);
  return release;
}

/** What a patch was to take back is taken back once it has landed. */
function takenBack(
  house: House,
  { metadata }: Ticket,
  { commit }: Release,
  reviewer: string,
): readonly Change[] {
  const earlier = house.backlog.releases.get(metadata.takesBack ?? '');
  if (!earlier || earlier.rolledBackAt !== undefined) return [];
  const reason = `Taken back by the patch that landed as ${commit.slice(0, 12)}.`;
  return rolledBack(house, earlier, { reason, reviewer, commit }).changes;
}

function monitoredUntil(house: House, appliedAt: string): string {
  const ms = monitorSettings(house).minutes * 60_000;
  return new Date(Date.parse(appliedAt) + ms).toISOString();
}

/** What has landed must be written down, settings that are not valid or not. */
function monitorSettings(house: House): Settings['monitor'] {
  try {
    return house.settings().monitor;
  } catch (error) {
    house.log(errorMessage(error));
    return defaultSettings.monitor;
  }
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

export async function rollBack(
  house: House,
  releaseId: string,
  why: string,
  options: DecisionOptions = {},
  by?: string,
): Promise<Release> {
  const reason = redact(why);
  return deciding(house, undefined, async () => {
    const release = house.backlog.releases.get(releaseId);
    if (!release) throw notFound(`release ${releaseId}`);
    const request = requestOf(house, release.requestId);
    assertRequestMove(request, 'ROLLED_BACK');
    const ticket = ticketOf(house, release.ticketId);
    const reviewer = by ?? (await house.reviewer());
    try {
      const { commit } = await revert(
        { git: house.git },
        {
          release,
          patch: request,
          ticketTitle: ticket.title,
          reason,
          reviewer,
          protectedBranches: house.settings().approve.protectedBranches,
          confirmedProtectedBranch: options.confirmedProtectedBranch ?? false,
        },
      );
      return await writeRolledBack(house, release, { reason, reviewer, commit });
    } catch (error) {
      if (isPatchwrightError(error, 'conflict')) {
        const whole = await wholeRequestOf(house, request.id);
        throw await askForPatch(house, { release, request: whole, ticket }, reason, error);
      }
      // Somebody has reverted it by hand: the note is all that is missing.
      if (!isPatchwrightError(error, 'nothing_to_do')) throw error;
      house.log(errorMessage(error));
      return await writeRolledBack(house, release, { reason, reviewer });
    }
  });
}

interface Back {
  readonly reason: string;
  readonly reviewer: string;
  readonly commit?: string;
}

export async function writeRolledBack(house: House, release: Release, by: Back): Promise<Release> {
  const { after, changes } = rolledBack(house, release, by);
  await house.backlog.write(changes);
  return after;
}

function rolledBack(
  house: House,
  release: Release,
  by: Back,
): { readonly after: Release; readonly changes: readonly Change[] } {
  const now = house.clock.now().toISOString();
  const ticket = house.backlog.tickets.get(release.ticketId);
  const fields = {
    rolledBackAt: now,
    rollbackReason: by.reason,
    ...(by.commit ? { rollbackCommit: by.commit } : {}),
  };
  const changes: readonly Change[] = [
    { kind: 'release', id: release.id, fields },
    { kind: 'request', id: release.requestId, fields: { status: 'ROLLED_BACK' } },
    ...rollbackLesson(house, release, now),
    ...(ticket?.status === 'applied' ? move(ticket, 'rolled_back', now, by.reviewer) : []),
    audit({
      actor: by.reviewer,
      action: 'release.rolled_back',
      subject: release.id,
      after: { reason: by.reason, commit: by.commit },
    }),
  ];
  return { after: { ...release, ...fields }, changes };
}

function lessonOf(
  house: House,
  { id, improvementType: taskType, model }: PatchRequest,
  type: Lesson['type'],
  fields: Pick<PatchRequest, 'status'> & Partial<Pick<PatchRequest, 'reviewedAt'>>,
) {
  return learning(house, {
    type,
    taskType,
    model,
    after: (history) => ({
      ...history,
      requests: history.requests.map((one) => (one.id === id ? { ...one, ...fields } : one)),
    }),
  });
}

function rollbackLesson(house: House, { id, requestId }: Release, rolledBackAt: string) {
  const request = house.backlog.requests.get(requestId);
  if (!request) return [];
  return learning(house, {
    type: 'release.rolled_back',
    taskType: request.improvementType,
    model: request.model,
    after: (history) => ({
      ...history,
      releases: history.releases.map((one) => (one.id === id ? { ...one, rolledBackAt } : one)),
    }),
  });
}

export function requestOf(house: House, id: string): PatchRequest {
  const request = house.backlog.requests.find(id);
  if (!request) throw notFound(`patch request ${id}`);
  return request;
}

/** With what of it lies in the archive. */
export async function wholeRequestOf(house: House, id: string): Promise<PatchRequest> {
  const request = requestOf(house, id);
  return (await house.backlog.archive.request(request.id)) ?? request;
}

/** What it takes to have all of it in the backlog again. */
async function outOfArchive(house: House, request: PatchRequest): Promise<Partial<PatchRequest>> {
  if (!request.archive) return {};
  return { ...(await wholeRequestOf(house, request.id)), archive: '' };
}

export function ticketOf(house: House, id: string): Ticket {
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
