import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProcessMark } from '../core/ports.ts';
import { startOf } from './runner.ts';

/** In the environment of every process that a command starts, and of theirs. */
export const runMark = 'PATCHWRIGHT_RUN';

/**
 * What a command and all that it starts are marked with. A mark that names its owner lets a later process
 * end them when the owner could not; for commands that end by themselves (git) that would do harm.
 */
export function markOf(id: string, isOwned: boolean): string {
  const namespace = isOwned ? ownNamespace() : undefined;
  if (namespace === undefined) return id;
  return [id, process.pid, namespace, startOf(process.pid) ?? ''].join(',');
}

/**
 * Kills what left its command's process group (setsid, a daemon), found by the mark that it inherited. Only
 * Linux shows us other processes' environments; elsewhere, and for a process that cleared its own, only
 * the sandbox can hold them.
 */
export function killStrays(mark: string): void {
  if (process.platform !== 'linux') return;
  // One that is forking while we look may be missed the first time.
  for (let round = 0; round < 5; round += 1) {
    const strays = marked().filter((one) => one.mark === mark);
    if (strays.filter(({ pid }) => kill(pid)).length === 0) return;
  }
}

/** For processes that are not started by our own shell. */
export function markProcesses(): ProcessMark {
  const mark = markOf(randomUUID(), true);
  return { env: { [runMark]: mark }, end: () => killStrays(mark) };
}

const maxRounds = 100;
const roundMs = 20;

/**
 * Ends the commands whose owner died before it could (kill -9, a crash), with all they started, and waits
 * until they are gone. Does nothing where `killStrays` can't see them either.
 */
export async function endOrphans(): Promise<void> {
  const namespace = ownNamespace();
  if (namespace === undefined) return;
  const ownGroup = groupOf(process.pid);
  for (let round = 0; round < maxRounds; round += 1) {
    const orphans = marked().filter(({ mark }) => isOrphaned(mark, namespace));
    if (orphans.length === 0) return;
    // The group, too: one of it may have cleared its environment.
    const groups = new Set(orphans.map(({ pid }) => groupOf(pid)));
    for (const group of groups) {
      // 0 and -1 would mean our own group and everybody.
      if (group !== undefined && group > 1 && group !== ownGroup) kill(-group);
    }
    for (const { pid } of orphans) kill(pid);
    await wait(roundMs);
  }
}

/** Of another container we can't tell: its process numbers mean something else here. */
function isOrphaned(mark: string, namespace: string): boolean {
  const [, pid, itsNamespace, started] = mark.split(',');
  if (pid === undefined || !started || itsNamespace !== namespace) return false;
  return startOf(Number(pid)) !== started;
}

function marked(): { readonly pid: number; readonly mark: string }[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((name) => {
    const mark = Number(name) === process.pid ? undefined : readMark(name);
    return mark === undefined ? [] : [{ pid: Number(name), mark }];
  });
}

function readMark(pid: string): string | undefined {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    return entries.find((entry) => entry.startsWith(`${runMark}=`))?.slice(runMark.length + 1);
  } catch {
    return undefined; // ended meanwhile, or another user's
  }
}

function groupOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]); // field 5 in proc(5)
  } catch {
    return undefined; // ended meanwhile
  }
}

function ownNamespace(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined; // no /proc: then nothing can be seen there
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false; // ended meanwhile
  }
}
