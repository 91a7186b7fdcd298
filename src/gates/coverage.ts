import { existsSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Coverage, FileCoverage, TestRun } from '../core/testRun.ts';
import { changedLines, lineRanges } from './changedLines.ts';
import type { Gate, GateContext, GateFinding } from './context.ts';
import { failed, notConfigured, passed, plural } from './finding.ts';
import { generatedIn } from './generatedFiles.ts';
import { guarded, guardedRun } from './guardedRun.ts';
import { isJavaScript } from './source/script.ts';
import { isTestFile } from './testFiles.ts';
import { readLcov } from './tests/coverage/reports.ts';
import { scriptLines } from './tests/coverage/scriptLines.ts';
import { readWritten } from './tests/written.ts';
import { runTests } from './tests/runTests.ts';

/** Runs of one suite differ by a little: timers, retries, the order of things. */
const tolerance = 0.001;

/** What the tests run of the changed lines, and of the whole, is no less than it should be. */
export const coverage: Gate = {
  id: 'coverage',
  runsCode: true,
  async run(context, signal) {
    const { git, patch } = context;
    const changed = await changedLines(git, patch.base, patch.commit, signal);
    const isGenerated = await generatedIn(git, patch.base, signal);
    const source: [string, readonly number[]][] = [];
    for (const [path, lines] of changed) {
      if (counts(path, patch.testFiles) && !(await isGenerated(path))) source.push([path, lines]);
    }
    if (source.length === 0 && !isKnown(context)) {
      return passed('The patch changes no line of code that tests could run.');
    }
    const after = await measured(context, patch.commit, signal);
    if ('finding' in after) return after.finding;
    const lines = await coverageOfLines(context, source, after.files, signal);
    const marks = [
      ...after.marks,
      ...lines.flatMap(({ path, known }) => (known ? [] : [`coverage not measured: ${path}`])),
    ];
    const share = judgeLines(lines, context.settings.coverage.minimum);
    if (share.problem) return failed(share.problem, { evidence: share.evidence, marks });
    const before = await measured(context, patch.base, signal);
    if ('finding' in before) {
      const mark = `The coverage before the patch is not known: ${before.finding.reason}`;
      return passed(share.reason, { evidence: share.evidence, marks: [...marks, mark] });
    }
    const total = judgeTotal(before.files, after.files);
    const evidence = [...share.evidence, ...total.evidence];
    return total.problem
      ? failed(total.problem, { evidence, marks })
      : passed(share.reason, { evidence, marks });
  },
};

function isKnown({ suiteRuns, patch }: GateContext): boolean {
  return [patch.base, patch.commit].every((tree) => suiteRuns.get(tree)?.coverage);
}

const code =
  /\.([cm]?[jt]sx?|py|go|rs|java|kt|scala|rb|php|cs|swift|c|cc|cpp|h|hpp|vue|svelte|dart|ex)$/;

/** Source that belongs to the program: no test, no types alone, no tool's settings. */
function counts(path: string, testFiles: readonly string[]): boolean {
  return (
    code.test(path) &&
    !testFiles.includes(path) &&
    !isTestFile(path) &&
    !/\.d\.[cm]?ts$/.test(path) &&
    !/(^|\.)(config|conf|setup)\.[cm]?[jt]s$|^(conftest|setup|noxfile)\.py$/.test(basename(path))
  );
}

type Measured =
  | { readonly files: Coverage; readonly marks: readonly string[] }
  | { readonly finding: GateFinding };

async function measured(
  context: GateContext,
  tree: string,
  signal?: AbortSignal,
): Promise<Measured> {
  const known = context.suiteRuns.get(tree);
  if (!context.settings.coverage.command.trim() && known?.coverage) {
    return fromRun(context, known, []);
  }
  const { result, problems, marks } = await run(context, tree, signal);
  if (problems[0] !== undefined) {
    const reason = `The tests did what tests must not do: ${problems[0]}.`;
    return { finding: failed(reason, { evidence: problems, marks }) };
  }
  return result ? fromRun(context, result, marks) : { finding: noMeans(context) };
}

/** The project's own command, the runner's own means, or a plain run where that tells it already. */
async function run(context: GateContext, tree: string, signal?: AbortSignal) {
  const { tests, settings, held, timeoutMs } = context;
  const line = settings.coverage.command.trim();
  const root = join(context.checkout.path, context.folder);
  if (line) return guarded(context, tree, () => runCommand(line), signal);
  if (tests?.coverage) {
    return guarded(
      context,
      tree,
      async () => tests.coverage?.(context.checkout.path, signal),
      signal,
    );
  }
  if (!tests || context.suiteRuns.has(tree)) {
    return { result: context.suiteRuns.get(tree), problems: [], marks: [] };
  }
  const { run: result, ...rest } = await guardedRun(context, tests, tree, undefined, signal);
  return { result, ...rest };

  async function runCommand(command: string): Promise<TestRun> {
    const spec = { title: command, steps: command, timeoutMs, record: false };
    const started = Date.now();
    const ran = await runTests(held, root, spec, signal);
    for (const file of lcovPlaces.map((name) => join(root, name))) {
      const isFresh = existsSync(file) && statSync(file).mtimeMs >= started - 2_000;
      const report = isFresh ? readWritten(file) : undefined;
      if (report !== undefined) return { ...ran, coverage: readLcov(report, root) };
    }
    return ran;
  }
}

const lcovPlaces = ['coverage/lcov.info', 'lcov.info', 'coverage.lcov', 'target/lcov.info'];

