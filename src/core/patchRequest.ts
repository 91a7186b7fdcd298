import type { Approval } from './approval.ts';
import type { PatchFile, Usage } from './attempt.ts';
import type { Canary } from './canary.ts';
import { PatchwrightError } from './errors.ts';
import type { GateReport } from './gate.ts';
import type { PullRequest } from './pullRequest.ts';

export const requestStatuses = [
  'PENDING_APPROVAL',
  'APPROVED',
  'DENIED',
  'APPLIED',
  'FAILED',
  'ROLLED_BACK',
] as const;
export type RequestStatus = (typeof requestStatuses)[number];

/** A patch that waits for a person's decision. What is approved is `commit`, and that object is what lands. */
export interface PatchRequest {
  /** UUID. */
  readonly id: string;
  readonly ticketId: string;
  readonly attemptId: string;
  readonly createdAt: string;
  readonly status: RequestStatus;
  readonly branch: string;
  readonly base: string;
  readonly commit: string;
  readonly files: readonly PatchFile[];
  readonly testFiles: readonly string[];
  /** Unified diff, base to commit. */
  readonly diff: string;
  /** The first file as the patch leaves it; none when it is deleted, binary or over 1 MB. */
  readonly newCode?: string;
  readonly reasoning: string;
  readonly component: string;
  readonly improvementType: string;
  readonly confidence: Confidence;
  readonly gates: readonly GateReport[];
  readonly feedbackIds: readonly string[];
  readonly metrics?: RequestMetrics;
  readonly model: string;
  readonly costUsd?: number;
  /** Who started the attempt, where a person did. */
  readonly requestedBy?: string;
  /** So far; the one that decides is also in `reviewedBy`. */
  readonly approvals?: readonly Approval[];
  /** What people changed in it since it was put forward, oldest first; each made `commit` another one. */
  readonly edits?: readonly RequestEdit[];
  readonly reviewedAt?: string;
  readonly reviewedBy?: string;
  readonly reviewComment?: string;
  readonly appliedAt?: string;
  readonly applicationError?: string;
  /** How the app did with it under load, if that was tried. */
  readonly canary?: Canary;
  /** Where it waits on a forge, as it was last seen there. */
  readonly pullRequest?: PullRequest;
  /** The file of the archive that has its diff, its code and what the gates printed; here they are empty. */
  readonly archive?: string;
}

export interface RequestEdit {
  readonly at: string;
  readonly by: string;
  /** `2 hunks dropped`, `edited by hand`. */
  readonly what: string;
  /** What it was made to. */
  readonly before?: Pick<PatchRequest, 'commit' | 'testFiles'>;
}

/** In figures: what motivated a request, and what the attempt behind it took. */
export interface RequestMetrics {
  readonly motivation: {
    readonly occurrences?: number;
    readonly firstSeen?: string;
    readonly lastSeen?: string;
    /** Different users who said the same. */
    readonly users?: number;
    /** What is wrong with a series of measurements, for a ticket about one. */
    readonly anomaly?: unknown;
    readonly pattern?: unknown;
    /** Pieces of negative feedback that the model was given. */
    readonly feedback: number;
  };
  readonly attempt: {
    readonly number: number;
    readonly steps: number;
    readonly submissions: number;
    readonly tokens: number;
    readonly usage: Usage;
    /** Left out where the model's price is not known. */
    readonly costUsd?: number;
    readonly durationMs: number;
    /** The gates that ran tests. */
    readonly tests: readonly {
      readonly gate: GateReport['id'];
      readonly verdict: GateReport['verdict'];
      readonly reason: string;
      readonly durationMs: number;
    }[];
  };
}

/** 0–1, made of executed evidence only, with its parts. */
export interface Confidence {
  readonly value: number;
  readonly parts: readonly { readonly label: string; readonly value: number }[];
}

const moves: Readonly<Record<RequestStatus, readonly RequestStatus[]>> = {
  PENDING_APPROVAL: ['APPROVED', 'DENIED'],
  APPROVED: ['APPLIED', 'FAILED', 'DENIED'], // one that was kept on its branch can still be rejected
  DENIED: ['PENDING_APPROVAL'], // a rejection can be taken back
  APPLIED: ['ROLLED_BACK'],
  FAILED: [],
  ROLLED_BACK: [],
};

export function assertRequestMove(
  request: Pick<PatchRequest, 'id' | 'status'>,
  to: RequestStatus,
): void {
  if (moves[request.status].includes(to)) return;
  throw new PatchwrightError('illegal_move', {
    what: `Patch request ${request.id.slice(0, 8)} can't become ${to}.`,
    why: `It is ${request.status}.`,
    remedy: 'It may have been decided in another window; refresh and look again.',
  });
}

export interface ReleaseBaseline {
  /** Of the ticket. */
  readonly events: number;
  readonly allEvents: number;
  readonly lines: number;
  /** Of tickets about the same code, by id; of those that are not named, none. */
  readonly neighbours?: Readonly<Record<string, number>>;
}

/** One comparison of a release with the time before it. */
export interface ReleaseLook {
  /** How long after the landing it was due. */
  readonly minutes: number;
  readonly at: string;
  readonly verdict: 'better' | 'worse' | 'same' | 'unknown';
  /** With its numbers, for a person. */
  readonly sentence: string;
}

/** A patch that landed on a branch of the user's. */
export interface Release {
  readonly id: string;
  readonly requestId: string;
  readonly ticketId: string;
  /** The merge commit. */
  readonly commit: string;
  readonly branch: string;
  readonly backupRef: string;
  readonly appliedAt: string;
  /** What had been counted by then in the five minutes that it landed in. */
  readonly baseline?: ReleaseBaseline;
  /** How error rates compared with those of before, each time they were looked at. */
  readonly looks?: readonly ReleaseLook[];
  /** Until when error rates are held against those of before. */
  readonly monitoredUntil?: string;
  readonly rolledBackAt?: string;
  readonly rollbackReason?: string;
  /** The revert commit. */
  readonly rollbackCommit?: string;
}
