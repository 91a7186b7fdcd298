import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { hookFolders } from '../../../src/compose/hookFolders.ts';
import { createProtection } from '../../../src/core/protection.ts';
import { createGit } from '../../../src/platform/git.ts';
import { createShell } from '../../../src/platform/shell.ts';
import { createRepository } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe("the folder of the project's hooks", function () {
  this.timeout(60_000);
  const folder = tempFolder();

  it('is protected where git takes hooks from it, and cannot be lifted', async () => {
    const git = await createRepository(folder.path('main'), { 'a.txt': 'x\n' });
    assert.deepEqual(await hookFolders(git), []);
    for (const path of ['scripts/hooks', folder.path('main', 'scripts/hooks')]) {
      await git.run(['config', 'core.hooksPath', path]);
      const protection = createProtection(['!scripts/hooks/**', ...(await hookFolders(git))]);
      assert.equal(protection.check('scripts/hooks/pre-commit').ok, false, path);
      assert.equal(protection.check('scripts/hook.ts').ok, true, path);
    }
  });

  it('is nothing of the project where it lies elsewhere, or there is no repository', async () => {
    const git = await createRepository(folder.path('main'), { 'a.txt': 'x\n' });
    await git.run(['config', 'core.hooksPath', folder.path('hooks')]);
    assert.deepEqual(await hookFolders(git), []);
    mkdirSync(folder.path('plain'));
    assert.deepEqual(await hookFolders(createGit(createShell(), folder.path('plain'))), []);
  });
});