function fromRun(context: GateContext, ran: TestRun, marks: readonly string[]): Measured {
  if (ran.verdict === 'timeout') {
    const reason = `The tests do not end in time while their coverage is measured (${seconds(ran)}).`;
    return { finding: failed(reason, { output: ran.output }) };
  }
  if (!ran.coverage) return { finding: noMeans(context, ran) };
  const files = ran.coverage.map((file) => ({ ...file, path: context.folder + file.path }));
  return { files, marks };
}

function seconds({ durationMs }: TestRun): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}

function noMeans({ tests, settings }: GateContext, ran?: TestRun): GateFinding {
  const remedy =
    'set patchwright.gates.coverage.command to a command that writes coverage/lcov.info';
  if (settings.coverage.command.trim()) {
    const reason = `patchwright.gates.coverage.command wrote none of ${lcovPlaces.join(', ')}.`;
    return notConfigured(reason, { output: ran?.output ?? '' });
  }
  if (!tests) return notConfigured('No way to run the tests of this project was found.');
  const what = tests.coverage
    ? 'the tool that measures it is not installed or wrote no report'
    : 'no tool that measures it is known';
  return notConfigured(`Coverage of ${tests.title}: ${what}; ${remedy}.`);
}

interface LinesOf {
  readonly path: string;
  readonly covered: readonly number[];
  readonly uncovered: readonly number[];
  /** false: nobody measures this language here. */
  readonly known: boolean;
}

async function coverageOfLines(
  { git, patch }: GateContext,
  source: readonly (readonly [string, readonly number[]])[],
  files: Coverage,
  signal?: AbortSignal,
): Promise<readonly LinesOf[]> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const kinds = new Set(files.map(({ path }) => extname(path)));
  return Promise.all(
    source.map(async ([path, lines]) => {
      const file = byPath.get(path) ?? (await neverLoaded(path));
      const isChanged = new Set(lines);
      const of = (all: readonly number[]) => all.filter((line) => isChanged.has(line));
      const known = byPath.has(path) || isJavaScript(path) || kinds.has(extname(path));
      return { path, known, covered: of(file.covered), uncovered: known ? of(file.uncovered) : [] };
    }),
  );

  async function neverLoaded(path: string): Promise<Pick<FileCoverage, 'covered' | 'uncovered'>> {
    const text = await git.run(['cat-file', 'blob', `${patch.commit}:${path}`], { signal });
    const parsed = isJavaScript(path) ? scriptLines(path, text, () => false) : undefined;
    return parsed ?? { covered: [], uncovered: wordLines(text) };
  }
}

/** Lines with a word on them that are no comment. */
function wordLines(text: string): number[] {
  return text
    .split('\n')
    .flatMap((line, i) =>
      /\w/.test(line) && !/^\s*(#|\/\/|\*|\/\*|--)/.test(line) ? [i + 1] : [],
    );
}

interface Judged {
  readonly problem?: string;
  readonly reason: string;
  readonly evidence: readonly string[];
}

function judgeLines(files: readonly LinesOf[], minimum: number): Judged {
  const covered = files.reduce((sum, file) => sum + file.covered.length, 0);
  const all = covered + files.reduce((sum, file) => sum + file.uncovered.length, 0);
  if (all === 0) {
    return { reason: 'The patch changes no line that could run.', evidence: [] };
  }
  const share = `${covered} of ${plural(all, 'changed line')} covered (${percent(covered / all, 1)})`;
  const evidence = [
    `${share}; at least ${percent(minimum)} must be.`,
    ...files
      .filter(({ uncovered }) => uncovered.length > 0)
      .map(({ path, uncovered }) => `not covered: ${path}:${lineRanges(uncovered)}`),
  ];
  if (covered / all >= minimum) return { reason: `${share}.`, evidence };
  const problem = `Only ${share}, of ${percent(minimum)} at least (patchwright.gates.coverage.minimum).`;
  return { problem, reason: problem, evidence };
}

/** Over files that both runs know: a test that loads more of the program does not make it worse. */
function judgeTotal(before: Coverage, after: Coverage): Pick<Judged, 'problem' | 'evidence'> {
  const known = new Set(before.map(({ path }) => path));
  const both = after.filter(({ path }) => known.has(path) && !isTestFile(path));
  const names = new Set(both.map(({ path }) => path));
  const [was, is] = [tally(before.filter(({ path }) => names.has(path))), tally(both)];
  if (was.all === 0 || is.all === 0) return { evidence: [] };
  const change = `${percent(was.share, 1)} before, ${percent(is.share, 1)} with the patch`;
  const evidence = [`Total: ${change}.`];
  const isLower = is.share < was.share - tolerance && is.uncovered > was.uncovered;
  if (!isLower) return { evidence };
  const lost = both.flatMap((file) => {
    const old = before.find(({ path }) => path === file.path);
    const more = file.uncovered.length - (old?.uncovered.length ?? 0);
    return more > 0 ? [`${file.path}: ${plural(more, 'line')} more that no test runs`] : [];
  });
  return { problem: `The total coverage is lower: ${change}.`, evidence: [...evidence, ...lost] };
}

function tally(files: Coverage): { all: number; uncovered: number; share: number } {
  const covered = files.reduce((sum, file) => sum + file.covered.length, 0);
  const uncovered = files.reduce((sum, file) => sum + file.uncovered.length, 0);
  const all = covered + uncovered;
  return { all, uncovered, share: all === 0 ? 1 : covered / all };
}

function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)} %`;
}
