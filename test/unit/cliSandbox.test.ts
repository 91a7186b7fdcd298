import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { startScriptedModel, type ScriptedModel } from '../../src/models/scripted.ts';
import { type CliResult, cli } from '../support/cli.ts';
import { createRepository } from '../support/repository.ts';
import { missingSandbox } from '../support/sandbox.ts';
import { rightFix, shopFiles } from '../support/shop.ts';
import { tempFolder } from '../support/tempFolder.ts';

describe('the sandbox on the command line', function () {
  this.timeout(300_000);
  const temp = tempFolder('pw-cli-sandbox');
  let model: ScriptedModel | undefined;

  beforeEach(async () => {
    await createRepository(temp.path('shop'), shopFiles);
  });
  afterEach(async () => {
    await model?.dispose();
    model = undefined;
  });
  const run = (args: readonly string[], env = {}): Promise<CliResult> =>
    cli([args[0] ?? '', '--folder', temp.path('shop'), ...args.slice(1)], {
      PATCHWRIGHT_CACHE: temp.path('cache'),
      ...env,
    });

  describe('where there is one', () => {
    before(function () {
      const reason = missingSandbox();
      if (!reason) return;
      console.log(`      (${reason})`);
      this.skip();
    });

    it('runs a command in it and passes its exit code on', async () => {
      const script = `echo out; echo err >&2; echo x > made; echo x > ${temp.path('outside')}; exit 7`;
      const result = await run(['sandbox', '--', 'sh', '-c', script]);
      assert.equal(result.code, 7, result.stderr);
      assert.equal(result.stdout, 'out\n');
      assert.match(result.stderr, /^err$/m);
      assert.equal(readFileSync(temp.path('shop/made'), 'utf8'), 'x\n');
      assert.ok(!existsSync(temp.path('outside')));
    });

    it('ends a command in time and says so', async () => {
      const result = await run(['sandbox', '--timeout', '1', '--', 'sleep', '60']);
      assert.equal(result.code, 124);
      assert.match(result.stderr, /took too long/);
    });

    it('is shown by the doctor', async () => {
      const { stdout } = await run(['doctor']);
      assert.match(stdout, /✓ Sandbox +bubblewrap \d.*without network/);
    });
  });

  describe('where there is none', () => {
    const bare = () => ({ PATH: pathWithout('bwrap'), PATCHWRIGHT_ALLOW_WITHOUT_SANDBOX: '' });
    /** A PATH with what the house needs, as links, and nothing else. */
    function pathWithout(name: string): string {
      const folder = temp.path('path');
      mkdirSync(folder, { recursive: true });
      const folders = (process.env.PATH ?? '').split(delimiter);
      for (const program of ['git', 'sh', 'cat', 'env']) {
        const found = folders.map((one) => join(one, program)).find((path) => existsSync(path));
        assert.ok(found && program !== name);
        if (!existsSync(join(folder, program))) symlinkSync(found, join(folder, program));
      }
      if (!existsSync(join(folder, 'node'))) symlinkSync(process.execPath, join(folder, 'node'));
      return folder;
    }
    const ticket = async (env: object): Promise<void> => {
      const made = await run(['new', '--title', 'The total is wrong', 'src/cart.js'], env);
      assert.equal(made.code, 0, made.stderr);
    };
    const settingsOf = (settings: object): void => {
      mkdirSync(temp.path('shop/.vscode'), { recursive: true });
      writeFileSync(temp.path('shop/.vscode/settings.json'), JSON.stringify(settings));
    };

    it('drafts nothing and spends nothing, whatever the folder itself allows', async () => {
      model = await startScriptedModel(rightFix);
      const key = { ANTHROPIC_BASE_URL: model.baseUrl, ANTHROPIC_API_KEY: model.apiKey };
      await ticket(bare());
      for (const settings of [
        { 'patchwright.sandbox.allowWithout': true },
        { 'patchwright.sandbox': { allowWithout: true } },
      ]) {
        settingsOf(settings);
        const result = await run(['draft', '--next', '--json'], { ...bare(), ...key });
        assert.equal(result.code, 4, result.stderr);
        assert.equal(JSON.parse(result.stdout).error.code, 'no_sandbox');
        assert.match(result.stderr, /bubblewrap.*patchwright\.sandbox\.allowWithout/);
      }
      assert.equal(model.requests.length, 0);
    });

    it('runs no command', async () => {
      const result = await run(['sandbox', '--', 'sh', '-c', 'echo ran'], bare());
      assert.equal(result.code, 4);
      assert.doesNotMatch(result.stdout, /ran/);
    });

    it('is a problem to the doctor, with what to install', async () => {
      const { code, stdout } = await run(['doctor'], bare());
      assert.equal(code, 1);
      assert.match(stdout, /✗ Sandbox .*bubblewrap is not installed/);
    });

    it('runs all the same where the user says so, and the gates say so', async () => {
      const env = { ...bare(), PATCHWRIGHT_ALLOW_WITHOUT_SANDBOX: '1' };
      const { stdout } = await run(['doctor'], env);
      assert.match(stdout, /! Sandbox .*as you chose/);
      const ran = await run(['sandbox', '--', 'sh', '-c', 'echo ran'], env);
      assert.equal(ran.stdout, 'ran\n');
      assert.match(ran.stderr, /No sandbox, as you chose/);
    });
  });
});
