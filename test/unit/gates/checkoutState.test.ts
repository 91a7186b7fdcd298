import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rememberLaid } from '../../../src/gates/checkoutState.ts';
import { plantRepository } from '../../support/plantedRepository.ts';
import { createRepository } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('what a run leaves in a checkout', function () {
  this.timeout(60_000);
  const folder = tempFolder();

  it('is looked at without running what a repository planted there asks for', async () => {
    const git = await createRepository(folder.path('main'), { 'a.txt': 'x\n' });
    const flag = folder.path('flag');
    const plant = await plantRepository(git, 'sub', flag);
    const laid = await rememberLaid(git, folder.path('main', '.git', 'index'));
    await plant();
    const { problems } = await laid.look();
    assert.deepEqual(problems, ['sub/.git: a nested repository was made']);
    await laid.dispose();
    assert.equal(existsSync(flag), false, 'a program of the planted repository has run');
  });
});
