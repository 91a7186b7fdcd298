// The demo in a real VS Code: does the main job, then opens the workspace with the same model at hand.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startScriptedModel } from '../../src/models/scripted.ts';
import { demoPlan, desktopArguments } from './demoPlan.mjs';
import { project } from './node24.mjs';

const args = process.argv.slice(2);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'patchwright-demo-')));
const done = spawnSync(process.execPath, [join(project, 'dist/cli.cjs'), 'demo', folder, ...args], {
  stdio: 'inherit',
});
if (done.status !== 0) process.exit(done.status ?? 1);

const recording = JSON.parse(readFileSync(join(project, 'media/demo.recording.json'), 'utf8'));
const model = await startScriptedModel(recording);
const { real, env, settings } = demoPlan(args, process.env, model);
console.log(real ? '\nThe window uses your key.' : '\nThe window uses the recorded model, too.');
if (hasDesktop()) await openDesktop();
else await openBrowserHosted();

async function openDesktop() {
  const userData = mkdtempSync(join(tmpdir(), 'pw-user-'));
  mkdirSync(join(userData, 'User'));
  writeFileSync(join(userData, 'User/settings.json'), JSON.stringify(settings));
  console.log(
    'Opening it in VS Code: a new instance with user data of its own, since one that runs',
  );
  console.log(
    'already does not take environment variables over. Close its window to end the demo.',
  );
  const child = spawn('code', desktopArguments({ project, userData, folder }), {
    stdio: 'inherit',
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  });
  const [code] = await once(child, 'exit');
  await model.dispose();
  rmSync(userData, { recursive: true, force: true, maxRetries: 5 });
  process.exit(code ?? 0);
}

async function openBrowserHosted() {
  const { start } = await import('./host.mjs');
  const extensions = mkdtempSync(join(tmpdir(), 'pw-ext-'));
  linkExtension(extensions);
  const port = Number(process.env.PORT ?? 0);
  const server = await start({ extensions, env, settings, port });
  console.log(`VS Code is not installed here; a browser-hosted one shows the same workspace:`);
  console.log(`  http://127.0.0.1:${server.port}/?folder=${encodeURIComponent(folder)}`);
  console.log('  Open the Patchwright view and the row under Review. Press Ctrl+C to stop.');
  // The server runs in a group of its own: it must not outlive the demo.
  await new Promise((stopped) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stopped);
  });
  await server.stop();
  await model.dispose();
  rmSync(extensions, { recursive: true, force: true });
  process.exit(0);
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
