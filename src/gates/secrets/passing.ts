import type { GateContext } from '../context.ts';
import { type TreeChange, treeChanges } from '../treeChanges.ts';

/** One commit of a patch, against the one before it. */
export interface Step {
  readonly base: string;
  readonly commit: string;
  /** Only what is not in the patch as a whole. */
  readonly changes: readonly TreeChange[];
}

/**
 * What the commits of a patch hold on the way and its end no longer does: what one commit adds and the next
 * one takes back stays in the history that lands.
 */
export async function passingChanges(
  { git, patch }: Pick<GateContext, 'git' | 'patch'>,
  whole: readonly TreeChange[],
  signal?: AbortSignal,
): Promise<readonly Step[]> {
  const range = `${patch.base}..${patch.commit}`;
  const listed = await git.run(['rev-list', '--parents', range, '--'], { signal });
  const commits = listed.split('\n').map((line) => line.split(' '));
  if (commits.length < 2) return []; // the one commit is the patch
  const known = new Set(whole.map(keyOf));
  const steps: Step[] = [];
  for (const [commit = '', ...parents] of commits) {
    for (const base of parents) {
      const all = await treeChanges(git, base, commit, signal);
      const changes = all.filter((one) => one.status !== 'D' && !known.has(keyOf(one)));
      for (const one of changes) known.add(keyOf(one));
      if (changes.length > 0) steps.push({ base, commit, changes });
    }
  }
  return steps;
}

function keyOf({ path, newBlob }: TreeChange): string {
  return `${path ?? ''}\0${newBlob}`;
}
