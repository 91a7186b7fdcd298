import { isPatchwrightError, PatchwrightError } from '../core/errors.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Forge, ForgeRepository, NewPullRequest, PullRequest } from '../core/pullRequest.ts';
import type { Git } from '../core/ports.ts';
import type { Ticket } from '../core/ticket.ts';
import { refuseOtherThanJudged } from './land.ts';
import { atTopLevel } from './ownGit.ts';
import { pullRequestText } from './pullRequestText.ts';

export interface PullRequestInput {
  readonly request: PatchRequest;
  readonly ticket: Ticket;
  /** git's name for the remote: `origin`. */
  readonly remote: string;
  /** The branch it should land on, as the remote calls it. */
  readonly base: string;
  readonly draft: boolean;
  readonly reviewers: readonly string[];
  /** A last line of the text. */
  readonly remark?: string;
}

export const label = 'auto-improvement';

export function newPullRequest(input: PullRequestInput): NewPullRequest {
  const { request, ticket, base, draft, reviewers, remark } = input;
  const { branch } = request;
  const text = pullRequestText(request, ticket, remark);
  return { ...text, branch, base, draft, labels: [label], reviewers };
}

/**
 * Pushes the judged commit, that very object, to a branch of its name and opens a pull request for it, or
 * finds the one that is open. Nothing of the repository here changes. Rejects with `push_rejected`,
 * `forge_*`, `not_found` or `stale`.
 */
export async function openPullRequest(
  deps: { readonly git: Git; readonly forge: Forge },
  input: PullRequestInput,
  signal?: AbortSignal,
): Promise<PullRequest> {
  const { forge } = deps;
  const git = await atTopLevel(deps.git, signal);
  await refuseOtherThanJudged(git, input.request, signal);
  await push(git, input, signal);
  const wanted = newPullRequest(input);
  const known = await forge.find(wanted.branch, signal);
  const opened = known ?? (await openOne(forge, wanted, signal));
  await forge.dress(opened.number, wanted, signal); // of a found one, too: a crash may have come between
  return opened;
}

/** Somebody, or a try whose answer never came, may have opened one just before: then it is that one. */
async function openOne(
  forge: Forge,
  wanted: NewPullRequest,
  signal?: AbortSignal,
): Promise<PullRequest> {
  try {
    return await forge.open(wanted, signal);
  } catch (error) {
    if (!isPatchwrightError(error, 'forge_refused')) throw error;
    const known = await forge.find(wanted.branch, signal);
    if (!known) throw error;
    return known;
  }
}

/** Never by force: a branch of that name with other work on it is somebody's. */
async function push(
  git: Git,
  { remote, request }: PullRequestInput,
  signal?: AbortSignal,
): Promise<void> {
  const refspec = `${request.commit}:refs/heads/${request.branch}`;
  try {
    await git.withHooks().run(['push', '--quiet', '--', remote, refspec], { signal });
  } catch (error) {
    if (!isPatchwrightError(error, 'git_failed')) throw error;
    throw new PatchwrightError(
      'push_rejected',
      {
        what: `${request.branch} could not be pushed to ${remote}.`,
        why: error.why,
        remedy: `Make \`git push ${remote} ${request.branch}\` work in a terminal and try again.`,
      },
      { cause: error },
    );
  }
}

export interface Remote {
  readonly name: string;
  readonly url: string;
}

/** The remote that the current branch follows, else `origin`, else the only one. */
export async function remoteOf(
  deps: { readonly git: Git },
  signal?: AbortSignal,
): Promise<Remote | undefined> {
  const { git } = deps;
  const names = (await git.run(['remote'], { signal })).split('\n').filter(Boolean);
  const { out: branch } = await git.code(['symbolic-ref', '--quiet', '--short', 'HEAD'], {
    okCodes: [0, 1],
    signal,
  });
  const { out: followed } = await git.code(['config', '--get', `branch.${branch}.remote`], {
    okCodes: [0, 1],
    signal,
  });
  const name =
    [followed, 'origin'].find((one) => names.includes(one)) ??
    (names.length === 1 ? names[0] : undefined);
  if (name === undefined) return undefined;
  return { name, url: await git.run(['remote', 'get-url', name], { signal }) };
}

/** What a person does where no forge can be asked. */
export function byHand(input: PullRequestInput, repository: ForgeRepository | undefined): string {
  const { title, body, branch, base } = newPullRequest(input);
  const { commit } = input.request;
  const where = repository
    ? `Then open a pull request from ${branch} to ${base} at ${repository.webUrl}, label ${label}.`
    : `Then open a pull request from ${branch} to ${base}, label ${label}.`;
  const pushing = `git push ${input.remote || 'REMOTE'} ${commit.slice(0, 12)}:refs/heads/${branch}`;
  return [pushing, where, '', title, '', body].join('\n');
}
