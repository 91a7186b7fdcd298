import { chmod, lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Git } from '../core/ports.ts';
import { splitNul } from './treeChanges.ts';

const maxFindings = 20;
/** Brought along for the tests; large, and no part of any tree. */
const dependencies = new Set(['node_modules', '.venv', 'venv']);

/**
 * What is in a checkout that the tree laid out there does not explain. Reads every file's content into
 * an index of its own: the real one may say "assume unchanged", and a time stamp can be put back.
 */
export async function checkoutProblems(
  git: Git,
  tree: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'patchwright-index-'));
  try {
    const options = { extraEnv: { GIT_INDEX_FILE: join(folder, 'index') }, signal };
    await git.run(['read-tree', tree], options);
    // That index knows no file's time, so that every one is read; the same content is no difference.
    const differing = [
      '-c',
      'diff.autoRefreshIndex=true',
      'diff',
      '--no-ext-diff',
      '--no-relative',
    ];
    const [changed, ignored] = (
      await Promise.all([
        git.bytes([...differing, '-z', '--name-only'], options),
        git.bytes(
          ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'],
          options,
        ),
      ])
    ).map(splitNul) as [Buffer[], Buffer[]];
    return [
      ...changed
        .slice(0, maxFindings)
        .map((path) => `${path.toString('utf8')} was changed by the run`),
      ...(await strangeEntries(git.cwd, new Set(ignored.map(String)))),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What no tree of ours holds: pipes, sockets, devices, nested repositories, folders that can't be read. */
async function strangeEntries(root: string, ignored: ReadonlySet<string>): Promise<string[]> {
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (path === '.git' || dependencies.has(entry.name)) continue;
      if (ignored.has(path) || ignored.has(`${path}/`)) continue;
      if (found.length >= maxFindings) return;
      if (entry.name.toLowerCase() === '.git') found.push(`${path}: a nested repository was made`);
      else if (entry.isDirectory()) await enter(path);
      else if (!entry.isFile() && !entry.isSymbolicLink())
        found.push(`${path}: is no regular file`);
    }
  };
  const enter = async (path: string): Promise<void> => {
    const { mode } = await lstat(join(root, path));
    if ((mode & 0o700) === 0o700) return walk(path);
    found.push(`${path}: the run made the folder unreadable`);
    await chmod(join(root, path), 0o700); // so that the checkout can be cleaned
    return walk(path);
  };
  await walk('');
  return found;
}
