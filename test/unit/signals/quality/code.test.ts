import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { complexityOf } from '../../../../src/signals/quality/complexity.ts';
import { createDuplicates } from '../../../../src/signals/quality/duplication.ts';
import { languageOf } from '../../../../src/signals/quality/languages.ts';
import { isMade, isOwnSource } from '../../../../src/signals/quality/ownSources.ts';
import { tokensOf } from '../../../../src/signals/quality/tokens.ts';
import { documentationOf } from '../../../../src/signals/quality/undocumented.ts';
import { createWorkspacePaths } from '../../../../src/signals/quality/workspacePaths.ts';

const tokens = (file: string, text: string) => {
  const language = languageOf(file);
  assert.ok(language, file);
  return tokensOf(text, language);
};
const complexity = (file: string, text: string): Record<string, number> => {
  const language = languageOf(file);
  assert.ok(language, file);
  return Object.fromEntries(
    complexityOf(tokensOf(text, language), language).map((one) => [one.name, one.complexity]),
  );
};

describe('tokens of source files', () => {
  it('leave comments out and keep strings, templates and patterns whole', () => {
    const text =
      'a = "x // y"; // c\n/* "d" */ b = `t ${ "`" + e } // f`; c = /"[/"]/g.test(d) / 2;';
    assert.deepEqual(
      tokens('a.js', text).map(({ text }) => text),
      [
        'a',
        '=',
        '"x // y"',
        ';',
        'b',
        '=',
        '`t ${ "`" + e } // f`',
        ';',
        'c',
        '=',
        '/"[/"]/g',
        '.',
        'test',
        '(',
        'd',
        ')',
        '/',
        '2',
        ';',
      ],
    );
  });

  it('never fail and never stand still, whatever the bytes', () => {
    for (const file of ['a.ts', 'a.py', 'a.cs', 'a.rb', 'a.rs']) {
      for (const text of ['"', "'''", '`${', '/*', '=begin', '\\', '🙂"🙂', '\0\u2028', '@"']) {
        assert.ok(tokens(file, text).length <= text.length);
      }
    }
  });
});

describe('ways through functions', () => {
  const cases: readonly (readonly [string, string, Record<string, number>])[] = [
    [
      'a.ts',
      `export function f(a?: string, b = a ? 1 : 2): void { if (a && b || a ?? b) { for (;;) {} } }
       const g = async (x: { y?: number }): Promise<void> => { while (x?.y) {} };
       class K { get m() { return 1; } constructor(private x: T) { if (x) { run(); } } }
       list.map((one) => { if (one) return 1; switch (one) { case 1: case 2: } });`,
      { f: 6, g: 2, m: 1, constructor: 2, '(anonymous)': 4 },
    ],
    [
      'a.py',
      `class K:
    @wrap
    async def f(
        self, a,
    ):
        if a and b or c:
            x = 1 if a else 2
        for y in [z for z in a]:
            pass

        def inner():
            while True:
                pass
        return 1

def g(): return 1
`,
      { f: 7, inner: 2, g: 1 },
    ],
    [
      'a.go',
      'func (s *Server) Run(a int) (x int, err error) { if err != nil { return }; for i := range a { switch i { case 1: case 2: } } }\nfunc main() {}',
      { Run: 5, main: 1 },
    ],
    [
      'A.java',
      `class A<T> { @Override public Map<String, List<T>> get(int a) throws X, Y { return a > 0 ? b : c; }
       void run() { try { if (x) { new Thread() { public void run2() { while (y) {} } }; } } catch (E e) {} } abstract void no(int a); }`,
      { get: 2, run: 3, run2: 2 },
    ],
    [
      'a.rs',
      "fn f<'a>(x: &'a str) -> Result<(), E> { let y = g()?; match x { 1 => a, _ => b } if a && b {} Ok(()) }",
      { f: 5 },
    ],
    [
      'A.cs',
      'class A { public async Task<int?> M(string? s) { foreach (var x in s) { if (x is null) { } } return s ?? ""; } }',
      { M: 4 },
    ],
    [
      'a.rb',
      `class A
  def f(x)
    return 1 unless x
    x.each { |y| y && z }
  end

  def self.g = 1
end
`,
      { f: 3, g: 1 },
    ],
    [
      'a.php',
      '<?php function f($a) { if ($a) { foreach ($a as $b) {} } elseif ($c or $d) {} } class A { public function g(): int { return 1; } }',
      { f: 5, g: 1 },
    ],
  ];
  for (const [file, text, expected] of cases) {
    it(`are counted in ${file}`, () => assert.deepEqual(complexity(file, text), expected));
  }
});

describe('duplication', () => {
  const body = (name: string, extra = '') =>
    `export function ${name}(items, tax) {
  let total = 0;
  const seen = new Set();
  for (const item of items) {
    if (seen.has(item.id)) continue;
    seen.add(item.id);
    const price = item.price * item.count;
    total += price + price * tax.rate;
    if (item.discount) total -= item.discount.amount;
    else if (item.coupon) total -= item.coupon.value;
  }
  ${extra}
  return Math.round(total * 100) / 100;
}
`;
  const find = (files: Readonly<Record<string, string>>) => {
    const duplicates = createDuplicates();
    for (const [file, text] of Object.entries(files)) duplicates.add(file, tokens(file, text));
    return duplicates.find();
  };

  it('is found under other names of functions, comments and layout', () => {
    const other = body('two').replaceAll('\n', '\n\n').replace('let total', '// said\nlet total');
    const [clone, ...more] = find({ 'a.js': body('one'), 'b.js': `const x = 1;\n${other}` });
    assert.deepEqual(more, []);
    assert.deepEqual([clone?.a.file, clone?.a.from, clone?.a.to], ['a.js', 1, 14]);
    assert.equal(clone?.b.file, 'b.js');
  });

  it('is found within one file', () => {
    assert.equal(find({ 'a.js': `${body('one')}\n${body('two')}` }).length, 1);
  });

  it('is not what differs, is short, imports, or a table of values', () => {
    const imports = Array.from({ length: 40 }, (_, i) => `import { a${i} } from './a${i}';\n`);
    const table = `const t = [\n${'  { id: 1, name: "x", price: 3.5 },\n'.repeat(60)}];\n`;
    const short = 'export function f(a, b) {\n  if (a) return b;\n  return a + b;\n}\n';
    for (const text of [imports.join(''), table, short]) {
      assert.deepEqual(find({ 'a.js': text, 'b.js': text }), []);
    }
    const different = body('two').replaceAll('item', 'line').replaceAll('total', 'sum');
    assert.deepEqual(find({ 'a.js': body('one'), 'b.js': different }), []);
  });
});

