import type { AttemptProgress } from './attempt.ts';
import type { Approved } from './approval.ts';
import type { GateReport } from './gate.ts';
import type { ReleaseLook } from './patchRequest.ts';

/** What the pipeline tells whoever watches: the terminal, the status bar, the tree. */
export type Progress =
  | { readonly kind: 'scanning' }
  | { readonly kind: 'scanned'; readonly report: ScanReport }
  | { readonly kind: 'scan_failed'; readonly message: string }
  /** So many users say the same that a preview begins by itself; told once a ticket. */
  | {
      readonly kind: 'preview_wanted';
      readonly ticketId: string;
      readonly title: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'preview_started';
      readonly previewId: string;
      readonly ticketId: string;
      readonly title: string;
    }
  | { readonly kind: 'preview'; readonly previewId: string; readonly progress: AttemptProgress }
  | {
      readonly kind: 'preview_ended';
      readonly previewId: string;
      readonly title: string;
      readonly ok: boolean;
      readonly message: string;
      /** Nobody asked for it, so that somebody should be told. */
      readonly unasked: boolean;
    }
  | {
      readonly kind: 'attempt_started';
      readonly ticketId: string;
      readonly attemptId: string;
      readonly branch: string;
    }
  | { readonly kind: 'attempt'; readonly ticketId: string; readonly progress: AttemptProgress }
  | { readonly kind: 'gate_started'; readonly ticketId: string; readonly gate: GateReport['id'] }
  | { readonly kind: 'gate'; readonly ticketId: string; readonly report: GateReport }
  /** Nobody was asked: the settings allow it. */
  | {
      readonly kind: 'auto_approved';
      readonly ticketId: string;
      readonly requestId: string;
      readonly approved: Approved;
    }
  /** How things are since a patch has landed. */
  | {
      readonly kind: 'release_looked';
      readonly releaseId: string;
      readonly requestId: string;
      readonly ticketId: string;
      /** When it was looked. */
      readonly at: string;
      readonly verdict: ReleaseLook['verdict'];
      readonly sentence: string;
      /** By itself, since it is worse. */
      readonly rolledBack: boolean;
    }
  /** A patch that was approved is on its way into the branch. */
  | { readonly kind: 'landing'; readonly ticketId: string; readonly text: string }
  /** The app is being compared under load. */
  | {
      readonly kind: 'canary';
      readonly ticketId: string;
      readonly requestId: string;
      readonly text: string;
    }
  | {
      readonly kind: 'attempt_ended';
      readonly ticketId: string;
      readonly ok: boolean;
      readonly message: string;
    };

export interface ScanReport {
  readonly files: number;
  readonly lines: number;
  readonly bytes: number;
  readonly signals: number;
  readonly created: readonly string[];
  readonly updated: readonly string[];
  /** Tickets that a preview is wanted of since this scan. */
  readonly previewsWanted: readonly string[];
  readonly malformed: number;
  /** Files that could not be read, each with the reason. */
  readonly problems: readonly { readonly file: string; readonly reason: string }[];
  /** Of the code analysis, when it is on: what was read, and findings that did not become tickets yet. */
  readonly analysis?: { readonly reports: number; readonly files: number; readonly left: number };
}
