import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guarded } from '../../../src/gates/guardedRun.ts';
import { checkoutOf } from '../../../src/pipeline/checkoutOf.ts';
import { createGit } from '../../../src/platform/git.ts';
import { createShell } from '../../../src/platform/shell.ts';
import type { Command } from '../../../src/core/ports.ts';
import { createRepository, writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { quiet, worktreesOf } from '../attempt/worktreeSupport.ts';

describe('a checkout that is laid out again and again', function () {
  this.timeout(60_000);
  const folder = tempFolder();

  async function open() {
    const root = folder.path('main');
    const git = await createRepository(root, { 'a.txt': 'one\n', '.gitignore': 'out/\n' });
    writeTree(root, { 'a.txt': 'two\n' });
    await git.run(['commit', '-qam', 'second']);
    const [second, first] = (await git.run(['rev-list', 'HEAD'])).split('\n') as [string, string];
    const asked: string[] = [];
    const shell = createShell();
    const counting = {
      run(command: Command, signal?: AbortSignal) {
        asked.push(command.args.join(' '));
        return shell.run(command, signal);
      },
    };
    const counted = createGit(counting, root);
    const worktrees = worktreesOf(counted, folder.path('home'), { pool: 'never' });
    const worktree = await worktrees.open({ branch: 'try', onProgress: quiet });
    const checkout = checkoutOf(worktree);
    const at = (name: string): string => join(worktree.path, name);
    const run = async (tree: string, work: () => void): Promise<readonly string[]> => {
      const on = { git: counted, checkout, sandboxed: true };
      return (await guarded(on, tree, async () => work(), undefined)).problems;
    };
    return { worktree, checkout, at, run, asked, first, second };
  }

  it('is not looked through twice where a run has left nothing', async () => {
    const { worktree, at, run, asked, first, second } = await open();
    await run(first, () => undefined);
    asked.length = 0;
    await run(second, () => assert.equal(readFileSync(at('a.txt'), 'utf8'), 'two\n'));
    assert.deepEqual(
      asked.filter((line) => / clean /.test(line)),
      [],
    );
    asked.length = 0;
    await run(second, () => assert.equal(readFileSync(at('a.txt'), 'utf8'), 'two\n'));
    assert.deepEqual(
      asked.filter((line) => / (clean|read-tree) /.test(line)),
      [],
    );
    await worktree.close({ keepBranch: false });
  });

  for (const [what, leave] of [
    ['a new file', (at: (name: string) => string) => writeFileSync(at('new.txt'), 'x')],
    [
      'an ignored file',
      (at: (name: string) => string) => {
        mkdirSync(at('out'));
        writeFileSync(at('out/new.txt'), 'x');
      },
    ],
    ['an empty folder', (at: (name: string) => string) => mkdirSync(at('new.txt'))],
    ['a changed file', (at: (name: string) => string) => writeFileSync(at('a.txt'), 'three\n')],
  ] as const) {
    it(`is without ${what} that a run has left`, async () => {
      const { worktree, at, run, second } = await open();
      await run(second, () => undefined);
      await run(second, () => leave(at));
      await run(second, () => {
        assert.equal(readFileSync(at('a.txt'), 'utf8'), 'two\n');
        for (const name of ['new.txt', 'out']) assert.equal(existsSync(at(name)), false, name);
      });
      await worktree.close({ keepBranch: false });
    });
  }
});
