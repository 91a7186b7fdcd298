// node test/host/prepareDemo.mjs FOLDER: the demo workspace with a patch to review, for F5. Kept when it is there.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { project } from './node24.mjs';

const folder = resolve(process.argv[2] ?? join(project, '.vscode-test/demo'));
if (existsSync(join(folder, '.git'))) process.exit(0);
const { status } = spawnSync(process.execPath, [join(project, 'dist/cli.cjs'), 'demo', folder], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
