import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Git, Shell } from '../../../src/core/ports.ts';
import { createGit } from '../../../src/platform/git.ts';
import { createShell } from '../../../src/platform/shell.ts';
import { createRepository } from '../../support/repository.ts';
import { isRunning, until } from '../../support/processes.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { leftIn, pictureOf, quiet, worktreesOf } from './worktreeSupport.ts';

const open = { branch: 'improvement/t-1', onProgress: quiet };
const objects = /^\.git\/objects(?:\/|$)/;

describe('worktree, cut short', function () {
  this.timeout(120_000);
  const folder = tempFolder('pw-crash');
  const home = (): string => folder.path('home');
  const repository = (): Promise<Git> =>
    createRepository(folder.path('main'), { 'a.js': 'a\n', 'lib/b.js': 'b\n' });

  it('leaves nothing wherever it is cancelled while opening', async () => {
    const git = await repository();
    const before = pictureOf(git.cwd, objects);
    let cancelledAt = 0;
    for (let at = 1; ; at += 1) {
      const stop = new AbortController();
      const shell = stopping(at, () => stop.abort());
      const worktrees = worktreesOf(createGit(shell, git.cwd), home(), { shell, setup: 'true' });
      const attempt = worktrees.open(open, stop.signal);
      const worktree = await attempt.catch((error: { code?: string }) =>
        assert.equal(error.code, 'cancelled'),
      );
      await worktree?.close({ keepBranch: false });
      assert.deepEqual(leftIn(home()), [], `after command ${at}`);
      assert.deepEqual(pictureOf(git.cwd, objects), before, `after command ${at}`);
      if (worktree) break;
      cancelledAt = at;
    }
    assert.ok(cancelledAt >= 8, `only ${cancelledAt} commands were cut short`);
  });

  it('ends a setup command with all its children when cancelled', async () => {
    const git = await repository();
    const stop = new AbortController();
    const pids = folder.path('pids');
    const setup = `sleep 300 & echo $! >${pids}.part; echo $$ >>${pids}.part; mv ${pids}.part ${pids}; wait`;
    const worktrees = worktreesOf(git, home(), { setup });
    const attempt = worktrees.open(open, stop.signal);
    await until(() => existsSync(pids));
    stop.abort();
    await assert.rejects(attempt, { code: 'cancelled' });
    assert.deepEqual(leftIn(home()), []);
    const { stdout } = await createShell().run({ file: 'cat', args: [pids], cwd: '/' });
    const started = stdout.toString().trim().split('\n').map(Number);
    assert.equal(started.length, 2);
    await until(() => !started.some(isRunning));
  });

  for (const pool of ['never', 'always']) {
    it(`is cleaned up wherever it is killed while opening (pool: ${pool})`, async () => {
      const git = await repository();
      const before = pictureOf(git.cwd, objects);
      const worktrees = worktreesOf(git, home());
      let killed = 0;
      for (let at = 3; ; at += 1) {
        const { child, opened } = await start(git.cwd, home(), pool, String(at));
        if (opened) await kill(child);
        await worktrees.recover();
        const kept = pool === 'always' && leftIn(home()).some((path) => path.endsWith('.json'));
        if (!kept) assert.deepEqual(leftIn(home()), [], `after command ${at}`);
        const ignored = kept ? /^\.git\/(?:objects|worktrees)(?:\/|$)/ : objects;
        assert.deepEqual(
          pictureOf(git.cwd, ignored),
          without(before, ignored),
          `after command ${at}`,
        );
        if (opened) break;
        killed += 1;
      }
      assert.ok(killed >= 6, `only ${killed} commands were cut short`);
      const next = await worktrees.open(open);
      assert.equal(next.branch, 'improvement/t-1');
      await next.close({ keepBranch: false });
    });
  }

  it('keeps the branch of a killed attempt when there is work on it', async () => {
    const git = await repository();
    const { child } = await start(git.cwd, home(), 'never', 'commit');
    const tip = await git.run(['rev-parse', 'improvement/t-1']);
    await kill(child);
    await worktreesOf(git, home()).recover();
    assert.equal(await git.run(['rev-parse', 'improvement/t-1']), tip);
    assert.deepEqual(leftIn(home()), []);
  });

  it('deletes the branch of a killed attempt with nothing but its own patch on it', async () => {
    const git = await repository();
    const before = pictureOf(git.cwd, objects);
    const { child } = await start(git.cwd, home(), 'never', 'patch');
    await kill(child);
    const asked: string[] = [];
    await worktreesOf(git, home()).recover(async (branch) => {
      asked.push(branch);
      return false;
    });
    assert.deepEqual(asked, ['improvement/t-1']);
    assert.deepEqual(pictureOf(git.cwd, objects), before);
    assert.deepEqual(leftIn(home()), []);
  });

  for (const [what, stopAt, wanted] of [
    ['when someone still has a use for it', 'patch', true],
    ['when somebody has committed to it, too', 'patch and work', false],
  ] as const) {
    it(`keeps the branch of a killed attempt ${what}`, async () => {
      const git = await repository();
      const { child } = await start(git.cwd, home(), 'never', stopAt);
      const tip = await git.run(['rev-parse', 'improvement/t-1']);
      await kill(child);
      await worktreesOf(git, home()).recover(async () => wanted);
      assert.equal(await git.run(['rev-parse', 'improvement/t-1']), tip);
      assert.deepEqual(leftIn(home()), []);
    });
  }

  it('leaves an attempt alone that another process is at', async () => {
    const git = await repository();
    const { child } = await start(git.cwd, home(), 'always', '');
    const worktrees = worktreesOf(git, home(), { pool: 'always' });
    const before = pictureOf(home(), /\/lock$/);
    await worktrees.recover();
    assert.deepEqual(pictureOf(home(), /\/lock$/), before);
    const second = await worktrees.open(open);
    assert.equal(second.branch, 'improvement/t-1-2');
    await second.close({ keepBranch: false });
    assert.deepEqual(pictureOf(home(), /\/lock$/), before);
    await kill(child);
  });

  it('gets over a worktree folder that was deleted by hand', async () => {
    const git = await repository();
    for (const pool of ['never', 'always'] as const) {
      const worktrees = worktreesOf(git, home(), { pool });
      const worktree = await worktrees.open(open);
      rmSync(worktree.path, { recursive: true });
      await worktree.close({ keepBranch: false });
      await worktrees.recover();
      assert.equal((await git.run(['worktree', 'list'])).split('\n').length, 1);
      assert.equal(await git.run(['for-each-ref', 'refs/heads/improvement']), '');
    }
    const worktree = await worktreesOf(git, home()).open(open);
    rmSync(home(), { recursive: true });
    await worktree.close({ keepBranch: false });
    await worktreesOf(git, home()).recover();
    const again = await worktreesOf(git, home()).open(open);
    assert.ok(existsSync(join(again.path, 'a.js')));
    await again.close({ keepBranch: false });
  });

  it('cleans up after a repository that was moved', async () => {
    const git = await repository();
    const { child } = await start(git.cwd, home(), 'always', '');
    await kill(child);
    renameSync(folder.path('main'), folder.path('moved'));
    const moved = git.at(folder.path('moved'));
    const worktrees = worktreesOf(moved, home());
    await worktrees.recover();
    assert.deepEqual(leftIn(home()), []);
    assert.equal((await moved.run(['worktree', 'list'])).split('\n').length, 1);
    const worktree = await worktrees.open(open);
    await worktree.close({ keepBranch: false });
  });

  it('survives a damaged marker and touches nothing that has none', async () => {
    const git = await repository();
    const worktrees = worktreesOf(git, home());
    const { child } = await start(git.cwd, home(), 'never', '');
    const path = (await git.run(['worktree', 'list'])).split('\n')[1]?.split(' ')[0] ?? '';
    await kill(child);
    cpSync(path, join(path, '..', 'mine'), { recursive: true });
    cpSync(path, join(path, '..', 'pw-00000000'), { recursive: true });
    writeFileSync(`${path}.json`, '{"cut');
    await worktrees.recover();
    assert.ok(!existsSync(path));
    assert.deepEqual(
      [...new Set(leftIn(home()).map((left) => basename(join(left, '..'))))].sort(),
      ['lib', 'mine', 'pw-00000000'],
    );
  });
});

/** Runs real commands, and calls `stop` as the given one starts. */
function stopping(at: number, stop: () => void): Shell {
  const shell = createShell();
  let commands = 0;
  return {
    run(command, signal) {
      commands += 1;
      const running = shell.run(command, signal);
      if (commands === at) stop();
      return running;
    },
  };
}

async function start(...args: [string, string, string, string]) {
  const script = join(import.meta.dirname, 'worktreeChild.ts');
  const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(() => false);
  const opened = await Promise.race([once(child.stdout, 'data').then(() => true), ended]);
  return { child, opened };
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function without(picture: Record<string, string>, pattern: RegExp): Record<string, string> {
  return Object.fromEntries(Object.entries(picture).filter(([path]) => !pattern.test(path)));
}
