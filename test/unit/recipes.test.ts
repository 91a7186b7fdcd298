import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { nextTime } from '../../src/core/cron.ts';
import { allowVariable } from '../../src/core/sandbox.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import { startScriptedModel } from '../../src/models/scripted.ts';
import { createRepository } from '../support/repository.ts';
import { missingSandbox } from '../support/sandbox.ts';
import { rightFix, shopFiles, shopLog } from '../support/shop.ts';
import { tempFolder } from '../support/tempFolder.ts';

const root = resolve(import.meta.dirname, '../..');
const units = join(root, 'docs/systemd');
const types = ['hourly', 'daily', 'weekly', 'monthly'] as const;

const entries = readFileSync(join(root, 'docs/crontab'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [, pattern = '', command = ''] = /^((?:\S+ ){4}\S+) {2}(.*)$/.exec(line) ?? [];
    return { pattern, command, type: types.find((one) => command.includes(`--type ${one} `)) };
  });

describe('the crontab', function () {
  this.timeout(120_000);
  const temp = tempFolder('recipe');
  let env: string[];

  beforeEach(async () => {
    const folder = temp.path('shop');
    await createRepository(folder, shopFiles);
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'logs/service.log'), shopLog(6));
    // What the gates find is no matter here.
    mkdirSync(join(folder, '.vscode'));
    const off = ['coverage', 'loop', 'static', 'suite'].map((id) => [
      `patchwright.gates.${id}.enabled`,
      false,
    ]);
    const settings = { ...Object.fromEntries(off), 'patchwright.gates.reproduction.maxMutants': 0 };
    writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
    // As `npm link` leaves it.
    mkdirSync(temp.path('bin'));
    symlinkSync(join(root, 'dist/cli.cjs'), temp.path('bin/patchwright'));
    symlinkSync(process.execPath, temp.path('bin/node'));
    const npm = join(dirname(process.execPath), 'npm');
    env = [`PATH=${temp.path('bin')}:${dirname(npm)}:/usr/local/bin:/usr/bin:/bin`];
    if (missingSandbox()) env.push(`${allowVariable}=1`);
  });

  /** As cron runs it: by sh, with a bare environment, in the home folder. */
  async function run(command: string): Promise<{ stdout: string; stderr: string }> {
    mkdirSync(temp.path('.config/patchwright'), { recursive: true });
    writeFileSync(temp.path('.config/patchwright/env'), `${env.join('\n')}\n`);
    chmodSync(temp.path('.config/patchwright/env'), 0o600);
    const bare = ['-i', `HOME=${temp.path()}`, 'PATH=/usr/bin:/bin', 'SHELL=/bin/sh', 'LOGNAME=me'];
    return promisify(execFile)('/usr/bin/env', [...bare, '/bin/sh', '-c', command], {
      cwd: temp.path(),
    });
  }
  function reportOf(type: string): string | undefined {
    const folder = temp.path('shop/.patchwright/reports');
    const name = readdirSync(folder).find((one) => one.endsWith(`-${type}.md`));
    return name === undefined ? undefined : readFileSync(join(folder, name), 'utf8');
  }

  it('has a line for each kind, at the times of the settings, and none that cron would cut', () => {
    assert.deepEqual(
      entries.map(({ type, pattern }) => [type, pattern]),
      types.map((type) => [type, defaultSettings.schedule[type]]),
    );
    for (const { command } of entries) assert.ok(!command.includes('%'), command);
  });

  it('works in the bare environment of cron, and drafts there with the key of its file', async () => {
    const model = await startScriptedModel(rightFix);
    try {
      env.push(`ANTHROPIC_API_KEY=${model.apiKey}`, `ANTHROPIC_BASE_URL=${model.baseUrl}`);
      env.push(`PATCHWRIGHT_CACHE=${temp.path('cache')}`);
      for (const { command, type } of entries) {
        const drafting = command.replace('--type hourly', '--type hourly --auto-execute');
        const { stdout, stderr } = await run(drafting);
        assert.deepEqual([stdout, stderr], ['', ''], type);
      }
      for (const type of types) assert.ok(reportOf(type), type);
      assert.match(reportOf('hourly') ?? '', /Drafted a patch for exception-/);
    } finally {
      await model.dispose();
    }
  });
});

describe('the units of systemd', () => {
  const temp = tempFolder('units');
  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
  const calendarOf = (type: string): string =>
    /^OnCalendar=(.*)$/m.exec(
      readFileSync(join(units, `patchwright-${type}.timer`), 'utf8'),
    )?.[1] ?? '';

  it('are well formed', function () {
    if (!hasSystemd) return this.skip(); // there is nothing here that could say so
    const files = readdirSync(units).map((name) => join(units, name));
    const { status, stderr } = spawnSync('systemd-analyze', ['--user', 'verify', ...files], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: temp.path() },
    });
    assert.deepEqual([status, stderr], [0, '']);
    return undefined;
  });

  it('come at the times of the settings', function () {
    if (!hasSystemd) return this.skip();
    for (const type of types) {
      const { stdout } = spawnSync('systemd-analyze', ['calendar', calendarOf(type)], {
        encoding: 'utf8',
        env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' },
      });
      const [, date, time] = /Next elapse: \w+ (\S+) (\S+)/.exec(stdout) ?? [];
      const said = new Date(`${date}T${time}Z`);
      const before = new Date(said.getTime() - 1000);
      const expected = nextTime(defaultSettings.schedule[type], before, 'UTC');
      assert.deepEqual(said, expected, stdout);
    }
    return undefined;
  });
});
