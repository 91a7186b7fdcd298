import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import type { Shell } from '../../../src/core/ports.ts';
import { createGit } from '../../../src/platform/git.ts';
import { createShell } from '../../../src/platform/shell.ts';
import { createRepository, writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('git', () => {
  const folder = tempFolder('pw-git');
  const repository = () => createRepository(folder.path('main'), { 'ünï code.txt': 'text\r\n' });

  it('gives text with one newline cut, exact bytes, and exit codes that are answers', async () => {
    const git = await repository();
    assert.equal(await git.run(['show', 'HEAD:ünï code.txt']), 'text');
    assert.equal((await git.bytes(['show', 'HEAD:ünï code.txt'])).toString(), 'text\r\n');
    assert.equal(await git.run(['ls-files']), 'ünï code.txt');
    assert.deepEqual(await git.code(['rev-parse', '-q', '--verify', 'nope'], { okCodes: [0, 1] }), {
      code: 1,
      out: '',
    });
    assert.equal(
      await git.run(['hash-object', '--stdin'], { input: '' }),
      'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
    );
  });

  it('runs hooks only when asked to', async () => {
    const git = await repository();
    writeTree(folder.path('main/.git/hooks'), { 'pre-commit': '#!/bin/sh\ntouch RAN\n' });
    await git.run(['commit', '-q', '--allow-empty', '-m', 'x']);
    assert.ok(!existsSync(folder.path('main/RAN')));
    await git.at(folder.path('main')).run(['commit', '-q', '--allow-empty', '-m', 'x']);
    assert.ok(!existsSync(folder.path('main/RAN')));
    await git.withHooks().run(['commit', '-q', '--allow-empty', '-m', 'x']);
    assert.ok(existsSync(folder.path('main/RAN')));
  });

  it('starts no program that the repository names as its file watcher', async () => {
    const git = await repository();
    await git.run(['config', 'core.fsmonitor', `touch ${folder.path('RAN')}; false`]);
    await git.run(['status', '--porcelain']);
    assert.ok(!existsSync(folder.path('RAN')));
  });

  it('can’t be led elsewhere by GIT_* around us', async () => {
    const git = await repository();
    const other = await createRepository(folder.path('other'), { 'other.txt': 'x' });
    const hijack = {
      GIT_DIR: `${other.cwd}/.git`,
      GIT_WORK_TREE: other.cwd,
      GIT_INDEX_FILE: folder.path('index'),
      GIT_OBJECT_DIRECTORY: folder.path('objects'),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'user.name',
      GIT_CONFIG_VALUE_0: 'Hijacker',
      GIT_CONFIG_GLOBAL: folder.path('config'),
      GIT_EXEC_PATH: folder.path(),
    };
    Object.assign(process.env, hijack);
    try {
      assert.equal(await git.run(['ls-files']), 'ünï code.txt');
      assert.equal(await git.run(['rev-parse', '--show-toplevel']), folder.path('main'));
      assert.equal(await git.run(['config', 'user.name']), 'Tester');
    } finally {
      for (const key of Object.keys(hijack)) delete process.env[key];
    }
    const index = folder.path('own-index');
    await git.run(['read-tree', 'HEAD'], { extraEnv: { GIT_INDEX_FILE: index } });
    assert.ok(existsSync(index));
  });

  it('says what is wrong in words and codes', async () => {
    mkdirSync(folder.path('plain'));
    const plain = createGit(createShell(), folder.path('plain'));
    await assert.rejects(plain.run(['status']), { code: 'no_git' });
    const git = await repository();
    await assert.rejects(git.run(['-c', 'a.b=c', 'show', 'nope']), (error) => {
      assert.ok(isPatchwrightError(error, 'git_failed'));
      assert.equal(error.what, 'git show failed with code 128.');
      assert.match(error.why, /nope/);
      return true;
    });
    await assert.rejects(git.run(['status'], { signal: AbortSignal.abort() }), {
      code: 'cancelled',
    });
    await assert.rejects(git.run(['update-ref', 'refs/heads/work/below', 'HEAD']), (error) => {
      assert.ok(isPatchwrightError(error, 'git_failed'));
      assert.match(error.message, /There is a branch work, .*git branch -m work/);
      return true;
    });
    writeFileSync(folder.path('main', '.git/info/attributes'), '*.bin filter=lfs\n');
    writeFileSync(folder.path('main', 'a.bin'), 'a');
    await git.run(['config', 'filter.lfs.required', 'true']);
    await git.run(['config', 'filter.lfs.process', '']); // a system may have its own
    await git.run(['config', 'filter.lfs.clean', 'no-such-program']);
    await assert.rejects(git.run(['add', 'a.bin']), (error) => {
      assert.ok(isPatchwrightError(error, 'git_failed'));
      assert.equal(error.what, 'git add could not go on without the filter lfs.');
      assert.match(error.remedy, /git-lfs/);
      return true;
    });
    rmSync(folder.path('main'), { recursive: true });
    await assert.rejects(git.run(['status']), (error) => {
      assert.ok(isPatchwrightError(error, 'git_failed'));
      assert.match(error.message, /is gone/);
      return true;
    });
  });

  it('says so when there is no git', async () => {
    const shell = createShell();
    const without: Shell = {
      run: (command, signal) => shell.run({ ...command, file: 'no-git-here' }, signal),
    };
    await assert.rejects(createGit(without, folder.path()).run(['version']), (error) => {
      assert.ok(isPatchwrightError(error, 'no_git'));
      assert.match(error.message, /Install git/);
      return true;
    });
  });

  it('waits for the worktree that another git is just making', async () => {
    const { cwd } = await repository();
    const record = folder.path('main/.git/worktrees/w');
    mkdirSync(record, { recursive: true });
    writeTree(record, { HEAD: 'ref: refs/heads/w\n', gitdir: '/nowhere/.git\n', commondir: '' });
    const shell = createShell();
    let runs = 0;
    const other: Shell = {
      run: async (command, signal) => {
        const result = await shell.run(command, signal);
        if ((runs += 1) === 3) writeTree(record, { commondir: '../..\n' });
        return result;
      },
    };
    assert.match(await createGit(other, cwd).run(['worktree', 'list']), /\/nowhere/);
    assert.equal(runs, 4);
  });

  it('passes no half of an answer for a whole one', async () => {
    const git = await repository();
    const shell = createShell();
    const narrow: Shell = {
      run: (command, signal) => shell.run({ ...command, maxOutputBytes: 10 }, signal),
    };
    await assert.rejects(createGit(narrow, git.cwd).bytes(['cat-file', '-p', 'HEAD']), {
      code: 'git_failed',
    });
    const wanted = await git.bytes(['cat-file', '-p', 'HEAD'], { maxOutputBytes: 10 });
    assert.match(wanted.toString(), /left out/);
  });
});
