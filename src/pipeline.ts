import { errorMessage, PatchwrightError } from './core/errors.ts';
import { createEmitter, type Event } from './core/events.ts';
import type { PatchRequest, Release } from './core/patchRequest.ts';
import type { Progress, ScanReport } from './core/progress.ts';
import { manualTicketId, type Ticket } from './core/ticket.ts';
import { approve, type DecisionOptions, reject, rollBack, undoReject } from './pipeline/decide.ts';
import { type DoctorCheck, examine } from './pipeline/doctor.ts';
import { audit } from './pipeline/changes.ts';
import { draft } from './pipeline/draft.ts';
import { createGrowth } from './pipeline/growth.ts';
import type { House } from './pipeline/house.ts';
import { recover } from './pipeline/recover.ts';
import { scan } from './pipeline/scan.ts';

export type { DoctorCheck } from './pipeline/doctor.ts';

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
  approve(requestId: string, options?: DecisionOptions): Promise<Release>;
  reject(requestId: string, comment: string): Promise<void>;
  /** Takes a rejection back: the request waits for a decision again. */
  undoReject(requestId: string): Promise<void>;
  rollBack(releaseId: string, reason: string, options?: DecisionOptions): Promise<Release>;
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

interface Running {
  readonly ticketId: () => string | undefined;
  readonly controller: AbortController;
  readonly done: Promise<unknown>;
}

export function createPipeline(house: House): Pipeline {
  const progress = createEmitter<Progress>((error) => house.log(errorMessage(error)));
  const tell = progress.fire;
  const running = new Set<Running>();
  const growth = createGrowth((flush, signal) => scan(house, flush, tell, signal), house.log);

  const startDraft = (ticketId?: string, signal?: AbortSignal): Promise<PatchRequest> => {
    assertTrusted(house);
    const controller = new AbortController();
    const forward = (): void => controller.abort();
    signal?.addEventListener('abort', forward, { once: true });
    if (signal?.aborted) forward();
    let claimed = ticketId;
    const watching: typeof tell = (event) => {
      if (event.kind === 'attempt_started') claimed = event.ticketId;
      tell(event);
    };
    const done = draft(house, ticketId, watching, controller.signal);
    const entry: Running = { ticketId: () => claimed, controller, done };
    running.add(entry);
    return done.finally(() => {
      running.delete(entry);
      signal?.removeEventListener('abort', forward);
    });
  };

  const end = async (entries: readonly Running[]): Promise<void> => {
    for (const { controller } of entries) controller.abort();
    await Promise.allSettled(entries.map(({ done }) => done));
  };

  return {
    onDidProgress: progress.event,
    recover: () => (house.trusted ? recover(house) : Promise.resolve()),
    scan: async (signal) => {
      assertTrusted(house);
      return scan(house, true, tell, signal);
    },
    grown: () => {
      if (house.trusted) growth.grown();
    },
    draft: async (ticketId, signal) => startDraft(ticketId, signal),
    cancel: (ticketId) => end([...running].filter((entry) => entry.ticketId() === ticketId)),
    approve: async (id, options) => approve(trusted(house), id, options),
    reject: async (id, comment) => reject(trusted(house), id, comment),
    undoReject: async (id) => undoReject(trusted(house), id),
    rollBack: async (id, reason, options) => rollBack(trusted(house), id, reason, options),
    newTicket: async (input) => newTicket(trusted(house), input),
    protect: async (path) => protect(trusted(house), path),
    doctor: () => examine(house),
    dispose: async () => {
      await Promise.all([growth.dispose(), end([...running])]);
    },
  };
}

function trusted(house: House): House {
  assertTrusted(house);
  return house;
}

function assertTrusted(house: House): void {
  if (house.trusted) return;
  throw new PatchwrightError('untrusted', {
    what: 'This folder is not trusted.',
    why: 'Patchwright runs its tests and changes its branches only when you trust it.',
    remedy:
      'Trust the folder with "Workspaces: Manage Workspace Trust" if you know where it comes from.',
  });
}

async function newTicket(house: House, input: NewTicket): Promise<Ticket> {
  const title = input.title.trim();
  if (title === '') {
    throw new PatchwrightError('usage', {
      what: 'A ticket needs a title.',
      why: 'It names what should become better.',
      remedy: 'Give one.',
    });
  }
  const now = house.clock.now().toISOString();
  const ticket: Ticket = {
    id: manualTicketId(title, now),
    title,
    description: input.description ?? title,
    category: 'bug_fix',
    status: 'open',
    priority: { value: input.priority ?? 'medium', reason: 'Set by a person.' },
    risk: { value: 5, reason: 'Not known for a ticket written by hand.' },
    effort: { value: 5, reason: 'Not known for a ticket written by hand.' },
    createdAt: now,
    updatedAt: now,
    evidence: [],
    proposedSolution: '',
    testPlan: 'A test that shows the fault before the change and passes after it.',
    filesToModify: input.files ?? [],
    metadata: {},
  };
  await house.backlog.write([
    { kind: 'ticket', id: ticket.id, fields: ticket },
    audit({
      actor: await house.reviewer(),
      action: 'ticket.created',
      subject: ticket.id,
      after: { title },
    }),
  ]);
  return ticket;
}

async function protect(house: House, path: string): Promise<void> {
  await house.protect(path);
  await house.backlog.write([
    audit({ actor: await house.reviewer(), action: 'file.protected', subject: path }),
  ]);
}
