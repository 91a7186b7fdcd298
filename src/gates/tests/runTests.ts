import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { CommandResult, Shell } from '../../core/ports.ts';
import type { Coverage, TestRun, TestVerdict } from '../../core/testRun.ts';
import { hasFreeCoverage, measure, type Measuring } from './coverage/measure.ts';
import { mergeCoverage } from './coverage/reports.ts';
import { readV8Coverage } from './coverage/v8.ts';
import type { Framework, Place } from './framework.ts';
import { joinEnv, loadedFiles, recordingEnv } from './loadedFiles.ts';
import type { Outcome } from './outcome.ts';
import { lineOf, type Segment } from './scriptLine.ts';
import { readTapReport } from './tapReport.ts';

/** One command of a test line, and the framework it runs, if it is one we can read. */
export interface Step {
  readonly segment: Segment;
  readonly framework?: Framework;
  /** Index of the framework's own word. */
  readonly at: number;
}

export interface RunSpec {
  /** For people and the record: the line as the project has it. */
  readonly title: string;
  /** Steps, or the line as it is where it can't be taken apart. */
  readonly steps: readonly Step[] | string;
  /** Only these files, relative to root; undefined: the whole suite. */
  readonly files?: readonly string[];
  readonly timeoutMs: number;
  /** A virtual environment to run in, absolute. */
  readonly venv?: string | undefined;
  readonly record: boolean;
  /** Also measure which lines run: 'free' without changing how the tests run, 'runner' by its own means. */
  readonly coverage?: 'free' | 'runner';
}

const maxReportBytes = 64 << 20;
const maxOutputBytes = 4 << 20;
const maxOutputChars = 60_000;

