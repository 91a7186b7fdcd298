import { chmod, copyFile, lstat, mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Git } from '../core/ports.ts';
import { splitNul } from './treeChanges.ts';

const maxFindings = 20;
/** Brought along for the tests; large, and no part of any tree. */
const dependencies = new Set(['node_modules', '.venv', 'venv']);

/** What a test does to a file's time or size must not hide that it changed it. */
const watchful = [
  '-c',
  'core.trustctime=true',
  '-c',
  'core.checkStat=default',
  '-c',
  'core.ignoreStat=false',
  '-c',
  'core.untrackedCache=false',
];
const status = [
  'status',
  '-z',
  '--porcelain=v1',
  '--no-renames',
  '--untracked-files=normal',
  '--ignored=traditional',
  // git would run another one inside of it, by the settings that lie there.
  '--ignore-submodules=all',
];

/** What a run has left in a checkout. */
export interface Left {
  /** What is there now that the tree does not explain, and no test has a business with. */
  readonly problems: readonly string[];
  /** New files and folders, ignored ones too. */
  readonly untracked: readonly string[];
}

/** What was in a checkout right after a tree was laid out there, to be held against what is there later. */
export interface Laid {
  look(signal?: AbortSignal): Promise<Left>;
  dispose(): Promise<void>;
}

/**
 * Keeps the index as it is before anything has run: the real one may later say "assume unchanged". A file's
 * times can be put back, but for the one of its last change, which is looked at.
 * @param index git's own of the checkout
 */
export async function rememberLaid(git: Git, index: string): Promise<Laid> {
  const folder = await mkdtemp(join(tmpdir(), 'patchwright-index-'));
  const kept = join(folder, 'index');
  const { atime, mtime } = await stat(index);
  await copyFile(index, kept);
  await utimes(kept, atime, mtime); // entries as old as the index are looked into
  return {
    async look(signal) {
      const options = { extraEnv: { GIT_INDEX_FILE: kept }, signal };
      const entries = splitNul(await git.bytes([...watchful, ...status], options)).map(toEntry);
      const changed = entries.filter(({ code }) => /[^ ?!]$/.test(code));
      const ignored = entries.filter(({ code }) => code === '!!').map(({ path }) => path);
      const { strange, empty } = await walk(git.cwd, new Set(ignored));
      return {
        problems: [
          ...changed.slice(0, maxFindings).map(({ path }) => `${path} was changed by the run`),
          ...strange,
        ],
        // git knows no empty folders, nor do its lists.
        untracked: [
          ...entries.filter(({ code }) => /^(\?\?|!!)$/.test(code)).map(({ path }) => path),
          ...empty,
        ],
      };
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/** `XY path` */
function toEntry(field: Buffer): { readonly code: string; readonly path: string } {
  return { code: field.toString('latin1', 0, 2), path: field.toString('utf8', 3) };
}

interface Walked {
  /** What no tree of ours holds: pipes, sockets, devices, nested repositories, folders that can't be read. */
  readonly strange: readonly string[];
  readonly empty: readonly string[];
}

async function walk(root: string, ignored: ReadonlySet<string>): Promise<Walked> {
  const strange: string[] = [];
  const empty: string[] = [];
  const into = async (folder: string): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    if (entries.length === 0) empty.push(`${folder}/`);
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (path === '.git' || dependencies.has(entry.name)) continue;
      if (ignored.has(path) || ignored.has(`${path}/`)) continue;
      if (strange.length >= maxFindings) return;
      if (entry.name.toLowerCase() === '.git')
        strange.push(`${path}: a nested repository was made`);
      else if (entry.isDirectory()) await enter(path);
      else if (!entry.isFile() && !entry.isSymbolicLink())
        strange.push(`${path}: is no regular file`);
    }
  };
  const enter = async (path: string): Promise<void> => {
    const { mode } = await lstat(join(root, path));
    if ((mode & 0o700) === 0o700) return into(path);
    strange.push(`${path}: the run made the folder unreadable`);
    await chmod(join(root, path), 0o700); // so that the checkout can be cleaned
    return into(path);
  };
  await into('');
  return { strange, empty };
}
