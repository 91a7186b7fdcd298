import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A loopback server that speaks as much of GitHub's and GitLab's API as is used here. */
export interface ForgeServer {
  readonly url: string;
  readonly calls: readonly {
    readonly method: string;
    readonly path: string;
    readonly body: unknown;
  }[];
  readonly pulls: readonly Pull[];
  /** Answers the next call (of such a path) with this instead. */
  failNext(
    status: number,
    body?: unknown,
    path?: RegExp,
    headers?: Readonly<Record<string, string>>,
  ): void;
  /** Ends the connection of the next call in the middle. */
  cutNext(): void;
  change(number: number, fields: Partial<Pull>): void;
  /** As if nothing had been opened yet. */
  forget(): void;
  dispose(): Promise<void>;
}

export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly branch: string;
  readonly base: string;
  readonly draft: boolean;
  state: 'open' | 'closed' | 'merged';
  mergeCommit?: string;
  labels: readonly string[];
  reviewers: readonly string[];
  checks: readonly { readonly status: string; readonly conclusion: string | null }[];
  /** GitHub's older kind. */
  statuses?: readonly { readonly state: string }[];
  comments: readonly { readonly by: string; readonly text: string; readonly path?: string }[];
}

export const forgeToken = ['token', 'of', 'a', 'test'].join('-');
const at = '2026-03-02T09:00:00Z';

