import { lstat, mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { explainFileError, PatchwrightError, systemCode } from '../core/errors.ts';

/** Where a workspace folder's backlog lies. */
export interface Paths {
  readonly folder: string;
  readonly database: string;
  readonly previous: string;
  readonly journal: string;
}

export function pathsIn(workspaceFolder: string): Paths {
  const folder = join(workspaceFolder, '.patchwright');
  return {
    folder,
    database: join(folder, 'backlog.sqlite'),
    previous: join(folder, 'backlog.previous.sqlite'),
    journal: join(folder, 'journal'),
  };
}

/**
 * Makes the folders on the first write. Rejects with `no_folder`, `read_only`, `disk_full` or, where
 * something else has their name, `corrupt`.
 */
export async function makeFolders(paths: Paths): Promise<void> {
  try {
    const made = [await makeFolder(paths.folder), await makeFolder(paths.journal)];
    await ignoreEverything(join(paths.folder, '.gitignore'));
    if (!made.includes(true)) return;
    for (const folder of [paths.folder, dirname(paths.folder)]) await syncFolder(folder);
  } catch (error) {
    throw explainFileError(error, paths.folder);
  }
}

/** One at a time: a recursive mkdir says ENOENT where the disk is read-only. False: it was there. */
export async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw noFolder(dirname(folder), error);
    if (systemCode(error) !== 'EEXIST') throw error;
    await refuseOthers(folder);
    return false;
  }
}

function noFolder(folder: string, cause: unknown): PatchwrightError {
  return new PatchwrightError(
    'no_folder',
    {
      what: `The folder ${folder} is gone.`,
      why: 'It was moved or deleted.',
      remedy: 'Open the folder where it is now and try again.',
    },
    { cause },
  );
}

async function refuseOthers(path: string): Promise<void> {
  const entry = await lstat(path);
  if (entry.isDirectory()) return;
  // A cloned repository may ship `.patchwright` as a link that leads out of the workspace.
  throw entry.isSymbolicLink()
    ? new PatchwrightError('corrupt', {
        what: `${path} is not a folder of its own.`,
        why: 'It is a link, so writing to it would change something else.',
        remedy: 'Remove it and try again.',
      })
    : new PatchwrightError('corrupt', {
        what: `${path} is not a folder.`,
        why: 'A file stands where Patchwright keeps its tickets.',
        remedy: 'Move that file away or rename it, and try again.',
      });
}

/** `.patchwright` ignores itself, so that the user's own .gitignore is never edited. */
async function ignoreEverything(file: string): Promise<void> {
  try {
    await writeFile(file, '*\n', { flag: 'wx' });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

/** Makes names in a folder durable. Windows has no such call and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
