import type { Patch } from '../core/attempt.ts';
import type { Git } from '../core/ports.ts';
import { plural } from './finding.ts';
import { hunksOf } from './proof/hunks.ts';
import { readSource } from './proof/sourceText.ts';
import { parseJson, record, text } from './tests/outcome.ts';
import { isTestFile } from './testFiles.ts';
import { isInTree, type TreeChange } from './treeChanges.ts';

const maxBytes = 1 << 20;

/**
 * What the reviewer must see about tests that were there before: removed, marked to be skipped, with
 * fewer or looser assertions, with other snapshots. A mark, not a verdict: tests do change for good reasons.
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
    if (/\.snap$|(^|\/)__snapshots__\/|\.(approved|verified)\.\w+$/.test(path))
      marks.push(`existing snapshot changed: ${path}`);
    else if (status === 'D') {
      if (isTestFile(path)) marks.push(`existing test removed: ${path}`);
    } else if (isTestFile(path) || path.endsWith('.rs')) {
      const read = async (at: string): Promise<string> =>
        testsIn(await blobAt(git, `${at}:${path}`, signal), path);
      const found = weakenings(await read(patch.base), await read(patch.commit), path);
      marks.push(...found.map((what) => `existing test ${what}: ${path}`));
    }
  }
  return [...marks, ...(await changedCommands(git, patch.base, changes, signal))];
}

async function blobAt(git: Git, name: string, signal?: AbortSignal): Promise<string> {
  return (await git.bytes(['cat-file', 'blob', name], { signal })).toString('utf8', 0, maxBytes);
}

/** Rust has unit tests below the code that they test. */
function testsIn(source: string, path: string): string {
  if (isTestFile(path)) return source;
  const at = source.indexOf('#[cfg(test)]');
  return at < 0 ? '' : source.slice(at);
}

