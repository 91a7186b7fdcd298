import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { systemCode } from '../core/errors.ts';
import type { Shell } from '../core/ports.ts';

/** git's helpers that wait for work all day and hold no lock. */
const waiting = /fsmonitor--daemon|credential-cache--daemon/;

interface Running {
  readonly command: string;
  /** undefined where the system does not tell. */
  readonly cwd?: string;
}

/** Whether some git may be at work in one of these folders; true where that can't be told. */
export async function isGitRunning(shell: Shell, folders: readonly string[]): Promise<boolean> {
  try {
    const processes = process.platform === 'linux' ? await linuxProcesses() : await listed(shell);
    return processes.some((one) => isGit(one) && mayBeIn(one, folders));
  } catch {
    return true;
  }
}

function isGit({ command }: Running): boolean {
  const program = basename(command.split(/[\0\s]/, 1)[0] ?? '').toLowerCase();
  return /^git(?:-.+)?(?:\.exe)?$/.test(program) && !waiting.test(command);
}

function mayBeIn({ command, cwd }: Running, folders: readonly string[]): boolean {
  if (cwd === undefined) return true;
  return folders.some((folder) => `${cwd}/`.startsWith(`${folder}/`) || command.includes(folder));
}

async function linuxProcesses(): Promise<readonly Running[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map(linuxProcess));
}

async function linuxProcess(pid: string): Promise<Running> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // ended meanwhile
  if (!isGit({ command })) return { command };
  try {
    return { command, cwd: await readlink(`/proc/${pid}/cwd`) };
  } catch (error) {
    return ['ENOENT', 'ESRCH'].includes(systemCode(error) ?? '') ? { command: '' } : { command };
  }
}

async function listed(shell: Shell): Promise<readonly Running[]> {
  const windows = process.platform === 'win32';
  const file = windows ? 'tasklist' : 'ps';
  const args = windows ? ['/fo', 'csv', '/nh'] : ['-axo', 'command='];
  const { exitCode, stdout } = await shell.run({ file, args, cwd: process.cwd() });
  if (exitCode !== 0) throw new Error(`${file} ended with code ${exitCode}.`);
  return stdout
    .toString()
    .split(/\r?\n/)
    .map((line) => ({ command: windows ? line.replace(/^"([^"]*)".*$/, '$1') : line }));
}
