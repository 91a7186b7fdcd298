import { mkdir, rmdir, stat } from 'node:fs/promises';
import { systemCode } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';

/** A lock whose holder has not shown a sign of life for this long is taken over. */
export const staleMs = 10_000;
const heartbeatMs = 2_500;

export type Unlock = () => Promise<void>;

/** Takes the lock folder `<path>.lock`, or gives undefined when another (living) process has it. */
export async function tryLock(path: string, log: Log): Promise<Unlock | undefined> {
  const lockFolder = `${path}.lock`;
  await removeStale(lockFolder);
  if ((await ageOf(lockFolder)) !== undefined) return undefined;
  const lockfile = await import('proper-lockfile');
  try {
    const release = await lockfile.default.lock(path, {
      lockfilePath: lockFolder,
      realpath: false,
      stale: staleMs,
      update: heartbeatMs,
      onCompromised: (error) => log(`The lock ${lockFolder} was lost: ${error.message}`),
    });
    return async () => {
      try {
        await release();
      } catch (error) {
        log(`The lock ${lockFolder} was already gone: ${String(error)}`);
      }
    };
  } catch (error) {
    if (systemCode(error) === 'ELOCKED') return undefined;
    throw error;
  }
}

/**
 * Two that find the same stale lock must not remove it twice: the second would remove the first one's
 * new lock. So taking over is itself behind a lock, held only for the moment of looking again.
 */
async function removeStale(lockFolder: string): Promise<void> {
  if (!(await isStale(lockFolder))) return;
  const guard = `${lockFolder}.takeover`;
  if (!(await makeFolder(guard))) {
    if (await isStale(guard)) await removeFolder(guard);
    return;
  }
  try {
    if (await isStale(lockFolder)) await removeFolder(lockFolder);
  } finally {
    await removeFolder(guard);
  }
}

async function isStale(folder: string): Promise<boolean> {
  const age = await ageOf(folder);
  return age !== undefined && age > staleMs;
}

async function ageOf(folder: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(folder)).mtimeMs;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function removeFolder(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
