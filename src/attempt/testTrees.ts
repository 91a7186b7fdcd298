import type { Git } from '../core/ports.ts';
import { treeWith } from './worktreeTree.ts';

/** Trees of the base with a patch's test files: asked for when it is committed and by each gate after that. */
export interface TestTrees {
  readonly of: (commit: string, files: readonly string[]) => Promise<string>;
  /** Which tree a new commit holds. */
  note(commit: string, tree: string): void;
}

export function createTestTrees(git: Git, path: string, base: string): TestTrees {
  const treeOf = new Map<string, string>();
  const known = new Map<string, Promise<string>>();
  return {
    note: (commit, tree) => void treeOf.set(commit, tree),
    of(commit, files) {
      const tree = treeOf.get(commit) ?? commit;
      const key = JSON.stringify([tree, files]);
      const found = known.get(key) ?? treeWith(git, path, base, tree, files);
      known.set(key, found);
      found.catch(() => known.delete(key));
      return found;
    },
  };
}
