import type { Git } from '../../core/ports.ts';

/**
 * The numbers of the lines of a file that a commit adds or rewrites. The file is compared as text whatever
 * its attributes say, and under its own name: what was moved here counts as added.
 */
export async function addedLines(
  git: Git,
  { base, commit }: { readonly base: string; readonly commit: string },
  path: string,
  signal?: AbortSignal,
): Promise<(line: number) => boolean> {
  const out = await git.bytes(
    [
      'diff-tree',
      '-r',
      '-p',
      '-U0',
      '--text',
      '--no-renames',
      '--no-color',
      '--no-textconv',
      '--no-ext-diff',
      '--no-commit-id',
      '--no-indent-heuristic',
      base,
      commit,
      '--',
      `:(literal,top)${path}`,
    ],
    { signal, maxOutputBytes: 256 << 20 },
  );
  const ranges = [...out.toString('latin1').matchAll(/^@@ -[\d,]+ \+(\d+)(?:,(\d+))? @@/gm)].map(
    ([, start, count]) => [Number(start), Number(start) + Number(count ?? 1)] as const,
  );
  return (line) => ranges.some(([from, to]) => line >= from && line < to);
}
