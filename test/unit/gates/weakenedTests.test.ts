import assert from 'node:assert/strict';
import { treeChanges } from '../../../src/gates/treeChanges.ts';
import { weakenedTests, weakenings } from '../../../src/gates/weakenedTests.ts';
import { createProject } from '../../support/patches.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const js = `import assert from 'node:assert/strict';
test('adds', () => {
  const sum = add(1, 2);
  assert.equal(sum, 3);
  expect(sum).toBe(3);
});
`;
const py = `import unittest
class T(unittest.TestCase):
    def test_adds(self):
        self.assertEqual(add(1, 2), 3)
`;
const go = `func TestAdd(t *testing.T) {
	if Add(1, 2) != 3 {
		t.Fatalf("wrong")
	}
}
`;
const java = `class AddTest {
  @Test
  void adds() {
    assertEquals(3, add(1, 2));
  }
}
`;
const rust = `#[test]
fn adds() {
    assert_eq!(add(1, 2), 3);
}
`;
const ruby = `class AddTest < Minitest::Test
  def test_adds
    assert_equal 3, add(1, 2)
  end
end
`;
const php = `<?php class AddTest extends TestCase {
  public function testAdds() {
    $this->assertSame(3, add(1, 2));
  }
}
`;

/** file, before, what becomes of it, what is said about it. */
const weaker: readonly (readonly [string, string, readonly [string | RegExp, string], RegExp])[] = [
  ['a.test.js', js, ["test('adds'", "test.skip('adds'"], /skipped/],
  ['a.test.js', js, ["test('adds'", "xit('adds'"], /skipped/],
  ['a.test.js', js, ["test('adds'", "test.todo('adds'"], /skipped/],
  ['a.test.js', js, ["test('adds', ", "test('adds', { skip: 'later' }, "], /skipped/],
  ['a.test.js', js, ['  assert.equal(sum, 3);\n', ''], /1 assertion fewer/],
  ['a.test.js', js, ['  assert.equal', '  // assert.equal'], /1 assertion fewer/],
  ['a.test.js', js, ['assert.equal(sum, 3)', 'assert.ok(sum)'], /loosely/],
  ['a.test.js', js, ['.toBe(3)', '.toBeDefined()'], /loosely/],
  ['a.test.js', js, ['.toBe(3)', '.toEqual(expect.anything())'], /any value/],
  ['a.test.js', js, ['equal(sum, 3)', 'equal(sum, 4)'], /other values/],
  ['a.test.js', js, ['.toBe(3)', '.toBe(undefined)'], /other values/],
  [
    'a.test.js',
    js,
    ['  assert.equal(sum, 3);', '  try { assert.equal(sum, 3); } catch {}'],
    /catches/,
  ],
  ['a.test.js', js, ['  const sum', '  return;\n  const sum'], /ends before/],
  ['a.test.js', js, ['  const sum', '  process.exit(0);\n  const sum'], /ends before/],
  ['a.test.js', js, [/test\('adds'[^]*$/, ''], /1 test fewer/],
  ['test_a.py', py, ['    def test_', "    @unittest.skip('x')\n    def test_"], /skipped/],
  ['test_a.py', py, ['    def test_', '    @pytest.mark.skipif(True)\n    def test_'], /skipped/],
  ['test_a.py', py, ['    def test_', '    @pytest.mark.xfail\n    def test_'], /skipped/],
  ['test_a.py', py, ['    def test_', '    @unittest.expectedFailure\n    def test_'], /skipped/],
  ['test_a.py', py, ['assertEqual(add(1, 2), 3)', 'assertIsNotNone(add(1, 2))'], /loosely/],
  ['test_a.py', py, ['2), 3)', '2), 5)'], /other values/],
  ['test_a.py', py, ['        self.assert', '        # self.assert'], /1 assertion fewer/],
  ['test_a.py', py, ['        self.assert', '        return\n        self.assert'], /ends before/],
  [
    'test_a.py',
    py,
    [/( {8})(self.*)/, '$1try:\n$1    $2\n$1except AssertionError:\n$1    pass'],
    /catches/,
  ],
  ['test_a.py', py, ['def test_adds', 'def adds'], /1 test fewer/],
  ['a_test.go', go, ['{\n', '{\n\tt.Skip("later")\n'], /skipped/],
  ['a_test.go', go, ['\t\tt.Fatalf("wrong")\n', ''], /1 assertion fewer/],
  ['AddTest.java', java, ['  @Test', '  @Disabled @Test'], /skipped/],
  ['AddTest.java', java, ['assertEquals(3, add(1, 2))', 'assertNotNull(add(1, 2))'], /loosely/],
  ['tests/add.rs', rust, ['#[test]', '#[test]\n#[ignore]'], /skipped/],
  ['tests/add.rs', rust, ['assert_eq!(add(1, 2), 3)', 'assert!(add(1, 2) > 0)'], /loosely/],
  ['add_test.rb', ruby, ['    assert', "    skip 'later'\n    assert"], /skipped/],
  [
    'AddTest.php',
    php,
    ['    $this->assert', '    $this->markTestSkipped();\n    $this->assert'],
    /skipped/,
  ],
  ['AddTest.php', php, ['assertSame(3,', 'assertSame(4,'], /other values/],
  ['a.test.js', js, ["test('adds', ", "test('adds', { fails: true }, "], /skipped/],
  ['a.test.js', js, ["test('adds', ", "test('adds', { retry: 5 }, "], /more tries/],
  ['a.test.js', js, ["test('adds'", "jest.setTimeout(60000);\ntest('adds'"], /other times/],
  ['a.test.js', js, ['  const sum = add(1, 2);\n', '  const sum = 3;\n'], /no longer all/],
  ['a.test.js', js, ['.toBe(3)', '.toBeCloseTo(3)'], /loosely/],
  ['test_a.py', py, ['assertEqual(add(1, 2), 3)', 'assertLessEqual(add(1, 2), 30)'], /loosely/],
  ['test_a.py', py, ['    def test_', '    @pytest.mark.flaky\n    def test_'], /more tries/],
  ['AddTest.java', java, ['assertEquals(3,', 'assertNotEquals(99,'], /loosely/],
  ['tests/add.rs', rust, ['assert_eq!(add(1, 2), 3)', 'assert_ne!(add(1, 2), 9)'], /loosely/],
];

describe('what weakens a test', () => {
  for (const [path, before, [from, to], said] of weaker) {
    it(`sees ${to.trim().split('\n')[0] || 'nothing'} instead of ${String(from).trim()} in ${path}`, () => {
      const after = before.replace(from, to);
      assert.notEqual(after, before);
      assert.match(weakenings(before, after, path).join('; '), said);
    });
  }

  const harmless: readonly (readonly [string, string, string, string])[] = [
    ['a.test.js', js, "test('adds'", "test('adds two'"],
    ['a.test.js', js, 'const sum', 'const total = 0; // try, catch, skip\n  const sum'],
    [
      'a.test.js',
      `${js}`,
      "test('adds'",
      "test('new', () => { assert.ok(add(0, 1)); });\ntest('adds'",
    ],
    [
      'test_a.py',
      py,
      '    def test_adds',
      '    def test_new(self):\n        self.assertTrue(add(0, 1))\n    def test_adds',
    ],
    ['a_test.go', go, 'func TestAdd', 'func TestMore(t *testing.T) {}\n\nfunc TestAdd'],
  ];
  for (const [path, before, from, to] of harmless) {
    it(`says nothing of ${to.split('\n')[0]} in ${path}`, () => {
      assert.deepEqual(weakenings(before, before.replace(from, to), path), []);
    });
  }

  it('compares tests of many thousand statements', () => {
    const lines = Array.from({ length: 150_000 }, (_, at) => `x${at}`);
    const before = ['const sum = add(1, 2)', ...lines].join('\n');
    const after = lines.map((line) => `y${line}`).join('\n');
    assert.deepEqual(weakenings(before, after, 'a.test.js'), ['does no longer all that it did']);
  });

  describe('programs of the project', () => {
    const folder = tempFolder();

    it('tells of what sets tests up, and of changed helpers of theirs', async () => {
      const files = { 'support.py': 'x()\n', 'app/support.md': 'x\n', 'app/helped.py': 'x()\n' };
      const project = await createProject(folder.path(), files);
      const write = {
        'support.py': 'y()\n',
        'app/support.md': 'y\n',
        'app/helped.py': 'y()\n',
        'fixtures/new.py': 'y()\n',
        'conftest.py': 'y()\n',
      };
      const { git, patch } = await project.patch({ write });
      const changes = await treeChanges(git, patch.base, patch.commit);
      assert.deepEqual(await weakenedTests(git, patch, changes), [
        'what sets tests up is new: conftest.py',
        'what tests are made of is changed: support.py',
      ]);
    });

    it('tells of those that run tests, and not of those that the program is made of', async () => {
      const scripts = {
        start: 'node src/index.js',
        pretest: 'node tools/prepare.js',
        test: 'npm run unit',
        unit: 'node ./tools/run.js',
      };
      const paths = ['src/index.js', 'tools/prepare.js', 'tools/run.js'];
      const tree = (code: string) => Object.fromEntries(paths.map((path) => [path, code]));
      const project = await createProject(folder.path(), {
        'package.json': JSON.stringify({ scripts }),
        ...tree('x();\n'),
      });
      const { git, patch } = await project.patch({ write: tree('y();\n') });
      const changes = await treeChanges(git, patch.base, patch.commit);
      const marks = await weakenedTests(git, patch, changes);
      assert.deepEqual(
        marks.map((mark) => mark.replace(/^.*: /, '')),
        paths.slice(1),
      );
    });
  });
});
