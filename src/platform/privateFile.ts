import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { explainFileError, systemCode } from '../core/errors.ts';

/** Files of the user's own that nobody else may read: keys, tokens, and whom one trusts. */

/** Undefined where there is none. */
export async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw explainFileError(error, file);
  }
}

/** Windows keeps who may read a file elsewhere; there the user's own folder is enough. */
export async function isReadByOthers(file: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  return ((await stat(file)).mode & 0o077) !== 0;
}

/** Whole or not at all; of two that make it at a time one wins, and both read that one. */
export async function makeOnce(file: string, text: string): Promise<void> {
  const temporary = await temporaryOf(file, text);
  try {
    await link(temporary, file);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    // Some file systems have no hard links.
    await rename(temporary, file).catch((failure: unknown) => {
      throw explainFileError(failure, file);
    });
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The file as it was, or with the new text. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = await temporaryOf(file, text);
  try {
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw explainFileError(error, file);
  }
}

async function temporaryOf(file: string, text: string): Promise<string> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return temporary;
  } catch (error) {
    await rm(temporary, { force: true });
    throw explainFileError(error, file);
  }
}