/** Runs it in `root` with a temporary folder of its own, which is gone afterwards. */
export async function runTests(
  shell: Shell,
  root: string,
  spec: RunSpec,
  signal?: AbortSignal,
): Promise<TestRun> {
  const temp = realpathSync(mkdtempSync(join(tmpdir(), 'patchwright-run-')));
  try {
    for (const name of ['tmp', 'reports']) mkdirSync(join(temp, name));
    const steps = typeof spec.steps === 'string' ? [] : prepare(spec, spec.steps, root, temp);
    const line = typeof spec.steps === 'string' ? spec.steps : lineOf(steps.map((s) => s.segment));
    for (const { framework } of steps) framework?.clean?.(root);
    const records = spec.record
      ? steps.find((s) => s.framework?.records)?.framework?.records
      : undefined;
    const loadedFolder = join(temp, 'loaded');
    const v8Folder =
      spec.coverage && hasFreeCoverage(spec.steps, root) ? join(temp, 'v8') : undefined;
    const result = await shell.run(
      {
        ...shellCommand(line),
        cwd: root,
        extraEnv: joinEnv(
          recordingEnv(records, loadedFolder),
          ...steps.map(({ measuring }) => measuring?.env ?? {}),
          pythonEnv(root, spec.venv),
          environment(root, temp, spec.venv),
          v8Folder ? { NODE_V8_COVERAGE: v8Folder } : {},
        ),
        timeoutMs: spec.timeoutMs,
        maxOutputBytes,
        writable: [temp],
      },
      signal,
    );
    const loaded = loadedFiles(
      records,
      loadedFolder,
      (spec.files ?? []).map((f) => join(root, f)),
    );
    const coverage = coverageOf(steps, root, v8Folder);
    return {
      ...toRun(spec, steps, result, root),
      ...(loaded ? { loaded } : {}),
      ...(coverage ? { coverage } : {}),
    };
  } finally {
    rmSync(temp, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface PreparedStep {
  readonly segment: Segment;
  readonly framework?: Framework;
  readonly report: string;
  readonly measuring?: Measuring;
}

function coverageOf(
  steps: readonly PreparedStep[],
  root: string,
  v8Folder: string | undefined,
): Coverage | undefined {
  const reports = [
    ...steps.map(({ measuring }) => measuring?.read(root)),
    v8Folder === undefined ? undefined : readV8Coverage(v8Folder, root),
  ].filter((report) => report !== undefined);
  return reports.length === 0 ? undefined : mergeCoverage(reports);
}

function prepare(
  { files, coverage }: RunSpec,
  steps: readonly Step[],
  root: string,
  temp: string,
): PreparedStep[] {
  return steps.map(({ segment, framework, at }, i) => {
    const report = join(temp, 'reports', `${i}.out`);
    if (!framework) return { segment, report };
    const folder = join(temp, `step-${i}`);
    mkdirSync(folder);
    const place: Place = { root, report, temp: folder };
    const changed = files
      ? framework.some(segment, at, place, files)
      : framework.whole(segment, at, place);
    const measuring = coverage === 'runner' ? measure(changed, { root, temp: folder }) : undefined;
    return {
      segment: measuring?.segment ?? changed,
      framework,
      report,
      ...(measuring ? { measuring } : {}),
    };
  });
}

function shellCommand(line: string): { file: string; args: readonly string[] } {
  return process.platform === 'win32'
    ? { file: process.env['COMSPEC'] ?? 'cmd.exe', args: ['/d', '/s', '/c', line] }
    : { file: '/bin/sh', args: ['-c', line] };
}

function environment(root: string, temp: string, venv: string | undefined): Record<string, string> {
  const fresh = join(temp, 'tmp');
  const bin = process.platform === 'win32' ? 'Scripts' : 'bin';
  const folders = [join(root, 'node_modules', '.bin'), ...(venv ? [join(venv, bin)] : [])];
  return {
    CI: '1',
    NO_COLOR: '1',
    TMPDIR: fresh,
    TEMP: fresh,
    TMP: fresh,
    PATH: [...folders, process.env['PATH'] ?? ''].join(delimiter),
    ...(venv ? { VIRTUAL_ENV: venv } : {}),
  };
}

/**
 * An editable install puts the main tree's `src` on the path; naming this tree's first makes the patch
 * the code under test. No compiled files are written: two trees laid out within one second look alike
 * to Python's cache.
 */
function pythonEnv(root: string, venv: string | undefined): Record<string, string> {
  return {
    PYTHONDONTWRITEBYTECODE: '1',
    ...(venv && isSrcLayout(join(root, 'src')) ? { PYTHONPATH: join(root, 'src') } : {}),
  };
}

/** Packages in it and no module directly, which could hide one of the standard library's. */
function isSrcLayout(src: string): boolean {
  if (!existsSync(src)) return false;
  const names = readdirSync(src);
  return (
    !names.some((name) => name.endsWith('.py')) &&
    names.some((name) => existsSync(join(src, name, '__init__.py')))
  );
}

function toRun(
  spec: RunSpec,
  steps: readonly PreparedStep[],
  result: CommandResult,
  root: string,
): TestRun {
  const stdout = result.stdout.toString('utf8');
  const stderr = result.stderr.toString('utf8');
  const known = steps.some(({ framework }) => framework);
  const outcome = known
    ? merged(
        steps.flatMap(({ framework, report }) =>
          framework ? [framework.read({ root, stdout, stderr, report: readReport(report) })] : [],
        ),
      )
    : readTapReport(stdout, root); // whatever runs the tests: this format says so itself
  const readable = known || outcome !== undefined;
  const { stopped } = result;
  const ended = stopped ? `The sandbox ended the run: ${stopped}.` : '';
  const output = [ended, outcome?.broken.join('\n') ?? '', stdout, stderr]
    .filter(Boolean)
    .join('\n');
  const cases = outcome && ofFiles(outcome.cases, spec.files);
  return {
    verdict: verdictOf(result, readable, outcome && { cases: cases ?? [], broken: outcome.broken }),
    command: spec.title,
    exitCode: result.exitCode,
    ...(readable ? { cases: cases ?? [] } : {}),
    output: bounded(stripVTControlCharacters(output)),
    durationMs: result.durationMs,
    ...(result.cpuMs === undefined ? {} : { cpuMs: result.cpuMs }),
    ...(result.waitedMs === undefined ? {} : { waitedMs: result.waitedMs }),
    ...(stopped ? { stopped } : {}),
  };
}

/** The tests can write there, so a link could lead to any file of the user's. */
function readReport(path: string): string | undefined {
  if (!existsSync(path) || realpathSync(path) !== path) return undefined;
  const stats = statSync(path);
  if (!stats.isFile() || stats.size > maxReportBytes) return undefined;
  return readFileSync(path, 'utf8');
}

/** undefined unless something could be read; a step without a report is one that broke. */
function merged(outcomes: readonly (Outcome | undefined)[]): Outcome | undefined {
  const read = outcomes.filter((outcome) => outcome !== undefined);
  if (read.length === 0) return undefined;
  return {
    cases: read.flatMap(({ cases }) => cases),
    broken: [
      ...read.flatMap(({ broken }) => broken),
      ...(read.length < outcomes.length ? ['A part of the test command left no report.'] : []),
    ],
  };
}

/** A runner may run more than it was asked for (a `spec` in its configuration). */
function ofFiles(cases: Outcome['cases'], files: readonly string[] | undefined): Outcome['cases'] {
  if (!files || !cases.some((test) => test.file && files.includes(test.file))) return cases;
  return cases.filter((test) => test.file === undefined || files.includes(test.file));
}

function verdictOf(
  result: CommandResult,
  readable: boolean,
  outcome: Outcome | undefined,
): TestVerdict {
  if (result.timedOut) return 'timeout';
  if (result.stopped) return 'error';
  if (!readable) return result.exitCode === 0 ? 'passed' : byOutput(result);
  // A command that ends well without a report has proven nothing: a test may have ended it.
  if (!outcome) return result.exitCode === 0 ? 'no_tests' : 'error';
  if (outcome.broken.length > 0) return 'error';
  if (outcome.cases.some(({ status }) => status === 'failed')) return 'failed';
  if (outcome.cases.some(({ status }) => status === 'passed')) return 'passed';
  return result.exitCode === 0 || outcome.cases.length > 0 ? 'no_tests' : 'error';
}

const breaks =
  /Cannot find (module|package)|ERR_MODULE_NOT_FOUND|ModuleNotFoundError|ImportError|SyntaxError|IndentationError|command not found|: not found|is not recognized as/;

function byOutput(result: CommandResult): TestVerdict {
  const said = `${result.stderr.toString('utf8')}\n${result.stdout.toString('utf8')}`;
  return result.exitCode === 127 || breaks.test(said) ? 'error' : 'failed';
}

function bounded(text: string): string {
  if (text.length <= maxOutputChars) return text;
  const half = maxOutputChars / 2;
  return `${text.slice(0, half)}\n[…]\n${text.slice(-half)}`;
}
