import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSettings } from '../../src/core/settings.ts';
import type { Shell } from '../../src/core/ports.ts';
import { createGit } from '../../src/platform/git.ts';
import { createDoor } from '../../src/platform/sandbox/door.ts';
import { createShell } from '../../src/platform/shell.ts';
import type { Bench } from './bench.ts';

const rounds = 41;
const manyFolders = 2_000;

/** What the sandbox costs a command, against the plain shell, in turns. */
export const bench: Bench = {
  title: 'Sandbox',
  async run(report) {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'pw-bench-sandbox-')));
    try {
      const shell = createShell();
      const git = createGit(shell, join(root, 'main'));
      mkdirSync(join(git.cwd, 'src'), { recursive: true });
      await git.run(['init', '-q', '-b', 'work']);
      const who = ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com'];
      await git.run([...who, 'commit', '-q', '--allow-empty', '-m', 'base']);
      const work = join(root, 'work');
      await git.run(['worktree', 'add', '-q', '--detach', work]);
      const door = createDoor({ shell, git, folder: git.cwd, environment: process.env });
      const held = await door.shell(work, defaultSettings.sandbox);
      const small = await compare(shell, held, work);
      report({ what: '`true` in the plain shell', value: small.plain, unit: 'ms' });
      report({ what: '`true` in the sandbox', value: small.held, unit: 'ms' });
      report({ what: 'sandbox to plain', value: small.held / small.plain, unit: '×' });
      report({ what: 'overhead', value: small.held - small.plain, unit: 'ms', target: 60 });
      for (let n = 0; n < manyFolders; n += 1) {
        const folder = join(work, `folder-${n % 40}`, `inner-${n}`);
        mkdirSync(folder, { recursive: true });
        for (let file = 0; file < 10; file += 1) writeFileSync(join(folder, `${file}.js`), '');
      }
      const large = await compare(shell, held, work);
      const files = (manyFolders * 10).toLocaleString('en');
      const what = `overhead with ${files} files in ${manyFolders.toLocaleString('en')} folders`;
      report({ what, value: large.held - large.plain, unit: 'ms', target: 60 });
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

async function compare(plain: Shell, held: Shell, cwd: string) {
  const times = { plain: [] as number[], held: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, shell] of [['plain', plain] as const, ['held', held] as const]) {
      const started = performance.now();
      await shell.run({ file: 'true', args: [], cwd });
      times[name].push(performance.now() - started);
    }
  }
  return { plain: median(times.plain), held: median(times.held) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
