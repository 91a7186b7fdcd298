import { randomUUID } from 'node:crypto';
import { runAgent } from '../attempt/agent.ts';
import { commitPatch } from '../attempt/commit.ts';
import { diffText, patchOf } from '../attempt/patch.ts';
import type { Worktree } from '../attempt/worktree.ts';
import { type Attempt, type AttemptProgress, noUsage, type Patch, type Submission } from '../core/attempt.ts';
import type { AuditEntry } from '../core/audit.ts';
import type { Change } from '../core/change.ts';
import { errorMessage, isPatchwrightError, PatchwrightError, throwIfCancelled } from '../core/errors.ts';
import { type GateReport, gatesPassed, gateTitles } from '../core/gate.ts';
import type { Model } from '../core/model.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Progress } from '../core/progress.ts';
import type { Settings } from '../core/settings.ts';
import { assertMove, pick, type Ticket } from '../core/ticket.ts';
import { confidenceOf } from '../gates/confidence.ts';
import { allGates, runGates } from '../gates/gate.ts';
import type { House } from './house.ts';

type Tell = (progress: Progress) => void;

/** What an attempt has come to, as far as it got; read when it ends in whatever way. */
interface Ledger {
  steps: number;
  usage: Attempt['usage'];
  costUsd?: number;
  gates: readonly GateReport[];
  submissions: number;
}

/** The way of a patch: ticket → worktree → the model's loop → gates → a request that waits for a person. */
export async function draft(
  house: House,
  ticketId: string | undefined,
  tell: Tell,
  signal: AbortSignal,
): Promise<PatchRequest> {
  const settings = house.settings();
  const model = await house.openModel(settings);
  throwIfCancelled(signal);
  const { ticket, attempt } = await claim(house, settings, model, ticketId, signal);
  tell({
    kind: 'attempt_started',
    ticketId: ticket.id,
    attemptId: attempt.id,
    branch: attempt.branch,
  });
  const ledger: Ledger = { steps: 0, usage: noUsage, gates: [], submissions: 0 };
  try {
    const request = await attemptIt(house, settings, model, ticket, attempt, ledger, tell, signal);
    tell({
      kind: 'attempt_ended',
      ticketId: ticket.id,
      ok: true,
      message: 'The patch waits for your decision.',
    });
    return request;
  } catch (error) {
    await giveUp(house, ticket, attempt, ledger, error);
    tell({ kind: 'attempt_ended', ticketId: ticket.id, ok: false, message: errorMessage(error) });
    throw error;
  }
}

/** Takes a ticket under the lock that all windows share, so that none is drafted twice and limits hold. */
async function claim(
  house: House,
  settings: Settings,
  model: Model,
  ticketId: string | undefined,
  signal: AbortSignal,
): Promise<{ ticket: Ticket; attempt: Attempt }> {
  const { backlog } = house;
  return backlog.exclusively(
    'draft',
    async () => {
      const ticket = ticketId === undefined ? next(house, settings) : named(house, ticketId);
      assertMove(ticket, 'in_progress');
      assertWithinToday(house, settings);
      const now = house.clock.now().toISOString();
      const attempt: Attempt = {
        id: randomUUID(),
        ticketId: ticket.id,
        number: backlog.attempts.ofTicket(ticket.id).length + 1,
        branch: `improvement/${ticket.id}`,
        base: '',
        outcome: 'running',
        startedAt: now,
        runner: house.runner,
        model: model.name,
        steps: 0,
        usage: noUsage,
      };
      await backlog.write([
        { kind: 'attempt', id: attempt.id, fields: attempt },
        ...move(ticket, 'in_progress', now, 'patchwright'),
      ]);
      return { ticket, attempt };
    },
    signal,
  );
}

function next(house: House, settings: Settings): Ticket {
  const { backlog } = house;
  const ticket = pick(
    backlog.tickets.list({ statuses: ['open'] }),
    settings,
    (id) => backlog.attempts.ofTicket(id).length,
  );
  if (ticket) return ticket;
  throw new PatchwrightError('nothing_to_do', {
    what: 'There is no ticket to draft.',
    why: 'No open bug ticket is within the risk limit and the number of attempts.',
    remedy: 'Scan the workspace, or name a ticket to draft it all the same.',
  });
}

function named(house: House, ticketId: string): Ticket {
  const ticket = house.backlog.tickets.get(ticketId);
  if (ticket) return ticket;
  throw new PatchwrightError('not_found', {
    what: `There is no ticket ${ticketId}.`,
    why: 'The backlog does not know it.',
    remedy: 'List the tickets with `patchwright tickets`, or scan first.',
  });
}

/** A6: the counter is the table itself, so it survives restarts and holds for two processes. */
function assertWithinToday(house: House, settings: Settings): void {
  const day = house.clock.now().toISOString().slice(0, 10);
  const running = house.backlog.attempts.running().length;
  const made = house.backlog.requests.createdSince(`${day}T00:00:00.000Z`) + running;
  if (made < settings.limits.requestsPerDay) return;
  throw new PatchwrightError('limit_reached', {
    what: "Today's patch requests are used up.",
    why: `${made} of ${settings.limits.requestsPerDay} were made or are under way since 00:00 UTC.`,
    remedy: 'Wait until 00:00 UTC, or raise patchwright.limits.requestsPerDay.',
  });
}

