import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** Who may import whom. A stage never imports another; only compose and pipeline know the order. */
const stages = ['signals', 'backlog', 'models', 'attempt', 'gates', 'release', 'learning'];
const mayImport: Record<string, readonly string[]> = {
  core: [],
  shared: [],
  platform: ['core'],
  ...Object.fromEntries(stages.map((stage) => [stage, ['core']])),
  pipeline: ['core', ...stages],
  compose: ['core', 'platform', 'pipeline', ...stages],
  views: ['core', 'pipeline'],
  server: ['core', 'backlog', 'pipeline', 'compose', 'platform', 'views'],
  editor: ['core', 'shared', 'backlog', 'pipeline', 'compose', 'server'],
  extension: ['core', 'editor', 'compose'],
  cli: ['core', 'compose', 'pipeline', 'backlog', 'platform', 'views', 'server'],
  'webview-ui': ['shared'],
};

describe('architecture', () => {
  for (const file of [...sources(join(root, 'src')), ...sources(join(root, 'webview-ui'))]) {
    const name = relative(root, file);
    it(`${name} imports only what its room may`, () => {
      const room = roomOf(file);
      const allowed = mayImport[room];
      assert.ok(allowed, `${name} lies in no known room (${room})`);
      for (const specifier of importsOf(readFileSync(file, 'utf8'))) {
        if (specifier === 'vscode') {
          assert.ok(room === 'editor' || room === 'extension', `${name} imports vscode`);
        } else if (specifier.startsWith('.')) {
          const target = roomOf(resolve(dirname(file), specifier));
          assert.ok(target === room || allowed.includes(target), `${name} imports ${specifier}`);
        }
      }
    });
  }

  it('loads the house with the first use of the window, not with the extension', () => {
    const values =
      /^import (?!type )(?!\{ type \w+ \})[^;]*from '(?:\.\.?\/)+(?:pipeline|compose)\.ts'/m;
    assert.match("import { a, type B } from '../pipeline.ts';", values);
    for (const file of [...sources(join(root, 'src/editor')), join(root, 'src/extension.ts')])
      assert.doesNotMatch(readFileSync(file, 'utf8'), values, file);
  });

  it('finds import statements of every form', () => {
    const text = `import a from './a.ts';\nimport type { B } from "./b.ts";\nexport { c } from './c.ts';\nconst d = await import('./d.ts');\nimport './e.ts';`;
    assert.deepEqual(importsOf(text), ['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts']);
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

/** The folder right below src, or the file's own name for those that lie in src itself. */
function roomOf(path: string): string {
  const [first = '', second = ''] = relative(root, path).split('/');
  return first === 'src' ? second.replace(/\.ts$/, '') : first;
}

function importsOf(text: string): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? '');
}
