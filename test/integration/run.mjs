// Runs the integration tests inside real extension hosts: the oldest VS Code that is supported and the newest.
// Each folder beside this file is a kind of workspace; its *.test.ts run in one window of that kind.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import esbuild from 'esbuild';
import { findDesktop } from '../host/desktop.mjs';
import { newest, oldest } from '../host/install.mjs';
import { project } from '../host/node24.mjs';
import { workspaces } from './support/workspaces.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = join(project, '.vscode-test/integration');
const report = process.env.PATCHWRIGHT_TEST_REPORT;
/** `run.mjs plain 1.104` runs only that; left out: all. */
const asked = process.argv.slice(2);
const chosen = (all) => {
  const some = all.filter((name) => asked.includes(name));
  return some.length > 0 ? some : all;
};
const kinds = chosen(Object.keys(workspaces));

rmSync(out, { recursive: true, force: true });
const desktop = await findDesktop();
console.log(
  desktop
    ? 'In desktop VS Code.'
    : 'In the browser-hosted VS Code: the desktop one is out of reach.',
);
let failed = 0;
for (const kind of kinds) await build(kind);
for (const version of chosen([newest, oldest])) {
  for (const kind of kinds) {
    // What VS Code does with several folders is as old as what it does with one.
    if (kind === 'several' && version === oldest && !asked.includes(oldest)) continue;
    console.log(`\nVS Code ${version}, ${kind} workspace`);
    if (!(await runKind(version, kind))) failed += 1;
  }
}
process.exit(failed > 0 ? 1 : 0);

async function build(kind) {
  const tests = readdirSync(join(here, kind)).filter((name) => name.endsWith('.test.ts'));
  if (tests.length === 0) throw new Error(`There is no test in ${kind}.`);
  await esbuild.build({
    entryPoints: [...tests.map((name) => join(here, kind, name)), join(here, 'support/main.ts')],
    outdir: join(out, kind),
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs', // an ES module could not import `vscode`
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}

/** True when every test passed. A window that ends without a count has failed, whatever it says. */
async function runKind(version, kind) {
  const root = mkdtempSync(join(tmpdir(), 'pw-int-'));
  const counts = join(root, 'counts.jsonl');
  const workspace = await workspaces[kind](root);
  const untrusted = kind === 'untrusted';
  try {
    if (untrusted && desktop) {
      console.log('skipped: runTests turns Workspace Trust off in desktop VS Code');
      return true;
    }
    const code = await runTests({
      ...(desktop
        ? { version: version === newest ? 'stable' : `${oldest}.0` }
        : { vscodeExecutablePath: join(project, 'test/host/code.mjs') }),
      extensionDevelopmentPath: project,
      extensionTestsPath: join(out, kind, 'main.cjs'),
      launchArgs: [workspace.folder, ...(untrusted ? ['--enable-workspace-trust'] : [])],
      extensionTestsEnv: {
        ...workspace.env,
        VSCODE_HOST_VERSION: version,
        PATCHWRIGHT_TEST_REPORT: counts,
        // A proxy of the machine's must not come between the tests and their own servers.
        NO_PROXY: '127.0.0.1,localhost',
      },
    }).catch((error) => {
      console.error(error.message);
      return 1;
    });
    return tally(counts, code);
  } finally {
    await workspace.dispose?.();
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

function tally(file, code) {
  const lines = read(file);
  const counted = lines.map((line) => JSON.parse(line));
  if (counted.length === 0 || (code !== 0 && counted.every((count) => count.failed === 0)))
    lines.push(JSON.stringify({ passed: 0, failed: 1, skipped: 0 }));
  if (report) appendFileSync(report, lines.map((line) => `${line}\n`).join(''));
  return code === 0 && counted.length > 0;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
