import assert from 'node:assert/strict';
import { changedBlobs, rememberObjects } from '../../../src/gates/rememberObjects.ts';
import { createGit } from '../../../src/platform/git.ts';
import { createShell } from '../../../src/platform/shell.ts';
import { createRepository, writeTree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('what git has said of objects', function () {
  this.timeout(60_000);
  const folder = tempFolder();

  async function counting() {
    const root = folder.path('main');
    const plain = await createRepository(root, { 'a.txt': 'one\n', 'b.txt': 'two\n' });
    const asked: string[] = [];
    const shell = createShell();
    const counted = createGit(
      {
        run: (command, signal) => {
          asked.push(command.args.join(' '));
          return shell.run(command, signal);
        },
      },
      root,
    );
    const id = await plain.run(['rev-parse', 'HEAD']);
    return { git: rememberObjects(counted), asked, id, plain, counted };
  }

  it('is asked for once, however it is read', async () => {
    const { git, asked, id } = await counting();
    const read = ['cat-file', 'blob', `${id}:a.txt`];
    const [first, second] = await Promise.all([git.run(read), git.bytes(read)]);
    assert.equal(first, 'one');
    assert.equal(second.toString(), 'one\n');
    assert.equal(asked.length, 1);
    const list = ['ls-tree', '-r', '--name-only', id];
    assert.equal(await git.run(list), await git.run(list));
    assert.equal(asked.length, 2);
  });

  it('is read ahead for the files that a patch changes, and told as git would', async () => {
    const { asked, id, plain, counted } = await counting();
    writeTree(folder.path('main'), { 'a.txt': 'three\n', 'c d.txt': 'new\n' });
    await plain.run(['add', '-A']);
    await plain.run(['rm', '-q', '--cached', 'b.txt']);
    await plain.run(['commit', '-q', '-m', 'patch']);
    const commit = await plain.run(['rev-parse', 'HEAD']);
    const git = rememberObjects(counted, await changedBlobs(counted, { base: id, commit }));
    const before = asked.length;
    for (const name of [`${id}:a.txt`, `${commit}:a.txt`, `${commit}:c d.txt`, `${id}:b.txt`]) {
      assert.deepEqual(
        await git.bytes(['cat-file', 'blob', name]),
        await plain.bytes(['cat-file', 'blob', name]),
      );
      assert.equal(
        await git.run(['cat-file', '-s', name]),
        await plain.run(['cat-file', '-s', name]),
      );
    }
    assert.equal(asked.length, before);
    const gone = ['cat-file', '-e', `${commit}:b.txt`];
    assert.notEqual((await git.code(gone, { okCodes: [0, 1, 128] })).code, 0);
  });

  it('is asked again where a name may come to mean another object, or nothing was there', async () => {
    const { git, asked } = await counting();
    for (const name of ['HEAD', 'HEAD:a.txt', 'work']) {
      const before = asked.length;
      await git.run(['cat-file', '-p', name]);
      await git.run(['cat-file', '-p', name]);
      assert.equal(asked.length - before, 2, name);
    }
    const gone = ['cat-file', 'blob', `${'0'.repeat(40)}:a.txt`];
    await assert.rejects(git.run(gone));
    await assert.rejects(git.run(gone));
    assert.equal(asked.length, 8);
  });
});
