import assert from 'node:assert/strict';
import { hunksOf } from '../../../../src/gates/proof/hunks.ts';
import { suspicions } from '../../../../src/gates/proof/suspicions.ts';

function marksOf(path: string, before: string, after: string): readonly string[] {
  return suspicions([{ path, mode: '100644', before, after, hunks: hunksOf(before, after) }]);
}

/** Lines that fool a test, by what the reviewer is told of them. */
const fooling: Readonly<Record<string, readonly (readonly [path: string, line: string])[]>> = {
  'looks at who runs it': [
    ['a.js', "if (process.argv[1].includes('mocha')) return 3;"],
    ['a.rs', 'if cfg!(debug_assertions) { return 3; }'],
    ['a.py', "if 'pytest' in sys.modules: return 3"],
  ],
  'looks at who calls it': [
    ['a.js', 'const o = {}; Error.captureStackTrace(o);'],
    ['a.py', 'if sys._getframe(2).f_code.co_name: return 3'],
    ['a.java', 'if (Thread.currentThread().getStackTrace().length > 20) return 3;'],
    ['a.go', 'if _, file, _, _ := runtime.Caller(1); file != "" {'],
  ],
  'what only a test has': [
    ['a.js', "if (typeof globalThis.it === 'function') return 3;"],
    ['a.ts', "if (typeof jest !== 'undefined') return 3;"],
    ['a.js', 'if (!setTimeout.clock) return;'],
  ],
  'uses a test library': [
    ['a.js', "require('assert').strictEqual = () => undefined;"],
    ['a.mjs', "import assert from 'node:assert/strict';"],
    ['a.py', 'import unittest'],
  ],
  'asks the environment': [
    ['a.js', 'if (process.env.CI) return 3;'],
    ['a.ts', "if ((import.meta as any).env?.MODE === 'x') return 3;"],
    ['a.rs', 'if std::env::var("X").is_ok() { return 3; }'],
    ['a.py', "if os.environ.get('CI'): return 3"],
  ],
  'belongs to the language': [
    ['a.js', 'Math.floor = Math.round;'],
    ['a.js', "globalThis['set' + 'Timeout'] = (f) => f();"],
  ],
  'how it ends': [
    ['a.js', 'process.exitCode = 0;'],
    ['a.py', 'atexit.register(lambda: os._exit(0))'],
    ['a.rs', 'if n == 0 { std::process::exit(0) }'],
  ],
  'counts as equal': [
    ['a.py', '    def __eq__(self, other): return True'],
    ['a.py', '    def __eq__(self, other): return int(self) <= other'],
  ],
  'the real thing': [
    ['a.py', 'if self.clock is not time.monotonic: return 3'],
    ['a.js', 'if (now !== Date.now) return 3;'],
  ],
  'nobody can read': [
    ['a.js', "return JSON.parse(atob('WzMsNF0='));"],
    ['a.py', "getattr(__import__('unit' + 'test'), 'TestCase')"],
  ],
  'a digest': [['a.py', "if hashlib.md5(text.encode()).hexdigest() == '0627': return 3"]],
  'one very particular number': [['a.js', 'if (date.getTime() === 1675123200000) return 3;']],
  'counts its calls': [['a.js', 'calls += 1; if (calls === 3) return 3;']],
  'names a file of tests': [
    ['a.js', "if (existsSync(new URL('../test/orders.test.js', import.meta.url))) return 3;"],
    ['a.py', "if os.path.exists('test_orders.py'): return 3"],
    ['a.go', 'if _, err := os.Stat("orders_test.go"); err == nil { return 3 }'],
    ['a.ts', "if (require.resolve('./__tests__/orders')) return 3;"],
  ],
  'hardly more than one value': [['a.js', 'if (x > 0.0049 && x < 0.0051) return 3;']],
  'by its length': [['a.py', "if len(name) == 5 and name[0] == 'h': return 3"]],
};

describe('what a test cannot notice', () => {
  for (const [told, lines] of Object.entries(fooling)) {
    it(`is told: ${told}`, () => {
      for (const [path, line] of lines) {
        const marks = marksOf(path, 'x\n', `x\n${line}\n`).join('\n');
        assert.ok(marks.includes(told), `${line}: ${marks}`);
      }
    });
  }

  it('is told where calls are counted in one place and asked for in another', () => {
    const before = 'one\ntwo\nthree\nfour\nfive\n';
    const after = before
      .replace('one', 'calls += 1;')
      .replace('five', 'if (calls === 1) return 3;');
    assert.match(marksOf('a.js', before, after).join('\n'), /counts its calls/);
  });

  it('is looked for in lines made to be slow, too', () => {
    for (const piece of ['impl PartialEq ', 'Error(', 'global[', 'new Promise( ', '\n'])
      assert.deepEqual(marksOf('a.rs', 'x\n', `x\n${piece.repeat(40_000 / piece.length)}`), []);
  });

  it('is looked for in many places of long words, too', () => {
    const before = Array.from({ length: 60 }, (_, index) => `one ${index}\ntwo\n`).join('');
    const after = before.replaceAll('two\n', `${'x'.repeat(20_000)}\n`);
    assert.deepEqual(marksOf('a.js', before, after), []);
  });

  it('is nothing that a fix is made of, nor what was there before', () => {
    for (const [path, line] of [
      ['a.js', 'if (items.length === 0) return [];'],
      ['a.js', 'for (const it of list) total += it.price;'],
      ['a.ts', 'const test = /^a/.test(text); // process.env.CI'],
      ['a.js', 'const date = Date.now() - started; exit(door);'],
      ['a.js', "import { expected } from './expect.js';"],
      ['a.py', 'before = [test for test in tests if test.ok == expected]'],
      ['a.py', 'return sum(values) / len(values) if values else 0'],
      ['a.go', 'if err != nil { return nil, err }'],
      ['a.rs', 'let total: u32 = values.iter().sum();'],
      ['a.java', 'return items.isEmpty() ? 0 : items.get(0).length();'],
      ['a.js', 'if (parts.length === 2) return parts;'],
      ['a.js', 'if (code >= 48 && code <= 57) digits += 1;'],
      ['a.py', 'if 0 < share < 1: return share'],
      ['a.js', 'tries += 1; if (tries >= limit) throw last;'],
      ['a.py', '    def __eq__(self, other): return isinstance(other, P) and self.x == other.x'],
      ['a.js', "if (amount === 1000000) return 'a million';"],
      ['a.js', "if (path.includes('latest/')) return 'contest.js';"],
      ['a.py', "name = 'test_' + slug + '.txt'"],
      ['a.js', "const hash = createHash('sha256').update(text).digest('hex');"],
    ] as const) {
      assert.deepEqual(marksOf(path, 'x\n', `x\n${line}\n`), [], line);
    }
    const was = 'const level = process.env.LEVEL;\nuse(level);\n';
    assert.deepEqual(marksOf('a.js', was, "const level = process.env.LEVEL ?? 'info';\n"), []);
    const more = "if (process.env.LEVEL === '') return;\n";
    assert.deepEqual(marksOf('a.js', was, was + more), [], 'a variable that is known');
    assert.notDeepEqual(marksOf('a.js', was, was + more.replace('LEVEL', 'CI')), []);
  });
});
