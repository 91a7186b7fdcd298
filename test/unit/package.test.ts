import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { listFiles } from '@vscode/vsce';
import { packing } from '../../scripts/package.mjs';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as Readonly<Record<string, unknown>>;

/** What may be in the package. */
const allowed: readonly RegExp[] = [
  /^package(\.nls(\.\w+)?)?\.json$/,
  /^l10n\/bundle\.l10n\.\w+\.json$/,
  /^(README|CHANGELOG)\.md$/,
  /^LICENSE$/,
  /^dist\/\w+\.cjs$/,
  /^dist\/sql-wasm\.wasm$/,
  /^dist\/page\/page\.(js|css)$/,
  /^media\/(icon\.(png|svg)|tab-(dark|light)\.svg|demo\.recording\.json)$/,
  /^media\/walkthrough\/\w+\.(svg|md)$/,
  /^media\/demo\/(README\.md|gitignore|package\.json|feedback\.jsonl|traffic\.mjs)$/,
  /^media\/demo\/(data|logs|src|test)\/[\w.]+\.(js|json|log)$/,
];

/** Of what `npm run build` made; `npm test` builds first. */
describe('the package', () => {
  let files: readonly string[];
  before(async () => {
    assert.ok(existsSync(join(root, 'dist/extension.cjs')), 'run npm run build first');
    files = (await listFiles(packing)).map((file) => file.replaceAll('\\', '/'));
  });

  it('holds nothing that is not needed', () => {
    const others = files.filter((file) => !allowed.some((one) => one.test(file)));
    assert.deepEqual(others, []);
  });

  it('holds everything that was built, and every bundle that another one loads', () => {
    for (const entry of ['dist/extension.cjs', 'dist/cli.cjs', 'dist/page/page.js'])
      assert.ok(files.includes(entry), entry);
    const built = readdirSync(join(root, 'dist')).filter((name) => /\.(cjs|wasm)$/.test(name));
    for (const name of built) assert.ok(files.includes(`dist/${name}`), name);
    for (const bundle of files.filter((file) => file.endsWith('.cjs'))) {
      for (const [, name = ''] of read(bundle).matchAll(/["'`]\.\/(\w+\.(?:cjs|wasm))["'`]/g))
        assert.ok(files.includes(`dist/${name}`), `${bundle} loads ${name}`);
    }
  });

  it('holds every file that the manifest names', () => {
    const named = [...read('package.json').matchAll(/"(?:\.\/)?((?:media|dist|l10n)\/[^"*]+)"/g)];
    assert.ok(named.length > 3);
    for (const [, path = ''] of named)
      assert.ok(
        files.some((file) => file === path || file.startsWith(`${path}/`)),
        path,
      );
  });

  it('stays small', () => {
    const bytes = files.reduce((sum, file) => sum + statSync(join(root, file)).size, 0);
    assert.ok(bytes < 9_000_000, `${bytes} bytes`);
  });

  it('says what a gallery shows', () => {
    for (const key of ['displayName', 'description', 'icon', 'license', 'galleryBanner', 'pricing'])
      assert.ok(manifest[key], key);
    const keywords = manifest['keywords'] as readonly string[];
    assert.ok(keywords.length > 0 && keywords.length <= 5);
    const icon = readFileSync(join(root, String(manifest['icon'])));
    assert.deepEqual([icon.readUInt32BE(16), icon.readUInt32BE(20)], [256, 256]);
    assert.match(read('CHANGELOG.md'), new RegExp(`^## ${String(manifest['version'])}$`, 'm'));
  });

  it('has a README whose relative links lead to files', () => {
    for (const [, link = ''] of read('README.md').matchAll(/\]\((?!https?:|#|mailto:)([^)\s]+)\)/g))
      assert.ok(existsSync(join(root, posix.normalize(link))), link);
  });
});
