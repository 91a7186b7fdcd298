import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { treeWithDiffs } from '../../../src/attempt/applyDiff.ts';
import { isPatchwrightError, type PatchwrightError } from '../../../src/core/errors.ts';
import type { Git } from '../../../src/core/ports.ts';
import { createRepository, writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { landIt, makePatch, stateOf } from './workspace.ts';

/** Lines far enough apart that two of them can change on two sides. */
const lines = (first: string, last: string): string =>
  [first, ...Array.from({ length: 20 }, (_, i) => `line ${i}`), last, ''].join('\n');

describe('a partial clone whose remote is gone', () => {
  const temp = tempFolder('pw-partial');
  let origin: Git;
  let git: Git;

  beforeEach(async () => {
    origin = await createRepository(temp.path('origin'), { 'src/sum.js': lines('one', 'two') });
    await origin.run(['config', 'uploadpack.allowFilter', 'true']);
    await origin.run(['config', 'uploadpack.allowAnySHA1InWant', 'true']);
    const from = `file://${origin.cwd}`;
    await origin.run(['clone', '-q', '--filter=blob:none', from, temp.path('clone')]);
    git = origin.at(temp.path('clone'));
    await git.run(['config', 'user.name', 'Tester']);
    await git.run(['config', 'user.email', 'tester@example.com']);
  });

  const leave = (): void => renameSync(temp.path('origin'), temp.path('gone'));

  function saysWhy(error: unknown): error is PatchwrightError {
    assert.ok(isPatchwrightError(error, 'git_failed'), String(error));
    assert.match(error.why, /partial clone.*remote could not be asked/);
    assert.match(error.remedy, /Make the remote reachable/);
    assert.doesNotMatch(error.message, /hook|--base/);
    return true;
  }

  it('lands what needs no more objects', async () => {
    const request = await makePatch(git, temp.path('wt'), (folder) =>
      writeTree(folder, { 'src/sum.js': lines('ours', 'two') }),
    );
    leave();
    const release = await landIt(git, request);
    assert.equal(await git.run(['rev-parse', 'HEAD']), release.commit);
  });

  it('says that it is the remote, where a merge needs it, and changes nothing', async () => {
    const request = await makePatch(git, temp.path('wt'), (folder) =>
      writeTree(folder, { 'src/sum.js': lines('ours', 'two') }),
    );
    writeTree(origin.cwd, { 'src/sum.js': lines('one', 'theirs') });
    await origin.run(['commit', '-q', '-a', '-m', 'later']);
    await git.run(['sparse-checkout', 'set', '--cone', 'docs']);
    await git.run(['fetch', '-q']);
    await git.run(['merge', '-q', '--ff-only', 'origin/work']);
    leave();
    const before = await stateOf(git);
    await assert.rejects(landIt(git, request), saysWhy);
    assert.deepEqual(await stateOf(git), before);
  });

  it('does not blame a given patch for it', async () => {
    const from = `file://${origin.cwd}`;
    const how = ['clone', '-q', '--filter=blob:none', '--sparse', from, temp.path('sparse')];
    await origin.run(how);
    leave();
    const sparse = git.at(temp.path('sparse'));
    const diff = ['--- a/src/sum.js', '+++ b/src/sum.js', '@@ -1 +1 @@', '-one', '+1', ''].join(
      '\n',
    );
    const given = { diffs: [Buffer.from(diff)], files: [], prefix: '' };
    const index = temp.path('sparse/.git');
    await assert.rejects(treeWithDiffs(sparse, index, 'HEAD', given), saysWhy);
  });
});
