import type { Tell } from './journals.ts';
import { listJournals, takeInJournals } from './journals.ts';
import type { Memory } from './memory.ts';
import type { Paths } from './paths.ts';
import type { Serial } from './serial.ts';
import { identityOf, readEntries, sidecarsOf } from './snapshotFile.ts';

export interface RefreshOptions {
  readonly paths: Paths;
  readonly serial: Serial;
  readonly memory: () => Memory;
  load(): Promise<Memory>;
  replace(fresh: Memory): void;
  readonly isOwn: (writer: string) => boolean;
  tell: Tell;
}

/** Takes in what other processes wrote; says whether there was anything. Not to be run twice at a time. */
export function createRefresh(options: RefreshOptions): () => Promise<boolean> {
  const { paths, memory } = options;
  let seenSidecar: string | undefined;

  return async () => {
    const hasReloaded = await reloadIfBehind();
    const lines = await takeInJournals(memory, paths, options.isOwn, options.tell);
    return hasReloaded || lines > 0;
  };

  /**
   * A process that slept while others wrote and compacted finds journals gone that it never read. What
   * they held is in the snapshot.
   */
  async function reloadIfBehind(): Promise<boolean> {
    const sidecar = await identityOf(sidecarsOf(paths)[0] as string);
    if (sidecar === seenSidecar) return false;
    const isBehind = await misses();
    if (isBehind) await options.serial(reload);
    seenSidecar = sidecar;
    return isBehind;
  }

  async function misses(): Promise<boolean> {
    const [newest] = await readEntries(paths);
    if (!newest) return false;
    const journals = new Set(await listJournals(paths));
    return Object.entries(newest.covered).some(
      ([writer, { seq }]) =>
        seq > (memory().covered.get(writer)?.seq ?? 0) && !journals.has(writer),
    );
  }

  async function reload(): Promise<void> {
    const fresh = await options.load();
    await takeInJournals(
      () => fresh,
      paths,
      () => false,
      options.tell,
    );
    options.replace(fresh);
  }
}
