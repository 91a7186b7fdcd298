import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import type { Git } from '../../../src/core/ports.ts';
import { makeSmallDisk, type Undo } from '../../support/disks.ts';
import { createRepository } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { leftIn, pictureOf, quiet, worktreesOf } from './worktreeSupport.ts';

const pageBytes = 4096;
const open = { branch: 'improvement/t-1', onProgress: quiet };
const commit = {
  ticketId: 't-1',
  attemptId: 'a-1',
  model: 'scripted',
  title: 'It fails',
  summary: '',
  testFiles: [],
};
const objects = /^\.git\/objects(?:\/|$)/;

describe('worktree on a disk without room', function () {
  this.timeout(120_000);
  let unmount: Undo | undefined;
  afterEach(() => {
    unmount?.();
    unmount = undefined;
  });
  // Its own afterEach comes after ours: a mounted folder can't be removed.
  const folder = tempFolder('pw-disk');
  const disk = (...parts: string[]): string => folder.path('disk', ...parts);
  const home = (): string => disk('home');

  beforeEach(function () {
    unmount = makeSmallDisk(disk(), '4m') ?? this.skip();
  });

  /** Takes all the room of the disk but so many pages. */
  const leave = (pages: number): void => {
    rmSync(disk('ballast'), { force: true });
    const free = statfsSync(disk()).bavail;
    writeFileSync(disk('ballast'), Buffer.alloc(Math.max(0, free - pages - 1) * pageBytes));
  };
  const repository = (path: string): Promise<Git> =>
    createRepository(path, { 'a.js': 'a\n'.repeat(10_000), 'lib/b.js': 'b\n', 'c.js': 'c\n' });

  /** Has `work` done with ever more room, until it succeeds; says how often it was refused. */
  const untilThereIsRoom = async (work: (pages: number) => Promise<void>): Promise<number> => {
    for (let pages = 0; ; pages += 1) {
      leave(pages);
      try {
        await work(pages);
        return pages;
      } catch (error) {
        assert.ok(isPatchwrightError(error, 'disk_full'), `${pages} pages: ${String(error)}`);
      }
    }
  };
  const random = (): Buffer => randomBytes(40_000);

  it('is not made, and what was made of it goes, however little room is missing', async () => {
    const git = await repository(folder.path('main'));
    const before = pictureOf(git.cwd, objects);
    const check = (pages: number): void => {
      assert.deepEqual(leftIn(home()), [], `${pages} pages`);
      assert.deepEqual(pictureOf(git.cwd, objects), before, `${pages} pages`);
    };
    const refusals = await untilThereIsRoom(async (pages) => {
      if (pages > 0) check(pages - 1);
      const worktree = await worktreesOf(git, home()).open(open);
      await worktree.close({ keepBranch: false });
    });
    check(refusals);
    assert.ok(refusals >= 8, `only ${refusals} were refused`);
  });

  it('commits all or nothing where the repository has no room', async () => {
    const git = await repository(disk('main'));
    const worktree = await worktreesOf(git, folder.path('home')).open(open);
    appendFileSync(join(worktree.path, 'a.js'), random());
    const before = pictureOf(git.cwd, objects);
    const refusals = await untilThereIsRoom(async (pages) => {
      assert.deepEqual(pictureOf(git.cwd, objects), before, `${pages} pages`);
      const committed = await worktree.commit(commit);
      assert.equal(await git.run(['rev-parse', worktree.branch]), committed.commit);
    });
    assert.ok(refusals >= 5, `only ${refusals} were refused`);
    rmSync(disk('ballast'));
    await git.run(['fsck', '--strict']);
    await worktree.close({ keepBranch: false });
    assert.deepEqual(leftIn(folder.path('home')), []);
  });

  it('commits, lays out and closes, or says so, where its own folder has no room', async () => {
    const git = await repository(folder.path('main'));
    const worktree = await worktreesOf(git, home()).open(open);
    appendFileSync(join(worktree.path, 'a.js'), random());
    let { commit: made } = { commit: '' };
    await untilThereIsRoom(async () => {
      made = (await worktree.commit(commit)).commit;
    });
    const large = await git.run(['rev-parse', `${made}:a.js`]);
    await untilThereIsRoom(() => worktree.lay(worktree.base));
    await untilThereIsRoom(() => worktree.lay(made));
    assert.equal(await git.run(['hash-object', join(worktree.path, 'a.js')]), large);
    leave(0);
    await worktree.close({ keepBranch: false });
    assert.deepEqual(leftIn(home()), []);
    assert.equal(await git.run(['for-each-ref', 'refs/heads/improvement']), '');
  });
});
