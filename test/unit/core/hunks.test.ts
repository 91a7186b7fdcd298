import assert from 'node:assert/strict';
import { onlyHunks, parseDiff, parseHunkName } from '../../../src/core/hunks.ts';
import { diffText } from '../../../src/attempt/patch.ts';
import type { Git } from '../../../src/core/ports.ts';
import { createRepository } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}\n`).join('');

describe('hunks of a diff', () => {
  const temp = tempFolder('pw-hunks');
  let folder = '';
  let git: Git;
  beforeEach(async () => {
    folder = temp.path('repo');
    git = await createRepository(folder, {
      'long.txt': numbers(1, 60),
      'gone.txt': 'bye\n',
      'größe ü.txt': numbers(1, 30),
      'no-end.txt': 'a\nb',
    });
  });
  const commit = async (): Promise<string> => {
    await git.run(['add', '-A']);
    await git.run(['commit', '-qm', 'change']);
    return diffText(git, 'HEAD~', 'HEAD', 'latin1');
  };
  const takeBack = async (diff: string): Promise<void> => {
    await git.run(['apply', '--reverse', '--index', '-'], { input: Buffer.from(diff, 'latin1') });
  };
  const left = async (): Promise<string> => git.run(['diff', '--stat', 'HEAD~']);

  it('are counted in each file, whatever their lines look like', async () => {
    writeFileSync(
      join(folder, 'long.txt'),
      `-- a\n++ b\ndiff --git a/x b/x\n@@ -1 +1 @@\n${numbers(1, 29)}${numbers(31, 60)}`,
    );
    const files = parseDiff(await commit(), 'latin1');
    assert.deepEqual(
      files.map(({ path, hunks }) => [path, hunks.map(({ added, removed }) => [added, removed])]),
      [
        [
          'long.txt',
          [
            [4, 0],
            [0, 1],
          ],
        ],
      ],
    );
  });

  it('can each be taken back alone', async () => {
    writeFileSync(join(folder, 'long.txt'), `first\n${numbers(2, 29)}${numbers(31, 59)}last\n`);
    const diff = parseDiff(await commit(), 'latin1');
    assert.equal(diff[0]?.hunks.length, 3);
    await takeBack(onlyHunks(diff, [{ path: 'long.txt', number: 2 }]));
    assert.equal(await git.run(['show', ':long.txt']), `first\n${numbers(2, 59)}last`);
  });

  it('of new, deleted and oddly named files and of files without a last line end go as well', async () => {
    writeFileSync(join(folder, 'new.txt'), 'x\n');
    rmSync(join(folder, 'gone.txt'));
    writeFileSync(join(folder, 'größe ü.txt'), `${numbers(1, 29)}\u00e9\n`);
    writeFileSync(join(folder, 'no-end.txt'), 'a\nc');
    const diff = parseDiff(await commit(), 'latin1');
    assert.deepEqual(
      diff.map(({ path }) => path).sort(),
      ['gone.txt', 'größe ü.txt', 'new.txt', 'no-end.txt'].sort(),
    );
    await takeBack(
      onlyHunks(
        diff,
        diff.map(({ path }) => ({ path, number: 1 })),
      ),
    );
    assert.equal(await left(), '');
  });

  it('of what is no UTF-8 lose no byte', async () => {
    writeFileSync(
      join(folder, 'long.txt'),
      Buffer.concat([Buffer.from([0xe9, 10]), Buffer.from(numbers(1, 60))]),
    );
    const diff = parseDiff(await commit(), 'latin1');
    await takeBack(onlyHunks(diff, [{ path: 'long.txt', number: 1 }]));
    assert.equal(await left(), '');
  });

  it('leave a rename as it is', async () => {
    await git.run(['mv', 'long.txt', 'renamed.txt']);
    writeFileSync(join(folder, 'renamed.txt'), `first\n${numbers(2, 60)}`);
    const diff = parseDiff(await commit(), 'latin1');
    assert.equal(diff[0]?.path, 'renamed.txt');
    await takeBack(onlyHunks(diff, [{ path: 'renamed.txt', number: 1 }]));
    assert.equal(`${await git.run(['show', ':renamed.txt'])}\n`, numbers(1, 60));
  });

  it('that are not there are named', () => {
    assert.throws(() => onlyHunks([], [{ path: 'a', number: 1 }]), /no hunk a:1/);
    assert.deepEqual(parseHunkName('a:b.txt:12'), { path: 'a:b.txt', number: 12 });
    assert.equal(parseHunkName('a.txt'), undefined);
    assert.equal(parseHunkName('a.txt:0'), undefined);
  });
});
