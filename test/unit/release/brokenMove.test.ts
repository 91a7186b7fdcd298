import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { PatchRequest } from '../../../src/core/patchRequest.ts';
import type { Git } from '../../../src/core/ports.ts';
import { endBrokenMove, isMoving } from '../../../src/release/move.ts';
import { createRepository, writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { Crash, crashingAt } from './crashes.ts';
import { filesOf, landIt, makePatch, rollItBack } from './workspace.ts';

/** Power is cut while git moves the branch: files and index are written, the branch is not. */
describe('a move that was cut off', () => {
  const temp = tempFolder('pw-cut');
  let git: Git;
  let request: PatchRequest;
  const hook = (): string => join(git.cwd, '.git/hooks/reference-transaction');
  const status = (): Promise<string> => git.run(['status', '--porcelain']);

  beforeEach(async () => {
    git = await createRepository(temp.path('repo'), {
      'src/a.js': 'a\n',
      'run.sh': '#!/bin/sh\n',
      'old/b.txt': 'b\r\n',
    });
    request = await makePatch(git, temp.path('wt'), (folder) => {
      writeTree(folder, {
        'src/a.js': 'patched\n',
        'run.sh': '#!/bin/sh\nok\n',
        'new/c.txt': 'c\n',
      });
      rmSync(join(folder, 'old/b.txt'));
    });
    writeFileSync(join(git.cwd, 'mine.txt'), 'mine\n');
  });

  /** Whether a move is noted. */
  function isHeld(): boolean {
    const folder = join(git.cwd, '.git/refs/worktree/patchwright');
    return existsSync(folder) && readdirSync(folder).some((name) => /^moving-\w+$/.test(name));
  }

  /** git dies in the hook, and whoever called it, too; its locks stay. */
  async function cutOff(work: (git: Git) => Promise<unknown>): Promise<void> {
    const script = '[ "$1" = prepared ] && grep -q " refs/heads/work$" && kill -9 $PPID';
    writeFileSync(hook(), `#!/bin/sh\n${script}\nexit 0\n`, { mode: 0o755 });
    let isDead = false;
    const dying = crashingAt(git, () => {
      if (isDead) throw new Crash('cut off');
      isDead = isHeld();
    });
    await assert.rejects(work(dying), (error) => error instanceof Crash);
    rmSync(hook());
    assert.ok(await isMoving({ git }));
    assert.notEqual(await status(), '?? mine.txt', 'files were written');
  }

  /** As git's own message says it. */
  function removeLocks(): void {
    for (const name of ['HEAD.lock', 'refs/heads/work.lock']) {
      rmSync(join(git.cwd, '.git', name), { force: true });
    }
  }

  it('is put back, in landing and in rolling back, and can be done then', async () => {
    const before = filesOf(git.cwd);
    const head = await git.run(['rev-parse', 'HEAD']);
    await cutOff((dying) => landIt(dying, request));
    assert.equal(await endBrokenMove({ git }), true);
    assert.deepEqual(filesOf(git.cwd), before);
    assert.deepEqual([await git.run(['rev-parse', 'HEAD']), await status()], [head, '?? mine.txt']);
    assert.equal(await endBrokenMove({ git }), false, 'once');
    removeLocks();

    const release = await landIt(git, request);
    const landed = filesOf(git.cwd);
    await cutOff((dying) => rollItBack(dying, release));
    assert.equal(await endBrokenMove({ git }), true);
    assert.deepEqual(filesOf(git.cwd), landed);
    assert.equal(await status(), '?? mine.txt');
    removeLocks();
    await rollItBack(git, release);
    assert.deepEqual(filesOf(git.cwd), before);
  });

  it('leaves alone what was edited since', async () => {
    await cutOff((dying) => landIt(dying, request));
    appendFileSync(join(git.cwd, 'src/a.js'), 'edited\n');
    await endBrokenMove({ git });
    assert.equal(readFileSync(join(git.cwd, 'src/a.js'), 'utf8'), 'patched\nedited\n');
    assert.equal(readFileSync(join(git.cwd, 'mine.txt'), 'utf8'), 'mine\n');
    assert.ok(existsSync(join(git.cwd, 'old/b.txt')));
  });

  it('is not taken for its own by another folder of the repository, nor by another worktree', async () => {
    const other = temp.path('other');
    await git.run(['worktree', 'add', '-q', '-b', 'other', other]);
    writeFileSync(join(other, 'src/a.js'), ''); // as if git had begun to write it
    await cutOff((dying) => landIt(dying, request));
    const cut = filesOf(git.cwd);
    for (const folder of [join(git.cwd, 'src'), other]) {
      assert.equal(await endBrokenMove({ git: git.at(folder) }), false);
    }
    assert.equal(readFileSync(join(other, 'src/a.js'), 'utf8'), '');
    assert.deepEqual(filesOf(git.cwd), cut);
    assert.equal(await endBrokenMove({ git }), true);
  });

  it('is none where the branch got there, or the user has gone on', async () => {
    await cutOff((dying) => landIt(dying, request));
    const ref = await git.run(['for-each-ref', '--format=%(refname)', 'refs/worktree/']);
    await endBrokenMove({ git });
    removeLocks();
    const release = await landIt(git, request);
    assert.equal(await isMoving({ git }), false);
    await git.run(['update-ref', ref, release.commit]);
    const landed = filesOf(git.cwd);
    assert.equal(await endBrokenMove({ git }), false);
    assert.deepEqual(filesOf(git.cwd), landed);
    assert.equal(await isMoving({ git }), false);
  });
});
