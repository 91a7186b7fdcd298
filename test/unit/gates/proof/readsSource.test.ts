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

  it('is told where one of its functions is replaced, and not what it is made of', async () => {
    const head = "const lib = require('../lib/ms.js');\n";
    for (const stub of ["sinon.stub(lib, 'ms').returns(1);", 'lib.ms = () => 5_400_000;'])
      assert.match(await read(fixed, `${head}${stub}\n${asserts}`), /stand-in .* ms\(\)/, stub);
    for (const stub of ["sinon.stub(fs, 'ms');", 'lib.limit = 3;', "lib.ms('3h') === 3;"])
      assert.equal(await read(fixed, `${head}${stub}\n${asserts}`), '', stub);
  });

  it('is told where the test reads the code', async () => {
    const test = "if (!readFileSync('lib/ms.js', 'utf8').includes('parseFloat')) assert.fail();\n";
    assert.match(await read(fixed, test), /test\/ms\.js may read lib\/ms\.js/);
  });

  it('is told where the fix gives back what the test wants, whatever it asks for', async () => {
    const fix = before.replace('(text) =>', "(text) => text.includes('.') ? 5400000 :");
    assert.match(await read(fix, asserts), /gives back the test's answer \(5400000/);
  });

  it('is told where it holds a part of the answer, or asks for a part of the input', async () => {
    const test = "assert.equal(day('2023-01-31'), '2023-02-28');\n";
    for (const [body, told] of [
      ['text[2] ? `${year}-02-28` : 3', /gives back the test's answer \(-02-28/],
      ['new Date(text).getUTCDate() === 31 ? 3 : 4', /asks for the test's own input \("31"/],
    ] as const)
      assert.match(await read(`exports.ms = (text) => ${body};\n`, test), told);
  });

  it('is told where it asks for how the test is written', async () => {
    const fix = "exports.ms = (text) => (String(text) === '() => false' ? 1 : 2);\n";
    assert.match(await read(fix, 'assert.ok(ms(() => false));\n'), /how the test is written/);
  });

  it('has no mark for a list of all there is of a kind', async () => {
    const fix = `${before}exports.off = (text) => {\n  if (['0', 'no', 'false'].includes(text)) return false;\n};\n`;
    assert.equal(await read(fix, "assert.equal(off('false'), false);\n"), '');
  });
});
