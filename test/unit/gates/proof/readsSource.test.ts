import assert from 'node:assert/strict';
import { copiedAnswers } from '../../../../src/gates/proof/copied.ts';
import { type FixedFile, hunksOf } from '../../../../src/gates/proof/hunks.ts';
import { readsSource } from '../../../../src/gates/proof/readsSource.ts';
import { createRepository } from '../../../support/repository.ts';
import { tempFolder } from '../../../support/tempFolder.ts';

const before = 'exports.ms = (text) => parseInt(text, 10) * 3600000;\n';

/** What a fix and its test say when they are read side by side. */
describe('a fix read beside its test', () => {
  const folder = tempFolder();

  async function read(fix: string, test: string) {
    const git = await createRepository(folder.path(), { 'lib/ms.js': before, 'test/ms.js': test });
    const after = fix;
    const file: FixedFile = {
      path: 'lib/ms.js',
      mode: '100644',
      before,
      after,
      hunks: hunksOf(before, after),
    };
    const parts = [
      readsSource(git, 'HEAD', [file], ['test/ms.js']),
      copiedAnswers(git, 'HEAD', [file], ['test/ms.js']),
    ];
    return (await Promise.all(parts)).flat().join('\n');
  }

  const fixed = before.replace('parseInt(text, 10)', 'parseFloat(text)');
  const asserts = "assert.equal(ms('1.5h'), 5_400_000);\n";

  it('has no mark when both are right', async () => {
    assert.equal(await read(fixed, `const { ms } = require('../lib/ms.js');\n${asserts}`), '');
  });

  it('has no mark for a fixture that the test reads, nor for a stand-in of something else', async () => {
    for (const more of ["readFileSync('test/times.txt', 'utf8');", "jest.mock('./ms');"]) {
      const test = `const { ms } = require('../lib/ms.js');\n${more}\n${asserts}`;
      assert.equal(await read(fixed, test), '', more);
    }
  });

  it('is told where a stand-in is in the place of the code', async () => {
    for (const name of ['../lib/ms', '../lib/ms.js', '@/lib/ms'])
      assert.match(await read(fixed, `jest.mock('${name}');\n${asserts}`), /stand-in/, name);
  });

  it('is told where the test reads the code', async () => {
    const test = "if (!readFileSync('lib/ms.js', 'utf8').includes('parseFloat')) assert.fail();\n";
    assert.match(await read(fixed, test), /test\/ms\.js may read lib\/ms\.js/);
  });

  it('is told where the fix gives back what the test wants, whatever it asks for', async () => {
    const fix = before.replace('(text) =>', "(text) => text.includes('.') ? 5400000 :");
    assert.match(await read(fix, asserts), /gives back the test's answer \(5400000/);
  });
});
