import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import type { App } from '../../../src/compose.ts';
import { type Canary, canaryOf } from '../../../src/core/canary.ts';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import type { Git } from '../../../src/core/ports.ts';
import {
  failing,
  leaking,
  openService,
  requestedFor,
  service,
  serviceSettings,
  slower,
} from '../../support/canary.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('a canary', function () {
  this.timeout(120_000);
  const temp = tempFolder('pw-canary');
  let git: Git;
  let app: App;
  let settings: Record<string, unknown>;
  let told: string[];

  const { TMPDIR } = process.env;

  beforeEach(async () => {
    told = [];
    // Of its own: what others leave in a temporary folder of this machine is no matter of ours.
    process.env.TMPDIR = temp.path('temporary');
    mkdirSync(process.env.TMPDIR);
    settings = { ...serviceSettings };
    ({ git, app } = await openService(temp.path('service'), temp.path('cache'), settings));
    app.pipeline.onDidProgress((progress) => {
      if (progress.kind === 'canary') told.push(progress.text);
    });
  });
  afterEach(async () => {
    await app.dispose();
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });

  const requested = (server: string) => requestedFor({ git, app }, server);
  const left = async () => ({
    refs: await git.run(['for-each-ref']),
    worktrees: await git.run(['worktree', 'list']),
    status: await git.run(['status', '--porcelain']),
    temporary: readdirSync(tmpdir()).filter((name) => name.startsWith('patchwright-load-')),
  });
  const worse = ({ figures }: Canary): string[] =>
    figures.filter(({ verdict }) => verdict === 'worse').map(({ name }) => name);

  it('finds what became slower, fails or leaks, and keeps it with the request', async () => {
    const id = await requested(service([slower(5), leaking(2_000_000), failing(2)].join('\n')));
    const before = await left();
    const found = await app.pipeline.canary(id);
    assert.equal(found.verdict, 'worse', JSON.stringify(found, null, 2));
    const names = worse(found);
    for (const name of ['GET /orders, median', 'failed requests', 'memory gained under load']) {
      assert.ok(names.includes(name), `${name} is not among ${names.join('; ')}`);
    }
    const request = app.backlog.requests.get(id);
    assert.deepEqual(request && canaryOf(request), found);
    const { canary } = await app.pipeline.exportEvidence(id);
    assert.equal((canary as Canary).verdict, 'worse');
    assert.ok(told.length > 0);
    assert.deepEqual(await left(), before);
  });

  it('does not accuse a patch that changes nothing, nor touch an app that runs', async () => {
    const asked: string[] = [];
    const own = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    own.listen(0, '127.0.0.1');
    await once(own, 'listening');
    try {
      const port = (own.address() as AddressInfo).port;
      const id = await requested(service(`// as before, and not on ${port}`));
      const found = await app.pipeline.canary(id);
      assert.deepEqual(worse(found), [], JSON.stringify(found, null, 2));
      assert.notEqual(found.verdict, 'worse');
      assert.deepEqual(asked, []);
    } finally {
      own.close();
    }
  });

  it('takes a command for the load', async () => {
    settings['patchwright.canary.load'] =
      `bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}; printf "GET /orders HTTP/1.0\\r\\n\\r\\n" >&3; head -1 <&3 | grep -q 200'`;
    const id = await requested(service(`routes['/orders'] = () => { throw new Error('gone'); };`));
    const found = await app.pipeline.canary(id);
    assert.deepEqual(worse(found), ['failed requests'], JSON.stringify(found, null, 2));
  });

  it('says what the app said where it does not start with the patch', async () => {
    const found = await app.pipeline.canary(await requested(`throw new Error('no config');`));
    assert.equal(found.verdict, 'worse');
    assert.match(found.findings.join(), /does not start with the patch: it ended with exit code 1/);
    assert.match(found.output, /no config/);
  });

  it('says what is missing where it does not start at all', async () => {
    const id = await requested(service());
    const fails = async (code: string, message: RegExp): Promise<void> => {
      await assert.rejects(
        app.pipeline.canary(id),
        (error: Error) =>
          isPatchwrightError(error) && error.code === code && message.test(error.message),
      );
    };
    settings['patchwright.canary.start'] = 'node servr.js';
    await fails('app_not_started', /node servr\.js.*Cannot find module.*canary\.start/s);
    settings['patchwright.canary.start'] = '';
    await fails('invalid_settings', /how the app is started/);
    settings['patchwright.canary.start'] = 'node server.js';
    settings['patchwright.canary.requests'] = ['orders'];
    await fails('invalid_settings', /"orders" is no request/);
    assert.deepEqual(await left(), { ...(await left()), temporary: [] });
  });

  it('can be cancelled, and then nothing is left', async () => {
    const id = await requested(service());
    const before = await left();
    const controller = new AbortController();
    app.pipeline.onDidProgress((progress) => {
      if (progress.kind === 'canary' && progress.text.startsWith('Start 2')) controller.abort();
    });
    await assert.rejects(app.pipeline.canary(id, controller.signal), (error) =>
      isPatchwrightError(error, 'cancelled'),
    );
    assert.deepEqual(await left(), before);
    assert.equal(app.backlog.requests.get(id)?.canary, undefined);
  });

  it('wants no port of its user’s where the network is shared', async () => {
    settings['patchwright.canary.port'] = 3000;
    settings['patchwright.sandbox.network'] = true;
    await assert.rejects(app.pipeline.canary(await requested(service())), /your own running app/);
  });
});
