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

/** Makes the folders on the first write. Rejects with `read_only` or `disk_full` where that can't be done. */
export async function makeFolders(paths: Paths): Promise<void> {
  try {
    const made = await mkdir(paths.journal, { recursive: true });
    await refuseLink(paths.folder);
    await refuseLink(paths.journal);
    await ignoreEverything(join(paths.folder, '.gitignore'));
    if (made === undefined) return;
    for (const folder of [paths.folder, dirname(paths.folder)]) await syncFolder(folder);
  } catch (error) {
    throw explainFileError(error, paths.folder);
  }
}

/** A cloned repository may ship `.patchwright` as a link that leads out of the workspace. */
async function refuseLink(folder: string): Promise<void> {
  if ((await lstat(folder)).isDirectory()) return;
  throw new PatchwrightError('corrupt', {
    what: `${folder} is not a folder of its own.`,
    why: 'It is a link or a file, so writing to it would change something else.',
    remedy: 'Remove it and try again.',
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
