import { createHash, type Hash } from 'node:crypto';
import type { Worktree } from '../attempt/worktree.ts';
import { type Attempt, type AttemptProgress, noUsage, type Patch } from '../core/attempt.ts';
import { errorMessage, isPatchwrightError } from '../core/errors.ts';
import type { GateReport } from '../core/gate.ts';
import type { Model } from '../core/model.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Progress } from '../core/progress.ts';
import type { Settings } from '../core/settings.ts';
import type { Ticket } from '../core/ticket.ts';
import type { GateEvents } from '../gates/gate.ts';
import { audit, move } from './changes.ts';
import { claim } from './claim.ts';
import { confirmedFor } from './confirmed.ts';
import type { House } from './house.ts';
import { learning } from './learning.ts';

/** One attempt under way: what it works on, and what it has come to, as far as it got. */
export interface Job {
  readonly house: House;
  readonly settings: Settings;
  readonly model: Pick<Model, 'name'>;
  readonly ticket: Ticket;
  readonly attempt: Attempt;
  /** What the day's limit leaves for it. */
  readonly budgetUsd: number | undefined;
  readonly tell: (progress: Progress) => void;
  readonly signal: AbortSignal;
  readonly ledger: Ledger;
}

/** Written to as the attempt goes on, so that one that ends in whatever way can be accounted for. */
interface Ledger {
  steps: number;
  usage: Attempt['usage'];
  costUsd?: number;
  submissions: number;
  gates: readonly GateReport[];
  patch?: Patch;
  /** Of the transcript: every prompt, reply and command. */
  readonly transcript: { readonly hash: Hash; entries: number };
}

export interface Wanted {
  /** undefined: the next by selection score. */
  readonly ticketId: string | undefined;
  /** Even while it rests after attempts that failed. */
  readonly again: boolean;
}

interface Start extends Wanted, Pick<Job, 'settings' | 'model' | 'tell' | 'signal'> {
  readonly base?: string;
  /** An earlier patch to go on with, on its branch. */
  readonly onto?: { readonly branch: string; readonly commit: string };
}

/** One attempt, whoever makes the patch: the ticket is claimed, and put forward or given back. */
export async function attempt(
  house: House,
  start: Start,
  make: (job: Job, worktree: Worktree) => Promise<PatchRequest>,
): Promise<PatchRequest> {
  const { settings, model, ticketId, again, tell, signal } = start;
  const { ticket, attempt, budgetUsd } = await claim(house, settings, model, ticketId, signal, {
    branchOf: (one) => confirmedFor(house, one.id)?.branch,
    again,
  });
  const transcript = { hash: createHash('sha256'), entries: 0 };
  const ledger: Ledger = { steps: 0, usage: noUsage, gates: [], submissions: 0, transcript };
  const job: Job = { house, settings, model, ticket, attempt, budgetUsd, tell, signal, ledger };
  const { id: attemptId, branch } = attempt;
  tell({ kind: 'attempt_started', ticketId: ticket.id, attemptId, branch });
  try {
    const request = await inWorktree(job, start, make);
    const message = 'The patch waits for your decision.';
    tell({ kind: 'attempt_ended', ticketId: ticket.id, ok: true, message });
    return request;
  } catch (error) {
    try {
      await giveUp(job, error);
    } catch (second) {
      house.log(`The end of the attempt could not be written down: ${errorMessage(second)}`);
    }
    tell({ kind: 'attempt_ended', ticketId: ticket.id, ok: false, message: errorMessage(error) });
    throw error;
  }
}

async function inWorktree(
  job: Job,
  { base, onto }: Pick<Start, 'base' | 'onto'>,
  make: (job: Job, worktree: Worktree) => Promise<PatchRequest>,
): Promise<PatchRequest> {
  const { house, settings, attempt, signal } = job;
  const onProgress = (text: string): void => note(job, { kind: 'stage', text });
  const worktree = await house.worktrees(settings).open(
    {
      branch: onto?.branch ?? attempt.branch,
      onProgress,
      ...(base ? { base } : {}),
      ...(onto ? { onto: onto.commit } : {}),
    },
    signal,
  );
  let keepBranch = false;
  try {
    await house.backlog.write([
      { kind: 'attempt', id: attempt.id, fields: { branch: worktree.branch, base: worktree.base } },
    ]);
    await sayWhatIsLeftOut(job, worktree);
    const request = await make(job, worktree);
    await putForward(job, request);
    keepBranch = true;
    return request;
  } finally {
    await worktree.close({ keepBranch });
  }
}

