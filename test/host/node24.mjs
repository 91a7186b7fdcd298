// Finds a Node that is new enough for the tools and the tests, or brings Node 24 from the npm registry.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const project = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const hosts = process.env.PATCHWRIGHT_HOSTS ?? join(project, '.host');

const version = '24.21.0';
const packageName = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** Path of a Node >= 24: the running one when it is, else one from the registry, installed once. */
export function ensureNode24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const folder = join(hosts, 'node24');
  const node = join(
    folder,
    'node_modules',
    packageName,
    process.platform === 'win32' ? 'bin/node.exe' : 'bin/node',
  );
  if (!existsSync(node)) {
    console.error(
      `Node ${process.versions.node} is older than the tools need; bringing Node ${version} …`,
    );
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    npmInstall(folder, [`${packageName}@${version}`]);
  }
  return node;
}

export function npmInstall(folder, args) {
  execFileSync(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...args],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' },
  );
}
