import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import type { Git } from '../../../src/core/ports.ts';
import type { Forge, ForgeRepository } from '../../../src/core/pullRequest.ts';
import { createGitHub } from '../../../src/release/github.ts';
import { createGitLab } from '../../../src/release/gitlab.ts';
import { byHand, openPullRequest, remoteOf } from '../../../src/release/pullRequest.ts';
import { pullRequestText } from '../../../src/release/pullRequestText.ts';
import { withoutSecrets } from '../../../src/pipeline/withoutSecrets.ts';
import { repositoryOf, sshHostOf } from '../../../src/release/remoteUrl.ts';
import { type ForgeServer, forgeToken, startForgeServer } from '../../support/forgeServer.ts';
import { plant } from '../../support/plantedSecrets.ts';
import { createRandom } from '../../support/random.ts';
import { createRepository } from '../../support/repository.ts';
import { ticketOf } from '../../support/nouns.ts';
import { gateReportOf, requestOf } from '../../support/requests.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { Crash, crashingAt } from './crashes.ts';
import { makePatch, stateOf } from './workspace.ts';

const now = (): Date => new Date('2026-03-02T10:00:00Z');

describe('the address of a remote', () => {
  const github = (path: string) => ({ forge: 'github', path });
  const cases: readonly (readonly [string, { forge: string; path: string } | undefined])[] = [
    ['https://github.com/me/shop.git', github('me/shop')],
    ['https://user:pass@github.com/me/shop', github('me/shop')],
    ['git@github.com:me/shop.git', github('me/shop')],
    ['ssh://git@github.example.org:2222/me/shop.git/', github('me/shop')],
    ['git@gitlab.com:group/sub/shop.git', { forge: 'gitlab', path: 'group/sub/shop' }],
    ['org-17@GitHub.com:me/shop.git', github('me/shop')],
    ['ssh://git@ssh.github.com:443/me/shop.git', github('me/shop')],
    ['https://www.github.com/me/shop/', github('me/shop')],
    ['git+ssh://git@github.com/me/shop.git', github('me/shop')],
    ['https://acme.ghe.com/me/shop.git', github('me/shop')],
    [
      'ssh://git@altssh.gitlab.com:443/group/sub/deep/shop.git',
      { forge: 'gitlab', path: 'group/sub/deep/shop' },
    ],
    ['https://gitlab.example.org:8443/g/s%C3%A9.git', { forge: 'gitlab', path: 'g/sé' }],
    ['https://example.org/me/shop.git', undefined],
    ['https://gist.github.com/me/1234.git', undefined],
    ['https://github.com/me/shop/tree/main', undefined],
    ['https://github.com/me/%zz', undefined],
    ['/srv/git/shop.git', undefined],
    ['../shop', undefined],
    ['file:///srv/git/shop.git', undefined],
    ['https://github.com/', undefined],
  ];
  for (const [remote, expected] of cases) {
    it(`${remote} names ${expected ? `${expected.path} on ${expected.forge}` : 'no repository'}`, () => {
      const found = repositoryOf(remote);
      assert.deepEqual(found && { forge: found.forge, path: found.path }, expected);
    });
  }

  it('is looked for where the forge lies on its host, and behind a name of the ssh configuration', () => {
    const below = { kind: 'gitlab', folder: '/gitlab/' } as const;
    for (const remote of ['https://example.org/gitlab/g/shop.git', 'git@example.org:g/shop.git']) {
      const found = repositoryOf(remote, below);
      assert.equal(found?.path, 'g/shop');
      assert.equal(found.apiUrl, 'https://example.org/gitlab/api/v4');
    }
    const remote = 'git@github.com-work:me/shop.git';
    assert.equal(sshHostOf(remote), 'github.com-work');
    assert.equal(sshHostOf('https://github.com/me/shop'), undefined);
    const found = repositoryOf(remote, { sshHost: 'github.com' });
    assert.equal(found?.apiUrl, 'https://api.github.com');
    assert.equal(repositoryOf('work:me/shop', { sshHost: 'github.com' })?.path, 'me/shop');
  });

  it('tells where the API is, and leaves passwords out', () => {
    assert.equal(repositoryOf('git@github.com:me/shop')?.apiUrl, 'https://api.github.com');
    const ssh = repositoryOf('ssh://git@ssh.github.com:443/me/shop.git');
    assert.deepEqual(
      [ssh?.apiUrl, ssh?.webUrl],
      ['https://api.github.com', 'https://github.com/me/shop'],
    );
    const resident = repositoryOf('git@acme.ghe.com:me/shop');
    assert.equal(resident?.apiUrl, 'https://api.acme.ghe.com');
    const own = repositoryOf('ssh://git@github.example.org:2222/me/shop.git');
    assert.equal(own?.apiUrl, 'https://github.example.org/api/v3');
    const lab = repositoryOf('https://u:secret@code.example.org:8443/a/b.git', { kind: 'gitlab' });
    assert.equal(lab?.apiUrl, 'https://code.example.org:8443/api/v4');
    assert.equal(lab?.webUrl, 'https://code.example.org:8443/a/b');
  });
});

