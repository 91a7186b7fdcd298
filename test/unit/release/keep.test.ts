import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PatchRequest } from '../../../src/core/patchRequest.ts';
import type { Git } from '../../../src/core/ports.ts';
import { mergeOf } from '../../../src/release/keep.ts';
import { createRepository, writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { requestFor } from './workspace.ts';

const lines = Array.from({ length: 20 }, (_, i) => `line ${i}`);
const long = (at: number, text: string): string => `${lines.with(at, text).join('\n')}\n`;

/** A kept patch of two commits: a test, then the fix. */
describe('mergeOf', () => {
  const temp = tempFolder('pw-keep');
  let git: Git;
  let patch: PatchRequest;
  const commit = async (files: Record<string, string>, message = 'mine'): Promise<string> => {
    writeTree(git.cwd, files);
    await git.run(['add', '-A']);
    await git.run(['commit', '-q', '-m', message]);
    return git.run(['rev-parse', 'HEAD']);
  };
  const head = (): Promise<string> => git.run(['rev-parse', 'HEAD']);
  const found = (): Promise<string | undefined> => mergeOf({ git }, patch);
  const squash = (): Promise<string> => git.run(['merge', '--squash', '-q', patch.branch]);

  beforeEach(async () => {
    git = await createRepository(temp.path('repo'), {
      'src/a ü.txt': long(1, 'x'),
      'b.txt': 'b\n',
    });
    const base = await head();
    await git.run(['switch', '-q', '-c', 'improvement/kept']);
    await commit({ 'test/*.test.js': 'new\n' }, 'test');
    rmSync(join(git.cwd, 'b.txt'));
    const tip = await commit({ 'src/a ü.txt': long(1, 'patched') }, 'fix');
    await git.run(['switch', '-q', 'work']);
    patch = await requestFor(git, { base, commit: tip, branch: 'improvement/kept' });
    await commit({ 'else.txt': 'the branch moves on\n' });
  });

  it('finds nothing while the patch is on its branch only', async () => {
    assert.equal(await found(), undefined);
    await commit({ 'src/a ü.txt': long(1, 'another fix') });
    assert.equal(await found(), undefined);
  });

  it('finds the merge', async () => {
    await git.run(['merge', '-q', '--no-ff', '-m', 'by hand', patch.branch]);
    const merge = await head();
    await commit({ 'else.txt': 'later\n' });
    assert.equal(await found(), merge);
  });

  it('finds it squashed, also where it was edited further since', async () => {
    await squash();
    const squashed = await commit({}, 'squashed by hand');
    assert.equal(await found(), squashed);
    await commit({ 'src/a ü.txt': long(1, 'edited further') });
    assert.equal(await found(), squashed);
  });

  it('finds it squashed over a change in the same file', async () => {
    await commit({ 'src/a ü.txt': long(1, 'x').replace('line 18', 'mine') });
    await squash();
    assert.equal(await found(), undefined, 'not committed yet');
    assert.equal(await commit({}, 'squashed by hand'), await found());
  });

  it('finds it in a commit that holds more', async () => {
    await squash();
    const squashed = await commit({ 'CHANGELOG.md': 'mended\n' }, 'squashed, with a note');
    await commit({ 'else.txt': 'later\n' });
    assert.equal(await found(), squashed);
  });

  it('finds it where it came with a branch that was merged', async () => {
    await git.run(['switch', '-q', '-c', 'side']);
    await squash();
    await commit({ 'CHANGELOG.md': 'mended\n' });
    await git.run(['switch', '-q', 'work']);
    await git.run(['merge', '-q', '--no-ff', '-m', 'side', 'side']);
    assert.equal(await found(), await head());
  });

  it('finds it rebased, when the last of its commits is there', async () => {
    await git.run(['cherry-pick', `${patch.commit}~1`]);
    assert.equal(await found(), undefined, 'its test alone');
    await git.run(['cherry-pick', patch.commit]);
    assert.equal(await found(), await head());
  });

  it('does not take a part of it for all', async () => {
    await git.run(['cherry-pick', patch.commit]);
    assert.equal(await found(), undefined, 'its fix without the test');
  });

  it('finds nothing on a branch without its base, of an unknown patch, or before a first commit', async () => {
    await git.run(['switch', '-q', '--orphan', 'other']);
    assert.equal(await found(), undefined);
    await commit({ 'src/a ü.txt': long(1, 'patched') });
    assert.equal(await found(), undefined);
    patch = { ...patch, commit: 'f'.repeat(40) };
    assert.equal(await found(), undefined);
  });
});
