/** Running a workspace's tests, as gates and the agent see it. */

export type TestStatus = 'passed' | 'failed' | 'skipped';

export interface TestCase {
  /** Unique within a run: suite titles and the test's own, joined by ' › '. */
  readonly name: string;
  readonly file?: string;
  readonly status: TestStatus;
  readonly message?: string;
}

/**
 * passed: at least one test ran and none failed. failed: at least one test ran and failed.
 * error: the run broke before a test could decide (import, syntax, missing command).
 * no_tests: it ended without running any.
 */
export type TestVerdict = 'passed' | 'failed' | 'error' | 'timeout' | 'no_tests';

export interface TestRun {
  readonly verdict: TestVerdict;
  readonly command: string;
  readonly exitCode: number | null;
  /** undefined when the runner has no format that can be read; then the exit code decided. */
  readonly cases?: readonly TestCase[];
  readonly output: string;
  readonly durationMs: number;
  /** What it has computed, however long it had to wait for that; where it is known. */
  readonly cpuMs?: number;
  /** How long none of it wanted to compute; where it is known. */
  readonly waitedMs?: number;
  /** What the run did that the sandbox ended it for. */
  readonly stopped?: string;
  /**
   * Real paths of the source files the run loaded, where that can be told; undefined where it can't.
   * Recorded only by `TestRunner.files`.
   */
  readonly loaded?: readonly string[];
  /** Which lines ran, where that is known; recorded by runs of the whole suite only. */
  readonly coverage?: Coverage;
}

export interface FileCoverage {
  /** Relative to the root of the run, with `/`. */
  readonly path: string;
  /** Numbers of executable lines, ascending. */
  readonly covered: readonly number[];
  readonly uncovered: readonly number[];
}

export type Coverage = readonly FileCoverage[];

/** How this workspace's tests are run. Commands come from settings or the base commit, never from a patch. */
export interface TestRunner {
  /** For people: `mocha (package.json)`. */
  readonly title: string;
  /** Whole suite. */
  all(root: string, signal?: AbortSignal): Promise<TestRun>;
  /** Only these files, relative to root. */
  files(root: string, files: readonly string[], signal?: AbortSignal): Promise<TestRun>;
  /**
   * Whole suite with the runner's own measuring of coverage, where that takes a run of its own.
   * undefined: runs of the whole suite measure it anyway, or nobody can.
   */
  coverage?(root: string, signal?: AbortSignal): Promise<TestRun>;
}
