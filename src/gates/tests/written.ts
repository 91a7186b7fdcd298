import { lstatSync, readFileSync, realpathSync } from 'node:fs';

const maxBytes = 256 << 20;

/**
 * What a run of tests wrote. They could have put a link there instead, to any file of the user's, so
 * only a plain file in its own place is read. undefined: it is none, or too large.
 */
export function readWritten(path: string): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size > maxBytes) return undefined;
  return realpathSync(path) === path ? readFileSync(path, 'utf8') : undefined;
}
