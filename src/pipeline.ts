import type { Backlog } from './backlog/backlog.ts';
import type { Approved } from './core/approval.ts';
import type { AttemptProgress } from './core/attempt.ts';
import { errorMessage, PatchwrightError } from './core/errors.ts';
import type { Canary } from './core/canary.ts';
import type { Habit } from './core/habit.ts';
import type { HunkName } from './core/hunks.ts';
import type { Leftover } from './core/leftover.ts';
import type { EvidenceBundle, Verification } from './core/evidence.ts';
import { createEmitter, type Event } from './core/events.ts';
import type { PatchRequest, Release } from './core/patchRequest.ts';
import type { GateEvents } from './gates/gate.ts';
import type { Progress, ScanReport } from './core/progress.ts';
import type { EditorDiagnostic } from './core/quality.ts';
import type { SelfTest } from './core/selfTest.ts';
import type { Ticket } from './core/ticket.ts';
import type { Difference } from './core/variants.ts';
import { type ApprovalOptions, approve, reject, undoReject } from './pipeline/decide.ts';
import type { DecisionOptions } from './pipeline/decision.ts';
import { rollBack } from './pipeline/rollBack.ts';
import { canary } from './pipeline/canary/canary.ts';
import { cleanUp, leftovers } from './pipeline/cleanUp.ts';
import { type DoctorCheck, examine } from './pipeline/doctor.ts';
import { audit } from './pipeline/changes.ts';
import { autoApprove } from './pipeline/autoApprove.ts';
import { requestChanges } from './pipeline/draft.ts';
import { createEditing, type Editing as EditingHere } from './pipeline/editing.ts';
import { exportEvidence } from './pipeline/evidence/export.ts';
import { verifyEvidence } from './pipeline/evidence/verify.ts';
import { createGrowth } from './pipeline/growth.ts';
import type { GivenPatch } from './pipeline/given.ts';
import type { House } from './pipeline/house.ts';
import { type HistoryEvent, historyOf } from './pipeline/history.ts';
import { type Insight, insightOf } from './pipeline/insight.ts';
import type { PerformanceReport } from './learning/performance.ts';
import {
  habitIn,
  type Learned,
  learnedOf,
  type Switch,
  switchLearning,
} from './pipeline/learning.ts';
import { type JudgedPatch, type JudgeOptions, judgeGiven } from './pipeline/judgeGiven.ts';
import { type Outlook, outlooks } from './pipeline/past.ts';
import { performanceIn } from './pipeline/performance.ts';
import { lookAtReleases } from './pipeline/monitor.ts';
import { type Proposal, propose } from './pipeline/propose.ts';
import { recover } from './pipeline/recover.ts';
import {
  confirm,
  type ConfirmOptions,
  drop,
  type Planned,
  preview,
  type PreviewOptions,
  type Wish,
} from './pipeline/preview.ts';
import { beginPreview } from './pipeline/previews.ts';
import { dropHunks, undoEdit } from './pipeline/revise.ts';
import { type ReplayReport, replay } from './pipeline/replay.ts';
import type { RunReport, RunType } from './pipeline/run/report.ts';
import { run, type RunOptions } from './pipeline/run/run.ts';
import { scheduleIn, type ScheduleOptions } from './pipeline/run/scheduleIn.ts';
import type { Schedule } from './pipeline/run/schedule.ts';
import { createScan } from './pipeline/scan.ts';
import { type Person } from './pipeline/sync/people.ts';
import { type Theirs, takeOver, theirRequest, vouch } from './pipeline/sync/theirs.ts';
import { peopleMet, sync, type SyncOptions, type SyncReport } from './pipeline/sync/sync.ts';
import { draftTicket } from './pipeline/toolFix.ts';
import { type SelfTestProgress, selfTest } from './pipeline/selfTest/selfTest.ts';
import { specify } from './pipeline/specify.ts';
import { differences, splitBy, type SplitBy } from './pipeline/split.ts';
import {
  close,
  edit,
  merge,
  moveBefore,
  newTicket,
  type NewTicket,
  reopen,
  snooze,
  split,
  type TicketEdit,
} from './pipeline/tickets.ts';

