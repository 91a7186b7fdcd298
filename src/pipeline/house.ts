import type { Backlog } from '../backlog/backlog.ts';
import type { Worktrees } from '../attempt/worktree.ts';
import type { Runner } from '../core/attempt.ts';
import type { LoadPlan, Start } from '../core/canary.ts';
import type { Model } from '../core/model.ts';
import type { Clock, Git, Log, ProcessMark, Shell } from '../core/ports.ts';
import type { Forge, ForgeRepository } from '../core/pullRequest.ts';
import type { Protection } from '../core/protection.ts';
import type { SandboxState } from '../core/sandbox.ts';
import type { Settings } from '../core/settings.ts';
import type { TestRunner } from '../core/testRun.ts';
import type { Analyse } from '../signals/quality/startAnalysis.ts';
import type { GateCache, RunCache } from '../gates/gateCache.ts';
import type { Scanner } from '../signals/scan.ts';
import type { GateEvents } from '../gates/gate.ts';
import type { Signer } from '../backlog/team/batch.ts';
import type { GivenPatch } from './given.ts';
import type { Person } from './sync/people.ts';
import type { KeptSelfTest } from './selfTest/kept.ts';

/** What the pipeline's verbs are made of; compose builds it. */
export interface House {
  readonly folder: string;
  /** Of Patchwright. */
  readonly version: string;
  readonly trusted: boolean;
  readonly backlog: Backlog;
  readonly git: Git;
  /** Where gates run what is no test, and the agent's search runs. */
  readonly shell: Shell;
  /** The door through which the project's own commands run in `root`. */
  held(root: string, settings: Settings): Promise<Shell>;
  /** For what is started without that shell: servers that stay. */
  mark(): ProcessMark;
  readonly clock: Clock;
  readonly log: Log;
  readonly runner: Runner;
  /** @param lastSignAt when it was last known to be at work */
  isAlive(runner: Runner, lastSignAt: string, now: Date): boolean;
  /** Ends what commands of processes that were killed have left running. */
  endOrphans(): Promise<void>;
  isOnBattery(): Promise<boolean>;
  /** Whether some git may be at work in one of these folders. */
  isGitRunning(folders: readonly string[]): Promise<boolean>;
  /** Live: read again at each use. Throws `invalid_settings`. */
  settings(): Settings;
  /** Throws `missing_key`, `invalid_settings` or `model_*`. */
  openModel(settings: Settings, role: keyof Settings['model']['roles']): Promise<Model>;
  scanner(settings: Settings): Scanner;
  readonly analyse: Analyse;
  worktrees(settings: Settings): Worktrees;
  startApp(options: AppStart, signal: AbortSignal): Promise<Start>;
  /** What holds the tests of patches. */
  sandbox(settings: Settings): Promise<SandboxState>;
  findTests(root: string, settings: Settings): Promise<TestRunner | undefined>;
  protection(): Promise<Protection>;
  /** Fingerprints of findings that the user has accepted as no secrets. */
  acceptedSecrets(): Promise<ReadonlySet<string>>;
  /** Results of gates that depend on nothing but this. */
  gateCache(about: unknown): GateCache;
  /** The suite's run on a base, likewise. */
  baseRuns(about: unknown): RunCache;
  /** The user's own lists in `.patchwright`, as they are: name → text. */
  lists(): Promise<Readonly<Record<string, string>>>;
  /** The gates, as configured here but for `adjust`, over a repository that lies elsewhere. */
  elsewhere(folder: string, adjust: (settings: Settings) => Settings): Promise<Bench>;
  readonly selfTests: KeptSelfTest;
  /** Appends to the workspace's protected list. */
  protect(path: string): Promise<void>;
  /** Of a run, into the folder's own reports; the oldest go. */
  saveReport(name: string, text: string): Promise<void>;
  /** The host that a name of the user's ssh configuration stands for. */
  sshHost(name: string): Promise<string>;
  /** undefined where nobody is signed in to it. @param ask whether a person may be asked to sign in now */
  forge(repository: ForgeRepository, ask: boolean): Promise<Forge | undefined>;
  /** `user:<name>` of the person at this workspace. */
  reviewer(): Promise<string>;
  readonly team: TeamKeys;
  readonly transcripts: Transcripts;
  saveTranscript(attemptId: string, entry: unknown): Promise<void>;
  /** The entries that were saved, in order; none when there is no transcript. */
  readTranscript(attemptId: string): Promise<readonly unknown[]>;
}

/** Keys, which lie outside of every workspace. A remote is named by its address. */
export interface TeamKeys {
  /** Of this clone; makes the user's key on first use. */
  signer(name: string): Promise<Signer>;
  people(remote: string): Promise<readonly Person[]>;
  remember(remote: string, person: Person): Promise<void>;
}

/** An app, and where it runs. */
export interface AppStart {
  readonly plan: LoadPlan;
  readonly root: string;
  readonly shell: Shell;
  readonly timeoutMs: number;
}

/** What is saved of attempts. */
export interface Transcripts {
  /** With the time each was last written to. */
  list(): Promise<
    readonly { readonly attemptId: string; readonly at: string; readonly bytes: number }[]
  >;
  remove(attemptId: string): Promise<void>;
}

/** Where patches are judged that have nothing to do with this folder. */
export interface Bench {
  judge(
    given: GivenPatch,
    options: { readonly useCache: boolean },
    on: GateEvents,
    signal: AbortSignal,
  ): Promise<unknown>;
  dispose(): Promise<void>;
}
