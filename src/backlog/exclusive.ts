import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cancelled, explainFileError, throwIfCancelled } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';
import { tryLock, type Unlock } from './lock.ts';
import { makeFolders, type Paths } from './paths.ts';

const pollMs = 25;

/** Waits for the lock `<folder>/<name>.lock`; rejects with `cancelled`, `read_only` or `disk_full`. */
export async function lockExclusively(
  paths: Paths,
  name: string,
  log: Log,
  signal?: AbortSignal,
): Promise<Unlock> {
  throwIfCancelled(signal);
  await makeFolders(paths);
  for (;;) {
    const unlock = await attempt(join(paths.folder, name), log);
    if (unlock) {
      if (signal?.aborted) await unlock();
      throwIfCancelled(signal);
      return unlock;
    }
    try {
      await wait(pollMs, undefined, signal ? { signal } : {});
    } catch (error) {
      if (signal?.aborted) throw cancelled();
      throw error;
    }
  }
}

async function attempt(path: string, log: Log): Promise<Unlock | undefined> {
  try {
    return await tryLock(path, log);
  } catch (error) {
    throw explainFileError(error, path);
  }
}
