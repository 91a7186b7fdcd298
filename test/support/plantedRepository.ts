import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../../src/core/ports.ts';

/**
 * Commits a submodule at `path`; what comes back makes a repository there, whose settings run a program that
 * writes `flag` as soon as a git that looks for changes goes into it.
 */
export async function plantRepository(
  git: Git,
  path: string,
  flag: string,
): Promise<() => Promise<void>> {
  const root = join(git.cwd, path);
  await git.run(['update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},${path}`]);
  await git.run(['commit', '-q', '-m', 'submodule']);
  mkdirSync(root, { recursive: true });
  return async () => {
    const inside = git.at(root);
    await inside.run(['init', '-q']);
    writeFileSync(join(root, 'f'), 'x\n');
    await inside.run(['add', 'f']);
    const who = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];
    await inside.run([...who, 'commit', '-q', '-m', 'x']);
    await inside.run(['config', 'filter.x.clean', `touch '${flag}'; cat`]);
    mkdirSync(join(root, '.git', 'info'), { recursive: true });
    writeFileSync(join(root, '.git', 'info', 'attributes'), '* filter=x\n');
    utimesSync(join(root, 'f'), new Date(1e12), new Date(1e12)); // git has to look at its content
  };
}
