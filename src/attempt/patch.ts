import { PatchwrightError } from '../core/errors.ts';
import type { Patch, PatchFile } from '../core/attempt.ts';
import type { Git } from '../core/ports.ts';

const between = ['diff-tree', '-r', '-M', '-l2000', '--no-ext-diff', '--no-textconv', '--no-color'];

/** Reads what lies between two commits from the objects alone; no file or index is looked at. */
export async function patchOf(
  git: Git,
  base: string,
  commit: string,
  branch: string,
  testFiles: readonly string[],
): Promise<Patch> {
  const shape = ['--raw', '--numstat', '-z', '--no-abbrev'];
  const out = await git.run([...between, ...shape, base, commit]);
  return { base, commit, branch, testFiles: [...testFiles], files: parseDiffTree(out) };
}

/** Unified diff for people, renames shown as such. */
export async function diffText(
  git: Git,
  base: string,
  commit: string,
  encoding: 'utf8' | 'latin1' = 'utf8',
): Promise<string> {
  const shape = [
    '-p',
    '--full-index',
    '--src-prefix=a/',
    '--dst-prefix=b/',
    '--diff-algorithm=histogram',
  ];
  const diff = await git.bytes([...between, ...shape, base, commit]);
  return diff.toString(encoding);
}

const statuses: Readonly<Record<string, PatchFile['status']>> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  T: 'type_changed',
};

/**
 * Parses `diff-tree --raw --numstat -z`: raw records `:modes oids status\0path\0` (two paths for a
 * rename), then counts `added\tremoved\tpath\0` (`added\tremoved\t\0old\0new\0` for a rename).
 */
export function parseDiffTree(out: string): PatchFile[] {
  const fields = out.split('\0');
  let at = 0;
  const next = (): string => fields[at++] ?? '';
  const files: Omit<PatchFile, 'added' | 'removed'>[] = [];
  while (fields[at]?.startsWith(':')) {
    const [oldMode = '', newMode = '', , , letter = ''] = next().slice(1).split(' ');
    const status = statuses[letter.charAt(0)];
    if (!status) throw unreadable(letter);
    const first = next();
    files.push(
      status === 'renamed'
        ? { path: next(), oldPath: first, status, oldMode, newMode }
        : { path: first, status, oldMode, newMode },
    );
  }
  const counts = new Map<string, readonly [number, number]>();
  while (at < fields.length - 1) {
    const [added = '', removed = '', ...rest] = next().split('\t');
    let path = rest.join('\t');
    if (path === '') {
      next(); // the old name
      path = next();
    }
    counts.set(path, [lines(added), lines(removed)]);
  }
  return files.map((file) => {
    const [added, removed] = counts.get(file.path) ?? [0, 0];
    return { ...file, added, removed };
  });
}

function lines(count: string): number {
  return count === '-' ? -1 : Number(count);
}

function unreadable(letter: string): PatchwrightError {
  return new PatchwrightError('git_failed', {
    what: 'The patch can not be read.',
    why: `git reports a change of an unknown kind (${letter}).`,
    remedy: 'Run `patchwright doctor` to check the repository.',
  });
}
