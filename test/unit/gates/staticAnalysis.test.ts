import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { GateFinding } from '../../../src/gates/context.ts';
import { readAnnotations, readCargo, readLines } from '../../../src/gates/static/found.ts';
import { checkSyntax } from '../../../src/gates/static/syntax.ts';
import { staticAnalysis } from '../../../src/gates/staticAnalysis.ts';
import { createShell } from '../../../src/platform/shell.ts';
import { type Change, createProject } from '../../support/patches.ts';
import type { Tree } from '../../support/repository.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const modules = join(import.meta.dirname, '../../../node_modules');

describe('the static gate', function () {
  this.timeout(60_000);
  const folder = tempFolder();

  async function judge(change: Change, base: Tree, bins: readonly string[] = []) {
    const project = await createProject(folder.path(), { '.gitignore': 'node_modules\n', ...base });
    const bin = join(project.checkout.path, 'node_modules/.bin');
    mkdirSync(bin, { recursive: true });
    for (const name of bins) symlinkSync(join(modules, '.bin', name), join(bin, name));
    return staticAnalysis.run(await project.patch(change));
  }

  function refused(finding: GateFinding, reason: RegExp): void {
    assert.equal(finding.verdict, 'failed', finding.reason);
    assert.match(finding.reason, reason);
  }

  it('refuses a syntax error, and names its place', async () => {
    const finding = await judge(
      { write: { 'a.js': 'const a = 1;\nconst b = (;\n', 'b.json': '{"a": 1,}\n' } },
      { 'a.js': 'const a = 1;\n' },
    );
    refused(finding, /^Syntax error: a\.js:2: Unexpected token/);
    assert.match(finding.evidence.join('\n'), /b\.json:1: /);
  });

  it('does not hold against a patch what was wrong before', async () => {
    const finding = await judge(
      { write: { 'a.js': 'const b = (;\nlet c;\n', 'b.js': 'let d;\n' } },
      { 'a.js': 'const b = (;\n' },
    );
    assert.equal(finding.verdict, 'passed', finding.reason);
    assert.match(finding.evidence.join('\n'), /wrong before already: a\.js:1/);
  });

  it('is not configured for what nothing here reads', async () => {
    const finding = await judge({ write: { 'notes.txt': 'x\n' } }, { 'a.js': 'let a;\n' });
    assert.equal(finding.verdict, 'not_configured');
  });

  it('counts new type errors only, wherever they have moved', async () => {
    const base: Tree = {
      'tsconfig.json': '{"compilerOptions":{"strict":true,"types":[]},"include":["src"]}\n',
      'src/old.ts': 'export const old: number = "x";\n',
      'src/a.ts': 'export const half = (n: number): number => n / 2;\n',
    };
    const right = { 'src/old.ts': '// moved down\n\nexport const old: number = "x";\n' };
    const passed = await judge({ write: right }, base, ['tsc']);
    assert.equal(passed.verdict, 'passed', passed.reason);
    assert.match(passed.evidence.join('\n'), /tsc: 0 new, 1 as before/);
  });

  it('refuses a new type error in a file that the patch does not touch', async () => {
    const finding = await judge(
      { write: { 'src/a.ts': 'export const half = (n: string): string => n;\n' } },
      {
        'tsconfig.json': '{"compilerOptions":{"strict":true,"types":[]},"include":["src"]}\n',
        'src/a.ts': 'export const half = (n: number): number => n / 2;\n',
        'src/b.ts': "import { half } from './a';\nexport const two = half(4);\n",
      },
      ['tsc'],
    );
    refused(finding, /^tsc: src\/b\.ts:2: TS2345/);
  });

  it('compares a patch of new files only with the whole project before it', async () => {
    const finding = await judge(
      { write: { 'src/new.ts': 'export const fine = 1;\n' } },
      {
        'tsconfig.json': '{"compilerOptions":{"strict":true,"types":[]},"include":["src"]}\n',
        'src/old.ts': 'export const old: number = "x";\n',
      },
      ['tsc'],
    );
    assert.equal(finding.verdict, 'passed', finding.reason);
  });

  for (const [tool, config, rule] of [
    ['oxlint', { '.oxlintrc.json': '{"rules":{"no-debugger":"error"}}\n' }, /no-debugger/],
    ['biome', { 'biome.json': '{}\n' }, /noDebugger/],
  ] as const) {
    it(`runs ${tool} where it is configured and installed`, async () => {
      const base: Tree = { ...config, 'a.js': 'debugger;\nexport const a = 1;\n' };
      const same = { 'a.js': '// known\ndebugger;\nexport const a = 1;\n' };
      const finding = await judge({ write: same }, base, [tool]);
      assert.equal(finding.verdict, 'passed', finding.reason);
      assert.match(finding.reason, new RegExp(`nothing new from ${tool}`));
    });

    it(`refuses what ${tool} newly finds, and one more of the same`, async () => {
      const base: Tree = { ...config, 'a.js': 'debugger;\nexport const a = 1;\n' };
      const more = { 'a.js': 'debugger;\nexport const a = 1;\ndebugger;\n' };
      const finding = await judge({ write: more }, base, [tool]);
      refused(finding, rule);
      assert.equal(finding.evidence.filter((line) => line.startsWith(`${tool}: a.js`)).length, 1);
    });
  }

  it('follows a renamed file', async () => {
    const text = `debugger;\n${'export const long = 1;\n'.replace('long', 'a')}// ${'x'.repeat(80)}\n`;
    const finding = await judge(
      { write: { 'b.js': text }, remove: ['a.js'] },
      { '.oxlintrc.json': '{"rules":{"no-debugger":"error"}}\n', 'a.js': text },
      ['oxlint'],
    );
    assert.equal(finding.verdict, 'passed', finding.reason);
  });

  it('says which tool is configured but not installed', async () => {
    const finding = await judge(
      { write: { 'a.js': 'let a;\n' } },
      { 'eslint.config.js': 'export default [];\n', 'a.js': 'let b;\n' },
    );
    assert.equal(finding.verdict, 'passed');
    assert.ok(finding.evidence.includes('eslint not run: eslint is not installed'));
  });

  it('marks a change of what is checked, and takes no tool from the patch', async () => {
    const finding = await judge(
      { write: { 'a.js': 'debugger;\n', '.oxlintrc.json': '{"rules":{"no-debugger":"error"}}\n' } },
      { 'a.js': 'let b;\n' },
      ['oxlint'],
    );
    assert.equal(finding.verdict, 'passed', finding.reason);
    assert.deepEqual(finding.marks, ['changes what is checked: .oxlintrc.json']);
  });
});

