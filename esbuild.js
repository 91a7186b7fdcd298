// Bundles: the extension, the command line, and each of our modules that is loaded with import() by itself,
// so that heavy libraries (the model's SDK, the database) are read on first use only.
import { chmodSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import esbuild from 'esbuild';

const require = createRequire(import.meta.url);
const watch = process.argv.includes('--watch');
const out = 'dist';

/** Loaded lazily, each a bundle of its own: `import('./x.ts')` in the source becomes `import('./x.cjs')`. */
const lazy = [
  'src/compose.ts',
  'src/compose/models.ts',
  'src/core/settings.ts',
  'src/models/anthropic.ts',
  'src/models/openai.ts',
  'src/gates/secrets/secretlint.ts',
  'src/pipeline/scanFiles.ts',
  'src/gates/mcp/mcpClient.ts',
  'src/cli/mcpServer.ts',
  'src/server/serve.ts',
  'src/server/receive/protobuf.ts',
];

const lazyBundles = {
  name: 'lazy-bundles',
  setup(build) {
    build.onResolve({ filter: /^\./ }, (args) => {
      if (args.kind !== 'dynamic-import') return undefined;
      const path = join(args.resolveDir, args.path);
      const entry = lazy.find((file) => path.endsWith(file));
      if (!entry) return undefined;
      return { path: `./${entry.split('/').at(-1).replace(/\.ts$/, '.cjs')}`, external: true };
    });
  },
};

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outdir: out,
  entryNames: '[name]',
  outExtension: { '.js': '.cjs' },
  minify: !watch,
  keepNames: true,
  sourcemap: watch,
  logLevel: watch ? 'info' : 'warning',
  metafile: true,
  mainFields: ['module', 'main'],
  define: { 'import.meta.url': '__importMetaUrl', 'import.meta.dirname': '__dirname' },
  banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  plugins: [lazyBundles],
};

const builds = [
  { ...common, entryPoints: ['src/extension.ts'], external: ['vscode'] },
  // Without `external: ['vscode']`: an import of it from the core fails this build.
  {
    ...common,
    entryPoints: ['src/cli.ts'],
    banner: { js: `#!/usr/bin/env node\n${common.banner.js}` },
  },
  { ...common, entryPoints: lazy },
  // Threads and a process of their own, started beside the bundle that asks for them. Nobody asks for the names of
  // their functions, and naming each anew where it is made took a fifth of the time of reading logs.
  {
    ...common,
    keepNames: false,
    entryPoints: [
      'src/signals/quality/qualityWorker.ts',
      'src/signals/scanWorker.ts',
      'src/signals/groupsWorker.ts',
      'src/platform/load/loadDriver.ts',
      'src/gates/static/codeFixes.ts',
    ],
  },
  // The page runs in a browser.
  {
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: !watch,
    sourcemap: watch,
    metafile: true,
    entryPoints: ['webview-ui/page.ts', 'webview-ui/page.css'],
    outdir: join(out, 'page'),
  },
];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const wasm = require.resolve('sql.js/dist/sql-wasm.wasm');
copyFileSync(wasm, join(out, 'sql-wasm.wasm'));
if (watch) {
  for (const options of builds) await (await esbuild.context(options)).watch();
} else {
  const results = await Promise.all(builds.map((options) => esbuild.build(options)));
  chmodSync(join(out, 'cli.cjs'), 0o755); // what `npm link` did to the last one
  if (process.argv.includes('--sizes')) {
    for (const { metafile } of results) {
      for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
        console.log(
          `${String(Math.round(bytes / 1024)).padStart(6)} KiB  ${file} (${dirname(file)})`,
        );
      }
    }
  }
}
