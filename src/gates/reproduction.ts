import type { TestCase, TestRun, TestRunner } from '../core/testRun.ts';
import type { ToolFinding } from '../core/toolFix.ts';
import type { Gate, GateContext, GateFinding } from './context.ts';
import {
  describeFailure,
  failureWords,
  isReproduction,
  ownFrames,
  type StackPlace,
} from './failure.ts';
import { failed, firstWords, passed, plural, runLine } from './finding.ts';
import { type GuardedRun, guardedRun } from './guardedRun.ts';
import { foreignCode, judgeLoaded } from './loadedCode.ts';
import { examine } from './proof/examine.ts';
import { countFindings } from './staticAnalysis.ts';
import { kindOf } from './proof/neighbours.ts';
import { type TreeChange, treeChanges, treePaths } from './treeChanges.ts';

/**
 * The test fails on the base and passes with the patch, each twice, in an order that neither "fails the
 * first time" nor "fails every other time" survives. Everything but the patch is the same in both.
 */
export const reproduction: Gate = {
  id: 'reproduction',
  runsCode: true,
  async run(context, signal) {
    const { patch, tests, git, finding } = context;
    if (finding) return proveByTool(context, finding, signal);
    if (!tests) return failed(noTests);
    const changes = await treeChanges(git, patch.base, patch.commit, signal);
    const paths = await treePaths(git, patch.commit, signal);
    const misnamed = misnamedTests(changes, patch.testFiles, new Set(paths));
    if (misnamed) return failed(misnamed);
    const base = await context.treeOfBaseWith(patch.commit, patch.testFiles);
    const plan: readonly Round[] = [
      { on: 'base', tree: base, label: 'base + test, first run' },
      { on: 'patch', tree: patch.commit, label: 'patch, first run' },
      { on: 'patch', tree: patch.commit, label: 'patch, second run', again: true },
      { on: 'base', tree: base, label: 'base + test, second run' },
    ];
    return follow(context, tests, { base, plan, changes, paths: new Set(paths) }, signal);
  },
};

/** Proof by the tool that found it: the finding is there without the patch, and gone with it. */
async function proveByTool(
  context: GateContext,
  finding: ToolFinding,
  signal?: AbortSignal,
): Promise<GateFinding> {
  const { tool, rule, file } = finding;
  const counted = await countFindings(context, finding, signal);
  if (typeof counted === 'string') return failed(`${tool} proves nothing: ${counted}.`);
  const { before, after } = counted;
  const evidence = [`${tool} reports ${rule} in ${file} ${before} times before, ${after} after.`];
  if (before === 0)
    return failed(`${tool} does not report ${rule} without the patch.`, { evidence });
  if (after > 0) return failed(`${tool} still reports ${rule} with the patch.`, { evidence });
  return passed(`${tool}, which found it, no longer reports ${rule} in ${file}.`, {
    evidence,
    marks: [`No test shows it: ${tool} found it, mended it, and is the proof.`],
  });
}

export const noTests =
  'No way to run the tests of this project was found. Set patchwright.test.command.';

interface Round {
  readonly on: 'base' | 'patch';
  readonly tree: string;
  readonly label: string;
  /** Looked at once already. */
  readonly again?: true;
}

interface Subject {
  /** The tree of the base with the test. */
  readonly base: string;
  readonly plan: readonly Round[];
  readonly changes: readonly TreeChange[];
  readonly paths: ReadonlySet<string | undefined>;
}

