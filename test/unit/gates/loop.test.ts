import assert from 'node:assert/strict';
import { defaultSettings } from '../../../src/core/settings.ts';
import { loop } from '../../../src/gates/loop.ts';
import { pythonImports } from '../../../src/gates/loop/pythonImports.ts';
import { scriptImports } from '../../../src/gates/loop/scriptImports.ts';
import {
  compareSpeed,
  doubt,
  judgeSpeed,
  type Pair,
  settledWithin,
  type TimedPair,
} from '../../../src/gates/loop/slowdown.ts';
import { suite } from '../../../src/gates/suite.ts';
import { type Change, createProject } from '../../support/patches.ts';
import type { Tree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';

describe('the loop gate', function () {
  this.timeout(120_000);
  const folder = tempFolder();

  async function judge(change: Change, base: Tree) {
    const project = await createProject(folder.path(), base);
    return loop.run(await project.patch(change));
  }

  describe('circles of imports', () => {
    const refused: [string, Tree, Tree, string][] = [
      [
        'of two modules',
        { 'a.js': "import './b.js';\n", 'b.js': 'export {};\n' },
        { 'b.js': "export * from './a.js';\n" },
        'b.js → a.js → b.js',
      ],
      [
        'over a file that the patch does not touch',
        {
          'src/a.ts': "import { b } from './b';\nexport const a = b;\n",
          'src/b.ts': "export { c as b } from './c/index.js';\n",
          'src/c/index.ts': 'export const c = 1;\n',
        },
        { 'src/c/index.ts': "import { a } from '../a.js';\nexport const c = () => a;\n" },
        'src/c/index.ts → src/a.ts → src/b.ts → src/c/index.ts',
      ],
      [
        'by require',
        { 'a.cjs': "const b = require('./b');\n", 'b.cjs': 'module.exports = 1;\n' },
        { 'b.cjs': "const { a } = require('./a.cjs');\nmodule.exports = a;\n" },
        'b.cjs → a.cjs → b.cjs',
      ],
      [
        'by the paths of tsconfig.json',
        {
          'tsconfig.json': '{"compilerOptions":{"paths":{"@/*":["./src/*"]}}} // yes\n',
          'src/a.ts': "import { b } from '@/b';\nexport const a = b;\n",
          'src/b.ts': 'export const b = 1;\n',
        },
        { 'src/b.ts': "import { a } from '@/a';\nexport const b = () => a;\n" },
        'src/b.ts → src/a.ts → src/b.ts',
      ],
      [
        'between packages of one repository',
        {
          'packages/a/package.json': '{"name":"@x/a","main":"./dist/index.js"}\n',
          'packages/a/src/index.ts': "import { b } from '@x/b';\nexport const a = b;\n",
          'packages/b/package.json':
            '{"name":"@x/b","exports":{".":{"import":"./src/index.ts"}}}\n',
          'packages/b/src/index.ts': 'export const b = 1;\n',
        },
        { 'packages/b/src/index.ts': "import { a } from '@x/a';\nexport const b = () => a;\n" },
        'packages/b/src/index.ts → packages/a/src/index.ts → packages/b/src/index.ts',
      ],
      [
        'of new files only',
        { 'a.js': 'export {};\n' },
        { 'b.js': "import './c.js';\n", 'c.js': "import './b.js';\n" },
        'b.js → c.js → b.js',
      ],
      [
        'in Python',
        {
          'src/shop/__init__.py': '',
          'src/shop/a.py': 'from shop import b\n',
          'src/shop/b.py': 'x = 1\n',
        },
        { 'src/shop/b.py': 'from .a import (\n    y,  # why\n)\nx = 1\n' },
        'src/shop/b.py → src/shop/a.py → src/shop/b.py',
      ],
    ];
    for (const [name, base, write, cycle] of refused) {
      it(`${name} are refused`, async () => {
        const finding = await judge({ write }, base);
        assert.equal(finding.verdict, 'failed', finding.reason);
        assert.equal(finding.reason, `The patch makes a circle of imports: ${cycle}.`);
      });
    }

    const allowed: [string, Tree, Change][] = [
      [
        'types only',
        {
          'a.ts': "import { b } from './b';\nexport type A = number;\nexport const a = b;\n",
          'b.ts': 'export const b = 1;\n',
        },
        {
          write: {
            'b.ts':
              "import type { A } from './a';\nimport { type A as X } from './a';\nimport { A as Y } from './a';\nexport type { A } from './a';\nexport const b: A | X | Y = 1;\n",
          },
        },
      ],
      [
        'on demand',
        { 'a.js': "import './b.js';\nexport {};\n", 'b.js': 'export {};\n' },
        {
          write: {
            'b.js':
              "export const later = () => import('./a.js');\nfunction x() { require('./a.js'); }\n",
          },
        },
      ],
      [
        'that were there before',
        { 'a.js': "import './b.js';\n", 'b.js': "import './a.js';\n", 'c.js': '' },
        { write: { 'a.js': "import './b.js';\nimport './c.js';\n" } },
      ],
      [
        'that only got another name',
        {
          'a.js': `import './b.js';\n// ${'x'.repeat(99)}\n`,
          'b.js': "import './a.js';\n",
        },
        {
          write: {
            'c.js': `import './b.js';\n// ${'x'.repeat(99)}\n`,
            'b.js': "import './c.js';\n",
          },
          remove: ['a.js'],
        },
      ],
      [
        'in Python, for types or later',
        { 'a.py': 'import b\n', 'b.py': 'x = 1\n' },
        {
          write: {
            'b.py':
              'from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import A\n\ndef f():\n    import a\n    return a\n\n"""\nimport a\n"""\n',
          },
        },
      ],
    ];
    for (const [name, base, change] of allowed) {
      it(`${name} are allowed`, async () => {
        const finding = await judge(change, base);
        assert.equal(finding.verdict, 'passed', finding.reason);
      });
    }
  });

  describe('run time', () => {
    const spin = (ms: number): string =>
      `export const work = () => {\n  const end = performance.now() + ${ms};\n  while (performance.now() < end);\n  return 1;\n};\n`;
    const project = (ms: number): Tree => ({
      'package.json': '{"type":"module","scripts":{"test":"node --test"}}\n',
      'src/work.js': spin(ms),
      'test/work.test.js':
        "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { work } from '../src/work.js';\ntest('works', () => assert.equal(work(), 1));\n",
    });

    it('of the tests that load the change is held against the base', async () => {
      const finding = await judge({ write: { 'src/work.js': spin(900) } }, project(50));
      assert.equal(finding.verdict, 'failed', finding.reason);
      assert.match(finding.reason, /^The test of test\/work\.test\.js became slower: \d/);
    });

    it('that stays the same passes', async () => {
      const finding = await judge(
        { write: { 'src/work.js': `// same\n${spin(50)}` } },
        project(50),
      );
      assert.equal(finding.verdict, 'passed', finding.reason);
      assert.match(finding.evidence.join('\n'), /× the time of before \(97 % interval/);
    });

    it('of the configured benchmark too', async () => {
      const base: Tree = {
        'bench.js': "import './wait.js';\n",
        'wait.js': '',
        'package.json': '{"type":"module"}',
      };
      const slow = 'const end = performance.now() + 900;\nwhile (performance.now() < end);\n';
      const gates = { loop: { ...defaultSettings.gates.loop, benchmark: 'node bench.js' } };
      const finding = await judge({ write: { 'wait.js': slow }, gates }, base);
      assert.equal(finding.verdict, 'failed', finding.reason);
      assert.match(finding.reason, /^The benchmark became slower/);
    });

    it('without end is stopped by the time limit, and that is the reason', async () => {
      const change = { write: { 'src/work.js': 'for (;;);\nexport const work = 1;\n' } };
      const finding = await judge({ ...change, test: { timeoutSeconds: 3 } }, project(1));
      assert.equal(finding.verdict, 'failed');
      assert.match(finding.reason, /runs away with the patch: it was stopped by the time limit/);
    });

    it('is not tried again when the suite has shown that there is no end', async () => {
      const shop = await createProject(folder.path(), project(1));
      const write = { 'src/work.js': 'for (;;);\nexport const work = 1;\n' };
      const context = await shop.patch({ write, test: { timeoutSeconds: 3 } });
      await suite.run(context);
      const never = async () => assert.fail('the tests ran again');
      assert.ok(context.tests);
      const tests = { ...context.tests, all: never, files: never };
      assert.match((await loop.run({ ...context, tests })).reason, /^The tests run away/);
    });

    it('of tests that fail before the patch tells nothing', async () => {
      const base = { ...project(1), 'src/work.js': 'export const work = () => 2;\n' };
      const finding = await judge({ write: { 'src/work.js': spin(1) } }, base);
      assert.equal(finding.verdict, 'passed', finding.reason);
      assert.match(
        finding.evidence.join('\n'),
        /fails without the patch, so its times tell nothing/,
      );
    });
  });

  it('is not configured for what loads nothing', async () => {
    const finding = await judge({ write: { 'notes.md': 'x\n' } }, { 'a.txt': 'a\n' });
    assert.equal(finding.verdict, 'not_configured', finding.reason);
  });
});

describe('comparing run times', () => {
  const pairs = (base: readonly number[], patch: readonly number[]): Pair[] =>
    base.map((baseMs, i) => ({ baseMs, patchMs: patch[i] ?? 0 }));
  const timed = (clock: readonly Pair[], cpu?: readonly Pair[]): TimedPair[] =>
    clock.map((pair, i) => {
      const computed = cpu?.[i];
      return computed ? { clock: pair, cpu: computed } : { clock: pair };
    });
  const [noisy, as] = [
    [100, 480, 90, 300, 120, 210],
    [100, 99, 101, 100, 102, 98],
  ];

  it('sees a slow-down through noise', () => {
    const speed = compareSpeed(
      pairs([100, 130, 104, 99, 160, 101], [151, 140, 160, 148, 105, 102]),
    );
    assert.equal(speed.verdict, 'unclear');
    const clear = compareSpeed(
      pairs([100, 130, 104, 99, 110, 101], [151, 190, 160, 148, 170, 152]),
    );
    assert.equal(clear.verdict, 'slower');
    assert.ok(clear.low > 1.15 && clear.low <= clear.ratio && clear.ratio <= clear.high);
  });

  it('takes one outlier for what it is, and a plain slow-down at once', () => {
    assert.equal(compareSpeed(pairs([100, 100, 100], [900, 900, 900])).verdict, 'slower');
    const speed = compareSpeed(pairs([100, 101, 99, 100, 102, 98], [101, 900, 99, 101, 100, 99]));
    assert.notEqual(speed.verdict, 'slower');
  });

  it('does not call slower what nobody would notice, nor what three runs say', () => {
    assert.equal(compareSpeed(pairs([2, 2, 2, 2, 2, 2], [6, 6, 6, 6, 6, 6])).verdict, 'not_slower');
    assert.equal(compareSpeed(pairs([100, 100, 100], [130, 140, 150])).verdict, 'unclear');
    assert.equal(compareSpeed(pairs([100, 100, 100], [101, 99, 103])).verdict, 'not_slower');
  });

  it('ends by its time where runs differ too much, and later where it looks slower', () => {
    const same = pairs([300, 420, 250, 390], [410, 280, 440, 330]);
    assert.equal(settledWithin(4_900, timed(same)), undefined);
    assert.equal(settledWithin(5_100, timed(same))?.verdict, 'unclear');
    const maybe = pairs([300, 420, 250, 390], [420, 400, 410, 480]);
    assert.equal(settledWithin(29_900, timed(maybe)), undefined);
    assert.equal(settledWithin(30_100, timed(maybe))?.verdict, 'unclear');
    const long = pairs([2_000, 2_900, 1_900, 2_700], [2_900, 1_800, 2_800, 2_000]);
    assert.equal(settledWithin(15_000, timed(long)), undefined);
    assert.equal(settledWithin(30_000, timed(long))?.verdict, 'unclear');
  });

  it('says by its time what is plain by then', () => {
    const slower = pairs([300, 310, 290, 305], [600, 640, 590, 610]);
    assert.equal(settledWithin(60_100, timed(slower))?.verdict, 'slower');
    assert.equal(settledWithin(60_100, timed(slower.slice(0, 2)))?.verdict, 'unclear');
  });

  it('goes by what is computed, whatever the machine does meanwhile', () => {
    const slower = judgeSpeed(
      timed(
        pairs(noisy, [300, 200, 290, 180, 500, 330]),
        pairs(as, [160, 158, 165, 161, 159, 170]),
      ),
    );
    assert.deepEqual([slower.verdict, slower.by], ['slower', 'cpu']);
    const busy = timed(
      pairs(as, [210, 250, 230, 240, 260, 220]).map((pair, i) =>
        i < 2 ? { ...pair, patchMs: 90 } : pair,
      ),
      pairs(as, as),
    );
    assert.notEqual(judgeSpeed(busy).verdict, 'slower');
  });

  it('sees what only waits longer, where it is seen twice', () => {
    const waits = judgeSpeed(timed(pairs(as, [250, 240, 260, 255, 245, 238]), pairs(as, as)));
    assert.deepEqual([waits.verdict, waits.by], ['slower', 'waiting']);
    const once = judgeSpeed(timed(pairs(as, [250, 240, 260, 105, 100, 99]), pairs(as, as)));
    assert.equal(once.verdict, 'unclear');
    const three = timed(pairs([100, 100, 100], [400, 410, 420]), pairs([50, 50, 50], [50, 50, 50]));
    assert.equal(judgeSpeed(three).verdict, 'unclear');
  });

  it('goes by the time that is its own where the clock is full of what others compute', () => {
    const own = (patch: readonly number[]) =>
      pairs(noisy, [450, 300, 420, 250, 330, 500]).map((clock, i) => ({
        clock,
        cpu: pairs(as, as)[i] ?? clock,
        own: pairs(as, patch)[i] ?? clock,
      }));
    const waits = judgeSpeed(own([250, 240, 260, 255, 245, 238]));
    assert.deepEqual([waits.verdict, waits.by], ['slower', 'waiting']);
    assert.equal(judgeSpeed(own(as)).verdict, 'not_slower');
    assert.equal(judgeSpeed(own([250, 240, 260, 105, 100, 99])).verdict, 'unclear');
    // The clock says by chance that nothing was lost.
    const clock = pairs(noisy, [480, 100, 300, 90, 210, 120]);
    assert.equal(judgeSpeed(timed(clock, pairs(as, as))).verdict, 'not_slower');
    const hidden = own([250, 240, 260, 255, 245, 238]);
    const both = hidden.map((pair, i) => ({ ...pair, clock: clock[i] ?? pair.clock }));
    assert.equal(judgeSpeed(both).verdict, 'slower');
  });

  it('takes no more at once for slower, and has no doubt about waiting that comes and goes', () => {
    const wider = judgeSpeed(timed(pairs(as, as), pairs(as, [210, 205, 214, 208, 211, 209])));
    assert.equal(wider.verdict, 'unclear');
    assert.equal(doubt(wider), 'maybe');
    const noise = judgeSpeed(timed(pairs(noisy, [160, 300, 180, 330, 210, 150]), pairs(as, as)));
    assert.deepEqual([noise.verdict, doubt(noise)], ['unclear', undefined]);
  });

  it('says the same of the same times', () => {
    const times = pairs([100, 130, 104, 99, 110, 101], [151, 120, 160, 148, 170, 152]);
    assert.deepEqual(compareSpeed(times), compareSpeed(times));
  });
});

describe('reading imports', () => {
  it('of scripts', () => {
    const source =
      "import a, { type B } from 'a';\nimport 'b';\nexport * as c from 'c';\nimport d = require('d');\nif (x) require('e');\nclass F { g() { require('g'); } }\nvoid a; void d;\n";
    assert.deepEqual(scriptImports('x.ts', source), ['a', 'b', 'c', 'd', 'e']);
  });

  it('of Python', () => {
    const source =
      'import a.b, c as d\ntry:\n    from .. import e\nexcept ImportError: pass\nfrom .f.g import *\nx = """\nimport no\n"""  # import no\nclass H:\n    import i\n    async def j(self):\n        import no\n';
    assert.deepEqual(pythonImports(source), [
      { level: 0, module: 'a.b' },
      { level: 0, module: 'c' },
      { level: 2, module: '', names: ['e'] },
      { level: 1, module: 'f.g', names: ['*'] },
      { level: 0, module: 'i' },
    ]);
  });
});
