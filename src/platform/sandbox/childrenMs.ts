import { closeSync, openSync, readSync } from 'node:fs';

/** Longer than any `times`. The command can get at the file, so it may hold anything. */
const maxBytes = 200;

/**
 * What a shell's children have computed: the second line of its `times`, user and system,
 * `0m1.204s 0m0.310s`. undefined: it was ended before it could tell.
 */
export function readChildrenMs(path: string): number | undefined {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(maxBytes);
    return childrenMs(bytes.toString('latin1', 0, readSync(file, bytes)));
  } finally {
    closeSync(file);
  }
}

export function childrenMs(times: string): number | undefined {
  const [, children = ''] = times.split('\n');
  const found = [...children.matchAll(/(\d+)m(\d+(?:\.\d+)?)s/g)];
  if (found.length !== 2) return undefined;
  return found.reduce((sum, [, m, s]) => sum + Number(m) * 60_000 + Number(s) * 1000, 0);
}
