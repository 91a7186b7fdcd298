import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorktrees } from '../../src/attempt/worktree.ts';
import { createGit } from '../../src/platform/git.ts';
import { createShell } from '../../src/platform/shell.ts';
import type { Bench } from './bench.ts';

const files = 20_000;
const linesPerFile = 20;
const rounds = 5;

/** How long a worktree takes to be ready, against `git worktree add` of the same commit, in turns. */
export const bench: Bench = {
  title: `Worktree of a repository of ${files.toLocaleString('en')} files`,
  async run(report) {
    const root = mkdtempSync(join(tmpdir(), 'pw-bench-worktree-'));
    try {
      const times = await measure(root);
      const bare = median(times.bare);
      report({ what: 'git worktree add', value: bare, unit: 'ms' });
      report({ what: 'first worktree ready', value: median(times.first), unit: 'ms' });
      report({ what: 'pooled worktree ready', value: median(times.pooled), unit: 'ms' });
      report({ what: 'first to bare', value: median(times.first) / bare, unit: '×', target: 1.1 });
      report({
        what: 'pooled to bare',
        value: median(times.pooled) / bare,
        unit: '×',
        target: 0.3,
      });
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

async function measure(root: string) {
  const shell = createShell();
  const git = createGit(shell, join(root, 'main'));
  await fill(git.cwd);
  await git.run(['init', '-q', '-b', 'work']);
  await git.run(['config', 'gc.auto', '0']);
  await git.run(['add', '-A']);
  const who = ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com'];
  await git.run([...who, 'commit', '-q', '-m', 'base']);
  const times = { bare: [] as number[], first: [] as number[], pooled: [] as number[] };
  const ignore = (): void => undefined;
  const open = { branch: 'improvement/bench', onProgress: ignore };
  for (let round = 0; round < rounds; round += 1) {
    const home = join(root, `home-${round}`);
    const clock = { now: () => new Date() };
    const worktrees = createWorktrees({ git, home, shell, log: ignore, clock });
    const bare = async (): Promise<void> => {
      // In a place of its own, as ours: where files were removed before, making them takes a tenth of the time.
      const path = join(root, `bare-${round}`);
      settle();
      times.bare.push(
        await timed(() => git.run(['worktree', 'add', '--quiet', '-b', `bare-${round}`, path])),
      );
    };
    const attempts = async (): Promise<void> => {
      for (const list of [times.first, times.pooled]) {
        settle();
        const started = performance.now();
        const worktree = await worktrees.open(open);
        list.push(performance.now() - started);
        // What an attempt does: a patch, and a run that leaves something behind.
        writeFileSync(join(worktree.path, 'folder-0', 'file-0.js'), 'patched\n');
        writeFileSync(join(worktree.path, 'left.js'), 'left\n');
        await worktree.close({ keepBranch: false });
      }
    };
    // In turns, so that neither always has the warmer cache.
    for (const step of round % 2 === 0 ? [bare, attempts] : [attempts, bare]) await step();
  }
  return times;
}

/** What was written before is on the disk: else whoever comes next waits for it, up to half a minute. */
function settle(): void {
  spawnSync('sync');
}

async function fill(root: string): Promise<void> {
  for (let file = 0; file < files; file += 1) {
    const folder = join(root, `folder-${file % 400}`);
    if (file < 400) mkdirSync(folder, { recursive: true });
    const text = `export const value${file} = ${file};\n`.repeat(linesPerFile);
    writeFileSync(join(folder, `file-${file}.js`), text);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
