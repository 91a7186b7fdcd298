import { cpSync, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../core/ports.ts';
import { createGit } from './git.ts';
import { createShell } from './shell.ts';

/** A real repository: on a branch that is not protected, with the demo's files as its first commit. */
export async function copyWorkspace(source: string, folder: string): Promise<Git> {
  cpSync(source, folder, { recursive: true });
  // Packagers drop files of that name, so it travels under another.
  if (existsSync(join(folder, 'gitignore'))) {
    renameSync(join(folder, 'gitignore'), join(folder, '.gitignore'));
  }
  const git = createGit(createShell(), folder);
  await git.run(['init', '-q', '-b', 'demo']);
  for (const [key, value] of Object.entries({
    'user.name': 'Demo',
    'user.email': 'demo@example.com',
  })) {
    const { code } = await git.code(['config', key], { okCodes: [0, 1] });
    if (code !== 0) await git.run(['config', key, value]);
  }
  await git.run(['add', '-A']);
  await git.run(['-c', 'commit.gpgsign=false', 'commit', '-q', '-m', 'Shop service']);
  return git;
}