/** The patch starts from the commit, so that nobody wonders where unsaved work has gone. */
async function sayWhatIsLeftOut(job: Job, { base }: Worktree): Promise<void> {
  const { code } = await job.house.git.code(['diff', '--quiet', 'HEAD'], { okCodes: [0, 1] });
  if (code === 0) return;
  const text = `The patch starts from commit ${base.slice(0, 10)}: your uncommitted changes are no part of it`;
  note(job, { kind: 'stage', text });
}

export function eventsOf({ tell, ticket }: Job): GateEvents {
  return {
    started: (gate) => tell({ kind: 'gate_started', ticketId: ticket.id, gate }),
    ended: (report) => tell({ kind: 'gate', ticketId: ticket.id, report }),
  };
}

export async function toTesting({ house, ticket }: Job): Promise<void> {
  const current = house.backlog.tickets.get(ticket.id);
  if (current?.status !== 'in_progress') return;
  const now = house.clock.now().toISOString();
  await house.backlog.write(move(current, 'testing', now, 'patchwright'));
}

async function putForward(job: Job, request: PatchRequest): Promise<void> {
  const { house, ticket, attempt } = job;
  const actor = `model:${request.model}`;
  const gates = request.gates.map((gate) => [gate.id, gate.verdict]);
  await house.backlog.write([
    { kind: 'request', id: request.id, fields: request },
    {
      kind: 'attempt',
      id: attempt.id,
      fields: { ...accountOf(job), outcome: 'succeeded', summary: request.reasoning },
    },
    ...move({ ...ticket, status: 'testing' }, 'ready', request.createdAt, actor),
    recorded(job, 'succeeded'),
    audit({
      actor,
      action: 'request.created',
      subject: request.id,
      after: { ticket: ticket.id, commit: request.commit, gates },
    }),
  ]);
}

/** An attempt that did not end in a request: say why, and give the ticket back. */
async function giveUp(job: Job, error: unknown): Promise<void> {
  const { house, ticket, attempt } = job;
  const itsFault = blamesThePatch(error);
  const cut = isPatchwrightError(error, 'cancelled') ? 'cancelled' : 'interrupted';
  const outcome = itsFault ? 'failed' : cut;
  const now = house.clock.now().toISOString();
  const current = house.backlog.tickets.get(ticket.id) ?? ticket;
  await house.backlog.write([
    {
      kind: 'attempt',
      id: attempt.id,
      fields: { ...accountOf(job), outcome, error: errorMessage(error) },
    },
    ...(itsFault ? failureLesson(job, now) : []),
    ...move(current, itsFault ? 'failed' : 'open', now, 'patchwright'),
    recorded(job, outcome),
  ]);
}

function failureLesson({ house, ticket, attempt, model }: Job, endedAt: string) {
  return learning(house, {
    type: 'attempt.failed',
    taskType: ticket.category,
    model: model.name,
    after: (history) => ({
      ...history,
      attempts: history.attempts.map((one) =>
        one.id === attempt.id ? { ...one, outcome: 'failed', endedAt } : one,
      ),
    }),
  });
}

/** Only what the attempt itself did wrong fails the ticket; a missing key or a full disk does not. */
function blamesThePatch(error: unknown): boolean {
  const codes = ['gates_failed', 'no_submission', 'model_stuck', 'model_refused', 'limit_reached'];
  return isPatchwrightError(error) && codes.includes(error.code);
}

function accountOf({ house, ledger }: Job): Partial<Attempt> {
  return {
    endedAt: house.clock.now().toISOString(),
    steps: ledger.steps,
    usage: ledger.usage,
    ...(ledger.costUsd === undefined ? {} : { costUsd: ledger.costUsd }),
    ...(ledger.gates.length > 0 ? { gates: ledger.gates } : {}),
  };
}

export function note({ ledger, tell, ticket }: Job, progress: AttemptProgress): void {
  if (progress.kind === 'step') {
    ledger.steps = progress.step;
    ledger.usage = progress.usage;
    if (progress.costUsd !== undefined) ledger.costUsd = progress.costUsd;
  }
  tell({ kind: 'attempt', ticketId: ticket.id, progress });
}

/** What it did, by hash; the transcript itself goes after a while. */
function recorded({ attempt, ticket, ledger }: Job, outcome: Attempt['outcome']) {
  const { hash, entries } = ledger.transcript;
  const transcript = entries === 0 ? {} : { entries, transcript: hash.copy().digest('hex') };
  return audit({
    actor: `model:${attempt.model}`,
    action: 'attempt.ended',
    subject: ticket.id,
    after: {
      attempt: attempt.id,
      outcome,
      gates: ledger.gates.map((gate) => [gate.id, gate.verdict]),
      ...transcript,
    },
  });
}