async function attemptIt(
  house: House,
  settings: Settings,
  model: Model,
  ticket: Ticket,
  attempt: Attempt,
  ledger: Ledger,
  tell: Tell,
  signal: AbortSignal,
): Promise<PatchRequest> {
  const progress = (entry: AttemptProgress): void => {
    if (entry.kind === 'step') {
      ledger.steps = entry.step;
      ledger.usage = entry.usage;
      if (entry.costUsd !== undefined) ledger.costUsd = entry.costUsd;
    }
    tell({ kind: 'attempt', ticketId: ticket.id, progress: entry });
  };
  const stage = (text: string): void => progress({ kind: 'stage', text });

  stage('Making a worktree');
  const worktree = await house.worktrees(settings).open({ branch: attempt.branch, onProgress: stage }, signal);
  let kept = false;
  try {
    await house.backlog.write([
      { kind: 'attempt', id: attempt.id, fields: { branch: worktree.branch, base: worktree.base } },
    ]);
    const tests = await house.findTests(worktree.path, settings);
    stage(tests ? `Tests: ${tests.title}` : 'No test command found');
    const protection = await house.protection();
    let patch: Patch | undefined;

    const submit = async (submission: Submission) => {
      ledger.submissions += 1;
      await toTesting(house, ticket);
      patch = await commitSubmission(worktree, ticket, attempt, model, submission);
      ledger.gates = await judge(house, settings, { ticket, worktree, patch, tests, protection }, tell, signal);
      // The gates laid other trees out; the model goes on from its own.
      await worktree.lay(patch.commit, signal);
      const accepted = gatesPassed(ledger.gates);
      return { accepted, feedback: accepted ? 'All gates passed.' : feedbackOf(ledger.gates) };
    };

    const result = await runAgent(
      {
        model,
        root: worktree.path,
        git: house.git.at(worktree.path),
        ...(tests ? { tests } : {}),
        guard: protection,
        clock: house.clock,
        limits: settings.limits,
        onProgress: progress,
        onRefused: (path, rule) => void noteRefusal(house, attempt, model, path, rule),
        saveTranscript: (entry) => house.saveTranscript(attempt.id, entry),
        submit,
      },
      {
        ticket,
        reviewComments: ticket.metadata.reviewComments ?? [],
        negativeFeedback: house.backlog.feedback.negativeSince(daysAgo(house, 7), 5),
        ...(tests ? { testTitle: tests.title } : {}),
      },
      signal,
    );
    if (!patch) throw new Error('The agent returned without a submission.');
    const request = await requestOf(house, ticket, attempt, model, patch, result.submission, ledger);
    await putForward(house, ticket, attempt, ledger, request);
    kept = true;
    return request;
  } finally {
    await worktree.close({ keepBranch: kept });
  }
}

async function commitSubmission(
  worktree: Worktree,
  ticket: Ticket,
  attempt: Attempt,
  model: Model,
  submission: Submission,
): Promise<Patch> {
  const { commit } = await commitPatch(worktree, {
    ticketId: ticket.id,
    attemptId: attempt.id,
    title: ticket.title,
    summary: submission.summary,
    testFiles: submission.testFiles,
    model: model.name,
  });
  return patchOf(worktree.git, worktree.base, commit, worktree.branch, submission.testFiles);
}

async function judge(
  house: House,
  settings: Settings,
  subject: {
    readonly ticket: Ticket;
    readonly worktree: Worktree;
    readonly patch: Patch;
    readonly tests: Awaited<ReturnType<House['findTests']>>;
    readonly protection: Awaited<ReturnType<House['protection']>>;
  },
  tell: Tell,
  signal: AbortSignal,
): Promise<readonly GateReport[]> {
  const { ticket, worktree, patch, tests, protection } = subject;
  return runGates(
    allGates,
    {
      patch,
      git: house.git,
      checkout: worktree,
      treeOfBaseWith: (commit, files) => worktree.treeOfBaseWith(commit, files),
      ...(tests ? { tests } : {}),
      protection,
      limits: settings.limits,
      mainRoot: house.folder,
      ...(ticket.metadata.exceptionType ? { exceptionType: ticket.metadata.exceptionType } : {}),
    },
    {
      started: (gate) => tell({ kind: 'gate_started', ticketId: ticket.id, gate }),
      ended: (report) => tell({ kind: 'gate', ticketId: ticket.id, report }),
    },
    signal,
  );
}

/** What the model is told about failed gates; of the protected-files gate it learns only a count. */
export function feedbackOf(reports: readonly GateReport[]): string {
  return reports
    .filter((report) => report.verdict === 'failed')
    .map((report) =>
      report.id === 'protected'
        ? 'Some of the changed files are not accepted. Solve it without them.'
        : `${gateTitles[report.id]}: ${report.reason}\n${report.evidence.join('\n')}\n${report.output.slice(-4_000)}`,
    )
    .join('\n\n');
}

