import assert from 'node:assert/strict';
import { neighboursOf, testLiterals } from '../../../../src/gates/proof/literals.ts';

function rolesIn(source: string, path: string): Record<'input' | 'expected', string[]> {
  const found = testLiterals(source, path);
  const texts = (isInput: boolean): string[] =>
    found.filter((one) => one.isInput === isInput).map(({ text }) => text);
  return { input: texts(true), expected: texts(false) };
}

describe('literals of a test', () => {
  const cases: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    [
      'a.test.js',
      "import { test } from 'node:test';\ntest('title', async () => {\n  assert.equal(total(['tea', 7]), 300);\n});",
      ["'tea'", '7'],
      ['300'],
    ],
    [
      'a.test.js',
      "it('title', () => {\n  const items = [3, { size: 4 }];\n  expect(sum(items, 'x')).toBe(12);\n  expect(sum([5])).toEqual({ a: 13 });\n});",
      ['3', '4', "'x'", '5'],
      ['12', '13'],
    ],
    [
      'test_a.py',
      "from lib import f\ndef test_a():\n    data = 'in'\n    assert f(data, 8) == 'out'\n",
      ["'in'", '8'],
      ["'out'"],
    ],
    [
      'test_a.py',
      "class T(TestCase):\n    def test_a(self):\n        self.assertEqual(f('in', 8), [1, 'out'])\n",
      ["'in'", '8'],
      ['1', "'out'"],
    ],
    ['AddTest.java', '@Test void adds() {\n  assertEquals(3, add(1, 2));\n}', ['1', '2'], ['3']],
  ];
  for (const [path, source, input, expected] of cases) {
    it(`knows what goes in from what is expected: ${source.split('\n').at(-2)?.trim()}`, () => {
      assert.deepEqual(rolesIn(source, path), { input, expected });
    });
  }

  it('has neighbours near and far, of the same kind, but none for values at an edge', () => {
    assert.deepEqual(neighboursOf('23'), ['24', '46']);
    assert.deepEqual(neighboursOf('1.15'), ['2.15', '2.30']);
    assert.deepEqual(neighboursOf("'ab-9'"), ["'ab-8'", "'bb-9'"]);
    for (const edge of ['0', '1', "''", "' '", "'a\\n'"]) assert.deepEqual(neighboursOf(edge), []);
  });
});
