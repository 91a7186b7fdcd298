import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { defaultSettings, type Settings } from '../../../../src/core/settings.ts';
import { findTestRunner } from '../../../../src/gates/tests/findTestRunner.ts';
import { expandLine } from '../../../../src/gates/tests/packageScripts.ts';
import { lineOf, quoted, segmentsOf } from '../../../../src/gates/tests/scriptLine.ts';
import { createShell } from '../../../../src/platform/shell.ts';
import { type Tree, writeTree } from '../../../support/repository.ts';
import { tempFolder } from '../../../support/tempFolder.ts';

const reports = join(import.meta.dirname, '../../../fixtures/reports');

describe('finding out how a project runs its tests', function () {
  this.timeout(60_000);
  const folder = tempFolder();

  async function find(files: Tree, settings: Partial<Settings['test']> = {}) {
    writeTree(folder.path(), files);
    const shell = createShell();
    return findTestRunner({ shell }, folder.path(), { ...defaultSettings.test, ...settings });
  }
  const manifest = (scripts: object, rest: object = {}): Tree => ({
    'package.json': JSON.stringify({ scripts, ...rest }),
  });

  const found: [string, Tree, string | undefined][] = [
    ['nothing', { 'readme.md': 'x\n' }, undefined],
    ['mocha', manifest({ test: 'mocha' }), 'mocha (package.json)'],
    ['jest with a variable', manifest({ test: 'NODE_OPTIONS=--x jest' }), 'jest (package.json)'],
    ['cross-env', manifest({ test: 'cross-env A=b jest --coverage' }), 'jest (package.json)'],
    ['create-react-app', manifest({ test: 'react-scripts test' }), 'jest (package.json)'],
    ['vitest', manifest({ test: 'vitest run' }), 'vitest (package.json)'],
    ['node', manifest({ test: 'node --import tsx --test src' }), 'node --test (package.json)'],
    ['coverage around mocha', manifest({ test: 'c8 mocha' }), 'mocha (package.json)'],
    [
      'mocha by its path',
      manifest({ test: 'node node_modules/mocha/bin/mocha.js' }),
      'mocha (package.json)',
    ],
    [
      'scripts that call scripts',
      manifest({ test: 'npm run lint && npm run unit', lint: 'eslint .', unit: 'jest' }),
      'jest (package.json)',
    ],
    ['two frameworks', manifest({ test: 'mocha && jest' }), 'mocha + jest (package.json)'],
    [
      'the empty script of npm init',
      manifest(
        { test: 'echo "Error: no test specified" && exit 1' },
        { devDependencies: { vitest: '1' } },
      ),
      'vitest (package.json)',
    ],
    ['only a dependency', manifest({}, { devDependencies: { jest: '1' } }), 'jest (package.json)'],
    ['only test files', { ...manifest({}), 'test/a.test.js': '' }, 'node --test (its test files)'],
    ['something unknown', manifest({ test: 'my-tests' }), 'npm test, by exit code (package.json)'],
    [
      'more shell than we read',
      manifest({ test: 'mocha | tee x' }),
      'npm test, by exit code (package.json)',
    ],
    ['pytest.ini', { 'pytest.ini': '[pytest]\n' }, 'pytest (its Python files)'],
    [
      'pytest in pyproject',
      { 'pyproject.toml': '[tool.pytest.ini_options]\n' },
      'pytest (its Python files)',
    ],
    [
      'plain test functions',
      { 'tests/test_a.py': 'def test_a():\n    assert 1\n' },
      'pytest (its Python files)',
    ],
    [
      'unittest',
      { 'tests/test_a.py': 'import unittest\nclass A(unittest.TestCase):\n  pass\n' },
      'unittest (its Python files)',
    ],
    ['go', { 'go.mod': 'module x\n' }, 'go test (go.mod)'],
    ['cargo', { 'Cargo.toml': '[package]\n' }, 'cargo test (Cargo.toml)'],
    ['maven', { 'pom.xml': '<project/>\n' }, 'maven (pom.xml)'],
  ];
  for (const [name, files, title] of found) {
    it(`${name}: ${title ?? 'undefined'}`, async () =>
      assert.equal((await find(files))?.title, title));
  }

  it('the setting wins, and is read like a script', async () => {
    const runner = await find(manifest({ test: 'jest', unit: 'mocha' }), {
      command: 'npm run unit',
    });
    assert.equal(runner?.title, 'mocha (patchwright.test.command)');
  });

  /** A program of that name which writes down how it was called, and the report of a real run. */
  function standIn(name: string, report: string): void {
    const path = folder.path('node_modules/.bin', name);
    writeTree(folder.path(), {
      [`node_modules/.bin/${name}`]: `#!/bin/sh
printf '%s\\n' "$@" > ${folder.path('called')}
for a in "$@"; do case "$a" in --outputFile*=*) cp ${join(reports, report)} "\${a#*=}";; esac; done
exit 1
`,
    });
    chmodSync(path, 0o755);
  }
  const called = (): string[] =>
    readFileSync(folder.path('called'), 'utf8')
      .split('\n')
      .filter((word) => word !== '')
      .map((word) => word.replace(/=.*patchwright-run-.*/, '=REPORT'));

  it('jest: whole suite, and some files without the patterns of the script', async () => {
    const runner = await find(manifest({ test: 'jest -c my.json src --watch --bail' }));
    standIn('jest', 'jest.json');
    const run = await runner?.all(folder.path());
    assert.deepEqual(called(), ['-c', 'my.json', 'src', '--ci', '--json', '--outputFile=REPORT']);
    assert.equal(run?.verdict, 'failed');
    assert.equal(run.cases?.length, 5);
    await runner?.files(folder.path(), ["t/it's.test.js"]);
    assert.deepEqual(called(), [
      '-c',
      'my.json',
      '--ci',
      '--json',
      '--outputFile=REPORT',
      '--coverage=false',
      '--runTestsByPath',
      "t/it's.test.js",
    ]);
  });

  it('vitest: never watches', async () => {
    const runner = await find(manifest({ test: 'vitest watch unit --root web' }));
    standIn('vitest', 'vitest-broken.json');
    const run = await runner?.files(folder.path(), ['-x.spec.ts']);
    assert.deepEqual(called(), [
      '--root',
      'web',
      '--run',
      '--reporter=json',
      '--outputFile.json=REPORT',
      '--coverage.enabled=false',
      './-x.spec.ts',
    ]);
    assert.equal(run?.verdict, 'error', 'a file did not load');
  });

  it('patchwright.test.single gets the files, quoted', async () => {
    const runner = await find(manifest({ test: 'jest' }), { single: 'jest --verbose {files}' });
    standIn('jest', 'jest.json');
    await runner?.files(folder.path(), ['t/a b.test.js', 't/$(touch pwned).test.js']);
    assert.deepEqual(called().slice(0, 3), [
      '--verbose',
      't/a b.test.js',
      't/$(touch pwned).test.js',
    ]);
    assert.ok(!existsSync(folder.path('pwned')));
  });

  it('a build before the tests runs, a linter does not', async () => {
    const runner = await find(
      manifest({ pretest: 'touch built', test: 'eslint . && jest && touch after', lint: 'x' }),
    );
    standIn('jest', 'jest.json');
    standIn('eslint', 'jest.json');
    await runner?.all(folder.path());
    assert.ok(existsSync(folder.path('built')));
    assert.ok(!existsSync(folder.path('after')));
    assert.equal(called()[0], '--ci');
  });

  it('gives the run no keys, no old temporary folder and a CI environment', async () => {
    process.env['PW_TEST_API_KEY'] = 'secret';
    const runner = await find({}, { command: 'env' });
    const run = await runner?.all(folder.path());
    delete process.env['PW_TEST_API_KEY'];
    assert.equal(run?.verdict, 'passed');
    assert.equal(run.cases, undefined);
    assert.match(run.output, /^CI=1$/m);
    assert.match(run.output, /^TMPDIR=.*patchwright-run-/m);
    assert.doesNotMatch(run.output, /PW_TEST_API_KEY|^NODE_OPTIONS|^GIT_/m);
  });

  it('tells a missing command from a failing one, and a hanging one from both', async () => {
    const missing = await (await find({}, { command: 'no-such-command-here' }))?.all(folder.path());
    assert.equal(missing?.verdict, 'error');
    const failing = await (await find({}, { command: 'false' }))?.all(folder.path());
    assert.equal(failing?.verdict, 'failed');
    const hanging = await (await find({}, { command: 'sleep 60', timeoutSeconds: 1 }))?.all(
      folder.path(),
    );
    assert.equal(hanging?.verdict, 'timeout');
  });

  for (const [name, config] of Object.entries({
    '.mocharc.json': '{"spec":"test/*.js","require":["./setup.cjs"]}',
    '.mocharc.jsonc': '{// all of them\n"spec":["test/*.js"],"require":["./setup.cjs"]}',
    '.mocharc.yml': 'spec:\n  - test/*.js\nrequire: ./setup.cjs\n',
    '.mocharc.cjs': "module.exports = { spec: ['test/*.js'], require: ['./setup.cjs'] };\n",
    'package.json':
      '{"scripts":{"test":"mocha"},"mocha":{"spec":"test/*.js","require":["./setup.cjs"]}}',
  })) {
    it(`mocha with ${name}: runs one file, and keeps the rest of the configuration`, async () => {
      const runner = await find({
        'package.json': '{"scripts":{"test":"mocha"}}',
        [name]: config,
        'setup.cjs': 'globalThis.ready = 1;\n',
        'test/a.js': "it('a', () => { if (!ready) throw new Error(); });\n",
        'test/b.js': "require('fs').writeFileSync('b-ran', ''); it('b', () => {});\n",
      });
      symlinkSync(
        join(import.meta.dirname, '../../../../node_modules'),
        folder.path('node_modules'),
      );
      const all = await runner?.all(folder.path());
      assert.deepEqual(all?.cases?.map((test) => test.name).sort(), ['a', 'b'], all?.output);
      const { rmSync } = await import('node:fs');
      rmSync(folder.path('b-ran'));
      const some = await runner?.files(folder.path(), ['test/a.js']);
      assert.deepEqual(
        some?.cases?.map((test) => [test.name, test.status]),
        [['a', 'passed']],
        some?.output,
      );
      assert.ok(!existsSync(folder.path('b-ran')));
      assert.ok(some?.loaded?.some((path) => path.endsWith('/setup.cjs')));
    });
  }

  it('a virtual environment is entered', async () => {
    mkdirSync(folder.path('.venv/bin'), { recursive: true });
    writeTree(folder.path(), {
      '.venv/pyvenv.cfg': 'home = /usr\n',
      '.venv/bin/python3': '#!/bin/sh\necho "ran $VIRTUAL_ENV with $PYTHONPATH" >&2\nexit 1\n',
      'pytest.ini': '[pytest]\n',
      'src/pkg/__init__.py': '',
    });
    const run = await (await find({}))?.all(folder.path());
    assert.match(
      run?.output ?? '',
      new RegExp(`ran ${folder.path('.venv')} with ${folder.path('src')}`),
    );
    assert.equal(run?.verdict, 'error');
  });
});

