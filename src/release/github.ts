import * as z from 'zod/mini';
import { isPatchwrightError } from '../core/errors.ts';
import type {
  Forge,
  ForgeRepository,
  NewPullRequest,
  PullRequest,
  ReviewComment,
} from '../core/pullRequest.ts';
import { allPages, call, callIfThere, type ForgeAccess, unlessMissing } from './forgeCall.ts';

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
  head: z.object({ sha: z.string(), ref: z.optional(z.string()) }),
});
type Pull = z.infer<typeof pull>;

const checkRuns = z.object({
  check_runs: z.array(z.object({ status: z.string(), conclusion: z.nullish(z.string()) })),
});
/** What older services say of a commit; a list of its own. */
const statuses = z.object({
  statuses: z.array(z.object({ state: z.enum(['success', 'pending', 'failure', 'error']) })),
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
      const make = (asDraft: boolean): Promise<Pull> =>
        call(
          access,
          {
            method: 'POST',
            path: `${root}/pulls`,
            body: { title, body, head, base, draft: asDraft },
          },
          pull,
          signal,
        );
      const made = await make(draft).catch((error: unknown) => {
        if (draft && saysNoDrafts(error)) return make(false);
        throw error;
      });
      return whole(made, signal);
    },
    dress: (number, wanted, signal) => dress(access, root, number, wanted, signal),
    async find(branch, signal) {
      const owner = repository.path.split('/')[0] ?? '';
      const query = new URLSearchParams({ head: `${owner}:${branch}`, state: 'open' });
      const path = `${root}/pulls?${query.toString()}`;
      const all = await call(access, { method: 'GET', path }, z.array(pull), signal);
      // A filter that it does not understand, GitHub passes over.
      const found = all.find(({ head }) => head.ref === undefined || head.ref === branch);
      return found && whole(found, signal);
    },
    async state(number, signal) {
      const path = `${root}/pulls/${number}`;
      const found = await callIfThere(access, { method: 'GET', path }, root, pull, signal);
      return found && whole(found, signal);
    },
  };
}

/** Not every plan has drafts. */
function saysNoDrafts(error: unknown): boolean {
  return isPatchwrightError(error, 'forge_refused') && /\bdraft/i.test(error.why);
}

/** Labels and reviewers are calls of their own; a pull request without them is one all the same. */
async function dress(
  access: ForgeAccess,
  root: string,
  number: number,
  { labels, reviewers }: NewPullRequest,
  signal?: AbortSignal,
): Promise<void> {
  const post = (path: string, body: unknown): Promise<boolean> =>
    unlessRefused(false, async () => {
      await call(access, { method: 'POST', path, body }, z.unknown(), signal);
      return true;
    });
  if (labels.length > 0) await post(`${root}/issues/${number}/labels`, { labels });
  const ask = (names: readonly string[]): Promise<boolean> =>
    post(`${root}/pulls/${number}/requested_reviewers`, reviewersOf(names));
  if (reviewers.length === 0 || (await ask(reviewers)) || reviewers.length === 1) return;
  // For one that can't be asked, all are refused.
  for (const one of reviewers) await ask([one]);
}

/** Whatever speaks against it: what is asked for is a nicety. */
async function unlessRefused<T>(instead: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isPatchwrightError(error, 'forge_refused') || isPatchwrightError(error, 'forge_auth')) {
      return instead;
    }
    throw error;
  }
}

/** `org/team` names a team. */
function reviewersOf(names: readonly string[]) {
  const teams = names.filter((name) => name.includes('/'));
  return {
    reviewers: names.filter((name) => !name.includes('/')),
    ...(teams.length > 0 ? { team_reviewers: teams.map((name) => name.split('/').at(-1)) } : {}),
  };
}

async function checksOf(
  access: ForgeAccess,
  root: string,
  sha: string,
  signal?: AbortSignal,
): Promise<PullRequest['checks']> {
  const commit = `${root}/commits/${sha}`;
  const pages = <T, Item>(path: string, schema: z.ZodMiniType<T>, items: (reply: T) => Item[]) =>
    unlessMissing<readonly Item[]>([], () =>
      allPages(async (query) =>
        items(await call(access, { method: 'GET', path: `${path}?${query}` }, schema, signal)),
      ),
    );
  const [runs, told] = await Promise.all([
    pages(`${commit}/check-runs`, checkRuns, ({ check_runs: some }) => some),
    pages(`${commit}/status`, statuses, ({ statuses: some }) => some),
  ]);
  const all = [
    ...runs.map(({ status, conclusion }) =>
      status === 'completed' ? (conclusion ?? '') : 'pending',
    ),
    ...told.map(({ state }) => state),
  ];
  if (all.length === 0) return 'none';
  if (all.includes('pending')) return 'pending';
  const fine = ['success', 'neutral', 'skipped'];
  return all.every((one) => fine.includes(one)) ? 'passed' : 'failed';
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
    unlessMissing<readonly z.infer<typeof comments>[number][]>([], () =>
      allPages((query) =>
        call(access, { method: 'GET', path: `${path}?${query}` }, comments, signal),
      ),
    ),
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
