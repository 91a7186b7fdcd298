import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cli, type RunningCli, startCli } from '../support/cli.ts';
import { exchange } from '../support/receiver.ts';
import { createRepository } from '../support/repository.ts';
import { shopFiles } from '../support/shop.ts';
import { tempFolder } from '../support/tempFolder.ts';

describe('command line: serve', function () {
  this.timeout(60_000);
  const temp = tempFolder('pw-serve');
  let folder = '';
  let env: Record<string, string>;
  beforeEach(async () => {
    folder = temp.path('shop');
    await createRepository(folder, shopFiles);
    env = {
      PATCHWRIGHT_CACHE: temp.path('cache'),
      XDG_CONFIG_HOME: temp.path('config'),
      APPDATA: temp.path('config'),
    };
  });

  const running = new Set<RunningCli>();
  const serve = (): RunningCli => {
    const serving = startCli(['serve', '--port', '0', '--json', '--folder', folder], env);
    running.add(serving);
    return serving;
  };
  afterEach(async () => {
    for (const serving of running) {
      serving.kill('SIGKILL');
      await serving.ended;
    }
    running.clear();
  });

  it('says where it listens, and ends when it is interrupted', async () => {
    const serving = serve();
    const { url, tokenFile } = JSON.parse(await firstLine(serving));
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    serving.kill('SIGINT');
    const { code, stdout, stderr } = await serving.ended;
    assert.equal(code, 0, stderr);
    assert.ok(!stdout.includes(readFileSync(tokenFile, 'utf8').trim()));
  });

  it('hands on to tickets, and answers who has the token', async () => {
    const serving = serve();
    try {
      const line = await firstLine(serving);
      const { port, ingestKey, tokenFile } = JSON.parse(line);
      const headers = (key: string) => ({
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
      });
      const body = { level: 'fatal', type: 'TypeError', message: 'x is undefined' };
      const sent = await exchange(port, '/ingest/errors', 'POST', body, headers(ingestKey));
      assert.equal(sent.status, 202);
      const token = readFileSync(tokenFile, 'utf8').trim();
      const analysed = await exchange(port, '/api/v1/analyse', 'POST', {}, headers(token));
      assert.equal(analysed.status, 200);
      const { value } = await exchange(port, '/api/v1/tickets', 'GET', undefined, headers(token));
      assert.equal(value[0]?.title, 'TypeError: x is undefined');
      const other = await cli(['serve', '--port', String(port), '--folder', folder], env);
      assert.equal(other.code, 4, other.stderr);
      assert.match(other.stderr, /Something listens there already/);
    } finally {
      serving.kill('SIGINT');
      await serving.ended;
    }
    const { stdout } = await cli(['tickets', '--json', '--folder', folder], env);
    assert.equal(JSON.parse(stdout).length, 1);
  });

  it('refuses a port that is none', async () => {
    const { code } = await cli(['serve', '--port', '99999', '--folder', folder], env);
    assert.equal(code, 2);
  });
});

async function firstLine(serving: RunningCli): Promise<string> {
  await serving.until(/"listening".*\n/);
  return serving.output().split('\n')[0] ?? '';
}
