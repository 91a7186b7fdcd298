// Runs the end-to-end tests: the extension as users have it, in a real VS Code window that is driven by hand
// and key. That window is the browser-hosted one on every machine, because it can be driven and looked at.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureChromium } from '../host/chromium.mjs';
import { ensureHost, newest, oldest } from '../host/install.mjs';
import { project } from '../host/node24.mjs';

if (process.platform !== 'linux') {
  console.log('skipped: the browser-hosted VS Code, which these tests drive, needs Linux');
  process.exit(0);
}
for (const version of [newest, oldest]) ensureHost(version);
ensureChromium();
const { status } = spawnSync(
  process.execPath,
  [
    join(project, 'node_modules/mocha/bin/mocha.js'),
    '--no-config',
    '--forbid-only',
    '--timeout=180000',
    `--reporter=${join(project, 'test/support/countingReporter.cjs')}`,
    ...process.argv.slice(2),
    'test/e2e/*.test.ts',
  ],
  { cwd: project, stdio: 'inherit' },
);
process.exit(status ?? 1);
