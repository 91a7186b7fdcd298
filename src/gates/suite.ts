import type { TestCase, TestRun, TestRunner } from '../core/testRun.ts';
import type { Gate, GateContext, GateFinding } from './context.ts';
import { failed, firstWords, passed, plural, runLine } from './finding.ts';
import { type GuardedRun, guardedRun } from './guardedRun.ts';
import { noTests } from './reproduction.ts';

/** The whole suite on the base and on the patch: nothing that passed may fail, be skipped or be gone. */
export const suite: Gate = {
  id: 'suite',
  runsCode: true,
  async run(context, signal) {
    const { patch, tests } = context;
    if (!tests) return failed(noTests);
    const base = await runOnBase(context, tests, signal);
    if (base.problems.length > 0) return misbehaved(base);
    if (base.run.verdict === 'timeout') return endless(base.run);
    const known = context.suiteRuns.get(patch.commit);
    const after = known
      ? clean(known)
      : await guardedRun(context, tests, patch.commit, undefined, signal);
    if (after.problems.length > 0) return misbehaved(after);
    const comparison = compareRuns(base.run, after.run);
    const again =
      comparison.failing.length > 0
        ? await guardedRun(context, tests, patch.commit, undefined, signal)
        : undefined;
    return judge(context, base, after, again, comparison);
  },
};

/** Patches on one base are judged again and again; a suite that has passed there is not run there each time. */
async function runOnBase(
  context: GateContext,
  tests: TestRunner,
  signal?: AbortSignal,
): Promise<GuardedRun> {
  const { patch, baseRuns, suiteRuns } = context;
  const known = await baseRuns?.get();
  if (known) {
    suiteRuns.set(patch.base, known);
    return clean(known);
  }
  const base = await guardedRun(context, tests, patch.base, undefined, signal);
  const isSound = base.problems.length === 0 && base.marks.length === 0;
  if (isSound && base.run.verdict === 'passed' && base.run.cases) await baseRuns?.put(base.run);
  return base;
}

function clean(run: TestRun): GuardedRun {
  return { run, problems: [], marks: [] };
}

/** Nothing more is run where the tests have changed what later runs depend on. */
function misbehaved({ run, problems, marks }: GuardedRun): GateFinding {
  return failed(`The tests did what tests must not do: ${problems[0]}.`, {
    evidence: problems,
    marks,
    output: run.output,
  });
}

function endless(run: TestRun): GateFinding {
  return failed(
    'The test suite does not end in time even without the patch. Raise patchwright.test.timeoutSeconds or set patchwright.test.command.',
    { output: run.output, evidence: [runLine('base', run)] },
  );
}

export interface Comparison {
  /** Passed before or are new, and fail now. */
  readonly failing: readonly TestCase[];
  readonly skipped: readonly TestCase[];
  readonly gone: readonly TestCase[];
  /** Failed before already. */
  readonly failedBefore: readonly TestCase[];
}

/** Tests are known by file and name, or by name alone when their file was renamed. */
export function compareRuns(base: TestRun, patch: TestRun): Comparison {
  const find = matcher(base.cases ?? [], patch.cases ?? []);
  const known = matcher(patch.cases ?? [], base.cases ?? []);
  const fine = (base.cases ?? []).filter((test) => test.status === 'passed');
  const now = fine.map((test) => ({ test, after: find(test) }));
  const fresh = (patch.cases ?? []).filter((test) => !known(test) && test.status === 'failed');
  return {
    failing: [...now.flatMap(({ after }) => (after?.status === 'failed' ? [after] : [])), ...fresh],
    skipped: now.filter(({ after }) => after?.status === 'skipped').map(({ test }) => test),
    gone: now.filter(({ after }) => !after).map(({ test }) => test),
    failedBefore: (base.cases ?? []).filter((test) => test.status === 'failed'),
  };
}

/** Finds a test of one run in another. A namesake that both runs have in its own file is another test. */
function matcher(
  from: readonly TestCase[],
  to: readonly TestCase[],
): (test: TestCase) => TestCase | undefined {
  const own = new Set(from.map(keyOf));
  const exact = new Map(to.map((test) => [keyOf(test), test]));
  const moved = new Map<string, TestCase[]>();
  for (const test of to) {
    if (!own.has(keyOf(test))) moved.set(test.name, [...(moved.get(test.name) ?? []), test]);
  }
  return (test) => {
    const others = moved.get(test.name) ?? [];
    return exact.get(keyOf(test)) ?? (others.length === 1 ? others[0] : undefined);
  };
}

