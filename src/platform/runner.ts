import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { foreignRunnerMs, type Runner } from '../core/attempt.ts';
import { systemCode } from '../core/errors.ts';

/** This process, as attempts remember it. */
export function thisRunner(): Runner {
  return { pid: process.pid, host: hostname(), started: startOf(process.pid) ?? '' };
}

/**
 * False when its process is gone. Of one on another host only its last sign of life (an ISO time) tells.
 */
export function isAlive(runner: Runner, lastSignAt: string, now: Date): boolean {
  if (runner.host === hostname()) return startOf(runner.pid) === runner.started;
  return now.getTime() - Date.parse(lastSignAt) < foreignRunnerMs;
}

/** When the process started, in whatever form the system tells it; undefined when there is none. */
export function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStart(pid);
  try {
    process.kill(pid, 0);
    if (process.platform === 'win32') return 'alive';
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined; // no such process
  }
}

/** Throws when it can't tell (too many open files): a process must not be taken for dead by mistake. */
function linuxStart(pid: number): string | undefined {
  try {
    // Field 22 of /proc/<pid>/stat (proc(5)), in ticks since boot; the name in field 2 may hold spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined; // ended, and not collected yet
    return `${boot}/${fields[19] ?? ''}`;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return undefined;
    throw error;
  }
}