describe('syntax', function () {
  this.timeout(30_000);
  const folder = tempFolder();
  const cases: [path: string, fine: string, wrong: string, line: number, command?: string][] = [
    ['a.ts', 'enum A { B }\nabstract class C<const T> { declare x: T; }\n', 'let a: = 1;\n', 1],
    ['a.tsx', 'export const a = <T,>(x: T) => <b>{x}</b>;\n', 'const a = <b>;\n', 1],
    ['a.mjs', 'await import("x");\nexport {};\n', 'export default;\n', 1],
    ['a.cjs', 'return require("x");\n', 'let a;\nlet a;\n', 2],
    ['a.jsx', 'export default () => <><A {...b} /></>;\n', 'export default () => <>;\n', 1],
    ['deco.ts', 'class A { constructor(@inject() readonly b: B) {} }\n', 'class {\n', 1],
    ['a.json', '{"a": [1]}\n', '{"a": 1, // no\n}\n', 1],
    ['tsconfig.json', '{"a": 1, // yes\n}\n', '{"a" 1}\n', 1],
    ['a.yaml', 'a: !Ref b\n---\nb: [1, 2]\n', 'a: 1\nb: [1\nc: 2\n', 3],
    ['a.toml', '[a]\nb = 1979-05-27\n', '[a]\nb = \n', 2],
    ['a.xml', '<a><b/></a>\n', '<a>\n<b></a>\n', 2],
    ['a.py', 'def f():\n    return 1\n', 'def f():\nreturn 1\n', 2, 'python3'],
    ['a.go', 'package a\n\nfunc f() {}\n', 'package a\n\nfunc f( {}\n', 3, 'gofmt'],
    ['a.rs', 'fn f() -> u8 { 1 }\n', 'fn f() {\n  let = 1;\n}\n', 2, 'rustfmt'],
    [
      'A.java',
      'import not.There;\nclass A { There x; }\n',
      'class A {\n  int a = ;\n}\n',
      2,
      'javac',
    ],
    ['a.rb', 'def a\n  1\nend\n', 'def a\n  1 +\nend\n', 3, 'ruby'],
    ['a.php', '<?php\necho 1;\n', '<?php\necho (1;\n', 2, 'php'],
    ['a.sh', 'if true; then echo; fi\n', 'echo\nif true; then\nfi\n', 3, 'sh'],
    ['run', '#!/bin/bash\na=(1 2)\n', '#!/bin/bash\na=(1\n', 2, 'bash'],
    [
      'a.c',
      '#include <stdio.h>\nint f(void) { return 1; }\n',
      'int f(void) {\nreturn 1\n}\n',
      2,
      'cc',
    ],
  ];
  for (const [path, right, wrong, line, command] of cases) {
    it(`is checked in ${path}`, async function () {
      if (command && spawnSync(command, ['--version']).error) return this.skip(); // not installed here
      const check = (text: string) => checkSyntax(createShell(), { path, text }, folder.path());
      assert.deepEqual(await check(right), { kind: 'fine' });
      const found = await check(wrong);
      assert.equal(found?.kind, 'wrong', JSON.stringify(found));
      assert.equal(found.line, line, found.message);
    });
  }

  it('is left alone where nobody can tell', async () => {
    const check = (path: string, text: string) =>
      checkSyntax(createShell(), { path, text }, folder.path());
    assert.equal((await check('a.cs', 'x'))?.kind, 'unchecked');
    assert.equal((await check('chart.yaml', 'a: {{ .Values.a }}\n'))?.kind, 'unchecked');
    assert.equal(await check('a.txt', 'x'), undefined);
  });

  it('is checked without running anything', async () => {
    const marker = folder.path('ran');
    const text = `import pathlib\npathlib.Path(${JSON.stringify(marker)}).touch()\n`;
    assert.deepEqual(await checkSyntax(createShell(), { path: 'a.py', text }, folder.path()), {
      kind: 'fine',
    });
    const { existsSync } = await import('node:fs');
    assert.ok(!existsSync(marker));
  });
});

