// node test/host/install.mjs [version …]: brings a VS Code that runs in a browser, from the npm registry.
// Everything comes prebuilt; install scripts do not run, so no compiler and no headers are needed.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hosts, npmInstall } from './node24.mjs';

/** VS Code version → what to install. Raise `recipe` when the steps below change. */
const recipe = 1;
const releases = {
  1.104: {
    codeServer: '4.104.0',
    node: '22.23.3',
    // These two were built on install then; later releases of them bring the binaries along.
    prebuilt: ['@vscode/ripgrep-universal@1.18.0', 'node-pty@1.2.0-beta.15'],
  },
  1.139: { codeServer: '4.139.1', node: '24.21.0', prebuilt: [] },
};
export const versions = Object.keys(releases).sort();
export const oldest = '1.104';
export const newest = '1.139';

const nodePackage = `node-${process.platform}-${process.arch}`;

export function hostOf(version) {
  const home = join(hosts, version);
  return {
    home,
    serverMain: join(home, 'node_modules/code-server/lib/vscode/out/server-main.js'),
    node: join(home, 'node_modules', nodePackage, 'bin/node'),
  };
}

/** Installs what is missing of a version; returns at once when all of it is there. */
export function ensureHost(version) {
  const release = releases[version];
  if (!release)
    throw new Error(`No recipe for VS Code ${version}; there is ${versions.join(', ')}.`);
  const host = hostOf(version);
  const stamp = join(host.home, '.complete');
  const want = JSON.stringify({ recipe, ...release });
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === want) return host;
  if (process.platform !== 'linux')
    throw new Error('The browser-hosted VS Code needs Linux; install desktop VS Code instead.');
  console.error(`Bringing VS Code ${version} (once, about 800 MB on disk) …`);
  rmSync(stamp, { force: true });
  install(host.home, release);
  writeFileSync(stamp, want);
  return host;
}

function install(home, { codeServer, node, prebuilt }) {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
  npmInstall(home, [`code-server@${codeServer}`, `${nodePackage}@${node}`, ...prebuilt]);
  const server = join(home, 'node_modules/code-server/lib/vscode');
  npmInstall(server, ['--omit=dev']);
  npmInstall(join(server, 'extensions'), ['--omit=dev']);
  const modules = join(server, 'node_modules');
  if (prebuilt.length > 0) usePrebuilt(join(home, 'node_modules'), modules);
  copyFileSync(standIn('spdlog'), join(modules, '@vscode/spdlog/index.js'));
  for (const name of ['@vscode/native-watchdog', 'native-watchdog']) {
    const target = join(modules, name);
    if (existsSync(target)) copyFileSync(standIn('watchdog'), join(target, 'index.js'));
  }
}

function usePrebuilt(from, to) {
  const ripgrep = join(to, '@vscode/ripgrep/bin');
  mkdirSync(ripgrep, { recursive: true });
  const platform = `${process.platform}-${process.arch}`;
  copyFileSync(join(from, '@vscode/ripgrep-universal/bin', platform, 'rg'), join(ripgrep, 'rg'));
  chmodSync(join(ripgrep, 'rg'), 0o755);
  rmSync(join(to, 'node-pty'), { recursive: true, force: true });
  cpSync(join(from, 'node-pty'), join(to, 'node-pty'), { recursive: true });
}

/** As a user installs it: from the package alone, without the network. */
export function installExtension(version, vsix, extensions) {
  const { node, serverMain } = ensureHost(version);
  const data = mkdtempSync(join(tmpdir(), 'vsi-'));
  try {
    execFileSync(
      node,
      [
        serverMain,
        '--accept-server-license-terms',
        `--server-data-dir=${data}`,
        `--extensions-dir=${extensions}`,
        `--install-extension=${vsix}`,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
    );
  } finally {
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  }
}

function standIn(name) {
  return fileURLToPath(new URL(`standIns/${name}.cjs`, import.meta.url));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = process.argv.slice(2);
  for (const version of asked.length > 0 ? asked : versions) ensureHost(version);
}
