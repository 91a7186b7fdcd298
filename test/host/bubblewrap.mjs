// Finds bubblewrap, which the sandbox is made of, or installs it where that is possible.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export function findBubblewrap() {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'bwrap'))
    .find((path) => existsSync(path));
}

/** Path of bubblewrap. Throws with the command to run when there is none and it can't be installed. */
export function ensureBubblewrap() {
  const found = findBubblewrap();
  if (found) return found;
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error('Installing bubblewrap with apt-get …');
    const run = (...args) =>
      execFileSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    run('update', '-q');
    run('install', '-y', '-q', '--no-install-recommends', 'bubblewrap');
    const installed = findBubblewrap();
    if (installed) return installed;
  }
  const how =
    process.platform === 'linux'
      ? 'Run: sudo apt-get install bubblewrap'
      : 'There is one for Linux only';
  throw new Error(`No bubblewrap was found, and the tests of the sandbox need it. ${how}.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(ensureBubblewrap());
