import { createHash, type Hash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { runAgent } from '../attempt/agent.ts';
import { diffText, patchOf } from '../attempt/patch.ts';
import { firstMessage } from '../attempt/prompt.ts';
import type { Worktree } from '../attempt/worktree.ts';
import {
  type Attempt,
  type AttemptProgress,
  noUsage,
  type Patch,
  type Submission,
} from '../core/attempt.ts';
import {
  errorMessage,
  isPatchwrightError,
  PatchwrightError,
  throwIfCancelled,
} from '../core/errors.ts';
import { type GateReport, gatesPassed } from '../core/gate.ts';
import type { Model } from '../core/model.ts';
import type { Git } from '../core/ports.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Progress } from '../core/progress.ts';
import type { Protection } from '../core/protection.ts';
import { noSandbox } from '../core/sandbox.ts';
import type { Feedback } from '../core/signal.ts';
import { keptKinds } from '../core/secrets.ts';
import { redact } from '../core/secrets.ts';
import type { Settings } from '../core/settings.ts';
import type { TestRunner } from '../core/testRun.ts';
import type { Ticket } from '../core/ticket.ts';
import { confidenceOf, type History } from '../gates/confidence.ts';
import type { GateEvents } from '../gates/gate.ts';
import { relatedFeedback } from '../learning/relatedFeedback.ts';
import { audit, move } from './changes.ts';
import { assertRequestsLeft } from './today.ts';
import { reject } from './decide.ts';
import { codeContext } from './codeContext.ts';
import { claim } from './claim.ts';
import { confirmedFor } from './confirmed.ts';
import type { House } from './house.ts';
import { learning } from './learning.ts';
import { diagnosticsOf } from './diagnostics.ts';
import { feedbackOf, judge } from './judge.ts';
import { lessonsFor } from './past.ts';
import { metricsOf } from './metrics.ts';

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

/** The way of a patch: ticket → worktree → the model's loop → gates → a request that waits for a person. */
export async function draft(
  house: House,
  { ticketId, again }: Wanted,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<PatchRequest> {
  const ready = await readyToDraft(house, signal);
  return attempt(house, { ticketId, again, ...ready, tell, signal }, (job, worktree) =>
    writePatch({ ...job, model: ready.model }, worktree),
  );
}

/**
 * A reviewer wants the patch different. It is denied with the comment, and a new attempt goes on from its
 * commit, on its branch; what comes of that is a request of its own, so that each decision stays with the
 * commit it was about. Where the attempt fails, the earlier patch can be taken up again with `undoReject`.
 */
export async function requestChanges(
  house: House,
  requestId: string,
  comment: string,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<PatchRequest> {
  const ready = await readyToDraft(house, signal);
  assertRequestsLeft(house, ready.settings);
  const { ticketId, base, branch, commit } = await reject(house, requestId, comment);
  const from = { base, onto: { branch, commit }, again: true }; // the comment is something new
  return attempt(house, { ticketId, ...ready, ...from, tell, signal }, (job, worktree) =>
    writePatch({ ...job, model: ready.model }, worktree, true),
  );
}

async function readyToDraft(house: House, signal: AbortSignal) {
  const settings = house.settings();
  // Before anything is spent: without it no gate could run.
  const sandbox = await house.sandbox(settings);
  if (sandbox.kind === 'refused') throw noSandbox(sandbox);
  const model = await house.openModel(settings, 'patching');
  throwIfCancelled(signal);
  return { settings, model };
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

/** The agent's loop; each submission is committed and judged by the gates before it is believed. */
async function writePatch(
  job: Job & { readonly model: Model },
  worktree: Worktree,
  continues = false,
): Promise<PatchRequest> {
  const { house, settings, model, ticket, signal } = job;
  const root = join(worktree.path, worktree.prefix);
  const tests = await house.findTests(root, settings);
  if (!tests) throw noTests(); // without them no gate can pass: spend nothing
  note(job, { kind: 'stage', text: `Tests: ${tests.title}` });
  if (!model.price) note(job, { kind: 'stage', text: unknownPrice(model) });
  const protection = await house.protection();
  const { submission } = await runAgent(
    {
      model,
      root,
      git: worktree.git.at(root),
      base: worktree.base,
      tests,
      shell: house.shell,
      ...(await commandsOf(house, settings, root)),
      ...(await diagnosticsIn(job, worktree)),
      guard: protection,
      clock: house.clock,
      limits: settings.limits,
      budgetTodayUsd: job.budgetUsd,
      onProgress: (progress) => note(job, progress),
      onRefused: (path, rule) => void noteRefusal(job, path, rule),
      saveTranscript: (entry) => saveEntry(job, entry),
      submit: (handedIn) => submit(job, worktree, tests, protection, handedIn),
    },
    firstMessage({
      ticket,
      reviewComments: ticket.metadata.reviewComments ?? [],
      keep: keptKinds(settings.privacy),
      negativeFeedback: feedbackFor(house, ticket),
      said: saidFor(house, ticket),
      ...lessonsFor(house.backlog, ticket),
      ...(await instructionsOf(worktree)),
      // Of the base; the checkout is further on where the patch continues another one.
      ...(continues ? { continues } : await codeContext(worktree, ticket, signal)),
      testTitle: tests.title,
      plan: confirmedFor(house, ticket.id)?.plan,
    }),
    signal,
  );
  return requestOf(job, submission);
}

/** As it is written, so that the audit trail's hash can be held against the file. */
async function saveEntry({ house, attempt, ledger }: Job, entry: unknown): Promise<void> {
  ledger.transcript.hash.update(`${redact(JSON.stringify(entry))}\n`);
  ledger.transcript.entries += 1;
  await house.saveTranscript(attempt.id, entry);
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

/** The model runs commands in the sandbox only, whatever the user allows for tests. */
async function commandsOf(house: House, settings: Settings, root: string) {
  const sandbox = await house.sandbox(settings);
  if (sandbox.kind !== 'held') return {};
  const shell = await house.held(root, settings);
  return { commands: { shell, allowed: settings.agent.commands } };
}

/** What the model has so far is committed as if it were handed in, so that the trees can be compared. */
async function diagnosticsIn(job: Job, worktree: Worktree) {
  const { house, settings, signal } = job;
  const summary = 'Work in progress.';
  const snapshot = async (): Promise<Patch> =>
    (await commit(job, worktree, { summary, reasoning: '', testFiles: [] })).patch;
  return diagnosticsOf(house, settings, worktree, snapshot, signal);
}

function noTests(): PatchwrightError {
  return new PatchwrightError('no_test_command', {
    what: 'No patch was drafted.',
    why: 'No way to run the tests of this project was found, and a patch counts only with tests.',
    remedy: 'Set patchwright.test.command (and patchwright.test.single) to what runs them.',
  });
}

function unknownPrice(model: Model): string {
  return `The price of ${model.name} is not known: the limits on tokens and steps hold, the one on cost can't`;
}

async function submit(
  job: Job,
  worktree: Worktree,
  tests: TestRunner,
  protection: Protection,
  submission: Submission,
): Promise<{ accepted: boolean; feedback: string }> {
  const { ledger } = job;
  ledger.submissions += 1;
  await toTesting(job);
  const { patch, skipped } = await commit(job, worktree, submission);
  if (skipped.length > 0) return { accepted: false, feedback: nestedRepositories };
  ledger.patch = patch;
  const { house, settings, ticket, signal } = job;
  const judging = { house, settings, ticket, on: eventsOf(job), useCache: true, signal };
  ledger.gates = await judge(judging, worktree, patch, tests, protection);
  // The gates laid other trees out; the model goes on from its own.
  await worktree.lay(patch.commit, job.signal);
  const accepted = gatesPassed(ledger.gates);
  return { accepted, feedback: accepted ? 'All gates passed.' : feedbackOf(ledger.gates) };
}

export function eventsOf({ tell, ticket }: Job): GateEvents {
  return {
    started: (gate) => tell({ kind: 'gate_started', ticketId: ticket.id, gate }),
    ended: (report) => tell({ kind: 'gate', ticketId: ticket.id, report }),
  };
}

const nestedRepositories =
  'A git repository inside the folder cannot be part of a patch. Remove it and submit again.';

async function commit({ ticket, attempt, model }: Job, worktree: Worktree, submission: Submission) {
  const testFiles = submission.testFiles.map((file) => worktree.prefix + file);
  const { commit: id, skipped } = await worktree.commit({
    ticketId: ticket.id,
    attemptId: attempt.id,
    title: ticket.title,
    summary: submission.summary,
    testFiles,
    model: model.name,
  });
  const patch = await patchOf(worktree.git, worktree.base, id, worktree.branch, testFiles);
  return { patch, skipped };
}

export async function requestOf(
  job: Job,
  { reasoning, confidence }: Pick<Submission, 'reasoning' | 'confidence'>,
): Promise<PatchRequest> {
  const { house, ticket, attempt, model, ledger } = job;
  const { patch } = ledger;
  if (!patch) throw new Error('The agent returned without a submission.');
  const source = patch.files.find((file) => !patch.testFiles.includes(file.path));
  const createdAt = house.clock.now().toISOString();
  const feedbackIds = feedbackFor(house, ticket).map(({ id }) => id);
  return {
    id: randomUUID(),
    ticketId: ticket.id,
    attemptId: attempt.id,
    createdAt,
    status: 'PENDING_APPROVAL',
    branch: patch.branch,
    base: patch.base,
    commit: patch.commit,
    files: patch.files,
    testFiles: patch.testFiles,
    diff: await diffText(house.git, patch.base, patch.commit),
    ...(await newCodeOf(house.git, patch)),
    reasoning,
    component: source?.path ?? patch.files[0]?.path ?? '',
    improvementType: ticket.category,
    confidence: confidenceOf({
      patch,
      reports: ledger.gates,
      submissions: ledger.submissions,
      history: historyOf(house, ticket),
      estimate: confidence,
    }),
    gates: ledger.gates,
    feedbackIds,
    metrics: metricsOf(job, createdAt, feedbackIds.length),
    model: model.name,
    requestedBy: await house.reviewer(),
    ...(ledger.costUsd === undefined ? {} : { costUsd: ledger.costUsd }),
  };
}

/** What became of earlier patches for tickets of the same category and exception. */
export function historyOf({ backlog }: House, { category, metadata }: Ticket): History {
  const decided = backlog.requests
    .list({ statuses: ['APPLIED', 'DENIED', 'ROLLED_BACK'] })
    .filter(({ ticketId, improvementType }) => {
      const { exceptionType } = backlog.tickets.get(ticketId)?.metadata ?? {};
      return improvementType === category && exceptionType === metadata.exceptionType;
    });
  const landed = decided.filter(({ status }) => status === 'APPLIED').length;
  return { landed, refused: decided.length - landed };
}

const maxNewCodeBytes = 1_000_000;

export async function newCodeOf(
  git: Git,
  { commit: id, files }: Patch,
): Promise<{ newCode?: string }> {
  const [file] = files;
  if (!file || file.status === 'deleted' || file.added < 0) return {};
  const bytes = await git.bytes(['cat-file', 'blob', `${id}:${file.path}`]);
  return bytes.length > maxNewCodeBytes ? {} : { newCode: bytes.toString('utf8') };
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

export async function toTesting({ house, ticket }: Job): Promise<void> {
  const current = house.backlog.tickets.get(ticket.id);
  if (current?.status !== 'in_progress') return;
  const now = house.clock.now().toISOString();
  await house.backlog.write(move(current, 'testing', now, 'patchwright'));
}

async function noteRefusal(job: Job, path: string, rule: string): Promise<void> {
  const { house, attempt, model } = job;
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

const maxFeedback = 5;
/** So many of them are looked through, the newest ones. */
const maxLooked = 1_000;
const maxSaid = 12;

/** S3: of the last seven days' complaints the five that say most about the ticket. */
export function feedbackFor(
  { backlog, clock }: Pick<House, 'backlog' | 'clock'>,
  ticket: Parameters<typeof relatedFeedback>[0],
): readonly Feedback[] {
  const weekAgo = new Date(clock.now().getTime() - 7 * 86_400_000).toISOString();
  const complaints = backlog.feedback.negativeSince(weekAgo, maxLooked);
  return relatedFeedback(ticket, complaints, maxFeedback);
}

/** What users said that made the ticket, newest first. */
export function saidFor({ backlog }: Pick<House, 'backlog'>, { id }: Pick<Ticket, 'id'>) {
  return backlog.feedback.ofTheme(id, maxSaid);
}

const maxInstructionChars = 20_000;

/** What the project tells every agent, from the commit itself: a link in the folder could lead anywhere. */
export async function instructionsOf({
  git,
  base,
  prefix,
}: Pick<Worktree, 'git' | 'base' | 'prefix'>): Promise<{ instructions?: string }> {
  for (const name of ['AGENTS.md', 'CLAUDE.md', '.github/copilot-instructions.md']) {
    const { code, out } = await git.code(['cat-file', 'blob', `${base}:${prefix}${name}`], {
      okCodes: [0, 128],
    });
    if (code === 0) return { instructions: out.slice(0, maxInstructionChars) };
  }
  return {};
}