export async function startForgeServer(): Promise<ForgeServer> {
  const calls: { method: string; path: string; body: unknown }[] = [];
  const pulls: Pull[] = [];
  let failure:
    | {
        status: number;
        body: unknown;
        path: RegExp;
        headers: Readonly<Record<string, string>>;
      }
    | 'cut'
    | undefined;
  const server = createServer((request, response) => {
    void (async () => {
      const path = request.url ?? '';
      const body = await bodyOf(request);
      calls.push({ method: request.method ?? '', path, body });
      const fault = failure === 'cut' || failure?.path.test(path) ? failure : undefined;
      if (fault) failure = undefined;
      if (fault === 'cut') {
        response.writeHead(200, { 'Content-Length': '1000' });
        response.write('{');
        setImmediate(() => response.destroy());
        return;
      }
      const isKnown = request.headers.authorization === `Bearer ${forgeToken}`;
      const reply = fault ?? (isKnown ? answer(request.method ?? '', path, body, pulls) : denied);
      response.writeHead(reply.status, { 'Content-Type': 'application/json', ...fault?.headers });
      response.end(JSON.stringify(reply.body));
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    pulls,
    failNext: (status, body = { message: 'no' }, path = /./, headers = {}) => {
      failure = { status, body, path, headers };
    },
    cutNext: () => {
      failure = 'cut';
    },
    change: (number, fields) => {
      Object.assign(pulls[number - 1] ?? {}, fields);
    },
    forget: () => {
      pulls.length = 0;
    },
    dispose: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

const denied = { status: 401, body: { message: 'Bad credentials' } };
const missing = { status: 404, body: { message: 'Not Found' } };

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const piece of request) text += String(piece);
  return text === '' ? undefined : JSON.parse(text);
}

type Given = Readonly<Record<string, unknown>>;

function answer(method: string, url: string, body: unknown, pulls: Pull[]) {
  const { pathname, searchParams } = new URL(url, 'http://x');
  const given = (body ?? {}) as Given;
  const ok = (value: unknown, status = 200) => ({ status, body: value });
  const paged = <T>(all: readonly T[]): readonly T[] => {
    const size = Number(searchParams.get('per_page') ?? 30);
    const first = (Number(searchParams.get('page') ?? 1) - 1) * size;
    return all.slice(first, first + size);
  };
  const github = /^\/api\/v3\/repos\/me\/shop\/(.*)$/.exec(pathname)?.[1];
  const gitlab = /^\/api\/v4\/projects\/group%2Fsub%2Fshop\/merge_requests(.*)$/.exec(
    pathname,
  )?.[1];
  if (pathname === '/api/v4/users') {
    return ok(searchParams.get('username') === 'ada' ? [{ id: 7 }] : []);
  }
  if (github !== undefined) {
    if (github === 'pulls' && method === 'POST') return ok(asPull(add(pulls, given)), 201);
    if (github === 'pulls') {
      const branch = searchParams.get('head')?.split(':')[1];
      return ok(pulls.filter((p) => p.branch === branch && p.state === 'open').map(asPull));
    }
    const [, kind, number, rest] = /^(\w+)\/(\w+)(?:\/(.*))?$/.exec(github) ?? [];
    const pull = pulls[Number(number) - 1];
    if (rest === 'status') return ok({ statuses: paged(pull?.statuses ?? []) });
    if (kind === 'commits') return ok({ check_runs: paged(pull?.checks ?? []) });
    if (!pull) return missing;
    if (rest === undefined) return ok(asPull(pull));
    if (rest === 'labels') pull.labels = given['labels'] as string[];
    if (rest === 'requested_reviewers') pull.reviewers = given['reviewers'] as string[];
    if (rest === 'comments' && kind === 'issues') {
      const all = pull.comments.map(({ by, text }, i) => ({
        id: i + 1,
        user: { login: by },
        body: text,
        created_at: at,
      }));
      return ok(paged(all));
    }
    return ok([]);
  }
  if (gitlab !== undefined) {
    if (gitlab === '' && method === 'POST') return ok(asMerge(add(pulls, given)), 201);
    if (gitlab === '') {
      const branch = searchParams.get('source_branch');
      return ok(pulls.filter((p) => p.branch === branch && p.state === 'open').map(asMerge));
    }
    const [, number, rest] = /^\/(\d+)(?:\/(\w+))?$/.exec(gitlab) ?? [];
    const pull = pulls[Number(number) - 1];
    if (!pull) return missing;
    if (rest === undefined) return ok(asMerge(pull));
    const all = [
      { id: 1, system: true, author: { username: 'bot' }, body: 'added a label', created_at: at },
      ...pull.comments.map(({ by, text, path }, i) => ({
        id: i + 2,
        author: { username: by },
        body: text,
        created_at: at,
        ...(path ? { position: { new_path: path, new_line: 3 } } : {}),
      })),
    ];
    return ok(paged(all));
  }
  return missing;
}

function add(pulls: Pull[], given: Given): Pull {
  const pull: Pull = {
    number: pulls.length + 1,
    title: String(given['title']),
    body: String(given['body'] ?? given['description']),
    branch: String(given['head'] ?? given['source_branch']),
    base: String(given['base'] ?? given['target_branch']),
    draft: given['draft'] === true || String(given['title']).startsWith('Draft: '),
    state: 'open',
    labels: typeof given['labels'] === 'string' ? given['labels'].split(',') : [],
    reviewers: ((given['reviewer_ids'] ?? []) as number[]).map(String),
    checks: [],
    comments: [],
  };
  pulls.push(pull);
  return pull;
}

function asPull(pull: Pull) {
  return {
    number: pull.number,
    html_url: `http://forge/pull/${pull.number}`,
    draft: pull.draft,
    state: pull.state === 'open' ? 'open' : 'closed',
    merged_at: pull.state === 'merged' ? at : null,
    merge_commit_sha: pull.mergeCommit ?? null,
    created_at: at,
    head: { sha: String(pull.number) },
  };
}

function asMerge(pull: Pull) {
  return {
    iid: pull.number,
    web_url: `http://forge/merge_requests/${pull.number}`,
    draft: pull.draft,
    state: pull.state === 'open' ? 'opened' : pull.state,
    merge_commit_sha: pull.mergeCommit ?? null,
    created_at: at,
    head_pipeline: pull.checks[0] ? { status: pull.checks[0].status } : null,
  };
}
