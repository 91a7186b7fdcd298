import * as z from 'zod/mini';
import { isPatchwrightError } from '../core/errors.ts';
import type {
  Forge,
  ForgeRepository,
  NewPullRequest,
  PullRequest,
  ReviewComment,
} from '../core/pullRequest.ts';
import { call, type ForgeAccess } from './forgeCall.ts';

/** GitHub's REST API, version 2022-11-28 (docs.github.com/rest/pulls); Enterprise Server speaks the same. */

const pull = z.object({
  number: z.int(),
  html_url: z.string(),
  draft: z.optional(z.boolean()),
  state: z.enum(['open', 'closed']),
  merged: z.optional(z.boolean()),
  merged_at: z.nullish(z.string()),
  merge_commit_sha: z.nullish(z.string()),
  created_at: z.string(),
  head: z.object({ sha: z.string() }),
});
type Pull = z.infer<typeof pull>;

const checkRuns = z.object({
  check_runs: z.array(z.object({ status: z.string(), conclusion: z.nullish(z.string()) })),
});
const comments = z.array(
  z.object({
    id: z.number(),
    user: z.nullish(z.object({ login: z.string() })),
    body: z.nullish(z.string()),
    created_at: z.optional(z.string()),
    submitted_at: z.nullish(z.string()),
    path: z.optional(z.string()),
    line: z.nullish(z.number()),
  }),
);

export function createGitHub(repository: ForgeRepository, token: string, now: () => Date): Forge {
  const access: ForgeAccess = {
    apiUrl: repository.apiUrl,
    name: 'GitHub',
    headers: {
      Authorization: `Bearer ${token}`,
      Accept: 'application/vnd.github+json',
      'X-GitHub-Api-Version': '2022-11-28',
    },
  };
  const root = `/repos/${repository.path}`;

  const whole = async (one: Pull, signal?: AbortSignal): Promise<PullRequest> => ({
    forge: 'github',
    number: one.number,
    url: one.html_url,
    draft: one.draft ?? false,
    state: one.merged || one.merged_at ? 'merged' : one.state,
    checks: await checksOf(access, root, one.head.sha, signal),
    openedAt: one.created_at,
    seenAt: now().toISOString(),
    ...(one.merged_at && one.merge_commit_sha ? { mergeCommit: one.merge_commit_sha } : {}),
    comments: await commentsOf(access, root, one.number, signal),
  });

  return {
    async open(wanted, signal) {
      const { title, body, branch: head, base, draft } = wanted;
      const path = `${root}/pulls`;
      const made = await call(
        access,
        { method: 'POST', path, body: { title, body, head, base, draft } },
        pull,
        signal,
      );
      return whole(made, signal);
    },
    dress: (number, wanted, signal) => dress(access, root, number, wanted, signal),
    async find(branch, signal) {
      const owner = repository.path.split('/')[0] ?? '';
      const query = new URLSearchParams({ head: `${owner}:${branch}`, state: 'open' });
      const path = `${root}/pulls?${query.toString()}`;
      const [found] = await call(access, { method: 'GET', path }, z.array(pull), signal);
      return found && whole(found, signal);
    },
    async state(number, signal) {
      const path = `${root}/pulls/${number}`;
      return whole(await call(access, { method: 'GET', path }, pull, signal), signal);
    },
  };
}

/** Labels and reviewers are calls of their own; a pull request without them is one all the same. */
async function dress(
  access: ForgeAccess,
  root: string,
  number: number,
  { labels, reviewers }: NewPullRequest,
  signal?: AbortSignal,
): Promise<void> {
  const steps = [
    { wanted: labels, path: `${root}/issues/${number}/labels`, body: { labels } },
    {
      wanted: reviewers,
      path: `${root}/pulls/${number}/requested_reviewers`,
      body: { reviewers },
    },
  ];
  for (const { wanted, path, body } of steps) {
    if (wanted.length === 0) continue;
    try {
      await call(access, { method: 'POST', path, body }, z.unknown(), signal);
    } catch (error) {
      if (!isPatchwrightError(error, 'forge_refused') && !isPatchwrightError(error, 'forge_auth')) {
        throw error;
      }
    }
  }
}

async function checksOf(
  access: ForgeAccess,
  root: string,
  sha: string,
  signal?: AbortSignal,
): Promise<PullRequest['checks']> {
  const path = `${root}/commits/${sha}/check-runs`;
  const { check_runs: runs } = await call(access, { method: 'GET', path }, checkRuns, signal);
  if (runs.length === 0) return 'none';
  if (runs.some(({ status }) => status !== 'completed')) return 'pending';
  const fine = ['success', 'neutral', 'skipped'];
  return runs.every(({ conclusion }) => fine.includes(conclusion ?? '')) ? 'passed' : 'failed';
}

/** Of the conversation, on lines, and with reviews: three lists to a person, one here. */
async function commentsOf(
  access: ForgeAccess,
  root: string,
  number: number,
  signal?: AbortSignal,
): Promise<readonly ReviewComment[]> {
  const paths = ['issues', 'pulls'].map((kind) => `${root}/${kind}/${number}/comments`);
  const lists = [...paths, `${root}/pulls/${number}/reviews`].map((path) =>
    call(access, { method: 'GET', path: `${path}?per_page=100` }, comments, signal),
  );
  return (await Promise.all(lists))
    .flat()
    .filter(({ body }) => (body ?? '').trim() !== '')
    .map(({ id, user, body, created_at: created, submitted_at: submitted, path, line }) => ({
      id: String(id),
      by: user?.login ?? 'somebody',
      at: created ?? submitted ?? '',
      text: (body ?? '').slice(0, 4_000),
      ...(path ? { path } : {}),
      ...(line ? { line } : {}),
    }))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
