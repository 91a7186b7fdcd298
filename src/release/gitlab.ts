import * as z from 'zod/mini';
import type { Forge, ForgeRepository, PullRequest, ReviewComment } from '../core/pullRequest.ts';
import { allPages, call, callIfThere, type ForgeAccess, unlessMissing } from './forgeCall.ts';

/** GitLab's REST API v4 (docs.gitlab.com/api/merge_requests). */

const merge = z.object({
  iid: z.int(),
  web_url: z.string(),
  draft: z.optional(z.boolean()),
  state: z.enum(['opened', 'closed', 'merged', 'locked']),
  merge_commit_sha: z.nullish(z.string()),
  squash_commit_sha: z.nullish(z.string()),
  sha: z.nullish(z.string()),
  created_at: z.string(),
  head_pipeline: z.nullish(z.object({ status: z.string() })),
});
type Merge = z.infer<typeof merge>;

const notes = z.array(
  z.object({
    id: z.number(),
    system: z.optional(z.boolean()),
    author: z.object({ username: z.string() }),
    body: z.string(),
    created_at: z.string(),
    position: z.nullish(
      z.object({
        new_path: z.nullish(z.string()),
        new_line: z.nullish(z.number()),
        old_path: z.nullish(z.string()),
        old_line: z.nullish(z.number()),
      }),
    ),
  }),
);
const users = z.array(z.object({ id: z.int() }));

const states = { opened: 'open', locked: 'open', closed: 'closed', merged: 'merged' } as const;

export function createGitLab(repository: ForgeRepository, token: string, now: () => Date): Forge {
  const access: ForgeAccess = {
    apiUrl: repository.apiUrl,
    name: 'GitLab',
    headers: { Authorization: `Bearer ${token}` },
  };
  const project = `/projects/${encodeURIComponent(repository.path)}`;
  const root = `${project}/merge_requests`;

  const whole = async (one: Merge, signal?: AbortSignal): Promise<PullRequest> => {
    const commit = one.merge_commit_sha ?? one.squash_commit_sha ?? one.sha;
    return {
      forge: 'gitlab',
      number: one.iid,
      url: one.web_url,
      draft: one.draft ?? false,
      state: states[one.state],
      checks: checksOf(one.head_pipeline?.status),
      openedAt: one.created_at,
      seenAt: now().toISOString(),
      ...(one.state === 'merged' && commit ? { mergeCommit: commit } : {}),
      comments: await commentsOf(access, `${root}/${one.iid}/notes`, signal),
    };
  };

  return {
    async open({ title, body, branch, base, draft, labels, reviewers }, signal) {
      const made = await call(
        access,
        {
          method: 'POST',
          path: root,
          body: {
            title: draft ? `Draft: ${title}` : title,
            description: body,
            source_branch: branch,
            target_branch: base,
            labels: labels.join(','),
            reviewer_ids: await idsOf(access, reviewers, signal),
            remove_source_branch: false,
          },
        },
        merge,
        signal,
      );
      return whole(made, signal);
    },
    dress: () => Promise.resolve(), // it was opened with all of it
    async find(branch, signal) {
      const query = new URLSearchParams({ source_branch: branch, state: 'opened' });
      const path = `${root}?${query.toString()}`;
      const [found] = await call(access, { method: 'GET', path }, z.array(merge), signal);
      return found && whole(found, signal);
    },
    async state(number, signal) {
      const path = `${root}/${number}`;
      const found = await callIfThere(access, { method: 'GET', path }, project, merge, signal);
      return found && whole(found, signal);
    },
  };
}

/** Reviewers are named by id; a name that nobody has is left out. */
async function idsOf(
  access: ForgeAccess,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const found = names.map(async (name) => {
    const path = `/users?${new URLSearchParams({ username: name }).toString()}`;
    return unlessMissing<z.infer<typeof users>>([], () =>
      call(access, { method: 'GET', path }, users, signal),
    );
  });
  return (await Promise.all(found)).flatMap(([user]) => user?.id ?? []);
}

function checksOf(status: string | undefined): PullRequest['checks'] {
  if (status === undefined) return 'none';
  if (['success', 'skipped', 'manual'].includes(status)) return 'passed';
  return ['failed', 'canceled'].includes(status) ? 'failed' : 'pending';
}

async function commentsOf(
  access: ForgeAccess,
  path: string,
  signal?: AbortSignal,
): Promise<readonly ReviewComment[]> {
  const order = 'sort=asc&order_by=created_at';
  const all = await allPages((query) =>
    call(access, { method: 'GET', path: `${path}?${order}&${query}` }, notes, signal),
  );
  return all
    .filter(({ system, body }) => system !== true && body.trim() !== '')
    .map(({ id, author, body, created_at: at, position }) => ({
      id: String(id),
      by: author.username,
      at,
      text: body.slice(0, 4_000),
      ...placeOf(position),
    }));
}

/** A line that the patch removes has a place on the old side only. */
function placeOf(position: z.infer<typeof notes>[number]['position']) {
  const path = position?.new_path ?? position?.old_path;
  const line = position?.new_line ?? position?.old_line;
  return { ...(path ? { path } : {}), ...(line ? { line } : {}) };
}
