import assert from 'node:assert/strict';
import { hunksOf, without } from '../../../../src/gates/proof/hunks.ts';
import { mutantsOf } from '../../../../src/gates/proof/mutants.ts';

function fixed(path: string, before: string, after: string) {
  return { path, mode: '100644', before, after, hunks: hunksOf(before, after) };
}

/** The mutants of one added line. */
function mutated(path: string, line: string): readonly string[] {
  const file = fixed(path, 'first\nlast\n', `first\n${line}\nlast\n`);
  return mutantsOf([file]).map(({ content }) => content().split('\n')[1] ?? '');
}

describe('mutants of changed lines', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['a.js', '  if (a < b) {', ['  if (!(a < b)) {', '  if (a >= b) {', '  if (a <= b) {']],
    ['a.js', '  return a + 1;', ['  return undefined;', '  return a - 1;', '  return a + 2;']],
    ['a.ts', '  x = y && true;', ['', 'x = y || true;', 'x = y && false;'].map((l) => `  ${l}`)],
    [
      'a.js',
      '  const v = await load(x ?? 0);',
      [
        '  const v = await load(x && 0);',
        '  const v = load(x ?? 0);',
        '  const v = await load(x ?? 1);',
      ],
    ],
    [
      'a.py',
      '    if n % 2 == 0 and ok:',
      ['    if not (n % 2 == 0 and ok):', '    if n % 2 != 0 and ok:', '    if n % 2 == 0 or ok:'],
    ],
    ['a.py', '    return None', []],
    ['a.py', '    return NotImplemented', []],
    ['a.py', '    return False', ['    return True']],
    ['a.py', '    log.info(name, 3)', []],
    ['a.py', '@lru_cache(maxsize=8)', []],
    ['a.rb', '  @total = 8', ['  @total = 9']],
    ['a.py', '    return total - tax', ['    return None', '    return total + tax']],
    ['a.py', '    items.sort()', ['    pass']],
    ['a.go', '\tif err != nil {', ['\tif !(err != nil) {', '\tif err == nil {']],
    ['a.rs', '    if a <= b {', ['    if !(a <= b) {', '    if a > b {', '    if a < b {']],
    [
      'A.java',
      '    if (list.isEmpty()) return 0;',
      ['    if (!(list.isEmpty())) return 0;', '    if (list.isEmpty()) return 1;'],
    ],
    ['a.rb', '  if a == b', ['  if !(a == b)', '  if a != b']],
    ['a.php', '  if ($a === $b) {', ['  if (!($a === $b)) {', '  if ($a !== $b) {']],
  ];
  for (const [path, line, wanted] of cases) {
    it(`changes ${line.trim()} in ${path}`, () => {
      const found = mutated(path, line);
      for (const one of wanted) assert.ok(found.includes(one), `${one}\n${found.join('\n')}`);
      if (wanted.length === 0) assert.deepEqual(found, []);
    });
  }

  it('leaves strings, comments, imports and regular expressions alone', () => {
    for (const line of [
      '  // if (a < b) return true;',
      "import { a } from './true.js';",
      "  const text = 'a && b || true + 1';",
      '  const found = /a && 1 < 2/;',
      '',
    ]) {
      assert.deepEqual(mutated('a.js', line), [], line);
    }
    assert.deepEqual(mutated('a.py', '    # return 1 + 1'), []);
  });

  it('changes only lines that the patch changed', () => {
    const before = 'a = 1\nb = 2\nc = 3\n';
    const found = mutantsOf([fixed('a.py', before, before.replace('2', '4'))]);
    assert.ok(found.length > 0);
    assert.ok(found.every(({ line }) => line === 2));
  });

  it('takes back one hunk and keeps the others', () => {
    const before = 'a\nb\nc\nd\ne\n';
    const after = 'A\nb\nc\nd\nnew\ne\n';
    const file = fixed('a.js', before, after);
    assert.deepEqual(
      file.hunks.map((hunk) => without(file, hunk)),
      ['a\nb\nc\nd\nnew\ne\n', 'A\nb\nc\nd\ne\n'],
    );
  });
});