function keyOf(test: TestCase): string {
  return `${test.file ?? ''}\0${test.name}`;
}

function judge(
  context: GateContext,
  base: GuardedRun,
  after: GuardedRun,
  again: GuardedRun | undefined,
  comparison: Comparison,
): GateFinding {
  const real = again ? stillFailing(comparison.failing, again.run) : comparison.failing;
  const flaky = comparison.failing.filter((test) => !real.includes(test));
  const guarded = [base, after, ...(again ? [again] : [])];
  const evidence = [
    runLine('base', base.run),
    runLine('patch', after.run),
    ...(again ? [runLine('patch, again', again.run)] : []),
    ...comparison.failedBefore.map((test) => `failed before already: ${test.name}`),
  ];
  const marks = [
    ...new Set(guarded.flatMap((one) => one.marks)),
    ...flaky.map((test) => `flaky: ${test.name} failed, then passed`),
    ...wholeRunMarks(base.run, after.run),
  ];
  const problems = [
    ...new Set(
      guarded.flatMap((one) =>
        one.problems.map((problem) => `The tests did what tests must not do: ${problem}`),
      ),
    ),
    ...real.map((test) => `Fails with the patch: ${test.name}: ${firstWords(test.message)}`),
    ...comparison.gone.map((test) => `Gone with the patch: ${test.name}`),
    ...comparison.skipped.map((test) => `Skipped with the patch: ${test.name}`),
    ...wholeRunProblems(context, base.run, after.run, flaky.length > 0),
  ];
  const output = after.run.output;
  if (problems.length > 0) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    return failed(`${problems[0]}${more}`, { evidence: [...evidence, ...problems], marks, output });
  }
  return passed(summary(after.run, comparison), { evidence, marks, output });
}

function summary(run: TestRun, { failedBefore }: Comparison): string {
  if (!run.cases) return 'The test command ends well, as before.';
  const count = run.cases.filter((test) => test.status === 'passed').length;
  const before = failedBefore.length > 0 ? `; ${failedBefore.length} failed before already` : '';
  return `${plural(count, 'test')} pass; none that passed before fails, is skipped or is gone${before}.`;
}

function stillFailing(failing: readonly TestCase[], run: TestRun): readonly TestCase[] {
  const again = new Map((run.cases ?? []).map((test) => [keyOf(test), test.status]));
  return failing.filter((test) => again.get(keyOf(test)) !== 'passed');
}

/** What the runs as a whole say, beyond their tests. */
function wholeRunProblems(
  { tests }: GateContext,
  base: TestRun,
  after: TestRun,
  flaky: boolean,
): string[] {
  const setting = 'set patchwright.test.command to a command that does';
  if (after.verdict === 'timeout') return ['The test suite does not end with the patch.'];
  if (after.cases === undefined) {
    if (after.exitCode === 0) return [];
    const how = `${tests?.title ?? 'The test command'} ends with code ${after.exitCode}`;
    return base.exitCode === 0
      ? [`${how} with the patch and 0 without it.`]
      : [`${how}, without the patch too, and does not say which tests failed; ${setting}.`];
  }
  if (after.verdict === 'error' && (base.verdict !== 'error' || after.cases.length === 0)) {
    return base.verdict === 'error'
      ? [`The test suite does not run, neither with the patch nor without it; ${setting}.`]
      : ['A part of the test suite does not load with the patch.'];
  }
  if (after.verdict === 'no_tests')
    return ['With the patch the suite ends without running a test.'];
  const onlyCode = base.exitCode === 0 && after.exitCode !== 0 && after.verdict === 'passed';
  return onlyCode && !flaky
    ? [
        `Every test passes, but the command ends with code ${after.exitCode} with the patch and 0 without it.`,
      ]
    : [];
}

function wholeRunMarks(base: TestRun, after: TestRun): string[] {
  if (after.cases === undefined) return ['The suite was judged by its exit code only.'];
  if ((base.cases ?? []).length === 0) {
    return ['The suite ran no test on the base, so there was nothing to compare with.'];
  }
  return base.verdict === 'error'
    ? ['A part of the suite does not load, without the patch too.']
    : [];
}
