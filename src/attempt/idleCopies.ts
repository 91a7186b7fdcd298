import { randomUUID } from 'node:crypto';
import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage, systemCode } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import { removeTree } from './ownFolder.ts';

/** So long a copy of dependencies waits for the next attempt. */
const keptDays = 30;
/** Being removed: a crash may have left some of it. */
const going = '.going';

/** Removes copies that no attempt has asked for lately; their repository may be gone. Never throws. */
export async function dropIdleCopies({
  home,
  clock,
  log,
}: {
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<void> {
  const root = join(home, 'dependencies');
  const before = clock.now().getTime() - keptDays * 86_400_000;
  for (const name of await readdir(root).catch(() => [])) {
    const slot = join(root, name);
    try {
      if (name.endsWith(going)) await removeTree(slot);
      else if ((await lastUsed(slot)) < before) await drop(slot);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') continue; // an attempt has it, or another window was quicker
      log(`A copy of dependencies could not be removed: ${errorMessage(error)}`);
    }
  }
}

/** Its list is written anew whenever an attempt gives the copy back. */
async function lastUsed(slot: string): Promise<number> {
  const list = await stat(join(slot, 'manifest.json')).catch(() => stat(slot));
  return list.mtimeMs;
}

/** First out of the way of an attempt that might take half of it. */
async function drop(slot: string): Promise<void> {
  const aside = `${slot}-${randomUUID()}${going}`;
  await rename(slot, aside);
  await removeTree(aside);
}
