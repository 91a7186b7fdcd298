import type { Gate } from './context.ts';
import { generatedIn } from './generatedFiles.ts';
import { failed, passed, plural } from './finding.ts';
import { splitNul, type TreeChange, treeChanges } from './treeChanges.ts';

/** A binary or one-line file of this size cannot be reviewed. */
const maxFileBytes = 1 << 20;

interface FileSize {
  readonly path: string;
  /** undefined: binary. */
  readonly lines: number | undefined;
}

/** A patch small enough for a person to review. Generated files and lock files are named apart. */
export const size: Gate = {
  id: 'size',
  runsCode: false,
  async run({ git, patch, limits }, signal) {
    const out = await git.bytes(
      [
        'diff-tree',
        '-r',
        '-z',
        '--numstat',
        '--no-renames',
        '--no-commit-id',
        '--no-textconv',
        '--no-ext-diff',
        patch.base,
        patch.commit,
        '--',
      ],
      { signal },
    );
    const sizes = splitNul(out).map(toSize);
    const changes = await treeChanges(git, patch.base, patch.commit, signal);
    const big = await tooBig(changes, async (blob) =>
      Number(await git.run(['cat-file', '-s', blob], { signal })),
    );
    const isGenerated = await generatedIn(git, patch.base, signal);
    const made = await Promise.all(sizes.map(({ path }) => isGenerated(path)));
    const generated = sizes.filter((_, i) => made[i]);
    const own = sizes.filter((_, i) => !made[i]);
    const long = own.filter(({ lines }) => (lines ?? 0) > limits.linesPerFile);
    const lines = own.reduce((sum, file) => sum + (file.lines ?? 0), 0);
    const problems = [
      ...(own.length > limits.filesPerPatch
        ? [`${own.length} files, of ${limits.filesPerPatch} at most`]
        : []),
      ...long.map((f) => `${f.path}: ${f.lines} lines, of ${limits.linesPerFile} at most`),
      ...big.map((path) => `${path}: larger than ${maxFileBytes >> 20} MiB`),
    ];
    const evidence = [
      `${plural(own.length, 'file')}, ${plural(lines, 'changed line')}.`,
      ...generated.map((file) => `Generated, counted apart: ${file.path}, ${linesOf(file)}.`),
    ];
    const marks = [
      ...generated.map(({ path }) => `generated: ${path}`),
      ...own.filter((file) => file.lines === undefined).map(({ path }) => `binary: ${path}`),
    ];
    if (own.length === 0 && generated.length === 0) return failed('The patch changes nothing.');
    if (problems.length === 0) return passed(evidence[0] ?? '', { evidence, marks });
    const reason = `The patch is too large to review: ${problems[0]}. Make a smaller one, or raise patchwright.limits.`;
    return failed(reason, { evidence: [...evidence, ...problems], marks });
  },
};

/** `added TAB removed TAB path`; `-` for binary files. */
function toSize(field: Buffer): FileSize {
  const [added = '', removed = '', ...path] = field.toString('utf8').split('\t');
  const binary = added === '-' || removed === '-';
  return { path: path.join('\t'), lines: binary ? undefined : Number(added) + Number(removed) };
}

async function tooBig(
  changes: readonly TreeChange[],
  bytesOf: (blob: string) => Promise<number>,
): Promise<string[]> {
  const big: string[] = [];
  for (const { path, newBlob, newMode } of changes) {
    if (!newMode.startsWith('100') || path === undefined) continue;
    if ((await bytesOf(newBlob)) > maxFileBytes) big.push(path);
  }
  return big;
}

function linesOf({ lines }: FileSize): string {
  return lines === undefined ? 'binary' : plural(lines, 'changed line');
}