describe('taking a script line apart', () => {
  it('splits commands and keeps quotes', () => {
    const line = `A=1 mocha 'test/**/*.js' "x y" && echo done`;
    const segments = segmentsOf(line);
    assert.equal(segments?.length, 2);
    assert.equal(segments[0]?.[2]?.text, 'test/**/*.js');
    assert.equal(lineOf(segments), line);
  });

  it('leaves alone what uses more of the shell', () => {
    for (const line of [
      'a | b',
      'a; b',
      'a & b',
      'a || b',
      'a > x',
      'a $(b)',
      'a `b`',
      "a 'b",
      '(a)',
      'a &&',
    ]) {
      assert.equal(segmentsOf(line), undefined, line);
    }
  });

  it('expands scripts, with their pre-scripts, and gives up on circles', () => {
    const scripts = { test: 'npm run a -- --x', prea: 'build', a: 'mocha', b: 'npm run b' };
    assert.equal(lineOf(expandLine('npm test', scripts) ?? []), 'build && mocha --x');
    assert.equal(expandLine('npm run b', scripts), undefined);
    assert.equal(lineOf(expandLine('yarn a', scripts) ?? []), 'build && mocha');
    assert.equal(lineOf(expandLine('npm install', scripts) ?? []), 'npm install');
  });

  it('quotes what the shell would read', () => {
    assert.equal(quoted('a/b.ts').raw, 'a/b.ts');
    assert.equal(quoted("it's $HOME", 'linux').raw, `'it'\\''s $HOME'`);
  });
});
