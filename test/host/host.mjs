// Starts a browser-hosted VS Code (see install.mjs) and opens its window in Chromium.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { ensureChromium } from './chromium.mjs';
import { ensureHost, newest } from './install.mjs';

/** Nothing of VS Code's own that pops up, downloads or asks. */
const quiet = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'extensions.autoUpdate': 'off',
  'extensions.autoCheckUpdates': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'files.autoSave': 'off', // on in browsers, off on the desktop
  'git.autofetch': false,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.startupPrompt': 'never',
};

/**
 * @param given version of VS Code, user settings, trust (false: the trust feature is off), dev (honour
 * a development extension and tests), folders for user data and extensions, environment, port.
 * @returns port, dir, user and stop(), which waits for the extension's deactivate().
 */
export async function start(given = {}) {
  const { version = newest, settings = {}, trust = false, dev = false, env = {}, port = 0 } = given;
  const { node, serverMain } = ensureHost(version);
  const dir = mkdtempSync(join(tmpdir(), 'vsc-')); // short paths: sockets allow 107 characters
  const user = given.userData ?? join(dir, 'data');
  mkdirSync(join(user, 'User'), { recursive: true });
  writeFileSync(join(user, 'User/settings.json'), JSON.stringify({ ...quiet, ...settings }));
  const options = {
    host: '127.0.0.1',
    port,
    'telemetry-level': 'off',
    'reconnection-grace-time': 1,
    'server-data-dir': dir,
    'user-data-dir': user,
    'extensions-dir': given.extensions ?? join(dir, 'ext'),
  };
  const args = [
    serverMain,
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    '--without-connection-token',
    '--accept-server-license-terms',
    ...(dev ? ['--enable-smoke-test-driver'] : []),
    ...(trust ? [] : ['--disable-workspace-trust']),
    ...(given.extra ?? []),
  ];
  const child = spawn(node, args, {
    env: { ...process.env, NODE_OPTIONS: '', XDG_RUNTIME_DIR: dir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const running = new Set();
  const bound = await whenBound(child, running, given.onLine);
  return { port: bound, dir, user, stop: () => stop(child, running, dir) };
}

function whenBound(child, running, onLine) {
  return new Promise((resolve, reject) => {
    const read = (line) => {
      onLine?.(line);
      const at = /^Server bound to \S+:(\d+)/.exec(line);
      if (at) resolve(Number(at[1]));
      const host = /<(\d+)> (Launched|Extension Host Process exited)/.exec(line);
      if (host) running[host[2] === 'Launched' ? 'add' : 'delete'](host[1]);
    };
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The VS Code server ended with code ${code}.`)));
  });
}

/** After the browser is closed: lets deactivate() run (5 s at most), then ends the whole group. */
async function stop(child, running, dir) {
  for (const end = Date.now() + 6000; running.size > 0 && Date.now() < end; ) await pause(50);
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
  await pause(100);
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const chromiumSwitches = [
  '--no-sandbox', // as root there is no other way
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-renderer-backgrounding',
];

export function browser() {
  return chromium.launch({
    executablePath: ensureChromium(),
    args: chromiumSwitches,
  });
}

/** The address of the workbench; `dev` and `tests` are honoured only by a server started with `dev`. */
export function address(server, { folder, dev, tests, payload = [] }) {
  const uri = (path) => `vscode-remote://127.0.0.1:${server.port}${resolve(path)}`;
  const all = [
    ...(dev ? [['extensionDevelopmentPath', uri(dev)]] : []),
    ...(tests ? [['extensionTestsPath', uri(tests)]] : []),
    ...payload,
  ];
  const query = new URLSearchParams({
    ...placeOf(folder),
    ...(all.length > 0 ? { payload: JSON.stringify(all) } : {}),
  });
  return `http://127.0.0.1:${server.port}/?${query}`;
}

export async function open(server, chrome, options) {
  const viewport = options.viewport ?? { width: 1400, height: 900 };
  const context = await chrome.newContext({ viewport, reducedMotion: 'reduce' });
  // VS Code's own texts stay English: only language packs would bring others.
  if (options.language)
    await context.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = '${options.language}'`);
  const page = await context.newPage();
  for (const [name, handler] of Object.entries(options.expose ?? {}))
    await page.exposeFunction(name, handler); // before goto()
  await page.goto(address(server, options));
  await page.waitForSelector('.monaco-workbench', { timeout: 60_000 });
  return page;
}

/** A folder, a file that lists several, or nothing. */
function placeOf(path) {
  if (!path) return { ew: 'true' };
  return { [path.endsWith('.code-workspace') ? 'workspace' : 'folder']: resolve(path) };
}
