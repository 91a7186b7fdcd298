import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { explainFileError } from '../core/errors.ts';
import { syncFolder } from './paths.ts';

/** A file that only grows, by what is on the disk once it is acknowledged. */
export interface DurableFile {
  /** Length of what is durable. */
  readonly bytes: () => number;
  /**
   * Resolves when the bytes are on the disk. Rejects with `disk_full`, `read_only` or the system's
   * error after cutting the file back; it is then of no more use and a new one must be made.
   */
  append(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * Creates the file, which must not exist.
 * @param gone what to throw when somebody has removed it: nothing written there would last
 */
export async function createDurableFile(
  file: string,
  gone: (file: string) => Error,
): Promise<DurableFile> {
  const handle = await open(file, 'ax');
  let good = 0;

  async function store(bytes: Uint8Array): Promise<void> {
    await handle.appendFile(bytes);
    // Side by side: on a busy machine each round through the thread pool costs as much as the writing.
    const [, { nlink }] = await Promise.all([handle.datasync(), handle.stat()]);
    if (good === 0) await syncFolder(dirname(file)); // the name must last, too
    if (nlink === 0) throw gone(file);
    good += bytes.length;
  }

  /** Readers must not meet half a line, nor one that was refused. */
  async function cutBack(): Promise<void> {
    try {
      await handle.truncate(good);
      await handle.close();
      if (good === 0) await rm(file, { force: true });
    } catch {
      // The error that led here is the one to report. A torn last line is not read as one.
    }
  }

  return {
    bytes: () => good,
    async append(bytes) {
      try {
        await store(bytes);
      } catch (error) {
        await cutBack();
        throw explainFileError(error, file);
      }
    },
    close: () => handle.close(),
  };
}
