import { parsePatch } from 'diff';
import type { Git } from '../core/ports.ts';

/** The lines that a patch adds or rewrites, by their numbers in the patch's own files. Renames keep what they keep. */
export async function changedLines(
  git: Git,
  base: string,
  commit: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const patch = await git.run(
    [
      '-c',
      'core.quotePath=false',
      'diff',
      '--unified=0',
      '--find-renames',
      '--no-color',
      '--no-ext-diff',
      '--no-textconv',
      '--src-prefix=a/',
      '--dst-prefix=b/',
      base,
      commit,
      '--',
    ],
    { signal, maxOutputBytes: 64 << 20 },
  );
  const changed = new Map<string, readonly number[]>();
  for (const { newFileName = '', hunks } of parsePatch(patch)) {
    if (!newFileName.startsWith('b/')) continue; // deleted
    const lines = hunks.flatMap((hunk) => numbers(hunk.newStart, hunk.newLines));
    if (lines.length > 0) changed.set(newFileName.slice(2), lines);
  }
  return changed;
}

function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

/** `3-5,9` */
export function lineRanges(lines: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const line of lines) {
    const last = ranges.at(-1);
    if (last && line === last[1] + 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
