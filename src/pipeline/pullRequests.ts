import type { Approved } from '../core/approval.ts';
import { PatchwrightError } from '../core/errors.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Forge } from '../core/pullRequest.ts';
import type { Ticket } from '../core/ticket.ts';
import {
  byHand,
  openPullRequest,
  type PullRequestInput,
  type Remote,
  remoteOf,
} from '../release/pullRequest.ts';
import { repositoryOf, sshHostOf } from '../release/remoteUrl.ts';
import type { House } from './house.ts';
import { withoutSecrets } from './withoutSecrets.ts';

const perDay = 5;
const openAtOnce = 10;
const dayMs = 86_400_000;

type Opened =
  | Extract<Approved, { kind: 'opened' }>
  | Omit<Extract<Approved, { kind: 'by_hand' }>, 'branch'>;

/**
 * Opens a pull request for an approved patch, or says how to do it by hand. Call it under the lock of
 * decisions, so that the limits hold for all windows. Rejects with `limit_reached`, `illegal_move`,
 * `push_rejected` or `forge_*`.
 */
export async function openPullRequestFor(
  house: House,
  request: PatchRequest,
  ticket: Ticket,
  signal: AbortSignal,
): Promise<Opened> {
  const goesOn = openOfBranch(house, request) !== undefined;
  if (!goesOn) assertNoOther(house, ticket);
  const { pullRequest: settings } = house.settings();
  const remote = await remoteOf({ git: house.git }, signal);
  const masked = await withoutSecrets(request, ticket, signal);
  const input: PullRequestInput = {
    request: masked.request,
    ticket: masked.ticket,
    ...(masked.count > 0 ? { remark: remarkOf(masked.count) } : {}),
    remote: remote?.name ?? '',
    base: settings.base || (await baseOf(house, signal)),
    draft: settings.draft,
    reviewers: settings.reviewers,
  };
  if (!remote) return instead('This repository has no remote.', input);
  const { repository, forge } = await forgeOf(house, remote, true);
  if (!repository) {
    return instead(`${remote.name} is neither on GitHub nor on GitLab, as far as it tells.`, input);
  }
  if (!forge) {
    const why = `There is no sign-in and no token for ${new URL(repository.webUrl).host}.`;
    return { kind: 'by_hand', why, text: byHand(input, repository) };
  }
  if (!goesOn) assertWithinLimits(house);
  const pullRequest = await openPullRequest({ git: house.git, forge }, input, signal);
  return { kind: 'opened', pullRequest };
}

function remarkOf(count: number): string {
  return count === 1
    ? 'A value that looks like a secret was masked in this text.'
    : `${count} values that look like secrets were masked in this text.`;
}

function instead(why: string, input: PullRequestInput): Opened {
  return { kind: 'by_hand', why, text: byHand(input, undefined) };
}

/** Of the user's own remote, and no other host. */
export async function forgeOf(house: House, remote: Remote, ask: boolean) {
  const { forge: kind, folder } = house.settings().pullRequest;
  const named = sshHostOf(remote.url);
  const repository = repositoryOf(remote.url, {
    kind: kind === '' ? undefined : kind,
    folder,
    sshHost: named && (await house.sshHost(named)),
  });
  const forge: Forge | undefined = repository && (await house.forge(repository, ask));
  return { repository, forge };
}

/** As the remote calls what the current branch follows. */
async function baseOf({ git }: House, signal: AbortSignal): Promise<string> {
  const okCodes = [0, 1];
  const { out: branch } = await git.code(['symbolic-ref', '--quiet', '--short', 'HEAD'], {
    okCodes,
    signal,
  });
  const { out: merge } = await git.code(['config', '--get', `branch.${branch}.merge`], {
    okCodes,
    signal,
  });
  const base = merge.replace(/^refs\/heads\//, '') || branch;
  if (base !== '') return base;
  throw new PatchwrightError('detached_head', {
    what: 'No pull request was opened.',
    why: 'HEAD is detached, so no branch says where it is to land.',
    remedy: 'Check out a branch, or set patchwright.pullRequest.base.',
  });
}

/** The earlier patch on the same branch whose pull request is open: a push to it shows the new one there. */
export function openOfBranch(
  { backlog }: Pick<House, 'backlog'>,
  { ticketId, branch }: PatchRequest,
): PatchRequest | undefined {
  return backlog.requests
    .list({ ticketId })
    .find((one) => one.branch === branch && one.pullRequest?.state === 'open');
}

function assertNoOther({ backlog }: House, ticket: Ticket): void {
  const other = backlog.requests
    .list()
    .find((one) => one.ticketId === ticket.id && one.pullRequest?.state === 'open');
  if (!other) return;
  throw new PatchwrightError('illegal_move', {
    what: 'No pull request was opened.',
    why: `One for ${ticket.id} is open: ${other.pullRequest?.url ?? ''}`,
    remedy: 'Merge it or close it first.',
  });
}

function assertWithinLimits({ backlog, clock }: House): void {
  const all = backlog.requests.list().flatMap(({ pullRequest }) => pullRequest ?? []);
  const open = new Set(all.flatMap(({ state, url }) => (state === 'open' ? [url] : []))).size;
  const yesterday = clock.now().getTime() - dayMs;
  const lately = all.filter(({ openedAt }) => Date.parse(openedAt) > yesterday).length;
  if (open < openAtOnce && lately < perDay) return;
  throw new PatchwrightError('limit_reached', {
    what: 'No pull request was opened.',
    why:
      open >= openAtOnce
        ? `${open} are open, and no more than ${openAtOnce} may be.`
        : `${lately} were opened within a day, and no more than ${perDay} may be.`,
    remedy: open >= openAtOnce ? 'Merge or close some first.' : 'Wait, or merge the patch here.',
  });
}