describe('what files offer', () => {
  const missing = (file: string, text: string) =>
    documentationOf(file, text)?.missing.map(({ name }) => name);
  it('is explained above or, in Python, below', () => {
    assert.deepEqual(
      missing(
        'a.ts',
        '/** Says. */\nexport function a() {}\nexport const b = 1;\nconst c = 2;\n/** Says. */\n@deco()\nexport class D {}\n// a note\nexport default async function e() {}\nexport type F = 1;',
      ),
      ['e'],
    );
    assert.deepEqual(
      missing(
        'a.py',
        'def a(\n    x,\n) -> int:\n    """Says."""\n\ndef b():\n    pass\n\ndef _c():\n    pass\n\n@deco\nclass D:\n    \'Says.\'\n',
      ),
      ['b'],
    );
    assert.deepEqual(
      missing(
        'a.go',
        '// A says.\nfunc A() {}\n\nfunc (s *S) B() {}\n\nfunc c() {}\ntype D struct {}\n',
      ),
      ['B', 'D'],
    );
    assert.deepEqual(
      missing('a.rs', '/// Says.\n#[derive(Debug)]\npub struct A;\n\npub fn b() {}\nfn c() {}\n'),
      ['b'],
    );
    assert.deepEqual(
      missing(
        'A.java',
        '/** Says. */\n@Anno\npublic class A {\n  public int b() {\n  }\n  private int c() {}\n  public static void main(String[] a) {}\n',
      ),
      ['b'],
    );
    assert.equal(missing('a.txt', 'x'), undefined);
  });
});

describe('own sources', () => {
  it('are no tests, no dependencies and nothing made by a tool', () => {
    const paths = [
      'src/a.ts',
      'src/a.test.ts',
      'tests/a.py',
      'pkg/test_a.py',
      'pkg/a_test.go',
      'vendor/x.go',
      'src/a.min.js',
      'src/a.d.ts',
      'api/x_pb2.py',
      '.github/x.js',
      'src/contest.py',
    ];
    assert.deepEqual(paths.filter(isOwnSource), ['src/a.ts', 'src/contest.py']);
    assert.ok(isMade('// Code generated by protoc. DO NOT EDIT.\npackage x'));
    assert.ok(isMade('x'.repeat(3_000)));
    assert.ok(!isMade('const a = 1;\n'.repeat(30)));
  });
});

describe('paths of reports', () => {
  const files = ['src/a.ts', 'packages/p/src/a.ts', 'packages/p/src/deep/b.ts', 'index.js'];
  const paths = createWorkspacePaths('/home/me/shop', files);
  const cases: readonly (readonly [string, string | undefined, string?])[] = [
    ['src/a.ts', 'src/a.ts'],
    ['./src/../src/a.ts', 'src/a.ts'],
    ['src/a.ts', 'packages/p/src/a.ts', 'packages/p/coverage/lcov.info'],
    ['/home/me/shop/src/a.ts', 'src/a.ts'],
    ['/home/me/shop/../other/src/a.ts', undefined],
    ['file:///home/me/shop/src/a.ts', 'src/a.ts'],
    ['C:\\work\\shop\\packages\\p\\src\\deep\\b.ts', 'packages/p/src/deep/b.ts'],
    ['/app/src/a.ts', 'src/a.ts'],
    ['/app/index.js', undefined],
    ['../../../etc/passwd', undefined],
    ['/etc/passwd', undefined],
    ['/home/me/shop/node_modules/x/src/a.ts', undefined],
    ['https://example.com/src/a.ts', undefined],
    ['src/a.ts\0', undefined],
    ['', undefined],
    ['file:///%zz', undefined],
  ];
  for (const [path, expected, report = 'coverage/lcov.info'] of cases) {
    it(`${JSON.stringify(path)} is ${expected}`, () =>
      assert.equal(paths.find(path, report), expected));
  }
});

/** Any code will do; this project's own is at hand. */
describe('the analysis of real code', () => {
  it('finds every function once, and none of a thousand ways', () => {
    const root = resolve(import.meta.dirname, '../../../../src');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .map((name) => join(root, name))
      .filter((path) => path.endsWith('.ts') && statSync(path).isFile());
    let functions = 0;
    for (const path of files) {
      const text = readFileSync(path, 'utf8');
      const language = languageOf(path);
      assert.ok(language);
      const found = complexityOf(tokensOf(text, language), language);
      const code = text.replace(/`[^`]*`/g, ''); // a template may hold a program
      const declared = code.match(/^(?:export )?(?:async )?function /gm)?.length ?? 0;
      assert.ok(found.length >= declared, `${path}: ${found.length} of ${declared}`);
      assert.ok(
        found.every(({ complexity }) => complexity < 80),
        path,
      );
      functions += found.length;
    }
    assert.ok(functions > 1_000);
  });
});
