import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemCode } from '../../core/errors.ts';
import type { SandboxLimits } from '../../core/sandbox.ts';

/** The kernel's own limits, where we may set them: as root. Otherwise the watchdog has to do. */
export interface ControlGroup {
  /** Files that a process joins by writing its number to them. */
  readonly join: readonly string[];
  ranOutOfMemory(): boolean;
  /** Whether the kernel refused it one more. */
  ranOutOfProcesses(): boolean;
  /** Never throws; waits until the processes have left. */
  remove(): Promise<void>;
}

const top = '/sys/fs/cgroup';
const none: ControlGroup = {
  join: [],
  ranOutOfMemory: () => false,
  ranOutOfProcesses: () => false,
  remove: async () => undefined,
};
const mib = 1 << 20;

export function createControlGroup(id: string, limits: SandboxLimits): ControlGroup {
  if (process.getuid?.() !== 0) return none;
  const unified = existsSync(join(top, 'cgroup.controllers'));
  // Threads are counted, too; the watchdog counts processes.
  const tasks = String(limits.processes * tasksPerProcess);
  const memory = String(limits.memoryMb * mib);
  const files: Group[] = unified
    ? [{ base: top, files: { 'pids.max': tasks, 'memory.max': memory } }]
    : [
        { base: join(top, 'pids'), files: { 'pids.max': tasks } },
        { base: join(top, 'memory'), files: { 'memory.limit_in_bytes': memory } },
      ];
  const made = files.flatMap((group) => make(group, `patchwright-${id}`) ?? []);
  return {
    join: made.map((folder) => join(folder, 'cgroup.procs')),
    ranOutOfMemory: () =>
      counted(made, ['memory.events', 'memory.oom_control'], /^oom_kill [1-9]/m),
    ranOutOfProcesses: () => counted(made, ['pids.events'], /^max [1-9]/m),
    remove: async () => {
      for (const folder of made) await removeGroup(folder);
    },
  };
}

export const tasksPerProcess = 8;

interface Group {
  readonly base: string;
  readonly files: Readonly<Record<string, string>>;
}

function make({ base, files }: Group, name: string): string | undefined {
  const folder = join(base, name);
  if (!existsSync(join(base, 'cgroup.procs'))) return undefined;
  try {
    mkdirSync(folder);
  } catch {
    return undefined; // mounted to be read only, as in a container
  }
  try {
    for (const [file, value] of Object.entries(files)) writeFileSync(join(folder, file), value);
    return folder;
  } catch {
    rmdirSync(folder); // the controller is not passed on to groups here
    return undefined;
  }
}

function counted(folders: readonly string[], files: readonly string[], event: RegExp): boolean {
  return folders.some((folder) => files.some((file) => event.test(textOf(join(folder, file)))));
}

const removeRounds = 50;
const removeEveryMs = 20;

async function removeGroup(folder: string): Promise<void> {
  for (let round = 0; round < removeRounds; round += 1) {
    try {
      return rmdirSync(folder);
    } catch (error) {
      if (systemCode(error) !== 'EBUSY') return; // nothing that trying again would help
      await wait(removeEveryMs);
    }
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
