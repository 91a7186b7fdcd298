import { readFileSync, statfsSync } from 'node:fs';
import type { SandboxLimits } from '../../core/sandbox.ts';
import type { ControlGroup } from './controlGroup.ts';
import { deletedBytes, type Member, sharedOnce, treeOf } from './processTree.ts';
import { writtenBytes } from './writtenBytes.ts';

const firstLookMs = 40;
const everyMs = 100;
/** Walking the tree takes longer than the rest. */
const diskEveryMs = 400;
const mib = 1 << 20;

export interface WatchdogOptions {
  readonly limits: SandboxLimits;
  /** Where bubblewrap writes the number of the command's first process. */
  readonly statusFile: string;
  readonly folders: readonly string[];
  /** Whether the kernel has ended one of its processes, or refused it one; the others go, too. */
  readonly group: Pick<ControlGroup, 'ranOutOfMemory' | 'ranOutOfProcesses'>;
}

export interface Watchdog {
  /** What the command did, when it was ended for it. */
  readonly stopped: () => string | undefined;
  /** Ends it for a reason that is found out elsewhere. */
  stop(reason: string): void;
  dispose(): void;
}

/**
 * Looks at what all processes of a command use together, and ends them all at once when it is too much.
 * `ulimit -v` would not do: Node and the JVM reserve far more than they use.
 */
export function watch({ limits, statusFile, folders, group }: WatchdogOptions): Watchdog {
  const started = Date.now();
  const free = freeBytes(folders);
  let reason: string | undefined;
  let disposed = false;
  let measuring = false;
  let lastDisk = 0;

  const stop = (why: string): void => {
    const first = firstProcess(statusFile);
    if (disposed || reason !== undefined || first === undefined) return;
    reason = why;
    kill(first);
  };
  const lookAtDisk = async (members: readonly Member[]): Promise<void> => {
    if (measuring || performance.now() - lastDisk < diskEveryMs) return;
    // Cheap and of the whole disk: it only tells whether looking closer is worth it.
    if (free - freeBytes(folders) < (limits.diskMb * mib) / 4) return;
    measuring = true;
    const bytes = deletedBytes(members) + (await writtenBytes(folders, started));
    if (bytes > limits.diskMb * mib) stop(tooMuchDisk(limits));
    lastDisk = performance.now();
    measuring = false;
  };
  const look = (): void => {
    const first = firstProcess(statusFile);
    if (first === undefined) return;
    const ranOut = refusedBy(group, limits);
    if (ranOut !== undefined) return stop(ranOut);
    // A tree that grows and dies fast is never seen whole: with a group, the kernel counts better.
    const members = treeOf(first);
    if (members.length > limits.processes) return stop(tooManyProcesses(limits));
    const most = limits.memoryMb * mib;
    if (sum(members) > most && sharedOnce(members) > most) {
      return stop(tooMuchMemory(limits));
    }
    void lookAtDisk(members);
  };
  let timer = setTimeout(function again() {
    look();
    timer = setTimeout(again, everyMs);
  }, firstLookMs);
  return {
    stopped: () => reason,
    stop,
    dispose() {
      disposed = true;
      clearTimeout(timer);
    },
  };
}

/** What the kernel has kept it from. */
export function refusedBy(group: WatchdogOptions['group'], limits: SandboxLimits) {
  if (group.ranOutOfMemory()) return tooMuchMemory(limits);
  return group.ranOutOfProcesses() ? tooManyProcesses(limits) : undefined;
}

function tooManyProcesses({ processes }: SandboxLimits): string {
  return `it started more than ${processes} processes (patchwright.sandbox.processes)`;
}

function tooMuchMemory({ memoryMb }: SandboxLimits): string {
  return `it used more memory than ${memoryMb} MiB (patchwright.sandbox.memoryMb)`;
}

function tooMuchDisk({ diskMb }: SandboxLimits): string {
  return `it wrote more to disk than ${diskMb} MiB (patchwright.sandbox.diskMb)`;
}

function sum(members: readonly Member[]): number {
  return members.reduce((bytes, { ownBytes }) => bytes + ownBytes, 0);
}

/** Of the command's process namespace: when it is killed, all in it are. */
export function firstProcess(statusFile: string): number | undefined {
  const [, pid] = /"child-pid":\s*(\d+)/.exec(readFileSync(statusFile, 'latin1')) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

function freeBytes(folders: readonly string[]): number {
  return folders.reduce((bytes, folder) => {
    const { bavail, bsize } = statfsSync(folder);
    return bytes + bavail * bsize;
  }, 0);
}
