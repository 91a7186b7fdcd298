import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { type App, compose } from '../../../src/compose.ts';
import { type Canary, canaryOf } from '../../../src/core/canary.ts';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import type { Git } from '../../../src/core/ports.ts';
import { allowVariable } from '../../../src/core/sandbox.ts';
import { parseSettings } from '../../../src/core/settings.ts';
import { ticketOf } from '../../support/nouns.ts';
import { createRepository, writeTree } from '../../support/repository.ts';
import { requestOf } from '../../support/requests.ts';
import { missingSandbox } from '../../support/sandbox.ts';
import { tempFolder } from '../../support/tempFolder.ts';

/** A small service; `change` is put where its routes are made. */
const service = (change = ''): string => `
const http = require('node:http');
const kept = [];
const routes = {
  '/': () => 'ok',
  '/orders': () => JSON.stringify(Array.from({ length: 50 }, (_, id) => ({ id, total: id * 3 }))),
  '/search': () => 'nothing found',
  '/upload': () => 'thanks',
};
let served = 0;
${change}
http
  .createServer((request, response) => {
    served += 1;
    let length = 0;
    request.on('data', (piece) => { length += piece.length; });
    request.on('end', () => {
      try {
        response.end(routes[request.url](length));
      } catch (error) {
        console.error(error.message);
        response.writeHead(500).end();
      }
    });
  })
  .listen(process.env.PORT, '127.0.0.1', () => console.log('listening'));
`;

const slower = `const orders = routes['/orders'];
routes['/orders'] = () => { const end = Date.now() + 5; while (Date.now() < end); return orders(); };`;
const leaking = `routes['/search'] = () => { kept.push(Buffer.alloc(2_000_000, served)); return 'found'; };`;
const failing = `let uploads = 0;
routes['/upload'] = (length) => { if ((uploads += 1) % 2 === 0) throw new Error('no ' + length); return 'thanks'; };`;

describe('a canary', function () {
  this.timeout(120_000);
  const temp = tempFolder('pw-canary');
  let git: Git;
  let app: App;
  let settings: Record<string, unknown>;
  let told: string[];

  beforeEach(async () => {
    told = [];
    settings = {
      'patchwright.canary.start': 'node server.js',
      'patchwright.canary.seconds': 1,
      'patchwright.canary.requests': ['/orders', 'GET /search', 'POST /upload {"name":"a"}'],
    };
    git = await createRepository(temp.path('service'), { 'server.js': service() });
    app = await compose({
      folder: git.cwd,
      settings: () => parseSettings(settings),
      apiKey: () => Promise.resolve(undefined),
      environment: {
        ...process.env,
        PATCHWRIGHT_CACHE: temp.path('cache'),
        ...(missingSandbox() ? { [allowVariable]: '1' } : {}),
      },
      log: () => undefined,
      trusted: true,
    });
    app.pipeline.onDidProgress((progress) => {
      if (progress.kind === 'canary') told.push(progress.text);
    });
  });
  afterEach(() => app.dispose());

  /** A request whose patch leaves the service so; its id. */
  async function requested(server: string): Promise<string> {
    const base = await git.run(['rev-parse', 'HEAD']);
    writeTree(git.cwd, { 'server.js': server });
    await git.run(['commit', '-q', '-am', 'the patch', '--allow-empty']);
    const commit = await git.run(['rev-parse', 'HEAD']);
    await git.run(['branch', 'improvement/patch']);
    await git.run(['reset', '-q', '--hard', base]);
    const request = requestOf({ base, commit, branch: 'improvement/patch', testFiles: [] });
    const { id, ...fields } = request;
    const ticket = ticketOf({ id: request.ticketId, status: 'ready' });
    await app.backlog.write([
      { kind: 'ticket', id: ticket.id, fields: ticket },
      { kind: 'request', id, fields },
    ]);
    return id;
  }
  const left = async () => ({
    refs: await git.run(['for-each-ref']),
    worktrees: await git.run(['worktree', 'list']),
    status: await git.run(['status', '--porcelain']),
    temporary: readdirSync(tmpdir()).filter((name) => name.startsWith('patchwright-load-')),
  });
  const worse = ({ figures }: Canary): string[] =>
    figures.filter(({ verdict }) => verdict === 'worse').map(({ name }) => name);

  it('finds what became slower, fails or leaks, and keeps it with the request', async () => {
    const id = await requested(service([slower, leaking, failing].join('\n')));
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