export type { HistoryEvent } from './pipeline/history.ts';
export type { Learned } from './pipeline/learning.ts';
export type { Outlook } from './pipeline/past.ts';
export { type RunReport, type RunType, runTypes } from './pipeline/run/report.ts';
export type { PerformanceReport } from './learning/performance.ts';
export type { Insight } from './pipeline/insight.ts';
export type { DoctorCheck, DoctorCode } from './pipeline/doctor.ts';
export type { SplitBy } from './pipeline/split.ts';
export type { Planned, Wish } from './pipeline/preview.ts';
export type { ReplayReport } from './pipeline/replay.ts';
export type { NewTicket, TicketEdit } from './pipeline/tickets.ts';
export type { SyncReport } from './pipeline/sync/sync.ts';
export type { Person } from './pipeline/sync/people.ts';

/** The verbs of the house. The editor and the command line act through these and nothing else. */
export interface Pipeline {
  readonly onDidProgress: Event<Progress>;
  /** Picks up or cleans up what a crash left. Call once after opening. */
  recover(): Promise<void>;
  /** Reads everything that is there. */
  scan(signal?: AbortSignal): Promise<ScanReport>;
  /** What the editor shows as problems, all of them; the next scan's code analysis counts them in. */
  diagnose(diagnostics: readonly EditorDiagnostic[]): void;
  /**
   * Says that sources have grown (from a file watcher): scans at once, holding back what may be half
   * written, and once more when it has been quiet for a moment. Failures go to the log.
   */
  grown(): void;
  /** Holds error rates since patches have landed against those of before, where that is due. */
  monitor(): Promise<void>;
  /** Without a ticket id: the next one by selection score; throws `nothing_to_do`. */
  draft(ticketId?: string, signal?: AbortSignal, options?: DraftOptions): Promise<PatchRequest>;
  /** Plans a change with tools that only read; nothing but the backlog is written. */
  preview(wish: Wish, signal?: AbortSignal): Promise<Planned>;
  /**
   * Drafts by a plan, on the branch it names; makes its ticket where there is none. Throws
   * `branch_exists` unless `numbered` says what then.
   */
  confirm(previewId: string, options?: ConfirmOptions, signal?: AbortSignal): Promise<PatchRequest>;
  drop(previewId: string): Promise<void>;
  /** Waits for the previews that have begun by themselves. */
  previewed(): Promise<void>;
  /** Runs the gates over a patch that came from elsewhere; nothing of it is kept. */
  judge(
    given: GivenPatch,
    options: JudgeOptions,
    on: GateEvents,
    signal?: AbortSignal,
  ): Promise<JudgedPatch>;
  /** What proves a request's patch, for elsewhere. Throws `gates_failed` where it would give a secret away. */
  exportEvidence(requestId: string, signal?: AbortSignal): Promise<EvidenceBundle>;
  /** Judges the patch of such a bundle again, without a model, and says what comes out differently. */
  verifyEvidence(text: string, on: GateEvents, signal?: AbortSignal): Promise<Verification>;
  /** Runs the gates, as they are configured now, over patches that are known to be bad, and keeps the result. */
  selfTest(tell: SelfTestProgress, signal?: AbortSignal): Promise<SelfTest>;
  /** The last one, if there was any. */
  lastSelfTest(): Promise<SelfTest | undefined>;
  /** Puts such a patch forward for a ticket. Throws `gates_failed`; the attempt then holds the results. */
  propose(proposal: Proposal, signal?: AbortSignal): Promise<PatchRequest>;
  /**
   * Runs an attempt again from its transcript, without a model, and says where it comes out differently.
   * Nothing of it stays. @param name an attempt's id or its beginning, or a ticket's for its latest one
   */
  replay(
    name: string,
    onProgress: (progress: AttemptProgress) => void,
    signal?: AbortSignal,
  ): Promise<ReplayReport>;
  /** Ends a running draft of this process and waits until nothing of it is left. */
  cancel(ticketId: string): Promise<void>;
  /** Until the branch moves it can be cancelled. */
  approve(requestId: string, options?: ApprovalOptions, signal?: AbortSignal): Promise<Approved>;
  reject(requestId: string, comment: string): Promise<void>;
  /** Takes a rejection back: the request waits for a decision again. */
  undoReject(requestId: string): Promise<void>;
  /** Rejects with the comment, and has the model go on from the patch on its branch. */
  requestChanges(requestId: string, comment: string, signal?: AbortSignal): Promise<PatchRequest>;
  /** Takes hunks out of a patch that waits; the gates judge what is left. Throws `gates_failed`. */
  dropHunks(
    requestId: string,
    hunks: readonly HunkName[],
    signal?: AbortSignal,
  ): Promise<PatchRequest>;
  /** Compares the app from base and patch under the same load; throws `app_not_started`. */
  canary(requestId: string, signal?: AbortSignal): Promise<Canary>;
  /** Takes the last change back that somebody made to a patch that waits. Throws `gates_failed`. */
  undoEdit(requestId: string, signal?: AbortSignal): Promise<PatchRequest>;
  readonly editing: Editing;
  rollBack(
    releaseId: string,
    reason: string,
    options?: DecisionOptions,
    signal?: AbortSignal,
  ): Promise<Release>;
  newTicket(input: NewTicket): Promise<Ticket>;
  edit(ticketId: string, change: TicketEdit): Promise<void>;
  /** From now on what is seen of one counts for the other, until `split` takes it back. */
  merge(ticketId: string, intoId: string): Promise<void>;
  split(ticketId: string): Promise<void>;
  /** What the events of a ticket differ in, and so what it can be split by. */
  differences(ticketId: string): readonly Difference[];
  /** Gives some of its events, those to come as well, a ticket of their own; merging that back undoes it. */
  splitBy(ticketId: string, by: SplitBy): Promise<Ticket>;
  /** It takes its turn before the other one. */
  rankBefore(ticketId: string, nextId: string): Promise<void>;
  snooze(ticketId: string, untilIso: string): Promise<void>;
  /** Not worth fixing: no signal opens it again before a new release or a rise in its rate. */
  close(ticketId: string, reason: string): Promise<void>;
  reopen(ticketId: string): Promise<void>;
  /** Appends a path to `.patchwright/protected`. */
  protect(path: string): Promise<void>;
  /** What no patch may touch: ours and the user's lines, in gitignore syntax. */
  protectedFiles(): Promise<readonly string[]>;
  /** What Patchwright made and nobody needs any more. */
  leftovers(): Promise<readonly Leftover[]>;
  /** Removes what is left over of these kinds; resolves with what that was. */
  cleanUp(kinds: readonly Leftover['kind'][]): Promise<readonly Leftover[]>;
  /** Newest first; of one file (from the folder), or of all. */
  history(path?: string): Promise<readonly HistoryEvent[]>;
  /** Figures of the last `days` days. @param others backlogs of other folders, counted with this one's */
  insight(days: number, others?: readonly Backlog[]): Insight;
  /** Does what is due each hour, day, week or month, and keeps a report. Throws `busy`. */
  run(type: RunType, options: RunOptions, signal?: AbortSignal): Promise<RunReport>;
  /**
   * Does what is due by the settings from now on, but not while somebody types; for where a person works.
   * Call once.
   */
  schedule(options: ScheduleOptions): Pick<Schedule, 'changed'>;
  /** How the program is doing, by what was measured in the last days. */
  performance(days: number): PerformanceReport;
  /** What is to be expected of tickets; reads the history once, so ask it for many. */
  outlook(): (ticket: Ticket) => Outlook;
  /** When the person usually reviews; undefined where that is not known or not to count. */
  habit(): Habit | undefined;
  /** What was learned from decisions, and what it suggests. */
  learned(): Learned;
  /** Switches learning on or off, or forgets what was learned. */
  switchLearning(to: Switch): Promise<void>;
  /** Exchanges what was changed with the other clones of a team. Throws `invalid_settings` where that is off. */
  sync(options: SyncOptions, signal?: AbortSignal): Promise<SyncReport>;
  /** Whose keys were met at the remote. */
  people(): Promise<readonly Person[]>;
  /** Says yes to another clone's request, once the gates pass it here too; nothing lands. Throws `gates_failed`. */
  vouch(requestName: string, comment: string, signal?: AbortSignal): Promise<Theirs>;
  /** Puts another clone's patch forward here. Throws `gates_failed`. */
  takeOver(requestName: string, signal?: AbortSignal): Promise<PatchRequest>;
  doctor(): Promise<readonly DoctorCheck[]>;
  /** Ends what runs and waits until nothing of it is left. */
  dispose(): Promise<void>;
}