async function follow(
  context: GateContext,
  tests: TestRunner,
  subject: Subject,
  signal?: AbortSignal,
): Promise<GateFinding> {
  const { patch } = context;
  const { plan, changes } = subject;
  const durations: number[] = [];
  let frames: readonly StackPlace[] = [];
  let kind = '';
  let failing: readonly TestCase[] = [];
  const evidence: string[] = [];
  const marks = new Set<string>();
  let proven: readonly string[] | undefined;
  let output = '';
  const outputs = { base: '', patch: '' };
  const no = (reason: string): GateFinding =>
    failed(reason, { evidence, marks: [...marks], output });
  for (const round of plan) {
    const shared = round.again && (await throughSuite(context, tests, proven ?? [], signal));
    const guarded =
      shared || (await guardedRun(context, tests, round.tree, patch.testFiles, signal));
    const { run } = guarded;
    if (!shared) {
      output = run.output;
      outputs[round.on] = shownRun(run);
      durations.push(run.durationMs);
    }
    evidence.push(runLine(shared ? 'patch, in the whole suite' : round.label, run));
    for (const mark of guarded.marks) marks.add(mark);
    if (guarded.problems.length > 0) {
      evidence.push(...guarded.problems);
      return no(`The test did what a test must not do: ${guarded.problems[0]}.`);
    }
    const foreign = foreignCode(run.loaded, {
      checkout: context.checkout.path,
      mainRoot: context.mainRoot,
    });
    if (foreign) return no(`The test proves nothing: ${foreign}.`);
    if (round.on === 'base') {
      const judged = judgeBase(run, context, proven);
      if (typeof judged === 'string') return no(judged);
      evidence.push(...judged.evidence);
      proven = judged.proven;
      kind = judged.kind;
      failing = run.cases ?? [];
      frames = ownFrames(judged.thrown, subject.paths, patch.testFiles);
    } else {
      const judged = await judgePatch(context, tests, run, proven ?? [], changes, signal);
      if (typeof judged === 'string') return no(judged);
      proven = judged;
      if (shared) continue; // a whole suite loads everything, which says nothing of this test
      const code = await loadedCode(context, run, changes, signal);
      evidence.push(code.evidence);
      if (code.problem) return no(`The test proves nothing: ${code.problem}.`);
      if (code.mark) marks.add(code.mark);
    }
    if (run.cases === undefined) marks.add('The test was judged by its exit code only.');
  }
  const count = plural(proven?.length || 1, 'test');
  const took = {
    allMs: durations.reduce((sum, ms) => sum + ms, 0),
    slowestMs: Math.max(0, ...durations),
  };
  const proof = { base: subject.base, changes, proven: proven ?? [], failing, kind, frames, took };
  const examined = await examine(context, tests, proof, signal);
  return passed(`${count} failed without the patch and passed with it, twice each.`, {
    evidence: [...new Set(evidence), ...examined.evidence],
    marks: [...marks, ...examined.marks],
    output: bothOutputs(outputs),
  });
}

/**
 * The whole suite runs the test, too, and is run on the patch anyway: where its results name each test
 * that proves the bug, they count as one of the two runs, passed or not. undefined: they do not.
 */
async function throughSuite(
  context: GateContext,
  tests: TestRunner,
  proven: readonly string[],
  signal?: AbortSignal,
): Promise<GuardedRun | undefined> {
  const { patch, settings } = context;
  const isNamed = proven.length > 0 && proven.every((key) => !key.startsWith('\0') && key !== '');
  if (!settings.suite.enabled || !isNamed) return undefined;
  const whole = await guardedRun(context, tests, patch.commit, undefined, signal);
  const { run, problems } = whole;
  const own = run.cases?.filter(({ file }) => file && patch.testFiles.includes(file)) ?? [];
  const named = new Set(own.map(caseKey));
  const isWhole = ['passed', 'failed'].includes(run.verdict) && problems.length === 0;
  if (!isWhole || !proven.every((key) => named.has(key))) return undefined;
  const verdict = own.some(({ status }) => status === 'failed') ? 'failed' : 'passed';
  return { ...whole, run: { ...run, verdict, cases: own } };
}

function misnamedTests(
  changes: readonly TreeChange[],
  files: readonly string[],
  paths: ReadonlySet<string | undefined>,
): string | undefined {
  if (files.length === 0) return 'The patch has no reproduction test.';
  const missing = files.find((file) => !paths.has(file));
  if (missing) return `${missing} is named as the reproduction test, but there is no such file.`;
  const rest = changes.filter(({ path }) => path === undefined || !files.includes(path));
  return rest.length === 0 ? 'The patch changes nothing but its test.' : undefined;
}

function judgeBase(
  run: TestRun,
  context: GateContext,
  before: readonly string[] | undefined,
): string | Proofs {
  if (run.verdict === 'failed') return proofsOf(run, context, before);
  return baseReasons[run.verdict](before === undefined ? '' : ' when it is run again');
}

const baseReasons: Readonly<
  Record<Exclude<TestRun['verdict'], 'failed'>, (again: string) => string>
> = {
  passed: (again) => `The test passes without the patch${again}, so it does not show the bug.`,
  no_tests: (again) =>
    `Without the patch the test file ends${again} without running a test: skipped, empty, or ended from inside.`,
  timeout: (again) =>
    `The test does not end without the patch${again}; running out of time is no reproduction.`,
  error: (again) =>
    `The test breaks without the patch${again} before it can decide; an import or syntax error is no reproduction.`,
};

interface Proofs {
  readonly proven: readonly string[];
  readonly evidence: readonly string[];
  /** What the code under test has thrown, with its stack; empty for an assertion of the test. */
  readonly thrown: string;
  readonly kind: string;
}

