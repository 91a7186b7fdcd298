import { randomUUID } from 'node:crypto';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { explainFileError } from '../../core/errors.ts';

/** Whole or not at all, and with the mode it had. Renaming replaces a name, it never writes through a link. */
async function replaceFile(absolute: string, content: Buffer, mode: number): Promise<void> {
  const temporary = join(dirname(absolute), `.${basename(absolute).slice(0, 80)}.${randomUUID()}`);
  try {
    await writeFile(temporary, content, { flag: 'wx' });
    await chmod(temporary, mode & 0o7777);
    await rename(temporary, absolute);
  } catch (error) {
    await rm(temporary, { force: true });
    throw explainFileError(error, absolute);
  }
}

export interface Replacement {
  readonly absolute: string;
  readonly before: Buffer;
  readonly content: Buffer;
  readonly mode: number;
}

/** All or none: when one can't be written, those that were get their old content back. */
export async function replaceFiles(files: readonly Replacement[]): Promise<void> {
  const written: Replacement[] = [];
  try {
    for (const file of files) {
      await replaceFile(file.absolute, file.content, file.mode);
      written.push(file);
    }
  } catch (error) {
    for (const file of written) await replaceFile(file.absolute, file.before, file.mode);
    throw error;
  }
}

/** With the folders it lies in. Fails when anything, even a dangling link, has that name by now. */
export async function writeNewFile(absolute: string, content: string): Promise<void> {
  try {
    await mkdir(dirname(absolute), { recursive: true });
    await writeFile(absolute, content, { flag: 'wx' });
  } catch (error) {
    throw explainFileError(error, absolute);
  }
}
