import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Git } from '../../core/ports.ts';

/** A tree with one file's content replaced. Only objects are written. */
export async function treeWithFile(
  git: Git,
  tree: string,
  file: { readonly path: string; readonly mode: string; readonly content: string },
  signal?: AbortSignal,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'patchwright-index-'));
  try {
    const options = { extraEnv: { GIT_INDEX_FILE: join(folder, 'index') }, signal };
    const blob = await git.run(['hash-object', '-w', '--stdin', '--no-filters'], {
      input: file.content,
      signal,
    });
    await git.run(['read-tree', tree], options);
    const input = `${file.mode} ${blob}\t${file.path}\0`;
    await git.run(['update-index', '-z', '--index-info'], { ...options, input });
    return await git.run(['write-tree'], options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