/** Programs of the project's own that have a part in running its tests. */
async function changedCommands(
  git: Git,
  base: string,
  changes: readonly TreeChange[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const old = changes.flatMap(({ path, status }) => (path && status !== 'A' ? [path] : []));
  const marks: string[] = [];
  const manifests = new Map<string, readonly string[]>();
  for (const path of old) {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
    for (const above of new Set([folder, '']))
      if (!manifests.has(above)) manifests.set(above, await scriptWords(git, base, above, signal));
    const isRun = [...manifests].some(([above, words]) =>
      words.some((word) => above + word === path),
    );
    if (isRun && !isTestFile(path))
      marks.push(`what a test script of package.json runs is changed: ${path}`);
  }
  return marks;
}

/** What the scripts that run tests are made of, and those that they run by name. */
async function scriptWords(
  git: Git,
  base: string,
  folder: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const path = `${folder}package.json`;
  if (!(await isInTree(git, base, path, signal))) return [];
  const manifest = parseJson(await blobAt(git, `${base}:${path}`, signal));
  const scripts = record(record(manifest)?.['scripts']) ?? {};
  const names = new Set(Object.keys(scripts).filter((one) => testScript.test(one)));
  const words: string[] = [];
  for (const one of names) {
    const own = text(scripts[one]).split(/[\s"';&|]+/);
    const run = own.flatMap((word) => [`pre${word}`, word, `post${word}`]);
    for (const other of run) if (Object.hasOwn(scripts, other)) names.add(other);
    words.push(...own.map((word) => word.replace(/^\.\//, '')));
  }
  return words;
}

const testScript = /test|spec|check|verify|coverage|\bci\b/i;

/** What makes a test file say less than before, by the words of the languages' test frameworks. */
export function weakenings(before: string, after: string, path: string): readonly string[] {
  const [old, now] = [codeOf(before, path), codeOf(after, path)];
  const more = (pattern: RegExp): number => count(pattern, now) - count(pattern, old);
  const fewerChecks = -more(checks);
  const fewerTests = -more(tests);
  const strictGone = -more(strict);
  const found = [
    ...(fewerChecks > 0 ? [`has ${plural(fewerChecks, 'assertion')} fewer`] : []),
    ...(fewerTests > 0 ? [`file has ${plural(fewerTests, 'test')} fewer`] : []),
    ...(more(skips) > 0 ? ['newly skipped or singled out'] : []),
    ...(strictGone > 0 && more(loose) > 0 && fewerChecks <= 0 ? ['asserts more loosely'] : []),
    ...(more(anything) > 0 ? ['newly accepts any value'] : []),
    ...(more(handlers) > 0 ? ['newly catches what its assertions throw'] : []),
    ...(more(leaves) > 0 ? ['newly ends before its end'] : []),
    ...(more(patience) > 0 ? ['is newly given other times or more tries'] : []),
    ...(expectsOtherwise(before, after, path) ? ['expects other values than before'] : []),
  ];
  return found.length === 0 && loses(old, now) ? ['does no longer all that it did'] : found;
}

/** A statement that does something and is nowhere any more. Titles and comments are blanked already. */
function loses(old: string, now: string): boolean {
  const statements = (code: string): string[] =>
    code.split(/[;{}\n]/).map((one) => one.trim().replace(/(["'`])\s*\1/g, '""'));
  const left = new Map<string, number>();
  for (const one of statements(now)) left.set(one, (left.get(one) ?? 0) + 1);
  return statements(old).some((one) => {
    const count = left.get(one) ?? 0;
    left.set(one, count - 1);
    return count < 1 && one.includes('(') && !/^(import|from)\b/.test(one);
  });
}

const skips =
  /\b(it|test|describe|context|suite|specify|bench)\.(skip|only|todo|fails|failing|skipIf|runIf|concurrent\.skip)\b|\b(xit|xtest|xdescribe|xcontext|xspecify|fit|fdescribe)\s*[(']|\bthis\.skip\(|\bt\.(skip|todo)\(|\b(skip|todo|fails|only):\s*(true|["'])|@(\w+\.)*(skip|skipif|skipIf|skipUnless|xfail|expectedFailure|Disabled|DisabledIf|Ignore)\b|\bpytest\.(skip|xfail|importorskip)\(|\bself\.skipTest\(|\b[tb]\.Skip(Now|f)?\(|\btesting\.Short\(|#\[ignore|\bmarkTest(Skipped|Incomplete)\(|^\s*(skip|pending)\b|\[(Ignore|Explicit)\b|\bSkip\s*=|\bassume\w*\(|\bAssumptions?\./gim;
const checks =
  /\b(assert\w*|expect|should|require\.\w+|Assert\.\w+|refute\w*|t\.(Error|Fatal|Errorf|Fatalf|Fail|FailNow|is|ok|equal\w*|same|deepEqual|throws))\b\s*[.(!]|^\s*assert\s|\bto_?(not_?)?(be|eq|equal)\b|\.should\b/gm;
const tests =
  /\b(it|test|specify)(\.\w+)?\s*\(|\bdef test\w*|\bfunc (Test|Benchmark|Fuzz)\w*|@(Test|ParameterizedTest)\b|#\[(\w+::)?test\b|\bfunction test\w+|\[(Fact|Theory|Test|TestMethod|TestCase)\b|^\s*it\s+["']/gm;
const strict =
  /\b(equal|equals|strictEqual|deepEqual|deepStrictEqual|toBe|toEqual|toStrictEqual|toMatchObject|toHaveLength|toThrow\w*|toHaveBeen\w*|toBeCalled\w*|toHaveReturned\w*|toMatch\w*Snapshot|assertEquals?|assertSame|assertListEqual|assertDictEqual|assertCountEqual|assertRaises\w*|assertThrows\w*|Equal|DeepEqual|assert_eq|assert_equal|eq|AreEqual|throws|rejects)\b\s*[(!]|==/g;
const loose =
  /\b(ok|toBeDefined|toBeTruthy|toBeFalsy|toBeNull|toBeUndefined|exist|exists|assertTrue|assertFalse|assertIsNotNone|assertNot\w+|assertLess\w*|assertGreater\w*|assertAlmostEqual\w*|assert(?:Not)?Regex|assertIsInstance|assertNotNull|assertIn|NotNil|NotEmpty|IsNotNull|True|notEqual|notStrictEqual|toContain|toMatch|match|toBeGreaterThan\w*|toBeLessThan\w*|toBeInstanceOf|doesNotThrow|assert_not_nil|be_truthy|assert|assert_ne|toBeCloseTo|isAtLeast|isAtMost|above|below)\b\s*[(!]|\bis not None\b|\bnot\.|(?<![=\-<>])[<>]=?\s*-?\d|!=/g;
const anything =
  /\bexpect\.(anything|any|stringContaining|objectContaining|arrayContaining)\(|\bmock\.ANY\b|\b(mock|gomock)\.Any(thing)?\b|\bany\(\)|\bsinon\.match\.any\b|\|\|\s*true\b|\bor True\b/g;
const patience =
  /\b(jest\.setTimeout|jest\.retryTimes|vi\.setConfig|this\.(timeout|retries|slow)|setDefaultTimeout|setTimeout)\(\s*\d|\b(timeout|testTimeout|retry|retries|repeats)\s*[:=]\s*\d|@(\w+\.)*(flaky|timeout|Timeout|RepeatedTest|RetryingTest|Retry)\b/g;
const handlers = /\bcatch\b|^\s*except\b|^\s*rescue\b|\bcontextlib\.suppress\b|\brecover\(\)/gm;
const leaves =
  /^\s*return;?\s*$|\bprocess\.exit\(|\bsys\.exit\(|\bos\._exit\(|\bos\.Exit\(|\bif\s*\(?\s*(false|False|0)\b/gm;

/** Without comments, so that what is commented out counts as gone. Strings are blanked. */
function codeOf(source: string, path: string): string {
  return readSource(source, path).code;
}

function count(pattern: RegExp, code: string): number {
  return [...code.matchAll(pattern)].length;
}

/** An assertion that stays the same but for its literals. */
function expectsOtherwise(before: string, after: string, path: string): boolean {
  return hunksOf(before, after).some(({ removed, added }) =>
    removed.some((line) => {
      const skeleton = skeletonOf(line, path);
      if (skeleton === undefined) return false;
      return added.some((other) => other !== line && skeletonOf(other, path) === skeleton);
    }),
  );
}

function skeletonOf(line: string, path: string): string | undefined {
  const code = codeOf(line, path);
  if (count(checks, code) === 0) return undefined;
  return code
    .replace(/(["'`])\s*\1/g, '""')
    .replace(/-?(?<![\w$])\d[\w.]*|\b(true|false|null|undefined|None|True|False|nil)\b/g, '#')
    .replace(/\s+/g, ' ')
    .trim();
}
