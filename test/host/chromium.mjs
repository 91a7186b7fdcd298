// Finds a Chromium for the browser-hosted VS Code, or installs it where that is possible.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const places = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter(Boolean)
    .map((root) => join(root, 'Google/Chrome/Application/chrome.exe')),
};

export function findChromium() {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  return [process.env.CHROMIUM, ...(places[process.platform] ?? []), ...onPath].find(
    (path) => path && existsSync(path),
  );
}

/** Path of a Chromium. Throws with the command to run when there is none and it can't be installed. */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error('Installing chromium with apt-get …');
    const run = (...args) =>
      execFileSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    run('update', '-q');
    run('install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
    const installed = findChromium();
    if (installed) return installed;
  }
  const how = {
    linux: 'Run: sudo apt-get install chromium',
    darwin: 'Run: brew install --cask chromium',
    win32: 'Run: winget install Google.Chrome',
  };
  throw new Error(
    `No Chromium was found, and the tests of the window need one. ${how[process.platform] ?? 'Install one'}, or set CHROMIUM to its path.`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(ensureChromium());