export interface DraftOptions {
  /** Even while it rests after attempts that failed; without it `resting` is thrown. */
  readonly again?: boolean;
}

/** A person's own edits of patches that wait; see `createEditing`. */
export interface Editing {
  start(requestId: string, signal?: AbortSignal): Promise<string>;
  finish(requestId: string, signal?: AbortSignal): Promise<PatchRequest>;
  abandon(requestId: string): Promise<void>;
  open(): readonly string[];
}

interface Running {
  readonly ticketId: () => string | undefined;
  readonly controller: AbortController;
  readonly done: Promise<unknown>;
}

export function createPipeline(house: House): Pipeline {
  const progress = createEmitter<Progress>((error) => house.log(errorMessage(error)));
  const tell = progress.fire;
  const drafts = new Set<Running>();
  /** What must not be cut short, but waited for: a decision between its commit and its note. */
  const pending = new Set<Promise<unknown>>();
  const ending = new AbortController();
  let schedule: Schedule | undefined;
  let diagnostics: readonly EditorDiagnostic[] | undefined;
  const planning = new Set<Promise<void>>();
  const untilEnd = (signal: AbortSignal | undefined): AbortSignal =>
    signal ? AbortSignal.any([ending.signal, signal]) : ending.signal;
  const plan = (wish: Wish, options: PreviewOptions, signal?: AbortSignal): Promise<Planned> =>
    act(() => preview(house, wish, options, tell, untilEnd(signal)));
  const scan = createScan(
    house,
    tell,
    () => diagnostics,
    (ticketId) => {
      const begun = beginPreview(house, ticketId, tell, (id) =>
        plan({ ticketId: id }, { unasked: true }),
      )
        .catch((error: unknown) => house.log(errorMessage(error)))
        .finally(() => planning.delete(begun));
      planning.add(begun);
    },
  );
  const editing: EditingHere = createEditing(house);
  const growth = createGrowth((flush, signal) => scan({ flush }, signal), house.log);

  /** Does it when the folder is trusted; `dispose` waits for it. */
  const act = async <T>(work: () => Promise<T>): Promise<T> => {
    assertTrusted(house);
    const done = work();
    pending.add(done);
    try {
      return await done;
    } finally {
      pending.delete(done);
    }
  };

  const startAttempt = (
    ticketId: string | undefined,
    signal: AbortSignal | undefined,
    run: (watching: typeof tell, either: AbortSignal) => Promise<PatchRequest>,
  ): Promise<PatchRequest> => {
    const controller = new AbortController();
    const either = signal ? AbortSignal.any([controller.signal, signal]) : controller.signal;
    let claimed = ticketId;
    const watching: typeof tell = (event) => {
      if (event.kind === 'attempt_started') claimed = event.ticketId;
      tell(event);
    };
    const done = run(watching, either);
    const entry: Running = { ticketId: () => claimed, controller, done };
    drafts.add(entry);
    return done.finally(() => drafts.delete(entry));
  };

  const end = async (entries: readonly Running[]): Promise<void> => {
    for (const { controller } of entries) controller.abort();
    await Promise.allSettled(entries.map(({ done }) => done));
  };

  const draftOne = (
    ticketId: string | undefined,
    signal?: AbortSignal,
    { again = false }: DraftOptions = {},
  ): Promise<PatchRequest> =>
    startAttempt(ticketId, signal, async (watching, either) => {
      const request = await draftTicket(house, { ticketId, again }, watching, either);
      return autoApprove(house, request, { tell: watching, signal: either });
    });

  const runNow = (type: RunType, options: RunOptions, signal?: AbortSignal): Promise<RunReport> =>
    act(() => {
      const verbs = {
        scan: (during: AbortSignal) => scan({ flush: true, analyse: true }, during),
        draft: (during: AbortSignal) => draftOne(undefined, during),
        specify: (id: string, during: AbortSignal) => specify(house, id, during),
      };
      return run(house, verbs, type, options, untilEnd(signal));
    });

  return {
    onDidProgress: progress.event,
    recover: () => (house.trusted ? act(() => recover(house)) : Promise.resolve()),
    scan: (signal) => act(() => scan({ flush: true, analyse: true }, untilEnd(signal))),
    diagnose: (found) => {
      diagnostics = found;
    },
    grown: () => {
      if (house.trusted) growth.grown();
    },
    monitor: () =>
      house.trusted
        ? act(() => lookAtReleases(house, { tell, signal: ending.signal }))
        : Promise.resolve(),
    draft: (ticketId, signal, options) => act(() => draftOne(ticketId, signal, options)),
    run: runNow,
    schedule: (options) => (schedule ??= scheduleIn(house, runNow, options)),
    preview: (wish, signal) => plan(wish, {}, signal),
    confirm: (previewId, options = {}, signal) =>
      act(() =>
        startAttempt(house.backlog.attempts.get(previewId)?.ticketId, signal, (watching, either) =>
          confirm(house, previewId, options, watching, either),
        ),
      ),
    drop: (previewId) => act(() => drop(house, previewId)),
    previewed: async () => {
      await Promise.all(planning);
    },
    judge: (given, options, on, signal) =>
      act(() => judgeGiven(house, given, options, on, untilEnd(signal))),
    exportEvidence: (id, signal) => act(() => exportEvidence(house, id, untilEnd(signal))),
    verifyEvidence: (text, on, signal) =>
      act(() => verifyEvidence(house, text, on, untilEnd(signal))),
    selfTest: (tellOf, signal) =>
      act(async () => {
        const result = await selfTest(house, tellOf, untilEnd(signal));
        await house.selfTests.write(result);
        return result;
      }),
    lastSelfTest: () => house.selfTests.read(),
    propose: (proposal, signal) =>
      act(() =>
        startAttempt(proposal.ticketId, signal, (watching, either) =>
          propose(house, proposal, watching, either),
        ),
      ),
    replay: (name, onProgress, signal) =>
      act(() => replay(house, name, onProgress, untilEnd(signal))),
    cancel: (ticketId) => end([...drafts].filter((entry) => entry.ticketId() === ticketId)),
    approve: (id, options = {}, signal) =>
      act(() => approve(house, id, options, { tell, signal: untilEnd(signal) })),
    reject: async (id, comment) => void (await act(() => reject(house, id, comment))),
    undoReject: (id) => act(() => undoReject(house, id)),
    requestChanges: (id, comment, signal) =>
      act(() =>
        startAttempt(undefined, signal, (watching, either) =>
          requestChanges(house, id, comment, watching, either),
        ),
      ),
    dropHunks: (id, hunks, signal) =>
      act(() => dropHunks(house, id, hunks, tell, untilEnd(signal))),
    canary: (id, signal) => act(() => canary(house, id, tell, untilEnd(signal))),
    undoEdit: (id, signal) => act(() => undoEdit(house, id, tell, untilEnd(signal))),
    editing: {
      start: (id, signal) => act(() => editing.start(id, untilEnd(signal))),
      finish: (id, signal) => act(() => editing.finish(id, tell, untilEnd(signal))),
      abandon: (id) => act(() => editing.abandon(id)),
      open: () => editing.open(),
    },
    rollBack: (id, reason, options = {}, signal) =>
      act(() => rollBack(house, id, reason, options, { tell, signal: untilEnd(signal) })),
    newTicket: (input) => act(() => newTicket(house, input)),
    edit: (id, change) => act(() => edit(house, id, change)),
    merge: (id, into) => act(() => merge(house, id, into)),
    split: (id) => act(() => split(house, id)),
    differences: (id) => differences(house, id),
    splitBy: (id, by) => act(() => splitBy(house, id, by)),
    rankBefore: (id, next) => act(() => moveBefore(house, id, next)),
    snooze: (id, until) => act(() => snooze(house, id, until)),
    close: (id, reason) => act(() => close(house, id, reason)),
    reopen: (id) => act(() => reopen(house, id)),
    protect: (path) => act(() => protect(house, path)),
    protectedFiles: async () => (await house.protection()).patterns,
    leftovers: () => leftovers(house),
    cleanUp: (kinds) => act(() => cleanUp(house, kinds)),
    history: (path) => historyOf(house, path),
    insight: (days, others = []) => insightOf([house.backlog, ...others], days, house.clock.now()),
    outlook: () => outlooks(house.backlog, house.settings()),
    performance: (days) => performanceIn(house.backlog, days),
    habit: () => habitIn(house),
    learned: () => learnedOf(house),
    switchLearning: (to) => act(() => switchLearning(house, to)),
    sync: (options, signal) => act(() => sync(house, options, untilEnd(signal))),
    people: () => peopleMet(house),
    vouch: (name, comment, signal) => act(() => vouch(house, name, comment, untilEnd(signal))),
    takeOver: (name, signal) =>
      act(() =>
        startAttempt(theirRequest(house, name).ticketId, signal, (watching, either) =>
          takeOver(house, name, watching, either),
        ),
      ),
    doctor: () => examine(house, schedule),
    dispose: async () => {
      ending.abort();
      await Promise.all([schedule?.dispose(), growth.dispose(), end([...drafts]), ...planning]);
      await Promise.allSettled(pending);
      await editing.dispose();
    },
  };
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

async function protect(house: House, path: string): Promise<void> {
  await house.protect(path);
  await house.backlog.write([
    audit({ actor: await house.reviewer(), action: 'file.protected', subject: path }),
  ]);
}
