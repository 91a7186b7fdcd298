import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Forge } from '../../../src/core/pullRequest.ts';
import { openForge } from '../../../src/release/forge.ts';

interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
type Answer = (method: string, path: string) => Reply | undefined;

const created_at = '2026-01-01T00:00:00Z';
const pull = {
  number: 1,
  html_url: 'u',
  state: 'open',
  created_at,
  head: { sha: 's', ref: 'improvement/x' },
};
const merge = { iid: 1, web_url: 'u', state: 'opened', created_at };
const wanted = {
  title: 't',
  body: 'b',
  branch: 'improvement/x',
  base: 'main',
  draft: false,
  labels: [],
  reviewers: ['ada'],
};
const missing = { status: 404, body: { message: 'Not Found' } };

/** What forges really answer besides what they are asked for. */
describe('odd replies of a forge', () => {
  let server: Server;
  let url: string;
  let answer: Answer;
  let calls: string[];

  before(async () => {
    server = createServer((request, response) => {
      const [method = '', path = ''] = [request.method, request.url];
      calls.push(`${method} ${path}`);
      const { status, body = [], headers = {} } = answer(method, path) ?? usual(method, path);
      request.resume().on('end', () => response.writeHead(status, headers).end(textOf(body)));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());
  beforeEach(() => {
    calls = [];
  });

  const textOf = (body: unknown): string =>
    typeof body === 'string' ? body : JSON.stringify(body);
  const usual = (method: string, path: string): Reply => {
    if (path.endsWith('/pulls/1')) return { status: 200, body: pull };
    if (path.endsWith('/merge_requests/1')) return { status: 200, body: merge };
    if (method === 'POST') return { status: 201, body: path.includes('projects') ? merge : pull };
    if (/check-runs/.test(path)) return { status: 200, body: { check_runs: [] } };
    return { status: 200, body: /\/status/.test(path) ? { statuses: [] } : [] };
  };
  const forge = (kind: 'github' | 'gitlab', answers: Answer): Forge => {
    answer = answers;
    const path = kind === 'github' ? 'me/shop' : 'group/sub/shop';
    return openForge({ forge: kind, apiUrl: url, path, webUrl: url }, 'token', () => new Date());
  };

  it('follows a repository that was renamed, reading and writing, and never to another server', async () => {
    const movedTo =
      (to: string): Answer =>
      (_, path) =>
        /^\/(?:repos\/me\/shop|projects\/group%2Fsub%2Fshop)\//.test(path)
          ? {
              status: 301,
              headers: { Location: to + path.replace(/^\/\w+\/[^/]+(?:\/shop)?/, '') },
            }
          : undefined;
    assert.equal((await forge('github', movedTo('/repositories/7')).state(1))?.state, 'open');
    assert.equal((await forge('gitlab', movedTo(`${url}/projects/9`)).state(1))?.state, 'open');
    assert.equal((await forge('github', movedTo('/repositories/7')).open(wanted)).number, 1);
    assert.ok(calls.includes('POST /repositories/7/pulls'), calls.join('\n'));
    calls = [];
    for (const to of ['http://127.0.0.2:1', `${url}/repos/me/shop`]) {
      await assert.rejects(forge('github', movedTo(to)).state(1), {
        code: 'forge_refused',
        remedy: /git remote set-url/,
      });
    }
    assert.ok(calls.length < 10, 'it went round in circles');
  });

  it('tells a limit by its words, a page by its form, and names the field that is wrong', async () => {
    const always =
      (status: number, body: unknown): Answer =>
      () => ({ status, body });
    const limit = { message: 'You have exceeded a secondary rate limit. Please wait.' };
    await assert.rejects(forge('github', always(403, limit)).state(1), {
      code: 'forge_unreachable',
    });
    await assert.rejects(forge('github', always(200, '<html>Sign in</html>')).state(1), {
      code: 'forge_bad_reply',
      why: /no JSON/,
    });
    const errors = [{ resource: 'PullRequest', field: 'base', code: 'invalid' }];
    const words = { message: 'Validation Failed', errors };
    await assert.rejects(forge('github', always(422, words)).open(wanted), {
      why: 'Validation Failed base: invalid',
    });
  });

  it('knows one that was deleted from one that may not be seen', async () => {
    const deleted: Answer = (_, path) =>
      /\/(?:pulls|merge_requests)\//.test(path) ? missing : undefined;
    assert.equal(await forge('github', deleted).state(1), undefined);
    assert.equal(await forge('gitlab', deleted).state(1), undefined);
    for (const kind of ['github', 'gitlab'] as const) {
      await assert.rejects(forge(kind, () => missing).state(1), { code: 'forge_refused' });
    }
  });

  it('does without what a repository does not have, and not without what fails for now', async () => {
    const but =
      (words: RegExp, status: number): Answer =>
      (_, path) =>
        words.test(path) ? { status, body: { message: 'no' } } : undefined;
    assert.ok(await forge('github', but(/\/issues\//, 410)).state(1), 'issues are switched off');
    assert.ok(await forge('github', but(/\/reviews/, 404)).state(1));
    assert.ok(await forge('gitlab', but(/\/users/, 403)).open(wanted));
    // Comments that are not there for a moment would be new ones the next time.
    await assert.rejects(forge('github', but(/\/reviews/, 502)).state(1), {
      code: 'forge_refused',
    });
  });

  it('passes over notes without a word, and finds the line of one that the patch removes', async () => {
    const note = { id: 1, author: { username: 'ada' }, created_at };
    const position = { new_path: null, new_line: null, old_path: 'old.js', old_line: 3 };
    const notes = [
      { ...note, body: '' },
      { ...note, id: 2, body: 'Keep it.', position },
    ];
    const seen = await forge('gitlab', (_, path) =>
      path.includes('/notes') ? { status: 200, body: notes } : undefined,
    ).state(1);
    const expected = {
      id: '2',
      by: 'ada',
      at: created_at,
      text: 'Keep it.',
      path: 'old.js',
      line: 3,
    };
    assert.deepEqual(seen?.comments, [expected]);
  });
});
