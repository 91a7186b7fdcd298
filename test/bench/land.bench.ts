import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Git } from '../../src/core/ports.ts';
import { createGit } from '../../src/platform/git.ts';
import { createShell } from '../../src/platform/shell.ts';
import { landIt, makePatch, rollItBack } from '../unit/release/workspace.ts';
import type { Bench } from './bench.ts';

const files = 20_000;
const linesPerFile = 20;
const rounds = 7;

/** How long landing and rolling back take, against `git merge` and `git revert` of the same, in turns. */
export const bench: Bench = {
  title: `Landing and rolling back in a repository of ${files.toLocaleString('en')} files`,
  async run(report) {
    const root = mkdtempSync(join(tmpdir(), 'pw-bench-land-'));
    try {
      const times = await measure(root);
      const [merge, revert] = [median(times.merge), median(times.revert)];
      report({ what: 'git merge --no-ff', value: merge, unit: 'ms' });
      report({ what: 'landing', value: median(times.land), unit: 'ms' });
      report({ what: 'landing to git merge', value: median(times.land) / merge, unit: '×' });
      report({ what: 'git revert -m 1', value: revert, unit: 'ms' });
      report({ what: 'rolling back', value: median(times.rollBack), unit: 'ms' });
      report({
        what: 'rolling back to git revert',
        value: median(times.rollBack) / revert,
        unit: '×',
      });
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

async function measure(root: string) {
  const git = createGit(createShell(), join(root, 'main'));
  await fill(git);
  const request = await makePatch(git, join(root, 'patch'), (folder) =>
    writeFileSync(join(folder, 'folder-0', 'file-0.js'), 'patched\n'),
  );
  const base = request.base;
  const times = { merge: [], revert: [], land: [], rollBack: [] } as Record<string, number[]> & {
    merge: number[];
    revert: number[];
    land: number[];
    rollBack: number[];
  };
  const bare = async (): Promise<void> => {
    times.merge.push(await timed(() => git.run(['merge', '-q', '--no-ff', request.commit])));
    times.revert.push(await timed(() => git.run(['revert', '--no-edit', '-m', '1', 'HEAD'])));
    await git.run(['reset', '-q', '--hard', base]);
  };
  const ours = async (): Promise<void> => {
    const started = performance.now();
    const release = await landIt(git, request);
    times.land.push(performance.now() - started);
    times.rollBack.push(await timed(() => rollItBack(git, release)));
    await git.run(['reset', '-q', '--hard', base]);
  };
  for (let round = 0; round < rounds; round += 1) {
    // In turns, so that neither always has the warmer cache.
    for (const step of round % 2 === 0 ? [bare, ours] : [ours, bare]) await step();
  }
  return times;
}

async function fill(git: Git): Promise<void> {
  const text = Array.from({ length: linesPerFile }, (_, i) => `const line${i} = ${i};\n`).join('');
  for (let folder = 0; folder < files / 100; folder += 1) {
    const path = join(git.cwd, `folder-${folder}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < 100; file += 1) writeFileSync(join(path, `file-${file}.js`), text);
  }
  await git.run(['init', '-q', '-b', 'work']);
  await git.run(['config', 'gc.auto', '0']);
  await git.run(['config', 'user.name', 'Bench']);
  await git.run(['config', 'user.email', 'bench@example.com']);
  await git.run(['add', '-A']);
  await git.run(['commit', '-q', '-m', 'base']);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
