// npm run demo [-- --open] [-- --model NAME]: builds, does the main job on a copy of the demo workspace,
// and with --open shows that workspace in a real VS Code: the desktop one if installed, else a browser-hosted one.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureNode24, project } from './node24.mjs';

const open = process.argv.includes('--open');
const args = process.argv.slice(2).filter((arg) => arg !== '--open');

run(process.execPath, ['esbuild.js']);
if (!open) {
  run(process.execPath, [join(project, 'dist/cli.cjs'), 'demo', ...args], { stdio: 'inherit' });
  process.exit(0);
}
// The host needs a newer Node than the command line does.
const child = spawn(ensureNode24(), [join(project, 'test/host/openDemo.mjs'), ...args], {
  cwd: project,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));

function run(file, argv, options = { stdio: ['ignore', 'inherit', 'inherit'] }) {
  const { status } = spawnSync(file, argv, { cwd: project, ...options });
  if (status !== 0) process.exit(status ?? 1);
}
