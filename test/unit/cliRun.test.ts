import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownOf } from '../../src/pipeline/run/report.ts';
import { type ScriptedModel, startScriptedModel } from '../../src/models/scripted.ts';
import { open } from '../support/backlog.ts';
import { cli, type CliResult } from '../support/cli.ts';
import { createRepository } from '../support/repository.ts';
import { rightFix, shopFiles, shopLog } from '../support/shop.ts';
import { tempFolder } from '../support/tempFolder.ts';

describe('command line: run', function () {
  this.timeout(120_000);
  const temp = tempFolder('pw-run');
  let folder = '';
  let model: ScriptedModel;
  let env: Record<string, string>;

  beforeEach(async () => {
    folder = temp.path('shop');
    await createRepository(folder, shopFiles);
    model = await startScriptedModel(rightFix);
    env = {
      PATCHWRIGHT_CACHE: temp.path('cache'),
      ANTHROPIC_API_KEY: model.apiKey,
      ANTHROPIC_BASE_URL: model.baseUrl,
    };
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'logs/service.log'), shopLog(6));
  });
  afterEach(() => model.dispose());

  const run = (...args: string[]): Promise<CliResult> =>
    cli(['run', ...args, '--folder', folder], env);
  const report = async (...args: string[]) => {
    const result = await run(...args, '--json');
    assert.equal(result.code, 0, result.stderr);
    return JSON.parse(result.stdout);
  };
  const reports = (): string[] => {
    const place = join(folder, '.patchwright/reports');
    return existsSync(place) ? readdirSync(place) : [];
  };

  it('says what it would do in a dry run, and writes nothing', async () => {
    const dry = await report('--type', 'full', '--dry-run', '--auto-execute');
    assert.ok(dry.skipped.some(({ why }: { why: string }) => /dry run/.test(why)));
    assert.deepEqual(reports(), []);
    const backlog = await open(folder);
    assert.deepEqual(backlog.tickets.list(), []);
    await backlog.dispose();
  });

  it('scans each hour, drafts only when that is asked for, and keeps reports of both', async () => {
    const first = await report('--type', 'hourly');
    assert.match(first.done[0], /^Read \d+ new lines in 1 files/);
    assert.match(first.found[0], /^New tickets: exception-/);
    assert.match(first.skipped[0].why, /--auto-execute/);
    const second = await report('--type', 'hourly', '--auto-execute');
    assert.equal(second.previousAt > first.startedAt, true);
    assert.match(second.done[1], /^Drafted a patch for exception-/);
    const third = await report('--type', 'hourly', '--auto-execute');
    assert.match(third.found[0], /waits for a decision/);
    assert.match(third.skipped[0].why, /There is no ticket to draft/);
    const names = reports().filter((name) => name.endsWith('-hourly.json'));
    assert.ok(names.length > 0 && reports().some((name) => name.endsWith('-hourly.md')));
    const kept = JSON.parse(
      readFileSync(join(folder, '.patchwright/reports', names.sort().at(-1) ?? ''), 'utf8'),
    );
    assert.deepEqual(kept, third);
  });

  it('analyses, proposes and suggests', async () => {
    const full = await report('--type', 'full');
    assert.ok(full.found.some((line: string) => line.startsWith('Health: ')));
    assert.ok(full.found.some((line: string) => /% to be approved/.test(line)));
    assert.ok(full.skipped.some(({ why }: { why: string }) => /codeAnalysis/.test(why)));
    assert.equal((await run('--type', 'yearly')).code, 2);
    assert.equal((await run()).code, 2);
  });

  it('leaves the work to another run that is under way', async () => {
    const backlog = await open(folder);
    try {
      const busy = await backlog.exclusively('run', () => run('--type', 'daily'));
      assert.equal(busy.code, 4);
      assert.match(busy.stderr, /Another run is under way/);
    } finally {
      await backlog.dispose();
    }
    assert.equal((await run('--type', 'daily')).code, 0);
  });

  it('fails when a step does, and does the others all the same', async () => {
    env = { ...env, ANTHROPIC_API_KEY: 'wrong' };
    const result = await run('--type', 'full', '--auto-execute', '--json');
    assert.equal(result.code, 1);
    const { done, found, failed } = JSON.parse(result.stdout);
    assert.equal(failed[0].what, 'the next draft');
    assert.ok(done.length > 0 && found.length > 0);
  });
});

describe('the report of a run', () => {
  it('shows what comes from logs as plain text', () => {
    const text = markdownOf({
      type: 'weekly',
      dryRun: false,
      startedAt: 'a',
      endedAt: 'b',
      found: ['e1 ![x](http://evil) <img src=x>\n# no heading'],
      done: [],
      skipped: [],
      failed: [],
    });
    assert.ok(!/(?<!\\)(?:!\[|<img)|\n# no/.test(text), text);
    assert.match(text, /## Done\n\nNothing\./);
  });
});
