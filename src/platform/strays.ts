import { readdirSync, readFileSync } from 'node:fs';

/** In the environment of every process that a command starts, and of theirs. */
export const runMark = 'PATCHWRIGHT_RUN';

/**
 * Kills what left its command's process group (setsid, a daemon), found by the mark that it inherited. Only
 * Linux shows us other processes' environments; elsewhere, and for a process that cleared its own, only
 * the sandbox can hold them.
 */
export function killStrays(mark: string): void {
  if (process.platform !== 'linux') return;
  // One that is forking while we look may be missed the first time.
  for (let round = 0; round < 5 && killRound(`${runMark}=${mark}`) > 0; round += 1);
}

function killRound(entry: string): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const marked = pids.map(Number).filter((pid) => pid !== process.pid && hasEntry(pid, entry));
  return marked.filter(kill).length;
}

function hasEntry(pid: number, entry: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(entry);
  } catch {
    return false; // ended meanwhile, or another user's
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false; // ended meanwhile
  }
}
