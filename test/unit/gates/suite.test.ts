import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareRuns, suite } from '../../../src/gates/suite.ts';
import type { TestCase, TestRun } from '../../../src/core/testRun.ts';
import { type Change, createProject } from '../../support/patches.ts';
import type { Tree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const files: Tree = {
  'package.json': '{"type":"module","scripts":{"test":"node --test"}}\n',
  'src/math.js': 'export const add = (a, b) => a + b;\nexport const half = (a) => a / 3;\n',
  'test/add.test.js': nodeTest("test('adds', () => assert.equal(add(1, 2), 3));"),
  'test/half.test.js': nodeTest("test('halves', () => assert.equal(half(4), 2));"),
};
const fix = {
  'src/math.js': 'export const add = (a, b) => a + b;\nexport const half = (a) => a / 2;\n',
};

function nodeTest(body: string): string {
  return `import assert from 'node:assert/strict';\nimport fs from 'node:fs';\nimport { test } from 'node:test';\nimport { add, half } from '../src/math.js';\n${body}\n`;
}

describe('the suite gate', function () {
  this.timeout(60_000);
  const folder = tempFolder();

  async function judge(change: Change, base: Tree = files) {
    const project = await createProject(folder.path(), base);
    return suite.run(await project.patch(change));
  }

  it('passes a right patch; what failed before is named and not held against it', async () => {
    const finding = await judge({ write: fix });
    assert.equal(finding.verdict, 'passed', finding.reason);
    assert.deepEqual(finding.marks, []);
    assert.ok(
      finding.evidence.includes('failed before already: halves'),
      finding.evidence.join('\n'),
    );
  });

  it('passes a patch that leaves failing what failed before', async () => {
    const finding = await judge({ write: { 'notes.md': 'x\n' } });
    assert.equal(finding.verdict, 'passed', finding.reason);
    assert.match(finding.reason, /1 failed before already/);
  });

  const refused: [string, Change, RegExp][] = [
    [
      'breaks another test',
      {
        write: {
          'src/math.js': 'export const add = (a, b) => a - b;\nexport const half = (a) => a / 2;\n',
        },
      },
      /^Fails with the patch: adds/,
    ],
    ['deletes a test', { write: fix, remove: ['test/add.test.js'] }, /^Gone with the patch: adds/],
    [
      'skips a test',
      {
        write: {
          ...fix,
          'test/add.test.js': nodeTest("test.skip('adds', () => assert.equal(add(1, 2), 3));"),
        },
      },
      /^Skipped with the patch: adds/,
    ],
    [
      'empties a test file',
      { write: { ...fix, 'test/add.test.js': 'process.exit(0);\n' } },
      /^Gone with the patch: adds/,
    ],
    [
      'adds a test that fails',
      {
        write: {
          ...fix,
          'test/new.test.js': nodeTest("test('new', () => assert.equal(half(4), 3));"),
        },
      },
      /^Fails with the patch: new/,
    ],
    [
      'adds a test file that does not load',
      { write: { ...fix, 'test/new.test.js': "import './gone.js';\n" } },
      /does not load with the patch/,
    ],
  ];
  for (const [name, change, reason] of refused) {
    it(`refuses a patch that ${name}`, async () => {
      const finding = await judge(change);
      assert.equal(finding.verdict, 'failed', finding.reason);
      assert.match(finding.reason, reason);
    });
  }

  it('does not run the suite again on a base that it has passed on, nor on a patch that was run', async () => {
    const project = await createProject(folder.path(), { ...files, ...fix });
    const context = await project.patch({ write: { 'notes.md': 'x\n' } });
    const { tests } = context;
    assert.ok(tests);
    let runs = 0;
    const kept: TestRun[] = [];
    const baseRuns = {
      get: async () => kept[0],
      put: async (run: TestRun) => void kept.push(run),
    };
    const counted: typeof tests = {
      ...tests,
      all: (root, signal) => {
        runs += 1;
        return tests.all(root, signal);
      },
    };
    const judgeAgain = (suiteRuns: Map<string, TestRun>) =>
      suite.run({ ...context, tests: counted, suiteRuns, baseRuns });
    assert.equal((await judgeAgain(new Map())).verdict, 'passed');
    assert.equal(runs, 2);
    const known = new Map<string, TestRun>();
    assert.equal((await judgeAgain(known)).verdict, 'passed');
    assert.equal(runs, 3);
    assert.equal((await judgeAgain(known)).verdict, 'passed');
    assert.equal(runs, 3);
  });

  it('follows a renamed test file', async () => {
    const finding = await judge({
      write: { ...fix, 'test/sum.test.js': files['test/add.test.js'] ?? '' },
      remove: ['test/add.test.js'],
    });
    assert.equal(finding.verdict, 'passed', finding.reason);
  });

  it('marks a test as flaky that fails, then passes', async () => {
    const flag = JSON.stringify(folder.path('flag'));
    const flaky = nodeTest(
      `test('adds', () => { if (half(4) === 2 && !fs.existsSync(${flag})) { fs.writeFileSync(${flag}, ''); assert.fail('flake'); } });`,
    );
    const finding = await judge({ write: fix }, { ...files, 'test/add.test.js': flaky });
    assert.equal(finding.verdict, 'passed', finding.reason);
    assert.ok(finding.marks.includes('flaky: adds failed, then passed'), finding.marks.join());
  });

  it('refuses a suite that hangs with the patch, and says so when it hangs without it', async () => {
    const hang = { 'src/math.js': 'for (;;);\nexport const add = 1;\nexport const half = 1;\n' };
    const finding = await judge({ write: hang, test: { timeoutSeconds: 2 } });
    assert.equal(finding.verdict, 'failed');
    assert.match(finding.reason, /does not end|Gone with the patch/);
  });

  it('compares exit codes when the results can not be read', async () => {
    const plain = { 'check.sh': '#!/bin/sh\ntest -f fine\n', fine: '' };
    const command = { command: './check.sh' };
    const good = await judge({ write: { 'a.txt': 'a\n' }, test: command }, plain);
    assert.equal(good.verdict, 'passed', good.reason);
    assert.ok(good.marks.includes('The suite was judged by its exit code only.'));
  });

  it('refuses a worse exit code', async () => {
    const plain = { 'check.sh': '#!/bin/sh\ntest -f fine\n', fine: '' };
    const bad = await judge({ remove: ['fine'], test: { command: './check.sh' } }, plain);
    assert.match(bad.reason, /ends with code 1 with the patch and 0 without it/);
  });

  describe('looks at what the tests leave behind', () => {
    const acts: [string, string, RegExp][] = [
      [
        'change a file of the worktree',
        'echo x >> src/math.js',
        /src\/math\.js was changed by the run/,
      ],
      [
        'hide that from the index',
        'git update-index --assume-unchanged src/math.js; echo x >> src/math.js',
        /src\/math\.js was changed/,
      ],
      [
        'hide that behind the same size and time',
        't=$(stat -c %y src/math.js); sed -i s/add/sub/ src/math.js; touch -d "$t" src/math.js',
        /src\/math\.js was changed/,
      ],
      ['delete a file', 'rm src/math.js', /src\/math\.js was changed/],
      ['make a file executable', 'chmod +x src/math.js', /src\/math\.js was changed/],
      ['make a nested repository', 'git init -q sub', /sub\/\.git: a nested repository/],
      ['make a pipe', 'mkfifo src/pipe.ts', /src\/pipe\.ts: is no regular file/],
      [
        'make a folder unreadable',
        'mkdir -p src/d/e && chmod 000 src/d',
        /src\/d: the run made the folder unreadable/,
      ],
      [
        "change git's configuration",
        'git config core.hooksPath hooks',
        /git's config core\.hookspath was changed/,
      ],
      [
        'write a hook',
        "printf '#!/bin/sh\\n' > $(git rev-parse --git-common-dir)/hooks/post-commit",
        /git's hooks\/post-commit was changed/,
      ],
      [
        'add an alternate object store',
        'echo /x > $(git rev-parse --git-common-dir)/objects/info/alternates',
        /objects\/info\/alternates/,
      ],
      [
        'move the base branch',
        'git commit -q --allow-empty -m x; git update-ref refs/heads/work HEAD',
        /the commit the tests ran on was moved/,
      ],
      ['stash', 'echo x >> src/math.js; git stash -q', /refs\/stash was moved or deleted/],
      [
        "replace the worktree's .git",
        'echo gitdir: /nowhere > .git',
        /\.git was changed by the run/,
      ],
      ['delete a branch', 'git branch -q -D other', /refs\/heads\/other was moved or deleted/],
    ];
    for (const [name, act, reason] of acts) {
      it(`refuses tests that ${name}`, async () => {
        const project = await createProject(folder.path(), files);
        await project.git.run(['branch', 'other']);
        const context = await project.patch({
          write: { 'notes.md': 'x\n' },
          test: { command: `sh ${JSON.stringify(folder.path('act.sh'))}` },
        });
        const { writeFileSync } = await import('node:fs');
        writeFileSync(folder.path('act.sh'), `${act}\n`);
        const finding = await suite.run(context);
        assert.equal(finding.verdict, 'failed', finding.reason);
        assert.match(finding.evidence.join('\n'), reason);
        await context.checkout.lay(context.patch.commit);
        assert.ok(!existsSync(join(context.checkout.path, 'src/d')));
      });
    }

    it('lets a person commit in the main tree meanwhile, and says so', async () => {
      const project = await createProject(folder.path(), files);
      const commit = `GIT_DIR= ; unset GIT_DIR; git -C ${JSON.stringify(project.main)} commit -q --allow-empty -m mine`;
      const { writeFileSync } = await import('node:fs');
      writeFileSync(folder.path('act.sh'), `${commit}\n`);
      const context = await project.patch({
        write: { 'notes.md': 'x\n' },
        test: { command: `sh ${JSON.stringify(folder.path('act.sh'))}` },
      });
      const finding = await suite.run(context);
      assert.equal(finding.verdict, 'passed', finding.evidence.join('\n'));
      assert.match(finding.marks.join(), /refs\/heads\/work moved on/);
    });

    it('lets a person do anything else with refs, too, where the run is sandboxed', async () => {
      const project = await createProject(folder.path(), files);
      await project.git.run(['branch', 'other']);
      const git = `git -C ${JSON.stringify(project.main)}`;
      const act = [
        'unset GIT_DIR',
        `echo x >> ${JSON.stringify(join(project.main, 'src/math.js'))}`,
        `${git} stash -q`,
        `${git} branch -q -D other || true`, // gone when the second tree is run
      ];
      const { writeFileSync } = await import('node:fs');
      writeFileSync(folder.path('act.sh'), `${act.join('\n')}\n`);
      const context = await project.patch({
        write: { 'notes.md': 'x\n' },
        test: { command: `sh ${JSON.stringify(folder.path('act.sh'))}` },
      });
      const finding = await suite.run({ ...context, sandboxed: true });
      assert.equal(finding.verdict, 'passed', finding.evidence.join('\n'));
      assert.match(finding.marks.join(), /refs\/heads\/other moved on.*refs\/stash was made/s);
    });

    it('lets another window sync and land meanwhile', async () => {
      const project = await createProject(folder.path(), files);
      const [sync, moving] = ['refs/patchwright/sync/a', 'refs/worktree/patchwright/moving-b'];
      for (const ref of [sync, moving]) await project.git.run(['update-ref', ref, 'HEAD']);
      const git = `git -C ${JSON.stringify(project.main)}`;
      const tree = "$(git rev-parse 'HEAD^{tree}')";
      const act = [
        'unset GIT_DIR',
        `${git} update-ref ${sync} $(${git} commit-tree -m x ${tree})`,
        `${git} update-ref -d ${moving}`,
      ];
      const { writeFileSync } = await import('node:fs');
      writeFileSync(folder.path('act.sh'), `${act.join('\n')}\n`);
      const context = await project.patch({
        write: { 'notes.md': 'x\n' },
        test: { command: `sh ${JSON.stringify(folder.path('act.sh'))}` },
      });
      const finding = await suite.run(context);
      assert.equal(finding.verdict, 'passed', finding.evidence.join('\n'));
      assert.deepEqual(await project.git.run(['for-each-ref', moving]), '', 'it was done');
    });
  });
});

describe('comparing two runs', () => {
  const run = (...cases: TestCase[]): TestRun => ({
    verdict: 'passed',
    command: 'x',
    exitCode: 0,
    cases,
    output: '',
    durationMs: 1,
  });
  const one = (name: string, status: TestCase['status'], file = 'a'): TestCase => ({
    name,
    status,
    file,
  });

  it('keeps tests of one name in two files apart', () => {
    const base = run(one('x', 'passed', 'a'), one('x', 'passed', 'b'));
    const patch = run(one('x', 'passed', 'a'));
    assert.deepEqual(
      compareRuns(base, patch).gone.map(({ file }) => file),
      ['b'],
    );
    const both = run(one('x', 'failed', 'a'), one('x', 'passed', 'b'));
    assert.deepEqual(
      compareRuns(base, both).failing.map(({ file }) => file),
      ['a'],
    );
  });
});
