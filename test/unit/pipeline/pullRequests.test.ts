import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, compose } from '../../../src/compose.ts';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import type { PatchRequest } from '../../../src/core/patchRequest.ts';
import type { Git } from '../../../src/core/ports.ts';
import { parseSettings } from '../../../src/core/settings.ts';
import { type ForgeServer, forgeToken, startForgeServer } from '../../support/forgeServer.ts';
import { ticketOf } from '../../support/nouns.ts';
import { createRepository } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { makePatch } from '../release/workspace.ts';

describe('approving by pull request', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-pulls');
  let server: ForgeServer;
  let git: Git;
  let app: App;
  let bare: string;
  let request: PatchRequest;

  const open = async (token: string | undefined = forgeToken): Promise<App> =>
    compose({
      folder: git.cwd,
      settings: () =>
        parseSettings({
          'patchwright.approve.mode': 'pull_request',
          'patchwright.pullRequest.forge': 'github',
          'patchwright.pullRequest.reviewers': ['ada'],
        }),
      apiKey: () => Promise.resolve(undefined),
      forgeToken: () => Promise.resolve(token),
      environment: { PATCHWRIGHT_CACHE: temp.path('cache') },
      log: () => undefined,
      trusted: true,
    });
  const reopened = async (token?: string): Promise<void> => {
    await app.dispose();
    app = await open(token);
  };
  const putForward = async (): Promise<PatchRequest> => {
    const patch = await makePatch(git, temp.path('work'), (folder) =>
      writeFileSync(join(folder, 'a.txt'), `${Math.random()}\n`),
    );
    const ticket = ticketOf({ id: patch.ticketId, status: 'ready' });
    const fields = { ...patch, status: 'PENDING_APPROVAL' as const };
    await app.backlog.write([
      { kind: 'ticket', id: ticket.id, fields: ticket },
      { kind: 'request', id: patch.id, fields },
    ]);
    return fields;
  };
  const now = (): PatchRequest | undefined => app.backlog.requests.get(request.id);
  const ticket = () => app.backlog.tickets.get(request.ticketId);

  beforeEach(async () => {
    server = await startForgeServer();
    git = await createRepository(temp.path('shop'), {
      'a.txt': 'one\n',
      '.gitignore': '.patchwright\n',
    });
    bare = temp.path('remote.git');
    execFileSync('git', ['init', '-q', '--bare', bare]);
    await git.run(['remote', 'add', 'origin', `${server.url}/me/shop.git`]);
    await git.run(['config', 'remote.origin.pushurl', bare]);
    app = await open();
    request = await putForward();
  });
  afterEach(async () => {
    await app.dispose();
    await server.dispose();
  });

  it('pushes the branch, opens one and waits; a merged one is a release', async () => {
    const head = await git.run(['rev-parse', 'HEAD']);
    const approved = await app.pipeline.approve(request.id);
    assert.ok(approved.kind === 'opened');
    assert.equal(await git.run(['rev-parse', 'HEAD']), head);
    assert.equal(now()?.status, 'APPROVED');
    assert.deepEqual(server.pulls[0]?.labels, ['auto-improvement']);
    assert.equal(server.pulls[0]?.draft, true);

    server.change(1, { state: 'merged', mergeCommit: 'c'.repeat(40) });
    await app.pipeline.scan();
    assert.equal(now()?.status, 'APPLIED');
    assert.equal(ticket()?.status, 'applied');
    assert.equal(app.backlog.releases.get(request.id)?.commit, 'c'.repeat(40));
  });

  for (const way of ['squash', 'rebase', 'merge'] as const) {
    it(`rolls back one that was landed there by ${way}, once it is pulled`, async () => {
      await app.pipeline.approve(request.id);
      const before = await git.run(['rev-parse', 'HEAD^{tree}']);
      const how = {
        squash: ['merge', '-q', '--squash', request.commit],
        rebase: ['cherry-pick', `${request.base}..${request.commit}`],
        merge: ['merge', '-q', '--no-ff', '-m', 'Merge pull request #1', request.commit],
      };
      await git.run(how[way]);
      if (way === 'squash') await git.run(['commit', '-q', '-m', 'Fix it (#1)']);
      const mergeCommit = await git.run(['rev-parse', 'HEAD']);
      server.change(1, { state: 'merged', mergeCommit });
      await app.pipeline.scan();
      assert.equal(now()?.status, 'APPLIED');
      const release = await app.pipeline.rollBack(request.id, 'Worse.');
      assert.ok(release.rollbackCommit);
      assert.equal(await git.run(['rev-parse', 'HEAD^{tree}']), before);
      assert.equal(now()?.status, 'ROLLED_BACK');
      assert.equal(ticket()?.status, 'rolled_back');
    });
  }

  it('brings what reviewers say to the ticket, and remembers a closed one as rejected', async () => {
    await app.pipeline.approve(request.id);
    const secret = ['AKIA', 'IOSFODNN7', 'QRSTUVW'].join('');
    server.change(1, { comments: [{ by: 'ada', text: `Not with ${secret}.` }] });
    await app.pipeline.scan();
    const [said = ''] = ticket()?.metadata.reviewComments ?? [];
    assert.match(said, /^ada: Not with/);
    assert.ok(!said.includes(secret));
    assert.equal(now()?.status, 'APPROVED');

    server.change(1, { state: 'closed' });
    const calls = server.calls.length;
    await app.pipeline.scan();
    assert.equal(server.calls.length, calls, 'asked again at once');
    await reopened();
    await app.pipeline.scan();
    assert.equal(now()?.status, 'DENIED');
    assert.equal(ticket()?.status, 'rejected');
    assert.equal(ticket()?.metadata.reviewComments?.length, 2);
  });

  it('never opens a second one for a ticket', async () => {
    await app.pipeline.approve(request.id);
    const other = await putForward();
    await assert.rejects(app.pipeline.approve(other.id), (error) =>
      isPatchwrightError(error, 'illegal_move'),
    );
    assert.equal(server.pulls.length, 1);
    assert.equal(app.backlog.requests.get(other.id)?.status, 'PENDING_APPROVAL');
  });

  it('pushes what came of requested changes to the branch that is under review there', async () => {
    await app.pipeline.approve(request.id);
    await app.pipeline.reject(request.id, 'Say it differently.');
    const { branch, commit: first, createdAt } = request;
    const tree = await git.run(['rev-parse', `${first}^{tree}`]);
    const commit = await git.run(['commit-tree', tree, '-p', first, '-m', 'differently']);
    await git.run(['update-ref', `refs/heads/${branch}`, commit]);
    const later = new Date(Date.parse(createdAt) + 60_000).toISOString();
    const second = { ...request, id: 'the-second', commit, createdAt: later };
    await app.backlog.write([
      { kind: 'ticket', id: second.ticketId, fields: { status: 'ready' } },
      { kind: 'request', id: second.id, fields: second },
    ]);
    const approved = await app.pipeline.approve(second.id);
    assert.ok(approved.kind === 'opened');
    assert.equal(approved.pullRequest.number, 1);
    assert.equal(server.pulls.length, 1);
    const pushed = execFileSync('git', ['-C', bare, 'rev-parse', branch], { encoding: 'utf8' });
    assert.equal(pushed.trim(), commit);

    await reopened();
    server.change(1, { comments: [{ by: 'ada', text: 'Better.' }] });
    await app.pipeline.scan();
    assert.deepEqual(ticket()?.metadata.reviewComments?.slice(1), ['ada: Better.']);
    await reopened();
    server.change(1, { state: 'merged', mergeCommit: 'd'.repeat(40) });
    await app.pipeline.scan();
    assert.equal(app.backlog.requests.get(second.id)?.status, 'APPLIED');
    assert.equal(now()?.status, 'DENIED');
    assert.equal(app.backlog.releases.list().length, 1);
  });

  it('opens no more than five a day', async () => {
    const { pullRequest: _, ...rest } = request;
    const openedAt = new Date().toISOString();
    await app.backlog.write(
      [1, 2, 3, 4, 5].map((number) => ({
        kind: 'request' as const,
        id: `old-${number}`,
        fields: {
          ...rest,
          ticketId: `other-${number}`,
          status: 'DENIED' as const,
          pullRequest: {
            forge: 'github' as const,
            number,
            url: '',
            draft: false,
            state: 'closed' as const,
            checks: 'none' as const,
            openedAt,
            seenAt: openedAt,
            comments: [],
          },
        },
      })),
    );
    await assert.rejects(app.pipeline.approve(request.id), (error) =>
      isPatchwrightError(error, 'limit_reached'),
    );
    assert.equal(server.calls.length, 0);
  });

  it('says how to do it by hand where there is no token or no remote, and keeps the branch', async () => {
    await reopened('');
    const approved = await app.pipeline.approve(request.id);
    assert.ok(approved.kind === 'by_hand');
    assert.match(approved.text, /^git push origin [0-9a-f]{12}:refs\/heads\/improvement\//);
    assert.equal(now()?.status, 'APPROVED');
    assert.equal(server.calls.length, 0);
    await git.run(['merge', '-q', '--no-ff', '-m', 'by hand', approved.branch]);
    await app.pipeline.scan();
    assert.equal(now()?.status, 'APPLIED');
  });

  it('leaves the request waiting when the forge refuses, and tells no token', async () => {
    await reopened('another-token-than-the-right-one');
    await assert.rejects(app.pipeline.approve(request.id), (error: Error) => {
      assert.ok(!error.message.includes('another-token'));
      return isPatchwrightError(error, 'forge_auth');
    });
    assert.equal(now()?.status, 'PENDING_APPROVAL');
  });
});
