import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { explainFileError, PatchwrightError } from '../core/errors.ts';
import { createDurableFile, type DurableFile } from './durableFile.ts';
import { makeFolders, type Paths } from './paths.ts';

/** A journal of our own. Nobody else ever writes to its file. */
export interface JournalWriter extends DurableFile {
  readonly writer: string;
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
    return { ...(await createDurableFile(file, journalGone)), writer };
  } catch (error) {
    throw explainFileError(error, file);
  }
}

/** Someone removed the folder (`git clean -fdx`) while it was in use: nothing written there would last. */
function journalGone(file: string): PatchwrightError {
  return new PatchwrightError('stale', {
    what: `The journal ${file} was deleted.`,
    why: 'Something removed it while it was in use.',
    remedy: 'Try again; a new one will be made.',
  });
}
