import type { Tree } from '../../support/repository.ts';

/** Replaces the first text by the second, once. */
export type Edit = readonly [from: string, to: string];

/** A small program with one bug, a test that shows it, and patches of both kinds. */
export interface Program {
  readonly name: string;
  readonly language: 'javascript' | 'python';
  readonly files: Tree;
  /** The file with the bug. */
  readonly source: string;
  readonly suite: string;
  readonly test: { readonly path: string; readonly content: string };
  readonly right: readonly Edit[];
  /** Right for the test's input alone. */
  readonly special: readonly Edit[];
  /** Hides what goes wrong in a caller. */
  readonly elsewhere: readonly Edit[];
  /** Passes the test and breaks what worked. */
  readonly breaks: readonly Edit[];
}

/** What differs from program to program. */
export interface Sketch {
  readonly name: string;
  readonly source: string;
  /** What works: name → body. */
  readonly works: Readonly<Record<string, string>>;
  /** Body of the test that shows the bug. */
  readonly shows: string;
  readonly right: readonly Edit[];
  readonly special: readonly Edit[];
  readonly elsewhere: readonly Edit[];
  readonly breaks: readonly Edit[];
}

/** An ES module with node --test. */
export function javascript({ name, source, works, shows, ...patches }: Sketch): Program {
  const names = [...source.matchAll(/export (?:async )?(?:function|const|class) (\w+)/g)].map(
    ([, one]) => one,
  );
  const head = [
    "import assert from 'node:assert/strict';",
    "import { test } from 'node:test';",
    `import { ${names.join(', ')} } from '../src/lib.js';`,
    '',
  ].join('\n');
  const tests = (bodies: Readonly<Record<string, string>>): string =>
    Object.entries(bodies)
      .map(([title, body]) => `test('${title}', async () => {\n  ${body}\n});\n`)
      .join('');
  return {
    name,
    language: 'javascript',
    files: {
      'package.json':
        '{ "type": "module", "private": true, "scripts": { "test": "node --test" } }\n',
      'src/lib.js': source,
      'test/lib.test.js': head + tests(works),
    },
    source: 'src/lib.js',
    suite: 'test/lib.test.js',
    test: { path: 'test/bug.test.js', content: head + tests({ 'shows the bug': shows }) },
    ...patches,
  };
}

/** A module with unittest. */
export function python({ name, source, works, shows, ...patches }: Sketch): Program {
  const tests = (title: string, bodies: Readonly<Record<string, string>>): string =>
    [
      'import unittest',
      'from lib import *',
      '',
      '',
      `class ${title}(unittest.TestCase):`,
      ...Object.entries(bodies).map(
        ([one, body]) => `    def test_${one}(self):\n        ${body}\n`,
      ),
    ].join('\n');
  return {
    name,
    language: 'python',
    files: { 'lib.py': source, 'test_lib.py': tests('LibTest', works) },
    source: 'lib.py',
    suite: 'test_lib.py',
    test: { path: 'test_bug.py', content: tests('BugTest', { shows_the_bug: shows }) },
    ...patches,
  };
}
