import assert from 'node:assert/strict';
import { reproduction } from '../../../../src/gates/reproduction.ts';
import { createProject } from '../../../support/patches.ts';
import type { Tree } from '../../../support/repository.ts';
import { tempFolder } from '../../../support/tempFolder.ts';

const source = `export function size(items) {
  return Math.floor(items / 10);
}
export function label(items) {
  return size(items) + ' pages';
}
`;
const project: Tree = {
  'package.json': '{"type":"module","scripts":{"test":"node --test"}}\n',
  'src/pages.js': source,
  'test/pages.test.js': spec('whole', "assert.equal(label(20), '2 pages');"),
};
const file = 'test/rest.test.js';

function spec(name: string, body: string): string {
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { label, size } from '../src/pages.js';
test('${name}', () => { void size; ${body} });
`;
}

/** Real runs of real tests: what the examination of a proof says about a fix. */
describe('a proof', function () {
  this.timeout(60_000);
  const folder = tempFolder();

  async function examined(edits: readonly [string, string][], maxMutants = 0) {
    const made = await createProject(folder.path(), project);
    let fixed = source;
    for (const [from, to] of edits) fixed = fixed.replace(from, to);
    const test = spec('rest', "assert.equal(label(23), '3 pages');");
    const write = { 'src/pages.js': fixed, [file]: test };
    const finding = await reproduction.run(await made.patch({ write, tests: [file], maxMutants }));
    assert.equal(finding.verdict, 'passed', finding.reason);
    return finding;
  }

  it('has no mark when the fix is right', async () => {
    const { marks, evidence } = await examined([['Math.floor', 'Math.ceil']], 3);
    assert.deepEqual(marks, []);
    assert.match(evidence.join('\n'), /small changes? to the changed lines/);
  });

  it("marks a fix for the test's own input", async () => {
    const { marks } = await examined([
      ['  return Math', '  if (items === 23) return 3;\n  return Math'],
    ]);
    assert.match(marks.join('\n'), /made for the test's input alone: with 23 → 24/);
  });

  it('marks an answer that other inputs get, too, though it depends on them without the fix', async () => {
    const { marks } = await examined([
      ['  return size', "  if (String(items).length === 2) return 3 + ' pages';\n  return size"],
    ]);
    assert.match(marks.join('\n'), /may hold the answer itself: with 23 → 46/);
  });

  it('marks an answer that was written down', async () => {
    const { marks } = await examined([
      [
        '  return size(items) +',
        "  if (items > 22) return '3 pages';\n  if (items === 23) return '';\n  return size(items) +",
      ],
    ]);
    assert.match(marks.join('\n'), /holds the test's own input and its answer/);
  });

  it('marks a caller that puts right what stays wrong', async () => {
    const { marks } = await examined([
      ['size(items) +', '(size(items) + (items % 10 > 0 ? 1 : 0)) +'],
    ]);
    assert.match(marks.join('\n'), /corrects what size\(\) gives back/);
  });

  it('marks what no test misses', async () => {
    const { marks } = await examined([
      ['Math.floor', 'Math.ceil'],
      ["+ ' pages'", "+ (items < 0 ? ' no' : '') + ' pages'"],
    ]);
    assert.match(
      marks.join('\n'),
      /unproven: every test passes without the change at src\/pages\.js:5/,
    );
  });

  it('marks small changes that the tests do not notice, and counts what it left out', async () => {
    const { marks, evidence } = await examined(
      [['Math.floor(items / 10)', 'Math.ceil(Math.max(0, items) / 10)']],
      6,
    );
    assert.match(marks.join('\n'), /survives the tests: src\/pages\.js:2: .*Math\.max\(1, items\)/);
    assert.match(evidence.join('\n'), /noticed by the test/);
  });

  it('marks code that looks at who runs it', async () => {
    const { marks } = await examined([
      [
        '  return Math',
        '  if (process.env.NODE_TEST_CONTEXT) return Math.ceil(items / 10);\n  return Math',
      ],
    ]);
    assert.match(marks.join('\n'), /looks at who runs it/);
  });
});
