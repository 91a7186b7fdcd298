import type { Patch } from '../core/attempt.ts';
import type { Git } from '../core/ports.ts';
import { isTestFile } from './testFiles.ts';
import type { TreeChange } from './treeChanges.ts';

const maxBytes = 1 << 20;

const skips =
  /\b(it|test|describe|context|suite)\.(skip|only|todo|fails)\b|\b(xit|xtest|xdescribe|fit|fdescribe)\s*\(|\bthis\.skip\(|\bskip:\s*true|@(pytest\.mark\.)?(skip|skipif|xfail|unittest\.skip|Disabled|Ignore)\b|\bpytest\.(skip|xfail)\(|\bt\.Skip(Now|f)?\(|#\[ignore/g;
const checks =
  /\b(assert\w*|expect|should|require\.(Equal|NoError|True|False)|t\.(Error|Fatal|Errorf|Fatalf))\b\s*[.(!]|^\s*assert\s/gm;

/**
 * What the reviewer must see about tests that were there before: removed, marked to be skipped, with
 * fewer assertions, with other snapshots. A mark, not a verdict: tests do change for good reasons.
 */
export async function weakenedTests(
  git: Git,
  patch: Pick<Patch, 'base' | 'commit'>,
  changes: readonly TreeChange[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const marks: string[] = [];
  for (const { path, status } of changes) {
    if (path === undefined || status === 'A') continue;
    if (/\.snap$|(^|\/)__snapshots__\//.test(path))
      marks.push(`existing snapshot changed: ${path}`);
    else if (!isTestFile(path)) continue;
    else if (status === 'D') marks.push(`existing test removed: ${path}`);
    else marks.push(...(await compare(git, patch, path, signal)));
  }
  return marks;
}

async function compare(
  git: Git,
  { base, commit }: Pick<Patch, 'base' | 'commit'>,
  path: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const read = async (at: string) =>
    (await git.bytes(['cat-file', 'blob', `${at}:${path}`], { signal })).toString(
      'utf8',
      0,
      maxBytes,
    );
  const [before, after] = [await read(base), await read(commit)];
  const fewer = count(checks, before) - count(checks, after);
  const more = count(skips, after) - count(skips, before);
  return [
    ...(fewer > 0 ? [`existing test has ${fewer} assertions fewer: ${path}`] : []),
    ...(more > 0 ? [`existing test newly skipped or singled out: ${path}`] : []),
  ];
}

function count(pattern: RegExp, source: string): number {
  return [...source.matchAll(pattern)].length;
}
