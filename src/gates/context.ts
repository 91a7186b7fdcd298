import type { Patch } from '../core/attempt.ts';
import type { GateId, GateReport } from '../core/gate.ts';
import type { Checkout, Git, ProcessMark, Shell } from '../core/ports.ts';
import type { Protection } from '../core/protection.ts';
import type { Settings } from '../core/settings.ts';
import type { TestRun, TestRunner } from '../core/testRun.ts';
import type { ToolFinding } from '../core/toolFix.ts';
import type { RunCache } from './gateCache.ts';

/** What a gate may use. All of it is handed in; nothing of it comes from the patch but the patch itself. */
export interface GateContext {
  readonly patch: Patch;
  /** The repository, to read its objects. */
  readonly git: Git;
  /** Where trees are laid out and tests run; used by one gate at a time. */
  readonly checkout: Checkout;
  /** The tree of the base commit with these files as `commit` has them. */
  treeOfBaseWith(commit: string, files: readonly string[]): Promise<string>;
  /** undefined: no way to run this project's tests was found. */
  readonly tests?: TestRunner;
  readonly protection: Protection;
  readonly limits: Settings['limits'];
  readonly settings: Settings['gates'];
  /** Where tools of ours run. */
  readonly shell: Shell;
  /** Where the project's own commands run: type checkers, linters, benchmarks. In the sandbox, as tests do. */
  readonly held: Shell;
  /** Whether all runs are held in a sandbox: git's own folder is out of their reach there. */
  readonly sandboxed?: boolean;
  /** For what is started without that shell: servers that stay. */
  mark(): ProcessMark;
  /** How long a command may take. */
  readonly timeoutMs: number;
  /** The workspace folder below the repository's root: '' or `sub/`. */
  readonly folder: string;
  /** What runs of the whole suite have shown in this judging, by tree, so that no gate repeats them. */
  readonly suiteRuns: Map<string, TestRun>;
  /** What the whole suite has shown on this base, with the same rules and dependencies, in an earlier judging. */
  readonly baseRuns?: RunCache;
  /** Fingerprints of findings that the user has accepted as no secrets. */
  readonly acceptedSecrets: ReadonlySet<string>;
  /** Small changes to the fix that the reproduction is tried on, at most. */
  readonly maxMutants: number;
  /** The user's own working tree: no file of it may be what a test loads. */
  readonly mainRoot: string;
  /** The ticket's exception, where it has one: a reproduction may fail with it. */
  readonly exceptionType?: string;
  /** The patch is the tool's own: that it no longer reports this is the proof, in place of a test. */
  readonly finding?: ToolFinding;
  /** No ticket says how it fails: whatever the code under test throws may show the bug. */
  readonly anyException?: boolean;
}

/** What a gate finds; the runner adds who and how long. */
export type GateFinding = Omit<GateReport, 'id' | 'durationMs'>;

export interface Gate {
  readonly id: GateId;
  /** Whether it lays out trees and runs what the patch holds. */
  readonly runsCode: boolean;
  /** Takes long: run only while no gate before it has failed. */
  readonly takesLong?: true;
  /**
   * Its result depends on more than the patch, and what it runs is the user's own: it is never taken from
   * the cache and needs no sandbox.
   */
  readonly asksOutside?: true;
  /** Throws only for bugs, failing tools and `cancelled`; the runner makes a failure of the others. */
  run(context: GateContext, signal?: AbortSignal): Promise<GateFinding>;
}
