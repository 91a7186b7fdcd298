import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Git } from '../../src/core/ports.ts';
import { createGit } from '../../src/platform/git.ts';
import { createShell } from '../../src/platform/shell.ts';

export type Tree = Readonly<Record<string, string>>;

export function writeTree(root: string, files: Tree): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
    if (content.startsWith('#!')) chmodSync(join(root, path), 0o755);
  }
}

/** A real repository with one commit of `files` on `branch`. */
export async function createRepository(root: string, files: Tree, branch = 'work'): Promise<Git> {
  mkdirSync(root, { recursive: true });
  writeTree(root, files);
  const git = createGit(createShell(), root);
  await git.run(['init', '-q', '-b', branch]);
  await git.run(['config', 'user.name', 'Tester']);
  await git.run(['config', 'user.email', 'tester@example.com']);
  await git.run(['config', 'commit.gpgsign', 'false']);
  await git.run(['add', '-A']);
  await git.run(['commit', '-q', '--allow-empty', '-m', 'base']);
  return git;
}
