import type { Change } from '../core/change.ts';
import { errorMessage, isPatchwrightError } from '../core/errors.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Forge, PullRequest, ReviewComment } from '../core/pullRequest.ts';
import { redact } from '../core/secrets.ts';
import { remoteOf } from '../release/pullRequest.ts';
import { audit, move } from './changes.ts';
import { commentsOf } from './decide.ts';
import { writeLanded } from './landed.ts';
import { ticketOf } from './lookUp.ts';
import type { House } from './house.ts';
import { forgeOf } from './pullRequests.ts';

/** Not asked again before. */
const restMs = 5 * 60_000;

/** Asks the forge what became of the pull requests that are open; at most every few minutes. */
export function createFollower(house: House): (signal?: AbortSignal) => Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  return async (signal) => {
    const waiting = openOnes(house);
    const now = house.clock.now().getTime();
    if (waiting.length === 0 || now - last < restMs) return;
    last = now;
    try {
      const remote = await remoteOf({ git: house.git }, signal);
      const forge = remote && (await forgeOf(house, remote, false)).forge;
      if (!forge) return;
      await Promise.all(waiting.map((request) => follow(house, forge, request, signal)));
    } catch (error) {
      // Offline, or signed out: the scan that asked has other work, and the next one asks again.
      if (!isPatchwrightError(error)) throw error;
      house.log(`Pull requests could not be followed: ${errorMessage(error)}`);
    }
  };
}

function openOnes({ backlog }: House): readonly PatchRequest[] {
  // Whatever was decided here since: as long as it is open there, no second one is opened.
  return backlog.requests.list().filter(({ pullRequest }) => pullRequest?.state === 'open');
}

async function follow(
  house: House,
  forge: Forge,
  { id, pullRequest }: PatchRequest,
  signal?: AbortSignal,
): Promise<void> {
  if (!pullRequest) return;
  const seen = await forge.state(pullRequest.number, signal);
  await house.backlog.exclusively(
    'decide',
    async () => {
      const request = openOnes(house).find((one) => one.id === id); // followed by another window?
      if (request?.pullRequest && differs(request.pullRequest, seen)) {
        await note(house, request, request.pullRequest, seen);
      }
    },
    signal,
  );
}

function differs(before: PullRequest, after: PullRequest): boolean {
  const seenAt = ''; // that it was looked at is no change
  return JSON.stringify({ ...before, seenAt }) !== JSON.stringify({ ...after, seenAt });
}

async function note(
  house: House,
  request: PatchRequest,
  before: PullRequest,
  seen: PullRequest,
): Promise<void> {
  const ticket = ticketOf(house, request.ticketId);
  const known = new Set(before.comments.map(({ id }) => id));
  const fresh = seen.comments.filter(({ id }) => !known.has(id));
  // The one before on the same branch would say the same of it.
  const isNewest = !openOnes(house).some(
    (one) => one.pullRequest?.url === seen.url && one.createdAt > request.createdAt,
  );
  const closed = `Pull request ${seen.number} was closed without being merged.`;
  const waits = request.status === 'APPROVED';
  const isRefused = waits && seen.state === 'closed';
  const said = [...(isNewest ? fresh.map(commentText) : []), ...(isRefused ? [closed] : [])];
  const comments = [...(ticket.metadata.reviewComments ?? []), ...said];
  const now = house.clock.now().toISOString();
  const pullRequest = {
    ...seen,
    comments: seen.comments.map((one) => ({ ...one, text: redact(one.text) })),
  };
  await house.backlog.write([
    { kind: 'request', id: request.id, fields: { pullRequest } },
    ...(said.length > 0 ? [commentsOf(ticket, comments)] : []),
    audit({
      actor: 'patchwright',
      action: `pull_request.${seen.state === 'open' ? 'changed' : seen.state}`,
      subject: request.id,
      before: { state: before.state, checks: before.checks },
      after: { state: seen.state, checks: seen.checks, url: seen.url, comments: fresh.length },
    }),
    ...(isRefused ? denied(request, closed, now) : []),
    ...(isRefused && ticket.status === 'ready' ? move(ticket, 'rejected', now, 'patchwright') : []),
  ]);
  if (waits && seen.state === 'merged') await noteMerged(house, request, seen);
  house.log(`Pull request ${seen.number}: ${seen.state}, checks ${seen.checks}.`);
}

function denied(request: PatchRequest, reviewComment: string, reviewedAt: string): Change[] {
  return [
    { kind: 'request', id: request.id, fields: { status: 'DENIED', reviewComment, reviewedAt } },
    audit({
      actor: 'patchwright',
      action: 'request.rejected',
      subject: request.id,
      after: { comment: reviewComment },
    }),
  ];
}

async function noteMerged(house: House, request: PatchRequest, seen: PullRequest): Promise<void> {
  const { out: branch } = await house.git.code(['symbolic-ref', '--quiet', '--short', 'HEAD'], {
    okCodes: [0, 1],
  });
  const release = {
    id: request.id,
    requestId: request.id,
    ticketId: request.ticketId,
    commit: seen.mergeCommit ?? request.commit,
    branch,
    backupRef: '', // no branch of here was moved
    appliedAt: house.clock.now().toISOString(),
  };
  const reviewer = request.reviewedBy ?? (await house.reviewer());
  await writeLanded(house, request, ticketOf(house, request.ticketId), release, reviewer);
}

const maxChars = 2_000;

/** As the next attempt is told it. */
function commentText({ by, text, path, line }: ReviewComment): string {
  const place = path === undefined ? '' : ` on ${path}${line === undefined ? '' : `:${line}`}`;
  return redact(`${by}${place}: ${text.trim()}`).slice(0, maxChars);
}
