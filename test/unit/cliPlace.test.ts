import assert from 'node:assert/strict';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { explainPlace, placeOf, whereElse } from '../../src/cli/place.ts';
import { isPatchwrightError } from '../../src/core/errors.ts';
import type { Git } from '../../src/core/ports.ts';
import { notFound } from '../../src/pipeline/lookUp.ts';
import { cli } from '../support/cli.ts';
import { createRepository } from '../support/repository.ts';
import { tempFolder } from '../support/tempFolder.ts';

describe('command line: which backlog', () => {
  const temp = tempFolder('pw-place');
  let git: Git;
  const at = (...parts: string[]): string => realpathSync(temp.path(...parts));
  const backlogIn = (...parts: string[]): void => {
    mkdirSync(temp.path(...parts, '.patchwright/journal'), { recursive: true });
  };
  const here = (folder: string) => placeOf({ folder, folders: [] });
  const named = (folder: string) => placeOf({ folder, folders: [folder] });

  beforeEach(async () => {
    git = await createRepository(temp.path('shop'), { 'src/cart/sum.js': 'sum();\n' });
  });

  it('is, in a subfolder that was not named, the nearest above that there is', async () => {
    const cart = at('shop/src/cart');
    assert.deepEqual(await here(cart), { folder: cart, isAbove: false, others: [] });
    backlogIn('shop');
    assert.deepEqual(await here(cart), { folder: at('shop'), isAbove: true, others: [] });
    assert.deepEqual(await named(cart), { folder: cart, isAbove: false, others: [at('shop')] });
    backlogIn('shop/src');
    assert.equal((await here(cart)).folder, at('shop/src'));
    backlogIn('shop/src/cart');
    assert.deepEqual(await named(cart), { folder: cart, isAbove: false, others: [] });
  });

  it('is never one above the repository, nor that of a repository around a submodule', async () => {
    backlogIn('.');
    assert.deepEqual((await here(at('shop/src'))).others, []);
    backlogIn('shop');
    await createRepository(temp.path('shop/vendor'), { 'a.js': 'a\n' });
    assert.equal((await here(at('shop/vendor'))).folder, at('shop/vendor'));
  });

  it('is not that of another working tree, but is named', async () => {
    await git.run(['worktree', 'add', '-q', '-b', 'other', temp.path('linked')]);
    const linked = at('linked/src/cart');
    backlogIn('shop/src');
    assert.deepEqual(await here(linked), {
      folder: linked,
      isAbove: false,
      others: [at('shop/src')],
    });
    backlogIn('linked/src');
    assert.equal((await here(linked)).folder, at('linked/src'));
    assert.deepEqual((await here(at('shop'))).others, [], 'a subfolder of it is not meant');
    backlogIn('linked');
    assert.deepEqual((await here(at('shop'))).others, [at('linked')]);
  });

  it('is told where a ticket is not known, and of nothing else', async () => {
    backlogIn('shop');
    const place = await named(at('shop/src'));
    const unknown = explainPlace(notFound('ticket x'), place);
    assert.ok(isPatchwrightError(unknown, 'not_found'));
    assert.ok(unknown.message.includes(`Say --folder ${at('shop')} to work with it`));
    const other = new Error('no file');
    assert.equal(explainPlace(other, place), other);
    const own = await named(at('shop'));
    assert.equal(whereElse(own), undefined);
    assert.match(String(explainPlace(notFound('ticket x'), own)), /this folder does not know it/);
  });

  it('is worked with from below, and said', async () => {
    const env = { PATCHWRIGHT_CACHE: temp.path('cache') };
    const run = (...args: string[]) => cli(args, env, temp.path('shop/src/cart'));
    backlogIn('shop');
    const made = await run('new', '--title', 'Sums are wrong');
    assert.equal(made.code, 0, made.stderr);
    assert.ok(made.stderr.includes(`The backlog is that of ${at('shop')}.`), made.stderr);
    assert.ok(!existsSync(temp.path('shop/src/cart/.patchwright')));
    const touched = await run('history', 'sum.js');
    assert.match(touched.stdout, /never touched src\/cart\/sum\.js/);
    const unknown = await run('show', 'nope', '--folder', '.');
    assert.match(unknown.stderr, /There is no backlog in .*cart, but there is one in .*shop\. Say/);
  }).timeout(60_000);
});
