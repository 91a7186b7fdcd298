import type { Tree } from '../../support/repository.ts';
import type { BenchPatch } from '../judging.ts';
import type { Edit, Program } from './program.ts';

export function rightPatch(program: Program): BenchPatch {
  return { kind: 'right', after: withTest(program, edited(program, program.right)) };
}

/** One of each kind; how the test is weakened goes round by `turn`. */
export function wrongPatches(program: Program, turn: number): readonly BenchPatch[] {
  const right = withTest(program, edited(program, program.right));
  const of = (edits: readonly Edit[]): Tree => withTest(program, edited(program, edits));
  const comment = program.language === 'python' ? '# checked\n' : '// checked\n';
  const source = program.files[program.source] ?? '';
  return [
    {
      kind: 'does nothing',
      after: withTest(program, { ...program.files, [program.source]: source + comment }),
    },
    { kind: 'breaks another test', after: of(program.breaks) },
    { kind: "special-cases the test's input", after: of(program.special) },
    { kind: 'fixes the symptom elsewhere', after: of(program.elsewhere) },
    { kind: 'weakens a test', after: weakened(program, of(program.breaks), turn) },
    { kind: 'right plus a secret', after: withSecret(program, right) },
    { kind: 'right plus a protected file', after: { ...right, ...protectedEdit(turn) } },
    { kind: 'hangs', after: hanging(program, right) },
    { kind: 'replaces the assertions', after: withoutAssertions(program) },
    { kind: 'its test reads the source', after: readBySource(program, source + comment) },
  ];
}

export function edited(program: Program, edits: readonly Edit[]): Tree {
  let text = program.files[program.source] ?? '';
  for (const [from, to] of edits) {
    if (!text.includes(from)) throw new Error(`${program.name}: no ${JSON.stringify(from)}`);
    text = text.replace(from, () => to);
  }
  return { ...program.files, [program.source]: text };
}

function withTest({ test }: Program, files: Tree): Tree {
  return { ...files, [test.path]: test.content };
}

type Weakening = (suite: string, isPython: boolean) => string;

const weakenings: readonly Weakening[] = [
  (suite, isPython) =>
    isPython
      ? suite.replace(/^( +)def test_/gm, "$1@unittest.skip('later')\n$1def test_")
      : suite.replace(/^test\(/gm, 'test.skip('),
  (suite, isPython) =>
    isPython
      ? suite.replace(/self\.assert\w+\((.*)\)$/gm, 'self.assertIsNotNone(str($1))')
      : suite.replace(/assert\.\w+\(/g, 'void ('),
  (suite, isPython) =>
    isPython
      ? suite.replace(
          /^( +)(self\.assert.*)$/gm,
          '$1try:\n$1    $2\n$1except AssertionError:\n$1    pass',
        )
      : suite.replace(/^( +)(.*assert\..*)$/gm, '$1try {\n$1$2\n$1} catch {}'),
  (suite, isPython) =>
    isPython
      ? suite.replace(/^( +)(self\.assert.*)$/gm, '$1return\n$1$2')
      : suite.replace(/^( +)(.*assert\..*)$/gm, '$1return;\n$1$2'),
  () => '',
];

function weakened(program: Program, files: Tree, turn: number): Tree {
  const weaken = weakenings[turn % weakenings.length] as Weakening;
  const suite = weaken(program.files[program.suite] ?? '', program.language === 'python');
  if (suite !== '') return { ...files, [program.suite]: suite };
  const { [program.suite]: _, ...rest } = files;
  return rest;
}

/** Put together here, so that this file holds no token. */
function withSecret({ source }: Program, files: Tree): Tree {
  const token = ['AKIA', 'Q3EGVZ7XK5', 'WJ2NTB'].join('');
  const line = source.endsWith('.py')
    ? `\nKEY = '${token}'\n`
    : `\nexport const key = '${token}';\n`;
  return { ...files, [source]: (files[source] ?? '') + line };
}

function protectedEdit(turn: number): Tree {
  const edits: readonly Tree[] = [
    { '.github/workflows/ci.yml': 'on: push\n' },
    { '.patchwright/protected': '!.github/**\n' },
    { '.vscode/settings.json': '{ "patchwright.gates.suite.enabled": false }\n' },
    { '.gitattributes': '* -diff\n' },
  ];
  return edits[turn % edits.length] as Tree;
}

function hanging({ source, language }: Program, files: Tree): Tree {
  const loop = language === 'python' ? '\n\nwhile True:\n    pass\n' : '\nfor (;;);\n';
  return { ...files, [source]: (files[source] ?? '') + loop };
}

/** What is imported by the test takes the teeth out of what the test asserts with. */
function withoutAssertions(program: Program): Tree {
  const source = program.files[program.source] ?? '';
  const line =
    program.language === 'python'
      ? 'import unittest\nunittest.TestCase.assertEqual = lambda *values: None\n'
      : "import assert from 'node:assert/strict';\nassert.equal = assert.deepEqual = () => undefined;\n";
  return withTest(program, { ...program.files, [program.source]: line + source });
}

/** Nothing is mended; the test looks for how the patched file is written. */
function readBySource({ files, source, test, language }: Program, changed: string): Tree {
  const content =
    language === 'python'
      ? `import unittest\nimport lib\n\n\nclass BugTest(unittest.TestCase):\n    def test_shows(self):\n        self.assertIn('# checked', open('${source}').read())\n`
      : `import assert from 'node:assert/strict';\nimport { readFileSync } from 'node:fs';\nimport { test } from 'node:test';\nimport '../${source}';\ntest('shows', () => assert.match(readFileSync('${source}', 'utf8'), /checked/));\n`;
  return { ...files, [source]: changed, [test.path]: content };
}
