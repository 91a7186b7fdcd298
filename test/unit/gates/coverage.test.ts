import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { defaultSettings } from '../../../src/core/settings.ts';
import { coverage } from '../../../src/gates/coverage.ts';
import { suite } from '../../../src/gates/suite.ts';
import { readGoProfile, readLcov } from '../../../src/gates/tests/coverage/reports.ts';
import { scriptLines } from '../../../src/gates/tests/coverage/scriptLines.ts';
import { type Change, createProject } from '../../support/patches.ts';
import type { Tree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const shop: Tree = {
  'package.json': '{"type":"module","scripts":{"test":"node --test"}}\n',
  'src/price.js': [
    'export function price(item) {',
    '  if (item.free) {',
    '    return 0;',
    '  }',
    '  return item.cents;',
    '}',
    '',
  ].join('\n'),
  'test/price.test.js': nodeTest(
    '../src/price.js',
    'price',
    'assert.equal(price({ cents: 3 }), 3)',
    'assert.equal(price({ free: true }), 0)',
  ),
};

function nodeTest(from: string, name: string, ...lines: string[]): string {
  return [
    "import assert from 'node:assert/strict';",
    "import { test } from 'node:test';",
    `import { ${name} } from '${from}';`,
    ...lines.map((line, i) => `test('${name} ${i}', () => ${line});`),
    '',
  ].join('\n');
}

/** The price with a discount; `tested` by one more test or not. */
function discount(tested: boolean): Change {
  return {
    write: {
      'src/price.js': [
        '// What an item costs.',
        'export function price(item) {',
        '  if (item.free) {',
        '    return 0;',
        '  }',
        '  if (item.discount) {',
        '    // in percent',
        '    const share = 1 - item.discount / 100;',
        '    const cents = Math.round(item.cents * share);',
        '    return Math.max(1, cents);',
        '  }',
        '  return item.cents;',
        '}',
        '',
      ].join('\n'),
      ...(tested
        ? {
            'test/discount.test.js': nodeTest(
              '../src/price.js',
              'price',
              'assert.equal(price({ cents: 10, discount: 50 }), 5)',
            ),
          }
        : {}),
    },
  };
}

describe('the coverage gate', function () {
  this.timeout(60_000);
  const folder = tempFolder();

  async function judge(change: Change, base: Tree = shop) {
    const project = await createProject(folder.path(), base);
    return coverage.run(await project.patch(change));
  }

  it('passes changed lines that a test runs', async () => {
    const finding = await judge(discount(true));
    assert.equal(finding.verdict, 'passed', finding.reason);
    assert.match(finding.reason, /^4 of 4 changed lines covered/);
    assert.match(finding.evidence.join('\n'), /Total: 100\.0 % before, 100\.0 % with the patch/);
  });

  it('refuses changed lines that no test runs, and names them', async () => {
    const finding = await judge(discount(false));
    assert.equal(finding.verdict, 'failed');
    assert.match(finding.reason, /^Only 1 of 4 changed lines covered/);
    assert.ok(
      finding.evidence.includes('not covered: src/price.js:8-10'),
      finding.evidence.join('\n'),
    );
  });

  it('takes the bound from the settings', async () => {
    const gates = { coverage: { ...defaultSettings.gates.coverage, minimum: 0.25 } };
    const finding = await judge({ ...discount(false), gates });
    assert.match(finding.reason, /The total coverage is lower: 100\.0 % before, 62\.5 % with/);
  });

  it('refuses a file that no test loads, and a function that none calls', async () => {
    const finding = await judge({
      write: {
        'src/new.js': 'export const twice = (x) => x + x;\nexport const one = 1;\n',
        'src/price.js': `${shop['src/price.js']}export const half = (x) => x / 2;\n`,
      },
    });
    assert.deepEqual(finding.evidence.slice(1), [
      'not covered: src/new.js:1-2',
      'not covered: src/price.js:7',
    ]);
  });

  it('refuses a patch that takes tests away', async () => {
    const project = await createProject(folder.path(), shop);
    const fewer = nodeTest('../src/price.js', 'price', 'assert.equal(price({ cents: 3 }), 3)');
    const context = await project.patch({ write: { 'test/price.test.js': fewer } });
    await suite.run(context);
    const finding = await coverage.run(context);
    assert.match(finding.reason, /^The total coverage is lower: 100\.0 % before/);
    assert.ok(finding.evidence.includes('src/price.js: 1 line more that no test runs'));
  });

  it('does not count comments, types, tests and settings', async () => {
    const finding = await judge({
      write: {
        'src/price.js': `// a comment\n/* and\n   more */\n${shop['src/price.js']}`,
        'src/types.ts': 'export interface Item {\n  cents: number;\n}\nexport type Id = string;\n',
        'vite.config.js': 'export default { a: 1 };\n',
        'test/helper.js': 'export const unused = () => 1;\n',
      },
    });
    assert.equal(finding.verdict, 'passed', finding.reason);
    assert.equal(finding.reason, 'The patch changes no line that could run.');
  });

  it('measures by the way of the suite gate, without a run of its own', async () => {
    const project = await createProject(folder.path(), shop);
    const context = await project.patch(discount(true));
    await suite.run(context);
    const { tests } = context;
    assert.ok(tests);
    const never = async () => assert.fail('the suite ran again');
    const finding = await coverage.run({ ...context, tests: { ...tests, all: never } });
    assert.equal(finding.verdict, 'passed', finding.reason);
  });

  it('follows TypeScript that Node runs as it is', async () => {
    const typed: Tree = {
      'package.json': '{"type":"module","scripts":{"test":"node --test"}}\n',
      'src/a.ts': 'export const a: number = 1;\n',
      'test/a.test.ts': nodeTest('../src/a.ts', 'a', 'assert.equal(a, 1)'),
    };
    const change = [
      'interface Shape { size: number }',
      'export const a: number = 1;',
      'export function area({ size }: Shape): number {',
      '  return size * size;',
      '}',
      '',
    ].join('\n');
    const finding = await judge({ write: { 'src/a.ts': change } }, typed);
    assert.ok(
      finding.evidence.includes('not covered: src/a.ts:3-4'),
      finding.reason + finding.evidence.join('\n'),
    );
  });

  it('reads what the command of the settings writes', async () => {
    const script = [
      "import { mkdirSync, writeFileSync } from 'node:fs';",
      "mkdirSync('coverage', { recursive: true });",
      "writeFileSync('coverage/lcov.info', 'SF:src/price.js\\nDA:1,1\\nDA:2,0\\nend_of_record\\n');",
      '',
    ].join('\n');
    const command = 'node write.js';
    const gates = { coverage: { enabled: true, minimum: 0.8, command } };
    const finding = await judge(
      { write: { 'src/price.js': 'first();\nsecond();\n' }, gates },
      { ...shop, 'write.js': script, '.gitignore': 'coverage\n' },
    );
    assert.match(finding.reason, /^Only 1 of 2 changed lines covered/);
  });

  it('says when that command writes nothing', async () => {
    const finding = await judge({
      write: { 'src/price.js': 'x();\n' },
      gates: { coverage: { enabled: true, minimum: 0.8, command: 'true' } },
    });
    assert.equal(finding.verdict, 'not_configured');
    assert.match(finding.reason, /command wrote none of coverage\/lcov\.info/);
  });

  it('is not configured where nobody can tell', async () => {
    const finding = await judge(
      { write: { 'a.py': 'x = 2\n' }, test: { command: 'true' } },
      { 'a.py': 'x = 1\n' },
    );
    assert.equal(finding.verdict, 'not_configured');
    assert.match(finding.reason, /patchwright\.gates\.coverage\.command/);
  });

  it('measures Python with coverage.py', async function () {
    const { status } = spawnSync('python3', ['-c', 'import coverage']);
    if (status !== 0) this.skip(); // coverage.py is not installed here
    const finding = await judge(
      { write: { 'a.py': 'def one():\n    return 1\n\n\ndef two():\n    return 2\n' } },
      {
        'a.py': 'def one():\n    return 1\n',
        'test_a.py':
          'import unittest\nfrom a import one\n\n\nclass A(unittest.TestCase):\n    def test_one(self):\n        self.assertEqual(one(), 1)\n',
      },
    );
    assert.ok(finding.evidence.includes('not covered: a.py:6'), finding.evidence.join('\n'));
  });
});

describe('reading coverage', () => {
  it('folds several records of one file', () => {
    const lcov =
      'SF:/w/a.js\nDA:1,0\nDA:2,3\nend_of_record\nSF:a.js\nDA:1,2\nSF:/other/b.js\nDA:1,1\n';
    assert.deepEqual(readLcov(lcov, '/w'), [{ path: 'a.js', covered: [1, 2], uncovered: [] }]);
  });

  it("reads Go's profile", () => {
    const profile =
      'mode: set\nshop.io/a/x.go:3.20,5.2 1 1\nshop.io/a/x.go:7.1,8.10 1 0\nother.io/y.go:1.1,2.2 1 1\n';
    assert.deepEqual(readGoProfile(profile, 'shop.io/a'), [
      { path: 'x.go', covered: [3, 4], uncovered: [7, 8] },
    ]);
  });

  it('tells lines that run from lines that do not', () => {
    const source = [
      "import { a } from './a.js';", // 1
      'const table = {', // 2
      '  // nothing', // 3
      '  one: 1,', // 4
      '};', // 5
      'app.get("/", (request) => {', // 6
      '  answer(request);', // 7
      '});', // 8
      'if (table.one) run(); else {', // 9
      '  stop();', // 10
      '}', // 11
    ].join('\n');
    const ran = (offset: number) =>
      !/^(\{\n? {2}answer|answer|\{\n {2}stop|stop)/.test(source.slice(offset));
    assert.deepEqual(scriptLines('x.js', source, ran), {
      covered: [2, 4, 6, 9],
      uncovered: [7, 10],
    });
  });

  it('takes a line for run whose list was empty, not one that only defines', () => {
    const source = [
      'const names = users.filter(Boolean).map((user) => user.name);', // 1
      'const total = prices?.reduce((sum, price) => sum + price, 0);', // 2
      'const nameOf = (user) => user.name;', // 3
      'app.get("/", (request) => answer(request));', // 4
      'if (off) users.forEach((user) => stop(user));', // 5
    ].join('\n');
    const ran = (offset: number) =>
      !/^(user\.name|sum \+|answer|stop|users\.forEach)/.test(source.slice(offset));
    const lines = scriptLines('x.js', source, ran);
    assert.deepEqual(lines, { covered: [1, 2, 5], uncovered: [3, 4] });
  });

  it('takes no line for run that holds only what a list may call, or a body of its own', () => {
    const source = [
      'list.forEach(', // 1
      '  (one) => save(one),', // 2
      ');', // 3
      "router.find('/x', (req) => { steal(req); });", // 4
      "router.find('/y', (req) => steal(req));", // 5
      'list.some((one) => { steal(one); });', // 6
      'const names = list', // 7
      '  .map((one) => one.name);', // 8
    ].join('\n');
    const ran = (offset: number) => !/^(save|steal|one\.name|\{ steal)/.test(source.slice(offset));
    const lines = scriptLines('x.js', source, ran);
    assert.deepEqual(lines, { covered: [1, 7, 8], uncovered: [2, 4, 5, 6] });
  });
});
