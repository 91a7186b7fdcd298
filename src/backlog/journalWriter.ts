import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { explainFileError, PatchwrightError } from '../core/errors.ts';
import { makeFolders, type Paths, syncFolder } from './paths.ts';

/** A journal of our own. Nobody else ever writes to its file. */
export interface JournalWriter {
  readonly writer: string;
  /** Length of what is durable. */
  readonly bytes: () => number;
  /**
   * Resolves when the bytes are on the disk. Rejects with `disk_full`, `read_only` or the system's
   * error after cutting the file back; the writer is then of no more use and a new one must be made.
   */
  append(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export function newWriterId(): string {
  return `w${randomBytes(8).toString('hex')}`;
}

export function journalFile(paths: Paths, writer: string): string {
  return join(paths.journal, `${writer}.ndjson`);
}

/** Creates the file, which must not exist. */
export async function createJournal(paths: Paths, writer: string): Promise<JournalWriter> {
  await makeFolders(paths);
  const file = journalFile(paths, writer);
  try {
    return journalOn(await open(file, 'ax'), file, writer, paths);
  } catch (error) {
    throw explainFileError(error, file);
  }
}

function journalOn(handle: FileHandle, file: string, writer: string, paths: Paths): JournalWriter {
  let good = 0;

  async function store(bytes: Uint8Array): Promise<void> {
    await handle.appendFile(bytes);
    // Side by side: on a busy machine each round through the thread pool costs as much as the writing.
    const [, { nlink }] = await Promise.all([handle.datasync(), handle.stat()]);
    if (good === 0) await syncFolder(paths.journal); // the name must last, too
    if (nlink === 0) throw journalGone(file);
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
    writer,
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

/** Someone removed the folder (`git clean -fdx`) while it was in use: nothing written there would last. */
function journalGone(file: string): PatchwrightError {
  return new PatchwrightError('stale', {
    what: `The journal ${file} was deleted.`,
    why: 'Something removed it while it was in use.',
    remedy: 'Try again; a new one will be made.',
  });
}
