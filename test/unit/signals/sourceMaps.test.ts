import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildSync } from 'esbuild';
import type { Frame } from '../../../src/core/signal.ts';
import { createLocator } from '../../../src/signals/location.ts';
import { createSourceMaps, maxMapBytes } from '../../../src/signals/sourceMaps.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { follow, logSettings } from './support/scanFolder.ts';

const source = `export function lidOf(bins: { lid: { size: number } }[]): number {
  return bins[7].lid.size;
}
console.log(lidOf([]));
`;

describe('source maps', () => {
  const folder = tempFolder();
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(folder.path(path)), { recursive: true });
    writeFileSync(folder.path(path), text);
  };
  const read = (path: string): string => readFileSync(folder.path(path), 'utf8');
  const remove = (path: string): void => rmSync(folder.path(path));

  /** Bundles src/lids.ts; the place of `.lid` in the bundle. */
  const build = (options: { sourcemap: 'linked' | 'inline' | 'external'; minify?: boolean }) => {
    write('ws/src/lids.ts', source);
    const [map, code] = buildSync({
      absWorkingDir: folder.path('ws'),
      entryPoints: ['src/lids.ts'],
      outdir: 'dist',
      bundle: true,
      write: false,
      minify: options.minify ?? true,
      sourcemap: options.sourcemap,
    }).outputFiles.toSorted(
      (a, b) => (a.path.endsWith('.map') ? -1 : 1) - (b.path.endsWith('.map') ? -1 : 1),
    );
    const script = code ?? map;
    write('ws/dist/lids.js', script?.text ?? '');
    if (code) write('ws/dist/lids.js.map', map?.text ?? '');
    const lines = (script?.text ?? '').split('\n');
    const at = lines.findIndex((line) => line.includes('.lid'));
    return { line: at + 1, column: (lines[at] ?? '').indexOf('lid') + 1 };
  };
  const frame = (file: string, place: { line: number; column: number }): Frame => ({
    file,
    ...place,
    function: 'e',
    inApp: true,
  });
  const maps = () => createSourceMaps(folder.path('ws'), createLocator(folder.path('ws')));

  for (const sourcemap of ['linked', 'inline', 'external'] as const) {
    it(`find the original place by a map that is ${sourcemap}`, () => {
      const place = build({ sourcemap });
      const found = maps().original(frame('/elsewhere/app/dist/lids.js', place));
      assert.equal(found.file, 'src/lids.ts');
      assert.equal(found.line, 2);
      assert.equal(found.source, 'return bins[7].lid.size;');
      assert.equal(found.function, undefined);
    });
  }

  it('understand the names that webpack gives, and that code of a dependency is not ours', () => {
    const place = build({ sourcemap: 'external' });
    const rename = (from: string): void => {
      const map = JSON.parse(read('ws/dist/lids.js.map')) as { sources: string[] };
      write('ws/dist/lids.js.map', JSON.stringify({ ...map, sources: [from] }));
    };
    rename('webpack://depot/./src/lids.ts?1b2c');
    assert.equal(maps().original(frame('dist/lids.js', place)).file, 'src/lids.ts');
    rename('https://depot.example/src/lids.ts');
    assert.equal(maps().original(frame('dist/lids.js', place)).file, 'src/lids.ts');
    rename('../node_modules/lid/index.js');
    assert.equal(maps().original(frame('dist/lids.js', place)).inApp, false);
  });

  it('leave a frame as it is when no map is there, or it is broken, remote, huge or outside', () => {
    const place = build({ sourcemap: 'linked' });
    const given = frame('dist/lids.js', place);
    const same = (): void => assert.equal(maps().original(given), given);
    const map = read('ws/dist/lids.js.map');

    write('ws/dist/lids.js.map', '{"version":3,"sources":["x"],"mappings":"!!"}');
    same();
    write('ws/dist/lids.js.map', `${map}${' '.repeat(maxMapBytes)}`);
    same();
    remove('ws/dist/lids.js.map');
    same();
    write('outside.map', map);
    symlinkSync(folder.path('outside.map'), folder.path('ws/dist/lids.js.map'));
    same();
    remove('ws/dist/lids.js.map');
    write('ws/dist/lids.js', 'x\n//# sourceMappingURL=https://example.org/lids.js.map\n');
    same();
    write('ws/dist/lids.js', 'x\n//# sourceMappingURL=../../outside.map\n');
    same();
  });

  it('never follow a map to a file outside the workspace', () => {
    const place = build({ sourcemap: 'external' });
    write('secret.ts', source);
    const map = JSON.parse(read('ws/dist/lids.js.map')) as { sources: string[] };
    for (const name of ['../../secret.ts', folder.path('secret.ts'), '/etc/passwd']) {
      write('ws/dist/lids.js.map', JSON.stringify({ ...map, sources: [name] }));
      const given = frame('dist/lids.js', place);
      assert.equal(maps().original(given), given);
    }
  });

  it('keep a name that the original has, as Node does, and the text of the line where there is none', () => {
    const place = build({ sourcemap: 'external' });
    const named = maps().original({ ...frame('dist/lids.js', place), function: 'Object.lidOf' });
    assert.deepEqual([named.function, named.source], ['Object.lidOf', undefined]);
    const minified = maps().original({ ...frame('dist/lids.js', place), function: 'abc' });
    assert.deepEqual([minified.function, minified.source], [undefined, 'return bins[7].lid.size;']);
  });

  it('make the same bug one ticket after a build that moved and renamed everything', async () => {
    const trace = (place: { line: number; column: number }, name: string): string =>
      `TypeError: Cannot read properties of undefined (reading 'lid')\n    at ${name} (/srv/app/dist/lids.js:${place.line}:${place.column})\n    at node:internal/main/run_main_module:28:49\n`;
    const settings = logSettings({ 'sources.logs': ['logs/*.log'] });
    const first = build({ sourcemap: 'linked' });
    write('ws/logs/a.log', trace(first, 'r'));
    const before = await follow(folder.path('ws'), settings).scan(true);
    remove('ws/logs/a.log');
    const second = build({ sourcemap: 'linked', minify: false });
    write('ws/logs/b.log', trace(second, 'o'));
    const after = await follow(folder.path('ws'), settings).scan(true);

    assert.notDeepEqual(first, second);
    const [one] = before.signals;
    const [other] = after.signals;
    assert.ok(one?.kind === 'exception' && other?.kind === 'exception');
    assert.deepEqual(one.location, { file: 'src/lids.ts', line: 2 });
    assert.equal(one.exception.language, 'typescript');
    assert.equal(other.fingerprint.hash, one.fingerprint.hash);
  });

  it('find two bugs in one file apart where a trace names no function', async () => {
    write('ws/src/bins.rs', 'fn a() { x.unwrap(); }\nfn b() { y.unwrap(); }\n');
    const panic = (line: number): string =>
      `thread 'main' panicked at src/bins.rs:${line}:12:\ncalled \`Option::unwrap()\` on a \`None\` value\nnote: run with \`RUST_BACKTRACE=1\`\n`;
    write('ws/logs/c.log', panic(1) + panic(2) + panic(1));
    const { signals } = await follow(
      folder.path('ws'),
      logSettings({ 'sources.logs': ['logs/*.log'] }),
    ).scan(true);
    assert.equal(signals.length, 3);
    assert.equal(new Set(signals.map(({ fingerprint }) => fingerprint.hash)).size, 2);
  });
});