describe('the text of a pull request', () => {
  const hostile = '</td> @team ![x](http://evil/?q) | [run](javascript:x) <img src=x> `code`';
  it('tells why, the proof and how to verify, and lets nothing of a log act', () => {
    const key = ['AKIA', 'IOSFODNN7', 'QRSTUVW'].join('');
    const { title, body } = pullRequestText(
      requestOf({
        reasoning: `${hostile}\n# not a heading`,
        gates: [{ ...gateReportOf('size'), marks: [hostile] }],
      }),
      ticketOf({ title: `Broken\n${hostile}`, description: `key ${key}` }),
    );
    assert.ok(!title.includes('\n'));
    for (const section of ['## Why', '## Proof', '## How to verify', 'To look at']) {
      assert.ok(body.includes(section), section);
    }
    assert.ok(!body.includes(key), 'a secret got through');
    assert.doesNotMatch(body, /(^|[^\\])<img|(^|[^\\])!\[x|@team|^# not/m);
  });
});

describe('what a pull request tells', () => {
  it('masks secrets that only the scanner of the gate knows, and those that its marks would break up', async () => {
    const random = createRandom(3);
    const known = ['glpat-{w20}', 'ghp_{w36}'].map((form) => plant('x', form, random).value);
    const request = requestOf({
      reasoning: `works with ${known[0]}`,
      gates: [{ ...gateReportOf('size'), marks: [`saw ${known[1]}`], evidence: [known[0] ?? ''] }],
    });
    const ticket = ticketOf({ title: `Broken ${known[1]}`, description: `key\n${known[0]}` });
    const masked = await withoutSecrets(request, ticket);
    assert.equal(masked.count, 2);
    const { title, body } = pullRequestText(masked.request, masked.ticket, 'Masked here.');
    const plainer = `${title}\n${body}`.replaceAll('\\', '');
    for (const value of known) assert.ok(!plainer.includes(value), 'a secret got through');
    assert.match(body, /Masked here\.$/);
    // Without that look the rules of the text itself hold.
    const bare = pullRequestText(request, ticket).body.replaceAll('\\', '');
    for (const value of known) assert.ok(!bare.includes(value), 'a secret got through');
  });

  it('leaves ordinary words as they are', async () => {
    const [request, ticket] = [requestOf({ reasoning: 'It was `null`.' }), ticketOf({})];
    assert.deepEqual(await withoutSecrets(request, ticket), { request, ticket, count: 0 });
  });
});

describe('pull requests', function () {
  this.timeout(30_000);
  const temp = tempFolder('pw-forge');
  let server: ForgeServer;
  let git: Git;
  let bare: string;
  let patch: Awaited<ReturnType<typeof makePatch>>;

  beforeEach(async () => {
    server = await startForgeServer();
    git = await createRepository(temp.path('shop'), { 'a.txt': 'one\n' });
    bare = temp.path('remote.git');
    execFileSync('git', ['init', '-q', '--bare', bare]);
    await git.run(['remote', 'add', 'origin', bare]);
    patch = await makePatch(git, temp.path('work'), (folder) =>
      writeFileSync(join(folder, 'a.txt'), 'two\n'),
    );
  });
  afterEach(() => server.dispose());

  const repository = (forge: 'github' | 'gitlab'): ForgeRepository =>
    forge === 'github'
      ? { forge, apiUrl: `${server.url}/api/v3`, path: 'me/shop', webUrl: 'http://forge' }
      : { forge, apiUrl: `${server.url}/api/v4`, path: 'group/sub/shop', webUrl: 'http://forge' };
  const forgeOf = (kind: 'github' | 'gitlab', token = forgeToken) =>
    (kind === 'github' ? createGitHub : createGitLab)(repository(kind), token, now);
  const input = (fields = {}) => ({
    request: patch,
    ticket: ticketOf({ title: 'Sums go wrong' }),
    remote: 'origin',
    base: 'work',
    draft: true,
    reviewers: ['ada', 'nobody'],
    ...fields,
  });
  const remoteTip = (): string =>
    execFileSync('git', ['-C', bare, 'for-each-ref', '--format=%(refname) %(objectname)'], {
      encoding: 'utf8',
    }).trim();

  for (const kind of ['github', 'gitlab'] as const) {
    it(`${kind}: after a crash at each step nothing is changed here, and the next try ends it, with one`, async () => {
      // That it has pushed is git's own note.
      const state = async () => {
        const { refs, ...rest } = await stateOf(git);
        return { ...rest, refs: String(refs).replace(/\nrefs\/remotes\/.*/g, '') };
      };
      const before = await state();
      const ofForge = (forge: Forge, at: () => void): Forge => ({
        open: (...args) => step(at, () => forge.open(...args)),
        find: (...args) => step(at, () => forge.find(...args)),
        dress: (...args) => step(at, () => forge.dress(...args)),
        state: (...args) => forge.state(...args),
      });
      const step = async <T>(at: () => void, work: () => Promise<T>): Promise<T> => {
        at();
        const result = await work();
        at(); // done there, and never known here
        return result;
      };
      for (let steps = 0; ; steps += 1) {
        let left = steps;
        const at = (): void => {
          if (left <= 0) throw new Crash(`after ${steps} steps`);
          left -= 1;
        };
        const broken = { git: crashingAt(git, at), forge: ofForge(forgeOf(kind), at) };
        const hasCrashed = await openPullRequest(broken, input()).then(
          () => false,
          (error) => {
            if (!(error instanceof Crash)) throw error;
            return true;
          },
        );
        assert.deepEqual(await state(), before);
        const opened = await openPullRequest({ git, forge: forgeOf(kind) }, input());
        assert.equal(opened.number, 1);
        assert.equal(server.pulls.length, 1);
        assert.deepEqual(server.pulls[0]?.labels, ['auto-improvement']);
        assert.equal(remoteTip(), `refs/heads/${patch.branch} ${patch.commit}`);
        if (!hasCrashed) {
          assert.ok(steps >= 8, `only ${steps} steps`);
          break;
        }
        execFileSync('git', ['-C', bare, 'update-ref', '-d', `refs/heads/${patch.branch}`]);
        server.forget();
      }
    });

    it(`${kind}: pushes the judged commit and opens one, as a draft, with label and reviewers`, async () => {
      const opened = await openPullRequest({ git, forge: forgeOf(kind) }, input());
      assert.equal(remoteTip(), `refs/heads/${patch.branch} ${patch.commit}`);
      assert.deepEqual([opened.number, opened.state, opened.draft], [1, 'open', true]);
      const [pull] = server.pulls;
      assert.equal(pull?.base, 'work');
      assert.match(pull?.title ?? '', /Fix Sums go wrong$/);
      assert.deepEqual(pull?.labels, ['auto-improvement']);
      assert.deepEqual(pull?.reviewers, kind === 'github' ? ['ada', 'nobody'] : ['7']);
      const again = await openPullRequest({ git, forge: forgeOf(kind) }, input());
      assert.deepEqual([again.number, server.pulls.length], [1, 1], 'never a second one');
    });

    it(`${kind}: follows checks, comments, and how it ended`, async () => {
      const forge = forgeOf(kind);
      await openPullRequest({ git, forge }, input());
      const completed = kind === 'github' ? 'completed' : 'failed';
      server.change(1, {
        checks: [{ status: completed, conclusion: 'failure' }],
        comments: [{ by: 'ada', text: 'Round up, please.', path: 'a.txt' }],
      });
      const seen = await forge.state(1);
      assert.equal(seen?.checks, 'failed');
      assert.deepEqual(
        seen?.comments.map(({ by, text }) => [by, text]),
        [['ada', 'Round up, please.']],
      );
      server.change(1, { state: 'merged', mergeCommit: 'e'.repeat(40) });
      const merged = await forge.state(1);
      assert.deepEqual([merged?.state, merged?.mergeCommit], ['merged', 'e'.repeat(40)]);
      server.change(1, { state: 'closed' });
      assert.equal((await forge.state(1))?.state, 'closed');
    });

    it(`${kind}: reads all pages of checks and comments`, async () => {
      const forge = forgeOf(kind);
      await openPullRequest({ git, forge }, input());
      const comments = Array.from({ length: 230 }, (_, i) => ({ by: 'ada', text: `no. ${i}` }));
      const fine = { status: 'completed', conclusion: 'success' };
      const checks = [
        ...Array.from({ length: 130 }, () => fine),
        { ...fine, conclusion: 'failure' },
      ];
      server.change(1, { comments, ...(kind === 'github' ? { checks } : {}) });
      const seen = await forge.state(1);
      assert.deepEqual(
        seen?.comments.map(({ text }) => text),
        comments.map(({ text }) => text),
      );
      assert.equal(seen?.checks, kind === 'github' ? 'failed' : 'none');
    });

    it(`${kind}: waits for a forge that asks for little time, and says when it asks for more`, async () => {
      const forge = forgeOf(kind);
      await openPullRequest({ git, forge }, input());
      const words = { message: 'You have exceeded a secondary rate limit.' };
      const status = kind === 'github' ? 403 : 429;
      server.failNext(status, words, /./, { 'Retry-After': '0' });
      assert.equal((await forge.state(1))?.number, 1);
      for (const [headers, time] of [
        [{ 'Retry-After': '60' }, '60 seconds'],
        [{ 'X-RateLimit-Remaining': '0' }, 'a few minutes'],
      ] as const) {
        server.failNext(kind === 'github' ? 403 : 429, words, /./, { ...headers });
        await assert.rejects(forge.state(1), {
          code: 'forge_unreachable',
          why: words.message,
          remedy: `Try again in ${time}.`,
        });
      }
      const controller = new AbortController();
      server.failNext(429, words, /./, { 'Retry-After': '9' });
      const asked = server.calls.length;
      const asking = forge.state(1, controller.signal);
      const stop = setInterval(() => {
        if (server.calls.length > asked) controller.abort();
      }, 5);
      await assert.rejects(asking, { code: 'cancelled' });
      clearInterval(stop);
    });

    it(`${kind}: takes the one that somebody opened in the same moment`, async () => {
      const forge = forgeOf(kind);
      const first = await openPullRequest({ git, forge }, input());
      const words = { message: 'A pull request already exists for this branch.' };
      server.failNext(kind === 'github' ? 422 : 409, words);
      let finds = 0;
      const late: Forge = {
        ...forge,
        find: async (...args) => (finds++ === 0 ? undefined : forge.find(...args)),
        open: (...args) => forge.open(...args),
      };
      assert.equal((await openPullRequest({ git, forge: late }, input())).number, first.number);
      assert.equal(server.pulls.length, 1);
      server.forget();
      server.failNext(422, { message: 'Validation Failed', errors: [{ message: 'No commits' }] });
      await assert.rejects(openPullRequest({ git, forge: late }, input()), {
        code: 'forge_refused',
        why: 'Validation Failed No commits',
      });
    });

    it(`${kind}: says what is wrong with token, rights, replies and the network`, async () => {
      const failing = async (work: Promise<unknown>, code: string): Promise<void> => {
        await assert.rejects(work, (error) => {
          assert.ok(isPatchwrightError(error), String(error));
          assert.equal(error.code, code);
          assert.ok(error.remedy !== '' && !error.message.includes(forgeToken));
          return true;
        });
      };
      await failing(forgeOf(kind, 'wrong').state(1), 'forge_auth');
      await failing(forgeOf(kind).state(99), 'forge_refused');
      server.failNext(403, { message: 'Resource not accessible' });
      await failing(forgeOf(kind).state(1), 'forge_auth');
      server.failNext(200, { nothing: true });
      await failing(forgeOf(kind).state(1), 'forge_bad_reply');
      server.failNext(302, {});
      await failing(forgeOf(kind).state(1), 'forge_refused');
      server.cutNext();
      await failing(forgeOf(kind).state(1), 'forge_unreachable');
    });
  }

  it('is one without label and reviewers where the token may not set them', async () => {
    const forge = forgeOf('github');
    server.failNext(403, { message: 'no' }, /labels$/);
    assert.equal((await openPullRequest({ git, forge }, input())).number, 1);
    assert.deepEqual(server.pulls[0]?.labels, []);
    assert.deepEqual(server.pulls[0]?.reviewers, ['ada', 'nobody']);
  });

  it('is no draft where the plan has none', async () => {
    const words = { message: 'Draft pull requests are not supported in this repository.' };
    server.failNext(422, words, /\/pulls$/);
    const opened = await openPullRequest({ git, forge: forgeOf('github') }, input());
    assert.deepEqual([opened.number, opened.draft], [1, false]);
  });

  it('asks the other reviewers where one can not be asked, and teams as teams', async () => {
    server.failNext(422, { message: 'not a collaborator' }, /requested_reviewers$/);
    const reviewers = ['ada', 'acme/core'];
    await openPullRequest({ git, forge: forgeOf('github') }, input({ reviewers }));
    const asked = server.calls.filter(({ path }) => path.endsWith('requested_reviewers'));
    assert.deepEqual(
      asked.map(({ body }) => body),
      [
        { reviewers: ['ada'], team_reviewers: ['core'] },
        { reviewers: ['ada'] },
        { reviewers: [], team_reviewers: ['core'] },
      ],
    );
  });

  it('counts older kinds of checks, and is followed without the right to read checks', async () => {
    const forge = forgeOf('github');
    await openPullRequest({ git, forge }, input());
    server.change(1, { statuses: [{ state: 'success' }] });
    assert.equal((await forge.state(1))?.checks, 'passed');
    server.change(1, { statuses: [{ state: 'success' }, { state: 'error' }] });
    assert.equal((await forge.state(1))?.checks, 'failed');
    server.failNext(403, { message: 'Resource not accessible by token' }, /\/status/);
    assert.equal((await forge.state(1))?.checks, 'none');
    server.failNext(429, { message: 'Too many' }, /check-runs/, { 'Retry-After': '60' });
    await assert.rejects(forge.state(1), { code: 'forge_unreachable' }, 'not taken for no checks');
  });

  it('never pushes over what somebody else has on the branch', async () => {
    await git.run(['push', '-q', 'origin', `HEAD:refs/heads/${patch.branch}`]);
    await git.run(['commit', '-q', '--allow-empty', '-m', 'theirs']);
    await git.run(['push', '-q', 'origin', `HEAD:refs/heads/${patch.branch}`]);
    const before = remoteTip();
    await assert.rejects(openPullRequest({ git, forge: forgeOf('github') }, input()), (error) =>
      isPatchwrightError(error, 'push_rejected'),
    );
    assert.equal(remoteTip(), before);
    assert.equal(server.pulls.length, 0);
  });

  it('pushes nothing but what was judged', async () => {
    const request = { ...patch, files: [] };
    await assert.rejects(
      openPullRequest({ git, forge: forgeOf('github') }, input({ request })),
      (error) => isPatchwrightError(error, 'stale'),
    );
    assert.equal(remoteTip(), '');
  });

  it('finds the remote that the branch follows, and tells how to do it by hand', async () => {
    assert.deepEqual(await remoteOf({ git }), { name: 'origin', url: bare });
    await git.run(['remote', 'add', 'fork', 'https://github.com/me/shop.git']);
    await git.run([
      'config',
      `branch.${await git.run(['branch', '--show-current'])}.remote`,
      'fork',
    ]);
    assert.equal((await remoteOf({ git }))?.name, 'fork');
    const text = byHand(input(), repository('github'));
    assert.match(text, new RegExp(`^git push origin ${patch.commit.slice(0, 12)}:refs/heads/`));
    assert.match(text, /label auto-improvement/);
  });
});
