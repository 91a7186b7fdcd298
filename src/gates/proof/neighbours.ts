import type { TestCase } from '../../core/testRun.ts';
import type { GateContext } from '../context.ts';
import { describeFailure } from '../failure.ts';
import { firstWords } from '../finding.ts';
import { type FixedFile, hunksOf, textAt } from './hunks.ts';
import { neighboursOf, type TestLiteral, testLiterals } from './literals.ts';
import { isInTree } from '../treeChanges.ts';
import { readSource } from './sourceText.ts';
import type { Proof } from './proof.ts';
import type { Trial, Trials } from './trials.ts';

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
  { base, proven, kind, failing }: Pick<Proof, 'base' | 'proven' | 'kind' | 'failing'>,
  signal?: AbortSignal,
): Promise<Neighbours> {
  if (!files.some(addsCase)) return { evidence: [], marks: [] };
  const all = await neighbourTests(context, files, signal);
  const same = new Map<string, string[]>();
  const otherwise = new Set<string>();
  const original = outcomes({ verdict: 'failed', cases: failing }, proven);
  // Of an assertion that says no more than "false is not true", equal failures tell nothing.
  let tells = kind !== 'assertion';
  for (const other of all.slice(0, maxNeighbours)) {
    // One input that is treated otherwise is enough, but for numbers that the fix names itself.
    if (otherwise.size > 0 && (!other.isNamed || otherwise.has(other.literal))) continue;
    const run = (tree: string): Promise<Trial | undefined> =>
      trials.run(tree, other, context.patch.testFiles);
    const before = await run(base);
    const failures = outcomes(before, proven);
    // It passes there, can't run at all, or fails in another way: this input does not show the bug.
    if (!before || failures === undefined || !failsBy(before, proven, kind)) continue;
    const now = outcomes(await run(context.patch.commit), proven);
    if (now === undefined) continue;
    tells ||= failures !== original;
    if (now === failures) same.set(other.literal, [...(same.get(other.literal) ?? []), other.what]);
    else otherwise.add(other.literal);
  }
  const named = new Set(all.flatMap(({ isNamed, literal }) => (isNamed ? [literal] : [])));
  const telling = [...same].filter(
    ([literal]) =>
      (tells && otherwise.size === 0) || (named.has(literal) && !otherwise.has(literal)),
  );
  if (telling.length > 0) {
    const what = telling.flatMap(([, changes]) => changes).join(', with ');
    const mark = `The fix may be made for the test's input alone: with ${what} the code fails as it does without the patch.`;
    return { evidence: [], marks: [mark] };
  }
  return otherwise.size === 0
    ? { evidence: [], marks: [] }
    : {
        evidence: [
          "With other inputs than the test's the fix behaves otherwise than the base too.",
        ],
        marks: [],
      };
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
  /** What was changed, and whether it is a number that stands in the fix and did not before. */
  readonly literal: string;
  readonly isNamed: boolean;
  readonly content: string;
  readonly what: string;
}

/** One literal changed at a time, wherever it stands as an input; the first change of each comes first. */
async function neighbourTests(
  { git, patch }: Pick<GateContext, 'git' | 'patch'>,
  files: readonly FixedFile[],
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
        const isNamed = files.some((one) => namesNumber(one, text));
        const content = replaced(source, places, to);
        rounds[round]?.push({ path, literal: text, isNamed, content, what });
      });
    }
  }
  // Those that the fix names come first: they tell most.
  return rounds.flat().sort((a, b) => Number(b.isNamed) - Number(a.isNamed));
}

function namesNumber({ before, after, path }: FixedFile, text: string): boolean {
  if (!/^\d/.test(text)) return false;
  const has = (source: string): boolean =>
    [...readSource(source, path).code.matchAll(/(?<![\w.$])\d[\d_]*(\.\d+)?(?![\w.])/g)].some(
      ([number]) => Number(number.replaceAll('_', '')) === Number(text.replaceAll('_', '')),
    );
  return has(after) && !has(before);
}

async function changedLines(
  git: GateContext['git'],
  base: string,
  path: string,
  source: string,
  signal?: AbortSignal,
): Promise<(line: number) => boolean> {
  if (!(await isInTree(git, base, path, signal))) return () => true;
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

function failsBy({ cases = [] }: Trial, proven: readonly string[], kind: string): boolean {
  const failing = cases.filter((test) => test.status === 'failed' && proven.includes(keyOf(test)));
  return failing.length > 0 && failing.every((test) => kindOf(test.message ?? '') === kind);
}

/** How a test fails, in so far as two failures of one bug are alike. */
export function kindOf(message: string): string {
  const { kind, type } = describeFailure(message);
  return kind === 'assertion' ? kind : `${kind} ${type ?? ''}`;
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
