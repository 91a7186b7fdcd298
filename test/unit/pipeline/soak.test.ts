import assert from 'node:assert/strict';
import { isProven, proofText } from '../../../src/core/audit.ts';
import { type Footprint, soak } from '../../support/soak.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('use, again and again', function () {
  this.timeout(300_000);
  const temp = tempFolder('pw-soak');

  it('leaves nothing that grows: refs, worktrees, open files, processes, files', async () => {
    const seen: Footprint[] = [];
    const quick = { 'patchwright.gates.reproduction.maxMutants': 0 };
    const settings = { ...quick, 'patchwright.gates.coverage.enabled': false };
    // 46 days after each other: from the third on, what the one before the last has left is too old.
    const options = { hours: 46 * 24, settings: () => settings };
    await soak(temp.path('soak'), 5, options, (_, footprint) => seen.push(footprint));
    const [early, last] = [seen[2], seen[4]];
    assert.ok(early && last);
    const flat = ({ refs, worktrees, handles, children }: Footprint) => ({
      refs,
      worktrees,
      handles,
      children,
    });
    assert.deepEqual(flat(last), flat(early));
    assert.ok(last.files <= early.files, `${early.files} files became ${last.files}`);
    assert.ok(isProven(last.audit), proofText(last.audit));
    assert.ok((last.audit.checkpoint?.events ?? 0) > 0, 'no old events went');
    assert.equal(last.worktrees, 1, 'only the repository itself');
    assert.equal(last.children, 0);
  });
});
