import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode, PatchwrightError } from '../../../src/core/errors.ts';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import type { PatchRequest, Release } from '../../../src/core/patchRequest.ts';
import type { Git } from '../../../src/core/ports.ts';
import { createRepository, writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { filesOf, landIt, makePatch, rollItBack, stateOf } from './workspace.ts';

const lines = Array.from({ length: 20 }, (_, i) => `line ${i}`);
const long = (at: number, text: string): string => `${lines.with(at, text).join('\n')}\n`;

describe('rollBack', () => {
  const temp = tempFolder('pw-back');
  let git: Git;
  let landed: Release;
  let before: string;
  const at = (path: string): string => temp.path('repo', path);
  const read = (path: string): string => readFileSync(at(path), 'utf8');
  const tree = (): Promise<string> => git.run(['rev-parse', 'HEAD^{tree}']);
  const commit = async (files: Record<string, string>): Promise<void> => {
    writeTree(at(''), files);
    await git.run(['add', '-A']);
    await git.run(['commit', '-q', '-m', 'later']);
  };

  async function refused(work: () => Promise<unknown>, code: ErrorCode): Promise<PatchwrightError> {
    const state = await stateOf(git);
    const error: unknown = await work().then(
      () => assert.fail('it went through'),
      (thrown: unknown) => thrown,
    );
    assert.ok(isPatchwrightError(error, code), String(error));
    assert.deepEqual(await stateOf(git), state);
    return error;
  }

  beforeEach(async () => {
    git = await createRepository(temp.path('repo'), { 'a.txt': long(1, 'x'), 'b.txt': 'b\n' });
    before = await tree();
    const request = await makePatch(git, temp.path('wt'), (folder) => {
      writeTree(folder, { 'a.txt': long(1, 'patched'), 'test/a.test.js': 'new\n' });
      rmSync(join(folder, 'b.txt'));
      chmodSync(join(folder, 'a.txt'), 0o755);
    });
    landed = await landIt(git, request);
  });

  it('gives exactly the tree before, by a commit on top', async () => {
    const { commit: revert, backupRef } = await rollItBack(git, landed);
    assert.equal(await tree(), before);
    assert.equal(await git.run(['log', '-1', '--format=%H %P']), `${revert} ${landed.commit}`);
    assert.equal(await git.run(['status', '--porcelain']), '');
    assert.equal(existsSync(at('test')), false);
    assert.equal(read('b.txt'), 'b\n');
    assert.equal(await git.run(['rev-parse', backupRef]), landed.commit);
    const text = await git.run(['log', '-1', '--format=%B']);
    assert.match(text, /It made things worse\./);
    assert.match(text, new RegExp(`This reverts merge commit ${landed.commit}`));
    assert.match(text, /\nRolled-back-by: Ada$/m);
  });

  it('keeps later commits, also in the same file, and uncommitted work', async () => {
    await commit({ 'a.txt': long(1, 'patched').replace('line 15', 'later'), 'c.txt': 'c\n' });
    writeFileSync(at('c.txt'), 'dirty\n');
    writeFileSync(at('untracked'), 'mine');
    await rollItBack(git, landed);
    assert.equal(read('a.txt'), long(1, 'x').replace('line 15', 'later'));
    assert.equal(read('c.txt'), 'dirty\n');
    assert.equal(read('untracked'), 'mine');
    assert.equal(await git.run(['status', '--porcelain']), ' M c.txt\n?? untracked');
  });

  it('follows a file that was renamed since', async () => {
    await git.run(['mv', 'a.txt', 'renamed.txt']);
    await git.run(['commit', '-q', '-m', 'rename']);
    await rollItBack(git, landed);
    assert.equal(read('renamed.txt'), long(1, 'x'));
    assert.equal(existsSync(at('a.txt')), false);
  });

  it('takes back several releases in any order', async () => {
    const request = await makePatch(git, temp.path('wt'), (folder) =>
      writeTree(folder, { 'a.txt': long(1, 'patched').replace('line 15', 'second') }),
    );
    const second = await landIt(git, request);
    await rollItBack(git, landed);
    assert.match(read('a.txt'), /second/);
    await rollItBack(git, second);
    assert.equal(await tree(), before);
  });

  it('leaves everything as it was on a conflict, and names the files', async () => {
    await commit({ 'a.txt': long(1, 'changed again') });
    writeFileSync(at('untracked'), 'mine');
    const error = await refused(() => rollItBack(git, landed), 'conflict');
    assert.match(error.why, /a\.txt/);
    assert.match(error.remedy, /git revert -m 1/);
  });

  it('is refused a second time', async () => {
    await rollItBack(git, landed);
    await refused(() => rollItBack(git, landed), 'nothing_to_do');
    const known = { ...landed, rolledBackAt: '2026-11-20T09:00:00Z' };
    await refused(() => rollItBack(git, known), 'nothing_to_do');
  });

  it('is refused over uncommitted work that it would touch', async () => {
    appendFileSync(at('a.txt'), 'mine\n');
    writeFileSync(at('b.txt'), 'mine, untracked\n');
    const error = await refused(() => rollItBack(git, landed), 'would_overwrite');
    assert.match(error.why, /a\.txt, b\.txt/);
  });

  describe('takes back what was not merged by a merge commit:', () => {
    let request: PatchRequest;
    let start: string;

    beforeEach(async () => {
      await git.run(['reset', '-q', '--hard', `${landed.commit}^1`]);
      start = await git.run(['rev-parse', 'HEAD']);
      request = await makePatch(git, temp.path('wt2'), async (folder, own) => {
        writeTree(folder, { 'test/b.test.js': 'reproduces\n' });
        await own.run(['add', '-A']);
        await own.run(['commit', '-q', '-m', 'Add a test']);
        writeTree(folder, { 'a.txt': long(1, 'patched'), 'new.bin': '\0\x01' });
      });
      await commit({ 'other.txt': 'before the landing\n' });
    });
    const release = (id: string): Release => ({ ...landed, id: request.id, commit: id });
    const head = (): Promise<string> => git.run(['rev-parse', 'HEAD']);
    /** Everything of the patch is gone, and everything else is still there. */
    const rolledBack = async (id: string, patch: boolean): Promise<string> => {
      await commit({ 'a.txt': read('a.txt').replace('line 15', 'later'), 'c.txt': 'c\n' });
      const { commit: revert } = await rollItBack(
        git,
        release(id),
        patch ? { patch: request } : {},
      );
      assert.equal(read('a.txt'), long(1, 'x').replace('line 15', 'later'));
      assert.deepEqual(
        ['test/b.test.js', 'new.bin', 'other.txt', 'c.txt'].map((path) => existsSync(at(path))),
        [false, false, true, true],
      );
      return git.run(['show', '-s', '--format=%B', revert]);
    };
    const squash = async (): Promise<string> => {
      await git.run(['merge', '-q', '--squash', request.commit]);
      await git.run(['commit', '-q', '-m', 'Fix it (#1)']);
      return head();
    };
    const rebase = async (...more: string[]): Promise<string> => {
      await git.run(['cherry-pick', ...more, `${request.base}..${request.commit}`]);
      return head();
    };

    it('squashed into one commit', async () => {
      const id = await squash();
      const message = await rolledBack(id, true);
      assert.match(message, new RegExp(`This reverts commit ${id}`));
    });
    it('squashed, where nothing is known of the patch but that commit', async () => {
      await rolledBack(await squash(), false);
    });
    it('rebased, commit by commit', async () => {
      await rolledBack(await rebase(), true);
    });
    it('rebased with other words and dates, by what the commits change', async () => {
      await rebase();
      const script = 'git commit --amend -q --reset-author --date=2020-01-01T00:00:00Z -m other';
      await git.run(['rebase', '-q', '--exec', script, 'HEAD~2']);
      await rolledBack(await head(), true);
    });
    it('rebased over a change beside it, by who wrote it when', async () => {
      await commit({ 'a.txt': long(1, 'x').replace('line 3', 'beside') });
      const id = await rebase();
      await commit({ 'a.txt': read('a.txt').replace('beside', 'line 3') });
      await rolledBack(id, true);
    });
    it('fast-forwarded', async () => {
      await git.run(['reset', '-q', '--hard', start]);
      await git.run(['merge', '-q', '--ff-only', request.commit]);
      await commit({ 'other.txt': 'after\n' });
      await rolledBack(request.commit, true);
    });
    it('merged, by a merge that was reworded since', async () => {
      await git.run(['merge', '-q', '--no-ff', '-m', 'Merge', request.commit]);
      const noted = await head();
      await git.run(['commit', '-q', '--amend', '-m', 'Merge, in other words']);
      const message = await rolledBack(noted, true);
      assert.match(message, /This reverts merge commit/);
    });
    it('squashed, where the noted commit is not the one that is here', async () => {
      await squash();
      await rolledBack('c'.repeat(40), true);
    });
    it('rebased, where the noted commit is the one that was proposed', async () => {
      await rebase();
      await rolledBack(request.commit, true);
    });
    it('but nothing, where no commit is like it', async () => {
      await commit({ 'a.txt': long(1, 'patched otherwise') });
      await refused(() => rollItBack(git, release('c'.repeat(40)), { patch: request }), 'stale');
    });
  });

  it('is refused on a branch that the release is not part of', async () => {
    await git.run(['checkout', '-q', '-b', 'elsewhere', `${landed.commit}^1`]);
    const error = await refused(() => rollItBack(git, landed), 'stale');
    assert.match(error.remedy, /work/);
    await refused(() => rollItBack(git, { ...landed, commit: 'f'.repeat(40) }), 'stale');
  });

  it('says where a shallow clone is why', async () => {
    const head = await git.run(['rev-parse', 'HEAD']);
    writeFileSync(join(git.cwd, '.git/shallow'), `${head}\n`);
    const { why, remedy } = await refused(() => rollItBack(git, landed), 'stale');
    assert.match(`${why} ${remedy}`, /shallow.*--unshallow/);
  });

  it('is refused for a commit that is no landing', async () => {
    const ordinary = await git.run(['rev-parse', `${landed.commit}^1`]);
    await refused(() => rollItBack(git, { ...landed, commit: ordinary }), 'stale');
  });

  it('is refused on a protected branch, until it is confirmed', async () => {
    const globs = { protectedBranches: ['work'] };
    await refused(() => rollItBack(git, landed, globs), 'protected_branch');
    await rollItBack(git, landed, { ...globs, confirmedProtectedBranch: true });
    assert.equal(await tree(), before);
  });

  it('lets the same patch land again after it was taken back', async () => {
    const files = filesOf(git.cwd);
    await rollItBack(git, landed);
    const request = await makePatch(git, temp.path('wt'), (folder) => {
      writeTree(folder, { 'a.txt': long(1, 'patched'), 'test/a.test.js': 'new\n' });
      rmSync(join(folder, 'b.txt'));
      chmodSync(join(folder, 'a.txt'), 0o755);
    });
    await landIt(git, request);
    assert.deepEqual(filesOf(git.cwd), files);
  });
});