describe('what tools say', () => {
  const of = (stdout: string, stderr = '') => ({ stdout, stderr, root: '/w' });

  it('is read line by line', () => {
    const text = [
      'a.py:3:5: F401 `os` imported but unused',
      './pkg/b.go:7:2: x declared and not used (typecheck)',
      'c.py:9: error: Name "x" is not defined  [name-defined]',
      'c.py:9: note: a hint',
      'Found 1 error',
    ].join('\n');
    assert.deepEqual(
      readLines(of(text))?.map(({ file, line, rule }) => [file, line, rule]),
      [
        ['a.py', 3, 'F401'],
        ['pkg/b.go', 7, 'typecheck'],
        ['c.py', 9, 'name-defined'],
      ],
    );
  });

  it('is read from annotations', () => {
    const text =
      '::error title=Ruff (F401),file=/w/a.py,line=1,col=8,endLine=1,endColumn=10::a.py:1:8: F401 unused';
    assert.deepEqual(readAnnotations(of(text)), [
      {
        file: 'a.py',
        line: 1,
        rule: 'Ruff (F401)',
        message: 'F401 unused',
        severity: 'error',
      },
    ]);
  });

  it("is read from cargo's messages", () => {
    const text = JSON.stringify({
      reason: 'compiler-message',
      message: {
        level: 'warning',
        message: 'unused variable: `a`',
        code: { code: 'unused_variables' },
        spans: [{ is_primary: true, file_name: 'src/lib.rs', line_start: 4 }],
      },
    });
    assert.deepEqual(readCargo(of(`{"reason":"compiler-artifact"}\n${text}\n`)), [
      {
        file: 'src/lib.rs',
        line: 4,
        rule: 'unused_variables',
        message: 'unused variable: `a`',
        severity: 'warning',
      },
    ]);
  });
});
