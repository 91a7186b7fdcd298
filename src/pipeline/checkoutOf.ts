import type { Worktree } from '../attempt/worktree.ts';
import type { Checkout } from '../core/ports.ts';

/** A worktree for as long as nobody but the gates writes there: what they have found in it holds until they go on. */
export function checkoutOf(worktree: Worktree): Checkout {
  let laid = '';
  let holds: string | undefined;
  return {
    path: worktree.path,
    async lay(treeish, signal) {
      const there = holds;
      holds = undefined;
      await worktree.lay(treeish, signal, there);
      laid = treeish;
    },
    noteLeft(untracked) {
      const provided = new Set(worktree.provided);
      if (untracked.every((name) => provided.has(name.replace(/\/$/, '')))) holds = laid;
    },
  };
}
