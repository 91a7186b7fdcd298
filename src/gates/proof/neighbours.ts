import type { TestCase } from '../../core/testRun.ts';
import type { GateContext } from '../context.ts';
import { describeFailure } from '../failure.ts';
import { firstWords } from '../finding.ts';
import { type FixedFile, hunksOf, textAt } from './hunks.ts';
import { neighboursOf, type TestLiteral, testLiterals } from './literals.ts';
import { readSource } from './sourceText.ts';
import type { Trial, Trials } from './trials.ts';
import { treeWithFile } from './variant.ts';

export interface Neighbours {
  readonly evidence: readonly string[];
  readonly marks: readonly string[];
}

const maxNeighbours = 6;

/**
 * Whether the fix is for more than the test's own input. The test is run with other inputs on the base
 * and on the patch: a fix that a branch for one input makes up behaves on all others as the base does.
 */
export async function tryNeighbours(
  context: Pick<GateContext, 'git' | 'patch'>,
  trials: Trials,
  files: readonly FixedFile[],
  { base, proven }: { readonly base: string; readonly proven: readonly string[] },
  signal?: AbortSignal,
): Promise<Neighbours> {
  if (!files.some(addsCase)) return { evidence: [], marks: [] };
  const same: string[] = [];
  for (const other of (await neighbourTests(context, signal)).slice(0, maxNeighbours)) {
    const file = { path: other.path, mode: '100644', content: other.content };
    const run = async (tree: string): Promise<Trial | undefined> =>
      trials.run(await treeWithFile(context.git, tree, file, signal), context.patch.testFiles);
    const before = await run(base);
    const failures = outcomes(before, proven);
    // It passes there, or can't run at all: this input does not show the bug.
    if (!before || failures === undefined || before.verdict !== 'failed') continue;
    const after = await run(context.patch.commit);
    const now = outcomes(after, proven);
    if (!after || now === undefined) continue;
    if (now !== failures) {
      const evidence = `The fix is for more than the test's input: with ${other.what} it behaves otherwise than the base.`;
      return { evidence: [evidence], marks: [] };
    }
    same.push(other.what);
  }
  if (same.length === 0) return { evidence: [], marks: [] };
  const mark = `The fix may be made for the test's input alone: with ${same.join(', with ')} the code fails as it does without the patch.`;
  return { evidence: [], marks: [mark] };
}

const branch =
  /\b(if|elif|elsif|else|case|when|switch|match|unless|and|or|in|includes|has|get|startswith|endswith|startsWith|endsWith)\b|\?|&&|\|\||[!=]==?/g;

/** Only what tells cases apart can tell the test's own case apart. */
function addsCase({ path, hunks }: FixedFile): boolean {
  const weigh = (lines: readonly string[]): number => {
    const { code, strings } = readSource(lines.join('\n'), path);
    const numbers = code.match(/(?<![\w.$])\d+(?![\w.])/g)?.length ?? 0;
    return (code.match(branch)?.length ?? 0) + strings.length + numbers;
  };
  return hunks.some(({ removed, added }) => weigh(added) > weigh(removed));
}

interface NeighbourTest {
  readonly path: string;
  readonly content: string;
  readonly what: string;
}

/** One literal changed at a time, wherever it stands as an input; the first change of each comes first. */
async function neighbourTests(
  { git, patch }: Pick<GateContext, 'git' | 'patch'>,
  signal?: AbortSignal,
): Promise<readonly NeighbourTest[]> {
  const rounds: NeighbourTest[][] = [[], []];
  for (const path of patch.testFiles) {
    const source = await textAt(git, patch.commit, path, signal);
    const isChanged = await changedLines(git, patch.base, path, source, signal);
    const found = testLiterals(source, path).filter(
      ({ isInput, line }) => isInput && isChanged(line - 1),
    );
    for (const text of new Set(found.map((literal) => literal.text))) {
      const places = found.filter((literal) => literal.text === text);
      neighboursOf(text).forEach((to, round) => {
        const what = `${firstWords(text)} → ${firstWords(to)} (${path}:${places[0]?.line})`;
        rounds[round]?.push({ path, content: replaced(source, places, to), what });
      });
    }
  }
  return rounds.flat();
}

async function changedLines(
  git: GateContext['git'],
  base: string,
  path: string,
  source: string,
  signal?: AbortSignal,
): Promise<(line: number) => boolean> {
  const { code } = await git.code(['cat-file', '-e', `${base}:${path}`], {
    okCodes: [0, 1, 128],
    signal,
  });
  if (code !== 0) return () => true;
  const hunks = hunksOf(await textAt(git, base, path, signal), source);
  if (hunks.length === 0) return () => true; // the base has the test already
  return (line) => hunks.some(({ newStart, newEnd }) => line >= newStart && line < newEnd);
}

function replaced(source: string, places: readonly TestLiteral[], to: string): string {
  let [text, from] = ['', 0];
  for (const { start, end } of places) {
    text += source.slice(from, start) + to;
    from = end;
  }
  return text + source.slice(from);
}

/** What became of the tests that prove the bug; undefined where that can't be told. */
function outcomes(trial: Trial | undefined, proven: readonly string[]): string | undefined {
  const cases = (trial?.cases ?? []).filter((test) => proven.includes(keyOf(test)));
  if (cases.length === 0) return undefined;
  return cases.map((test) => `${keyOf(test)}\0${test.status}\0${outcome(test)}`).join('\n');
}

function outcome({ message = '' }: TestCase): string {
  const { kind, type } = describeFailure(message);
  const words = (message.split(/\n\s+at |\n  File /)[0] ?? '').replace(
    /(\.\w+):\d+(:\d+)?/g,
    '$1:#',
  );
  return `${kind} ${type ?? ''} ${words}`;
}

export function keyOf(test: TestCase): string {
  return `${test.file ?? ''}\0${test.name}`;
}
