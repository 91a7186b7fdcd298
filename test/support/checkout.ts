import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Checkout, Git } from '../../src/core/ports.ts';

/** A plain worktree to lay trees out in, without the pool and the dependencies of the real one. */
export async function addCheckout(
  git: Git,
  path: string,
): Promise<
  Checkout & { treeOfBaseWith(commit: string, files: readonly string[]): Promise<string> }
> {
  const base = await git.run(['rev-parse', 'HEAD']);
  await git.run(['worktree', 'add', '-q', '--detach', path, base]);
  const here = git.at(path);
  return {
    path,
    async lay(treeish) {
      await here.run(['read-tree', '-u', '--reset', treeish]);
      await here.run(['clean', '-ffdq']);
    },
    treeOfBaseWith: (commit, files) => treeWith(git, base, commit, files),
  };
}

async function treeWith(git: Git, base: string, commit: string, files: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'pw-index-'));
  const options = { extraEnv: { GIT_INDEX_FILE: join(folder, 'index') } };
  try {
    await git.run(['read-tree', base], options);
    const entries = await git.bytes(['ls-tree', '-z', commit, '--', ...files]);
    await git.run(['update-index', '-z', '--index-info'], { ...options, input: entries });
    return await git.run(['write-tree'], options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
