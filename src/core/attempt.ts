import type { GateReport } from './gate.ts';
import type { Preview } from './plan.ts';

/** One try at a ticket: a branch, a worktree, a model's loop, and what came of it. */

export type AttemptOutcome = 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted';

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

export const noUsage: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
};

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
  };
}

export function totalTokens(usage: Usage): number {
  return usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
}

export interface Attempt {
  /** UUID. */
  readonly id: string;
  readonly ticketId: string;
  readonly number: number;
  readonly branch: string;
  /** Commit the attempt started from. */
  readonly base: string;
  readonly outcome: AttemptOutcome;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Who runs it: lets another process tell a crash from work under way. */
  readonly runner: Runner;
  readonly model: string;
  readonly steps: number;
  readonly usage: Usage;
  /** undefined: the model's price is not known. */
  readonly costUsd?: number;
  readonly summary?: string;
  readonly error?: string;
  /** Of the last submission, passed or not. */
  readonly gates?: readonly GateReport[];
  /** It was to make a plan, or a specification, and no patch. */
  readonly preview?: Preview;
  /** The file of the archive that has what the gates printed. */
  readonly archive?: string;
}

/** A process, told apart from a later one with the same pid by when it started. */
export interface Runner {
  readonly pid: number;
  readonly host: string;
  /** Opaque; equal for the same process only. */
  readonly started: string;
}

/**
 * We can't look at a process on another host (or in a container that was rebuilt since): it counts as dead
 * this long after its last sign of life. No attempt lasts nearly as long.
 */
export const foreignRunnerMs = 24 * 60 * 60 * 1000;

/** What is shown while an attempt runs. */
export type AttemptProgress =
  | { readonly kind: 'stage'; readonly text: string }
  | {
      readonly kind: 'step';
      readonly step: number;
      readonly costUsd?: number;
      readonly usage: Usage;
    }
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'tool'; readonly name: string; readonly detail: string; readonly ok: boolean };

/** What the model hands in when it believes it is done. */
export interface Submission {
  readonly summary: string;
  readonly reasoning: string;
  /** The reproduction test's files, relative to the worktree, with `/`. */
  readonly testFiles: readonly string[];
  /** The model's own estimate, 0–1. */
  readonly confidence?: number;
}

/** A finished patch: a commit on its branch. What is judged, shown and approved is this object. */
export interface Patch {
  readonly base: string;
  readonly commit: string;
  readonly branch: string;
  readonly testFiles: readonly string[];
  readonly files: readonly PatchFile[];
}

export interface PatchFile {
  readonly path: string;
  /** Set for a rename. */
  readonly oldPath?: string;
  readonly status: 'added' | 'modified' | 'deleted' | 'renamed' | 'type_changed';
  readonly oldMode: string;
  readonly newMode: string;
  /** -1 for binary files. */
  readonly added: number;
  readonly removed: number;
}
