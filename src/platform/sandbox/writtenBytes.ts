import { lstatSync, readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

/** How long a walk may keep the thread before others get their turn. */
const sliceMs = 8;

/** Disk space of the files below these folders that were changed at or after `since`. */
export async function writtenBytes(folders: readonly string[], since: number): Promise<number> {
  const waiting = [...folders];
  let bytes = 0;
  let slice = performance.now();
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.isFile()) {
        const stats = lstatSync(path, { throwIfNoEntry: false });
        if (stats && stats.ctimeMs >= since) bytes += stats.blocks * 512;
      }
    }
    if (performance.now() - slice < sliceMs) continue;
    await setImmediate();
    slice = performance.now();
  }
  return bytes;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // gone meanwhile, or closed by the command
  }
}