function proofsOf(
  run: TestRun,
  context: GateContext,
  before: readonly string[] | undefined,
): string | Proofs {
  const { exceptionType, patch } = context;
  const failures = (run.cases ?? [{ name: '', message: run.output }])
    .filter((test) => !('status' in test) || test.status === 'failed')
    .map((test) => ({ test, failure: describeFailure(test.message ?? '') }));
  const proofs = failures.filter(({ failure }) =>
    isReproduction(failure, context, patch.testFiles),
  );
  const first = failures[0];
  if (proofs.length === 0) {
    const how = first ? failureWords(first.failure) : 'for a reason that its output does not name';
    const other = context.anyException ? 'what the code under test throws' : exceptionType;
    const wanted = other ? `its own assertion or ${other}` : 'its own assertion';
    return `Without the patch the test fails ${how}; a reproduction fails by ${wanted}.`;
  }
  const proven = proofs.map(({ test }) => ('status' in test ? caseKey(test) : ''));
  const stable = before ? proven.filter((key) => before.includes(key)) : proven;
  if (stable.length === 0) return 'Different tests fail from run to run without the patch.';
  const evidence = proofs.map(
    ({ test, failure }) =>
      `${test.name || 'It'} fails ${failureWords(failure)}: ${firstWords(test.message)}`,
  );
  const thrown = proofs.find(({ failure }) => failure.kind === 'exception')?.test.message ?? '';
  return { proven: stable, evidence, thrown, kind: kindOf(proofs[0]?.test.message ?? '') };
}

async function judgePatch(
  context: GateContext,
  tests: TestRunner,
  run: TestRun,
  proven: readonly string[],
  changes: readonly TreeChange[],
  signal?: AbortSignal,
): Promise<string | readonly string[]> {
  if (run.verdict !== 'failed') return patchReasons[run.verdict] ?? passingProofs(run, proven);
  const excused = await failingBefore(context, tests, changes, signal);
  const failing = (run.cases ?? []).filter((test) => test.status === 'failed');
  const still = failing.find((test) => !excused.has(caseKey(test)));
  if (still) {
    return `With the patch the test still fails: ${still.name}: ${firstWords(still.message)}`;
  }
  if (failing.length === 0) return 'With the patch the test still fails.';
  return passingProofs(
    run,
    proven.filter((key) => !excused.has(key)),
  );
}

const patchReasons: Readonly<Partial<Record<TestRun['verdict'], string>>> = {
  timeout: 'The test does not end with the patch.',
  error: 'The test breaks with the patch before it can decide.',
  no_tests: 'With the patch the test file ends without running a test.',
};

/** A test that failed before must be seen to pass now; to be gone or skipped is not to pass. */
function passingProofs(run: TestRun, proven: readonly string[]): string | readonly string[] {
  if (run.cases === undefined) return proven;
  if (proven.length === 0) return 'Every test that failed without the patch still fails with it.';
  const passing = new Set(run.cases.filter((t) => t.status === 'passed').map(caseKey));
  const missing = proven.find((key) => !passing.has(key));
  return missing === undefined
    ? proven
    : `With the patch the failing test does not pass, it is skipped or gone: ${missing.split('\0')[1]}.`;
}

/** What failed in these files before the patch and its test came: not held against either. */
async function failingBefore(
  context: GateContext,
  tests: TestRunner,
  changes: readonly TreeChange[],
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { patch } = context;
  const existing = patch.testFiles.filter((file) =>
    changes.some(({ path, status }) => path === file && status === 'M'),
  );
  if (existing.length === 0) return new Set();
  const { run } = await guardedRun(context, tests, patch.base, existing, signal);
  return new Set(run.cases?.filter((test) => test.status === 'failed').map(caseKey));
}

function caseKey(test: TestCase): string {
  return `${test.file ?? ''}\0${test.name}`;
}

async function loadedCode(
  context: GateContext,
  run: TestRun,
  changes: readonly TreeChange[],
  signal?: AbortSignal,
) {
  const { patch, checkout, git } = context;
  const tracked = await treePaths(git, patch.commit, signal);
  return judgeLoaded(run.loaded, {
    checkout: checkout.path,
    changed: changes.flatMap(({ path, status }) =>
      path && status !== 'D' && !patch.testFiles.includes(path) ? [path] : [],
    ),
    tracked: new Set(tracked.flatMap((path) => path ?? [])),
  });
}

/** What each test said, where the runner's own format tells it; the rest of what was printed. */
function shownRun({ cases = [], output }: TestRun): string {
  const lines = cases.map(({ name, status, message }) =>
    [`${status}: ${name}`, ...(message ? [message] : [])].join('\n'),
  );
  return [...lines, output.trim()].filter(Boolean).join('\n');
}

const maxOutputChars = 9_000;

/** What shows the proof: how it fails without the patch, and how it passes with it. */
function bothOutputs({ base, patch }: Readonly<Record<Round['on'], string>>): string {
  const end = (text: string): string => text.trim().slice(-maxOutputChars);
  return `Without the patch:\n${end(base)}\n\nWith the patch:\n${end(patch)}\n`;
}
