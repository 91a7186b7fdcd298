import { PatchwrightError } from '../core/errors.ts';
import type { Git } from '../core/ports.ts';

/** One path that differs between two trees, as git's objects have it: not as anybody says it does. */
export interface TreeChange {
  /** undefined: the name is not valid UTF-8. */
  readonly path: string | undefined;
  readonly status: 'A' | 'D' | 'M' | 'T';
  readonly oldMode: string;
  readonly newMode: string;
  readonly newBlob: string;
}

export const modes = { symlink: '120000', gitlink: '160000', executable: '100755' } as const;

/** Without rename detection: a rename is what it is to the tree, one path gone and one new. */
export async function treeChanges(
  git: Git,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<readonly TreeChange[]> {
  const bytes = await git.bytes(
    [
      'diff-tree',
      '-r',
      '-z',
      '--raw',
      '--no-renames',
      '--no-commit-id',
      '--full-index',
      from,
      to,
      '--',
    ],
    { signal },
  );
  const fields = splitNul(bytes);
  const changes: TreeChange[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    changes.push(toChange(fields[i] as Buffer, fields[i + 1] as Buffer));
  }
  return changes;
}

function toChange(head: Buffer, path: Buffer): TreeChange {
  const match = /^:(\d{6}) (\d{6}) [0-9a-f]+ ([0-9a-f]+) ([ADMT])$/.exec(head.toString('latin1'));
  if (!match) {
    throw new PatchwrightError('git_failed', {
      what: 'The changes of the patch could not be read.',
      why: `git diff-tree wrote ${JSON.stringify(head.toString('latin1').slice(0, 100))}.`,
      remedy: 'Run `patchwright doctor` to check the repository.',
    });
  }
  const [, oldMode = '', newMode = '', newBlob = '', status = 'M'] = match;
  return { path: utf8(path), status: status as TreeChange['status'], oldMode, newMode, newBlob };
}

/** Every path of a tree; undefined entries are names that are not valid UTF-8. */
export async function treePaths(
  git: Git,
  tree: string,
  signal?: AbortSignal,
): Promise<readonly (string | undefined)[]> {
  const bytes = await git.bytes(['ls-tree', '-r', '-z', '--name-only', '--full-tree', tree], {
    signal,
  });
  return splitNul(bytes).map(utf8);
}

export async function isInTree(
  git: Git,
  tree: string,
  path: string,
  signal?: AbortSignal,
): Promise<boolean> {
  return (await treePaths(git, tree, signal)).includes(path);
}

/** New names of files that a patch has moved, with the old ones. */
export async function renames(
  git: Git,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const changes = await treeChanges(git, from, to, signal);
  if (!changes.some(({ status }) => status === 'D')) return new Map();
  const args = ['diff-tree', '-r', '-z', '--name-status', '--find-renames', '--diff-filter=R'];
  const fields = splitNul(
    await git.bytes([...args, '--no-commit-id', from, to, '--'], { signal }),
  ).map(utf8);
  const moved = new Map<string, string>();
  for (let i = 0; i + 2 < fields.length; i += 3) {
    const [before, after] = [fields[i + 1], fields[i + 2]];
    if (before !== undefined && after !== undefined) moved.set(after, before);
  }
  return moved;
}

export function splitNul(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
    parts.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return parts;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(bytes: Buffer): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}