async function requestOf(
  house: House,
  ticket: Ticket,
  attempt: Attempt,
  model: Model,
  patch: Patch,
  submission: Submission,
  ledger: Ledger,
): Promise<PatchRequest> {
  const source = patch.files.find((file) => !patch.testFiles.includes(file.path));
  return {
    id: randomUUID(),
    ticketId: ticket.id,
    attemptId: attempt.id,
    createdAt: house.clock.now().toISOString(),
    status: 'PENDING_APPROVAL',
    branch: patch.branch,
    base: patch.base,
    commit: patch.commit,
    files: patch.files,
    testFiles: patch.testFiles,
    diff: await diffText(house.git, patch.base, patch.commit),
    reasoning: submission.reasoning,
    component: source?.path ?? patch.files[0]?.path ?? '',
    improvementType: ticket.category,
    confidence: confidenceOf({ patch, reports: ledger.gates, submissions: ledger.submissions }),
    gates: ledger.gates,
    feedbackIds: [],
    model: model.name,
    ...(ledger.costUsd === undefined ? {} : { costUsd: ledger.costUsd }),
  };
}

async function putForward(
  house: House,
  ticket: Ticket,
  attempt: Attempt,
  ledger: Ledger,
  request: PatchRequest,
): Promise<void> {
  await house.backlog.write([
    { kind: 'request', id: request.id, fields: request },
    {
      kind: 'attempt',
      id: attempt.id,
      fields: { ...endOf(house, ledger), outcome: 'succeeded', summary: request.reasoning },
    },
    ...move({ ...ticket, status: 'testing' }, 'ready', request.createdAt, `model:${request.model}`),
    audit({
      actor: `model:${request.model}`,
      action: 'request.created',
      subject: request.id,
      after: { ticket: ticket.id, commit: request.commit, gates: request.gates.map((g) => [g.id, g.verdict]) },
    }),
  ]);
}

/** An attempt that did not end in a request: say why, and give the ticket back. */
async function giveUp(
  house: House,
  ticket: Ticket,
  attempt: Attempt,
  ledger: Ledger,
  error: unknown,
): Promise<void> {
  const wasCancelled = isPatchwrightError(error, 'cancelled');
  const now = house.clock.now().toISOString();
  const current = house.backlog.tickets.get(ticket.id) ?? ticket;
  await house.backlog.write([
    {
      kind: 'attempt',
      id: attempt.id,
      fields: {
        ...endOf(house, ledger),
        outcome: wasCancelled ? 'cancelled' : 'failed',
        error: errorMessage(error),
      },
    },
    ...move(current, blamesThePatch(error) ? 'failed' : 'open', now, 'patchwright'),
  ]);
}

/** Only what the attempt itself did wrong fails the ticket; a missing key or a full disk does not. */
function blamesThePatch(error: unknown): boolean {
  return (
    isPatchwrightError(error) &&
    ['gates_failed', 'no_submission', 'model_stuck', 'model_refused', 'limit_reached'].includes(error.code)
  );
}

function endOf(house: House, ledger: Ledger): Partial<Attempt> {
  return {
    endedAt: house.clock.now().toISOString(),
    steps: ledger.steps,
    usage: ledger.usage,
    ...(ledger.costUsd === undefined ? {} : { costUsd: ledger.costUsd }),
    ...(ledger.gates.length > 0 ? { gates: ledger.gates } : {}),
  };
}

async function toTesting(house: House, ticket: Ticket): Promise<void> {
  const current = house.backlog.tickets.get(ticket.id);
  if (current?.status !== 'in_progress') return;
  await house.backlog.write(move(current, 'testing', house.clock.now().toISOString(), 'patchwright'));
}

async function noteRefusal(
  house: House,
  attempt: Attempt,
  model: Model,
  path: string,
  rule: string,
): Promise<void> {
  try {
    await house.backlog.write([
      audit({
        actor: `model:${model.name}`,
        action: 'edit.refused',
        subject: attempt.ticketId,
        after: { attempt: attempt.id, path, rule },
      }),
    ]);
  } catch (error) {
    house.log(`A refused edit could not be noted: ${errorMessage(error)}`);
  }
}

/** The changes that move a ticket and say so in the audit trail. Throws `illegal_move`. */
export function move(ticket: Ticket, to: Ticket['status'], now: string, actor: string): Change[] {
  if (ticket.status === to) return [];
  assertMove(ticket, to);
  return [
    { kind: 'ticket', id: ticket.id, fields: { status: to, updatedAt: now } },
    audit({ actor, action: 'ticket.moved', subject: ticket.id, before: ticket.status, after: to }),
  ];
}

export function audit(entry: AuditEntry): Change {
  return { kind: 'audit', entry };
}

function daysAgo(house: House, days: number): string {
  return new Date(house.clock.now().getTime() - days * 86_400_000).toISOString();
}
