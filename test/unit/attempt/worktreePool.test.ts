import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Git, Shell } from '../../../src/core/ports.ts';
import { createGit } from '../../../src/platform/git.ts';
import { createShell } from '../../../src/platform/shell.ts';
import { createRepository, writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { pictureOf, quiet, worktreesOf } from './worktreeSupport.ts';

const open = { branch: 'improvement/t-1', onProgress: quiet };

function manyFiles(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `lib/${at % 40}/file${at}.js`,
      `exports.at = ${at};\n`,
    ]),
  );
}

describe('pooled worktree', function () {
  this.timeout(60_000);
  const folder = tempFolder('pw-pool');
  const home = (): string => folder.path('home');
  const repository = (count = 2_000): Promise<Git> =>
    createRepository(folder.path('main'), { ...manyFiles(count), '.gitignore': 'ignored/\n' });
  const pooled = (git: Git) => worktreesOf(git, home(), { pool: 'always' });

  it('is used again, clean, on the commit that is HEAD by then', async () => {
    const git = await repository();
    const first = await pooled(git).open(open);
    const clean = pictureOf(first.path, /^\.git$/);
    spoil(first.path);
    await git.at(first.path).run(['update-index', '--assume-unchanged', 'lib/1/file1.js']);
    await first.close({ keepBranch: true });
    assert.ok(existsSync(first.path));
    await git.run(['checkout', '-q', 'improvement/t-1']); // nothing holds the branch any more
    await git.run(['checkout', '-q', 'work']);
    writeTree(git.cwd, { 'lib/2/file2.js': 'newer\n' });
    await git.run(['commit', '-q', '-a', '-m', 'newer']);
    const second = await pooled(git).open(open);
    assert.equal(second.path, first.path);
    assert.equal(second.branch, 'improvement/t-1-2');
    assert.equal(second.base, await git.run(['rev-parse', 'work']));
    assert.equal(readFileSync(join(second.path, 'lib/2/file2.js'), 'utf8'), 'newer\n');
    assert.deepEqual(contents(second.path), { ...contentsOf(clean), ...contents(git.cwd) });
    assert.equal(await git.at(second.path).run(['status', '--porcelain', '--ignored']), '');
    await second.close({ keepBranch: false });
  });

  it('writes only the files that differ', async () => {
    const git = await repository();
    const first = await pooled(git).open(open);
    const before = pictureOf(first.path);
    writeTree(first.path, { 'lib/1/file1.js': 'changed\n' });
    await first.close({ keepBranch: false });
    const second = await pooled(git).open(open);
    const after = pictureOf(second.path);
    const rewritten = Object.keys(before).filter((path) => before[path] !== after[path]);
    assert.deepEqual(rewritten, ['lib/1/file1.js']);
    await second.close({ keepBranch: false });
  });

  it('is never shared: a second attempt gets a fresh one, which goes when it is done', async () => {
    const git = await repository(20);
    const worktrees = await Promise.all(
      ['a', 'b', 'c'].map((name) => pooled(git).open({ ...open, branch: `improvement/${name}` })),
    );
    assert.equal(new Set(worktrees.map(({ path }) => path)).size, 3);
    await Promise.all(worktrees.map((worktree) => worktree.close({ keepBranch: false })));
    assert.equal(worktrees.filter(({ path }) => existsSync(path)).length, 1);
    assert.equal((await git.run(['worktree', 'list'])).split('\n').length, 2);
  });

  it('is made anew when it was damaged', async () => {
    const git = await repository(20);
    const damages: ((path: string) => void)[] = [
      (path) => rmSync(path, { recursive: true }),
      (path) => rmSync(adminOf(path), { recursive: true }),
      (path) => writeFileSync(join(adminOf(path), 'commondir'), '/nowhere\n'),
      (path) => {
        rmSync(path, { recursive: true });
        symlinkSync(folder.path('main'), path);
      },
      (path) => {
        rmSync(path, { recursive: true });
        symlinkSync(folder.path('theirs'), path);
      },
    ];
    await git.run(['worktree', 'add', '-q', folder.path('theirs'), '-b', 'theirs']);
    const theirs = pictureOf(folder.path('theirs'));
    for (const damage of damages) {
      const first = await pooled(git).open(open);
      await first.close({ keepBranch: false });
      damage(first.path);
      const before = pictureOf(git.cwd, /^\.git(?:\/|$)/);
      const second = await pooled(git).open(open);
      assert.deepEqual(pictureOf(git.cwd, /^\.git(?:\/|$)/), before);
      assert.deepEqual(contents(second.path), contents(git.cwd));
      await second.close({ keepBranch: false });
      assert.deepEqual(pictureOf(folder.path('theirs')), theirs);
    }
  });

  it('works on after a git that was killed left its locks', async () => {
    const git = await repository(20);
    const first = await pooled(git).open(open);
    writeFileSync(join(adminOf(first.path), 'index.lock'), '');
    await first.close({ keepBranch: false });
    const second = await pooled(git).open(open);
    assert.equal(second.path, first.path);
    await second.close({ keepBranch: false });
  });

  it('keeps what was laid out when the first opening of a large repository is cancelled', async () => {
    const git = await repository(60);
    const stop = new AbortController();
    const shell = createShell();
    const stopping: Shell = {
      run(command, signal) {
        const running = shell.run(command, signal);
        if (command.args.includes('read-tree')) stop.abort();
        return running;
      },
    };
    const cut = worktreesOf(createGit(stopping, git.cwd), home(), {
      shell: stopping,
      manyFiles: 50,
    });
    await assert.rejects(cut.open(open, stop.signal), { code: 'cancelled' });
    assert.equal(await git.run(['for-each-ref', 'refs/heads/improvement']), '');
    assert.equal((await git.run(['worktree', 'list'])).split('\n').length, 2);
    const next = await worktreesOf(git, home(), { manyFiles: 50 }).open(open);
    assert.deepEqual(contents(next.path), contents(git.cwd));
    await next.close({ keepBranch: false });
    assert.ok(existsSync(next.path));
  });
});

/** What an attempt may leave behind. */
function spoil(path: string): void {
  writeTree(path, {
    'lib/1/file1.js': 'changed\n',
    'new/file.js': 'new\n',
    'ignored/x': 'x\n',
    'nested/.git/HEAD': 'x\n',
    'shut/x': 'x\n',
  });
  rmSync(join(path, 'lib/3'), { recursive: true });
  chmodSync(join(path, 'lib/4/file4.js'), 0o755);
  chmodSync(join(path, 'shut'), 0);
}

function adminOf(path: string): string {
  return readFileSync(join(path, '.git'), 'utf8').slice('gitdir: '.length).trim();
}

function contents(root: string): Record<string, string> {
  return contentsOf(pictureOf(root, /^\.git$/));
}

/** Without the times. */
function contentsOf(picture: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(picture).map(([path, text]) => [path, text.replace(/ [\d.]+ /, ' ')]),
  );
}
