// The demo in a real VS Code: does the main job, then opens the workspace with the recorded model at hand.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startScriptedModel } from '../../src/models/scripted.ts';
import { project } from './node24.mjs';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'patchwright-demo-')));
const done = spawnSync(
  process.execPath,
  [join(project, 'dist/cli.cjs'), 'demo', folder, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
if (done.status !== 0) process.exit(done.status ?? 1);

const recording = JSON.parse(readFileSync(join(project, 'media/demo.recording.json'), 'utf8'));
const model = await startScriptedModel(recording);
const env = process.env.ANTHROPIC_API_KEY
  ? {}
  : { ANTHROPIC_BASE_URL: model.baseUrl, ANTHROPIC_API_KEY: model.apiKey };

if (hasDesktop()) {
  console.log('\nOpening it in VS Code …');
  spawn('code', ['--new-window', `--extensionDevelopmentPath=${project}`, folder], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  });
} else {
  const { start } = await import('./host.mjs');
  const extensions = mkdtempSync(join(tmpdir(), 'pw-ext-'));
  linkExtension(extensions);
  const server = await start({ extensions, env, port: Number(process.env.PORT ?? 0) });
  console.log(`\nVS Code is not installed here; a browser-hosted one shows the same workspace:`);
  console.log(`  http://127.0.0.1:${server.port}/?folder=${encodeURIComponent(folder)}`);
  console.log('  Open the Patchwright view and the row under Review. Press Ctrl+C to stop.');
}

function hasDesktop() {
  const { status } = spawnSync('code', ['--version'], {
    stdio: 'ignore',
    shell: process.platform === 'win32',
  });
  return status === 0;
}

/** As an installed extension, so that it runs as users have it. */
function linkExtension(extensions) {
  const { publisher, name, version } = JSON.parse(
    readFileSync(join(project, 'package.json'), 'utf8'),
  );
  symlinkSync(project, join(extensions, `${publisher}.${name}-${version}`), 'dir');
}
