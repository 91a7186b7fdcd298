/** What the outside provides. Stages get these handed in and never reach around them. */

export interface Clock {
  now(): Date;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the process. Left out: a scrubbed copy of ours (no keys, no GIT_*). */
  readonly env?: Readonly<Record<string, string>>;
  /** Added to the environment above. */
  readonly extraEnv?: Readonly<Record<string, string>>;
  /** What is read as it comes is for a conversation; it ends with the process. */
  readonly input?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
  readonly timeoutMs?: number;
  /** Per stream; the middle of what is longer is dropped and `truncated` set. Default 1 MiB. */
  readonly maxOutputBytes?: number;
  /** Called with each piece of stdout and stderr as it comes. */
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
  /** Folders of ours that it writes to besides the worktree; for shells that hold what they run. */
  readonly writable?: readonly string[];
}

export interface CommandResult {
  /** null when a signal or the time limit ended it. */
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly timedOut: boolean;
  readonly truncated: boolean;
  readonly durationMs: number;
  /** What it and all that it started have computed, where that is known. */
  readonly cpuMs?: number;
  /** What it did that a sandbox ended it for: `it used more memory than 2048 MiB`. */
  readonly stopped?: string;
}

/**
 * Runs a process in a group of its own. Resolves for every exit code; rejects with `cancelled` when
 * the signal fires (the whole group has then been killed) and with the system's error when it can't start.
 */
export interface Shell {
  run(command: Command, signal?: AbortSignal): Promise<CommandResult>;
}

export interface GitOptions {
  readonly input?: string | Uint8Array;
  /** Exit codes that are an answer, not a failure. Default [0]. */
  readonly okCodes?: readonly number[];
  readonly extraEnv?: Readonly<Record<string, string>>;
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * git in one folder. GIT_* of our own environment never reaches it, prompts are off, and repository
 * hooks do not run unless `withHooks` was asked for. Rejects with `git_failed` (stderr in the message).
 */
export interface Git {
  readonly cwd: string;
  /** stdout as text, the trailing newline cut. */
  run(args: readonly string[], options?: GitOptions): Promise<string>;
  /** stdout as it is. */
  bytes(args: readonly string[], options?: GitOptions): Promise<Buffer>;
  /** stdout and the exit code, for commands whose code is the answer. */
  code(args: readonly string[], options?: GitOptions): Promise<{ code: number; out: string }>;
  at(cwd: string): Git;
  withHooks(): Git;
}

export interface Disposable {
  dispose(): void | Promise<void>;
}

/** Where a stage tells a person what it is doing. One line of plain text. */
export type Log = (line: string) => void;

/** A folder of ours in which any tree of the repository can be laid out, to run tests on it. */
export interface Checkout {
  readonly path: string;
  /** Makes the folder's tracked files exactly those of a commit or tree; leftovers of earlier runs go. */
  lay(treeish: string, signal?: AbortSignal): Promise<void>;
  /**
   * Tells that all of it was looked at, and nothing but these and what was laid out is there: then the next
   * tree needs less work. Only where nothing runs there any more.
   */
  noteLeft?(untracked: readonly string[]): void;
}

/** Marks processes that a library starts for us, by their environment, to end them with all they started. */
export interface ProcessMark {
  readonly env: Readonly<Record<string, string>>;
  end(): void;
}
