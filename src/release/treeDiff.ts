import type { Git } from '../core/ports.ts';

/** One path that differs between two trees. Renames are a deletion and an addition. */
export interface TreeChange {
  readonly path: string;
  /** `000000` where there is none. */
  readonly oldMode: string;
  readonly newMode: string;
  readonly newId: string;
}

export const absent = '000000';
const submodule = '160000';

export async function treeDiff(
  git: Git,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<readonly TreeChange[]> {
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', from, to, '--'];
  return parseRaw(await git.run(args, { signal }));
}

/** `:oldmode newmode oldid newid status NUL path NUL` over and over. */
function parseRaw(output: string): TreeChange[] {
  const parts = output.split('\0');
  const changes: TreeChange[] = [];
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const [oldMode = ':', newMode = '', , newId = ''] = (parts[i] ?? '').split(' ');
    changes.push({ path: parts[i + 1] ?? '', oldMode: oldMode.slice(1), newMode, newId });
  }
  return changes;
}

export function isSubmoduleChange(change: TreeChange): boolean {
  return change.oldMode === submodule || change.newMode === submodule;
}
