import type { Event } from './core/events.ts';
import type { PatchRequest, Release } from './core/patchRequest.ts';
import type { Progress, ScanReport } from './core/progress.ts';
import type { Ticket } from './core/ticket.ts';

/** The verbs of the house. The editor and the command line act through these and nothing else. */
export interface Pipeline {
  readonly onDidProgress: Event<Progress>;
  /** Picks up or cleans up what a crash left. Call once after opening. */
  recover(): Promise<void>;
  /** Reads everything that is there. */
  scan(signal?: AbortSignal): Promise<ScanReport>;
  /**
   * Says that sources have grown (from a file watcher): scans at once, holding back what may be half
   * written, and once more when it has been quiet for a moment. Failures go to the log.
   */
  grown(): void;
  /** Without a ticket id: the next one by selection score; throws `nothing_to_do`. */
  draft(ticketId?: string, signal?: AbortSignal): Promise<PatchRequest>;
  /** Ends a running draft of this process and waits until nothing of it is left. */
  cancel(ticketId: string): Promise<void>;
  approve(
    requestId: string,
    options?: { readonly comment?: string; readonly confirmedProtectedBranch?: boolean },
  ): Promise<Release>;
  reject(requestId: string, comment: string): Promise<void>;
  /** Takes a rejection back: the request waits for a decision again. */
  undoReject(requestId: string): Promise<void>;
  rollBack(
    releaseId: string,
    reason: string,
    options?: { readonly confirmedProtectedBranch?: boolean },
  ): Promise<Release>;
  newTicket(input: NewTicket): Promise<Ticket>;
  /** Appends a path to `.patchwright/protected`. */
  protect(path: string): Promise<void>;
  doctor(): Promise<readonly DoctorCheck[]>;
  /** Ends what runs and waits until nothing of it is left. */
  dispose(): Promise<void>;
}

export interface NewTicket {
  readonly title: string;
  readonly description?: string;
  readonly priority?: Ticket['priority']['value'];
  readonly files?: readonly string[];
}

export interface DoctorCheck {
  readonly title: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly fix?: string;
}
