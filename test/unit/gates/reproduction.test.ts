import assert from 'node:assert/strict';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { reproduction } from '../../../src/gates/reproduction.ts';
import { type Change, createProject, type Project } from '../../support/patches.ts';
import type { Tree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const nodeProject: Tree = {
  'package.json': '{"type":"module","scripts":{"test":"node --test"}}\n',
  '.gitignore': 'node_modules\ndist\n',
  'src/total.js': 'export const total = (prices) => prices.reduce((a, b) => a + b);\n',
  'test/total.test.js': nodeTest('adds', 'assert.equal(total([1, 2]), 3);'),
};
const fix = {
  'src/total.js': 'export const total = (prices) => prices.reduce((a, b) => a + b, 0);\n',
};
const file = 'test/empty.test.js';

function nodeTest(name: string, body: string, before = ''): string {
  return `import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { total } from '../src/total.js';
${before}
test('${name}', async () => { ${body} });
`;
}

const right = nodeTest('empty', 'assert.equal(total([]), 0);');

describe('the reproduction gate', function () {
  this.timeout(60_000);
  const folder = tempFolder();

  async function judge(project: Project, change: Change) {
    return reproduction.run(await project.patch({ tests: [file], ...change }));
  }
  async function judgeNode(test: string, change: Change = {}, name = 'project') {
    const project = await createProject(folder.path(name), nodeProject);
    return judge(project, {
      write: { ...fix, [file]: test },
      exceptionType: 'TypeError',
      ...change,
    });
  }

  describe('with node --test', () => {
    it("passes a test that fails with the ticket's exception and then passes", async () => {
      const finding = await judgeNode(right);
      assert.equal(finding.verdict, 'passed', finding.reason);
      assert.deepEqual(finding.marks, []);
      assert.ok(
        finding.evidence.includes('Loaded from the patch: src/total.js.'),
        finding.evidence.join('\n'),
      );
      const runs = finding.evidence.filter((line) => /(?:run|suite): /.test(line));
      assert.equal(runs.length, 4, runs.join('\n'));
    });

    it("refuses another exception than the ticket's", async () => {
      const finding = await judgeNode(right, { exceptionType: 'RangeError' });
      assert.equal(finding.verdict, 'failed');
      assert.match(finding.reason, /fails with TypeError; .* its own assertion or RangeError/);
    });

    const refused: [string, string, RegExp][] = [
      [
        'passes on the base',
        nodeTest('x', 'assert.equal(total([1]), 1);'),
        /passes without the patch/,
      ],
      [
        'imports what is not there',
        nodeTest('x', '', "import '../src/gone.js';"),
        /breaks without the patch/,
      ],
      ['has a syntax error', 'let x = ;\n', /breaks without the patch/],
      ['calls what only the patch has', nodeTest('x', 'total.fixed();'), /fails with TypeError/],
      [
        'imports dynamically what is not there',
        nodeTest('x', "await import('../src/gone.js');"),
        /could not be imported/,
      ],
      ['is skipped', right.replace("test('empty'", "test.skip('empty'"), /without running a test/],
      ['has no test', "import assert from 'node:assert';\n", /without running a test/],
      ['ends the process with 0', nodeTest('x', 'process.exit(0);'), /without running a test/],
      ['ends the process while loading', 'process.exit(0);\n', /without running a test/],
      ['never passes', nodeTest('x', 'assert.equal(total([]), 1);'), /still fails/],
      [
        'reads the source instead of running it',
        `import assert from 'node:assert/strict';\nimport fs from 'node:fs';\nimport { test } from 'node:test';\ntest('x', () => assert.match(fs.readFileSync(new URL('../src/total.js', import.meta.url), 'utf8'), /, 0/));\n`,
        /never load src\/total\.js/,
      ],
    ];
    for (const [name, test, reason] of refused) {
      it(`refuses a test that ${name}`, async () => {
        const finding = await judgeNode(test);
        assert.equal(finding.verdict, 'failed');
        assert.match(finding.reason, reason);
      });
    }

    it('refuses a test that fails only the first time', async () => {
      const flag = JSON.stringify(folder.path('flag'));
      const first = nodeTest(
        'x',
        `total([1]); if (!fs.existsSync(${flag})) { fs.writeFileSync(${flag}, ''); assert.fail('first'); }`,
      );
      assert.match(
        (await judgeNode(first)).reason,
        /passes without the patch when it is run again/,
      );
    });

    it('refuses a test that fails every other time', async () => {
      const flag = JSON.stringify(folder.path('flag'));
      const toggle = nodeTest(
        'x',
        `total([1]); if (fs.existsSync(${flag})) fs.rmSync(${flag}); else { fs.writeFileSync(${flag}, ''); assert.fail('odd'); }`,
      );
      assert.equal((await judgeNode(toggle)).verdict, 'failed');
    });

    it('gives each run a temporary folder of its own', async () => {
      const test = nodeTest(
        'x',
        "const flag = os.tmpdir() + '/seen'; assert.ok(!fs.existsSync(flag)); fs.writeFileSync(flag, ''); assert.equal(total([]), 0);",
        "import os from 'node:os';",
      );
      const finding = await judgeNode(test);
      assert.equal(finding.verdict, 'passed', finding.reason);
    });

    it('stops a test that never ends', async () => {
      const finding = await judgeNode(nodeTest('x', 'for (;;);'), { test: { timeoutSeconds: 1 } });
      assert.equal(finding.verdict, 'failed');
      assert.match(finding.reason, /does not end/);
    });

    it('refuses a patch without a test', async () => {
      const none = await judgeNode(right, { tests: [] });
      assert.match(none.reason, /no reproduction test/);
    });

    it('refuses a test file that is not there', async () => {
      const finding = await judgeNode(right, { tests: ['test/other.test.js'] });
      assert.match(finding.reason, /there is no such file/);
    });

    it('takes a test that the base has already, if it fails there', async () => {
      const passing = await judgeNode(right, { tests: ['test/total.test.js'] });
      assert.match(passing.reason, /passes without the patch/);
      const project = await createProject(folder.path('other'), { ...nodeProject, [file]: right });
      const failing = await judge(project, { write: fix, exceptionType: 'TypeError' });
      assert.equal(failing.verdict, 'passed', failing.reason);
    });

    it('takes any exception of the code itself where no ticket says which, but none of the test', async () => {
      const without = { exceptionType: undefined, anyException: true };
      assert.equal((await judgeNode(right, without)).verdict, 'passed');
      const own = await judgeNode(nodeTest('x', 'total.fixed();'), without, 'other');
      assert.match(own.reason, /fails with TypeError/);
    });

    it('refuses a patch that changes nothing but its test', async () => {
      const finding = await judgeNode(right, { write: { [file]: right } });
      assert.match(finding.reason, /nothing but its test/);
    });

    it('does not hold against the patch what failed in the same file before', async () => {
      const old = nodeTest('old', 'assert.equal(1, 2);');
      const project = await createProject(folder.path(), { ...nodeProject, [file]: old });
      const both = `${old}test('empty', () => assert.equal(total([]), 0));\n`;
      const finding = await judge(project, {
        write: { ...fix, [file]: both },
        exceptionType: 'TypeError',
      });
      assert.equal(finding.verdict, 'passed', finding.reason);
    });

    it('finds a build that puts the loaded code elsewhere', async () => {
      const project = await createProject(folder.path(), {
        ...nodeProject,
        'package.json':
          '{"type":"module","scripts":{"build":"rm -rf dist && cp -r src dist","test":"npm run build && node --test"}}\n',
        'test/total.test.js': nodeTest('adds', 'assert.equal(total([1]), 1);').replace(
          '../src',
          '../dist',
        ),
      });
      const finding = await judge(project, {
        write: { ...fix, [file]: right.replace('../src', '../dist') },
        exceptionType: 'TypeError',
      });
      assert.equal(finding.verdict, 'passed', finding.reason);
      assert.match(finding.marks.join(), /built from the changed files \(dist\/total\.js\)/);
    });

    it('fails, and says what to set, when there is no way to run tests', async () => {
      const project = await createProject(folder.path(), { 'src/a.js': 'a\n' });
      const finding = await judge(project, { write: { 'src/a.js': 'b\n', [file]: right } });
      assert.equal(finding.verdict, 'failed');
      assert.match(finding.reason, /Set patchwright\.test\.command/);
    });

    it('ends at once when cancelled', async () => {
      const project = await createProject(folder.path(), nodeProject);
      const context = await project.patch({
        tests: [file],
        write: { ...fix, [file]: nodeTest('x', 'for (;;);') },
      });
      const cancel = new AbortController();
      const running = reproduction.run(context, cancel.signal);
      cancel.abort();
      await assert.rejects(running, { code: 'cancelled' });
    });
  });

  describe('with workspace packages', () => {
    const workspace: Tree = {
      'package.json':
        '{"type":"module","private":true,"workspaces":["packages/*"],"scripts":{"test":"node --test"}}\n',
      '.gitignore': 'node_modules\n',
      'packages/sum/package.json':
        '{"name":"sum","version":"1.0.0","type":"module","main":"index.js"}\n',
      'packages/sum/index.js': nodeProject['src/total.js'] ?? '',
    };
    const change: Change = {
      write: {
        'packages/sum/index.js': fix['src/total.js'],
        [file]: right.replace('../src/total.js', 'sum'),
      },
      exceptionType: 'TypeError',
    };

    it("detects that a linked package leads to the main tree's code", async () => {
      const project = await createProject(folder.path(), workspace);
      mkdirSync(join(project.main, 'node_modules'));
      symlinkSync('../packages/sum', join(project.main, 'node_modules/sum'));
      const context = await project.patch({ tests: [file], ...change });
      symlinkSync(join(project.main, 'node_modules'), join(project.checkout.path, 'node_modules'));
      const finding = await reproduction.run(context);
      assert.equal(finding.verdict, 'failed');
      assert.match(finding.reason, /loaded packages\/sum\/index\.js of your working tree/);
    });

    it('names the file of the main tree when only a part of the code comes from there', async () => {
      const project = await createProject(folder.path(), {
        ...workspace,
        'src/total.js': nodeProject['src/total.js'] ?? '',
      });
      mkdirSync(join(project.main, 'node_modules'));
      symlinkSync('../packages/sum', join(project.main, 'node_modules/sum'));
      const context = await project.patch({
        tests: [file],
        write: { ...fix, [file]: `import 'sum';\n${right}` },
        exceptionType: 'TypeError',
      });
      symlinkSync(join(project.main, 'node_modules'), join(project.checkout.path, 'node_modules'));
      const finding = await reproduction.run(context);
      assert.equal(finding.verdict, 'failed');
      assert.match(finding.reason, /loaded packages\/sum\/index\.js of your working tree/);
    });

    it('passes when the link leads to the patch', async () => {
      const project = await createProject(folder.path(), workspace);
      const context = await project.patch({ tests: [file], ...change });
      mkdirSync(join(project.checkout.path, 'node_modules'));
      symlinkSync('../packages/sum', join(project.checkout.path, 'node_modules/sum'));
      const finding = await reproduction.run(context);
      assert.equal(finding.verdict, 'passed', finding.reason);
    });
  });

  describe('with mocha', () => {
    const mochaProject: Tree = {
      'package.json': '{"type":"module","scripts":{"test":"mocha"}}\n',
      '.mocharc.json': '{"spec":["test/**/*.test.js"],"timeout":1000}\n',
      '.gitignore': 'node_modules\n',
      'src/total.js': nodeProject['src/total.js'] ?? '',
      'test/total.test.js': mochaTest('adds', 'assert.equal(total([1, 2]), 3);'),
      'test/slow.test.js':
        "it('takes its time', () => { throw new Error('must not run here'); });\n",
    };
    function mochaTest(name: string, body: string): string {
      return `import assert from 'node:assert/strict';\nimport { total } from '../src/total.js';\nit('${name}', () => { ${body} });\n`;
    }
    async function judgeMocha(test: string, change: Change = {}) {
      const project = await createProject(folder.path(), mochaProject);
      linkModules(project);
      return judge(project, {
        write: { ...fix, [file]: test },
        exceptionType: 'TypeError',
        ...change,
      });
    }

    it('passes a right patch, and runs only the file it was asked for', async () => {
      const finding = await judgeMocha(mochaTest('empty', 'assert.equal(total([]), 0);'));
      assert.equal(finding.verdict, 'passed', finding.reason);
      assert.match(finding.evidence[0] ?? '', /0 passed, 1 failed, 0 skipped/);
      assert.ok(finding.evidence.includes('Loaded from the patch: src/total.js.'));
      const counted = /^patch, in the whole suite: 1 passed, 0 failed/;
      assert.ok(
        finding.evidence.some((line) => counted.test(line)),
        finding.evidence.join('\n'),
      );
    });

    it('runs the test by itself where the suite leaves it out', async () => {
      const other = 'test/own/empty.js'; // not of the suite's names
      const finding = await judgeMocha('', {
        write: {
          ...fix,
          [other]: mochaTest('empty', 'assert.equal(total([]), 0);').replace('../', '../../'),
        },
        tests: [other],
      });
      assert.equal(finding.verdict, 'passed', finding.reason);
      assert.ok(finding.evidence.some((line) => line.startsWith('patch, second run: 1 passed')));
    });

    it('refuses a test that ends the process', async () => {
      assert.match((await judgeMocha('process.exit(0);\n')).reason, /without running a test/);
    });

    it('refuses a test that runs out of its own time', async () => {
      const slow = "it('slow', function (done) { this.timeout(20); });\n";
      assert.match((await judgeMocha(slow)).reason, /ran out of time/);
    });

    it('refuses a pending test', async () => {
      assert.match((await judgeMocha("it('later');\n")).reason, /without running a test/);
    });
  });

  describe('with Python', () => {
    before(function () {
      try {
        execFileSync('python3', ['-m', 'pytest', '--version'], { stdio: 'ignore' });
      } catch {
        console.log('      (pytest is not installed here: its tests are left out)');
        this.skip();
      }
    });
    const pythonProject: Tree = {
      'pytest.ini': '[pytest]\n',
      'shop/__init__.py': '',
      'shop/cart.py': 'def total(prices):\n    return prices[0] + sum(prices[1:])\n',
      'tests/test_cart.py':
        'from shop.cart import total\n\ndef test_adds():\n    assert total([1, 2]) == 3\n',
    };
    const pythonFix = { 'shop/cart.py': 'def total(prices):\n    return sum(prices)\n' };
    const name = 'tests/test_empty.py';

    async function judgePython(files: Tree, test: string) {
      const project = await createProject(folder.path(), files);
      return judge(project, {
        tests: [name],
        write: { ...pythonFix, [name]: test },
        exceptionType: 'IndexError',
      });
    }

    it('passes a right patch, having seen the patched module loaded', async () => {
      const finding = await judgePython(
        pythonProject,
        'from shop.cart import total\n\ndef test_empty():\n    assert total([]) == 0\n',
      );
      assert.equal(finding.verdict, 'passed', finding.reason);
      assert.ok(
        finding.evidence.includes('Loaded from the patch: shop/cart.py.'),
        finding.evidence.join('\n'),
      );
    });

    it('passes with unittest too', async () => {
      const { 'pytest.ini': _, ...files } = pythonProject;
      const classic =
        'import unittest\nfrom shop.cart import total\n\nclass T(unittest.TestCase):\n    def test_x(self):\n        self.assertEqual(total(';
      const finding = await judgePython(
        { ...files, 'tests/__init__.py': '', 'tests/test_cart.py': `${classic}[1]), 1)\n` },
        `${classic}[]), 0)\n`,
      );
      assert.equal(finding.verdict, 'passed', `${finding.reason}\n${finding.output}`);
      assert.ok(
        finding.evidence.includes('Loaded from the patch: shop/cart.py.'),
        finding.evidence.join('\n'),
      );
    });

    it('refuses an import error', async () => {
      assert.match(
        (await judgePython(pythonProject, 'import gone\n\ndef test_x():\n    assert 0\n')).reason,
        /breaks without the patch/,
      );
    });

    it('refuses a skipped test', async () => {
      const test = 'import pytest\n\n@pytest.mark.skip\ndef test_x():\n    assert 0\n';
      assert.match((await judgePython(pythonProject, test)).reason, /without running a test/);
    });

    it('refuses a test that ends the process', async () => {
      const test = 'import os\n\ndef test_x():\n    os._exit(0)\n';
      assert.match((await judgePython(pythonProject, test)).reason, /without running a test/);
    });

    it("detects an editable install that leads to the main tree's code", async () => {
      const project = await createProject(folder.path(), pythonProject);
      const site = folder.path('site');
      mkdirSync(site);
      writeFileSync(
        join(site, 'shop.py'),
        `import sys\nsys.path.insert(0, ${JSON.stringify(project.main)})\ndel sys.modules['shop']\nimport shop\n`,
      );
      const test = `import sys\nsys.path.insert(0, ${JSON.stringify(site)})\nsys.modules.pop('shop', None)\nfrom shop.cart import total\n\ndef test_empty():\n    assert total([]) == 0\n`;
      const finding = await judge(project, {
        tests: [name],
        write: { ...pythonFix, [name]: test },
      });
      assert.equal(finding.verdict, 'failed');
      assert.match(finding.reason, /loaded shop\/\w+\.py of your working tree/);
    });
  });

  it('leaves no temporary folder behind', async () => {
    const probe = nodeTest(
      'x',
      `fs.writeFileSync(${JSON.stringify(folder.path('where'))}, process.env.TMPDIR); assert.equal(total([]), 0);`,
    );
    await judgeNode(probe);
    const { readFileSync } = await import('node:fs');
    const used = readFileSync(folder.path('where'), 'utf8');
    assert.match(used, /patchwright-run-/);
    assert.ok(!existsSync(used));
  });
});

/** This project's own modules, which hold a real mocha. */
function linkModules(project: Project): void {
  const modules = join(import.meta.dirname, '../../../node_modules');
  symlinkSync(modules, join(project.checkout.path, 'node_modules'));
}
