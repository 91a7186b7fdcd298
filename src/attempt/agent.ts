/** The loop: ask the model, run its tools, until it submits a patch that is accepted or a limit is reached. */
import { realpath } from 'node:fs/promises';
import { addUsage, type AttemptProgress, type Submission, type Usage } from '../core/attempt.ts';
import { cancelled, errorMessage, PatchwrightError, throwIfCancelled } from '../core/errors.ts';
import { costOf, type Message, type Model, type ModelReply } from '../core/model.ts';
import type { Clock, Git } from '../core/ports.ts';
import type { Settings } from '../core/settings.ts';
import type { TestRunner } from '../core/testRun.ts';
import { compact, spokenText, toolCalls, userText } from './conversation.ts';
import { checkLimits, limitReached, nothingSpent, type Spent } from './limits.ts';
import { type AgentTask, firstMessage, systemPrompt } from './prompt.ts';
import { findLoop, type StepTrace } from './stuck.ts';
import { runCalls } from './toolCalls.ts';
import type { EditGuard, ToolContext, Verdict } from './tools/tool.ts';
import { tools } from './tools/tools.ts';
import type { TranscriptEntry } from './transcript.ts';
import { escapeInvisible } from './visible.ts';

export interface AgentDeps {
  readonly model: Model;
  /** The worktree. */
  readonly root: string;
  /** git at the worktree. */
  readonly git: Git;
  /** undefined: no test command is known. */
  readonly tests?: TestRunner | undefined;
  readonly guard: EditGuard;
  readonly clock: Clock;
  readonly limits: Settings['limits'];
  /** Among others a `step` after each call of the model, failed ones too, with usage and cost so far. */
  readonly onProgress: (progress: AttemptProgress) => void;
  /** An edit was refused by protection or by the rules of paths; the model is not told which. */
  readonly onRefused: (path: string, rule: string) => void;
  readonly saveTranscript: (entry: TranscriptEntry) => Promise<void>;
  /** Runs the gates. Rejecting ends the attempt with that error. */
  readonly submit: (submission: Submission) => Promise<Verdict>;
}

export interface AgentResult {
  readonly submission: Submission;
  readonly steps: number;
  readonly usage: Usage;
  readonly costUsd?: number;
}

const maxOutputTokens = 16_000;
const maxNudges = 2;
const keptResults = 3;
const maxSaidChars = 2_000;

/** What the loop carries from step to step. */
interface State {
  messages: readonly Message[];
  spent: Spent;
  traces: StepTrace[];
  nudges: number;
  warned: boolean;
  compacted: boolean;
}

/**
 * Rejects with `cancelled`, `limit_reached`, `gates_failed`, `no_submission`, `model_stuck`,
 * `model_refused` or what the model or `submit` rejected with.
 */
export async function runAgent(
  deps: AgentDeps,
  task: AgentTask,
  signal: AbortSignal,
): Promise<AgentResult> {
  throwIfCancelled(signal);
  const started = deps.clock.now().getTime();
  const minutes = (): number => (deps.clock.now().getTime() - started) / 60_000;
  const timeLimit = AbortSignal.timeout(
    Math.min(Math.ceil(deps.limits.minutesPerAttempt * 60_000), 2 ** 31 - 1),
  );
  const both = AbortSignal.any([signal, timeLimit]);
  const context = await createContext(deps, signal);
  const save = saver(deps);
  const state: State = { ...initial, traces: [], messages: [userText(firstMessage(task))] };

  let submission: Submission | undefined;
  let failure: unknown;
  try {
    await save({ kind: 'start', model: deps.model.name, base: context.base, ...prefix() });
    await save({ kind: 'sent', step: 0, message: state.messages[0] as Message });
    while (!submission) {
      state.spent = { ...state.spent, minutes: minutes() };
      checkLimits(state.spent, deps.limits);
      submission = await step(deps, context, state, save, both);
    }
    return result(submission, state.spent);
  } catch (error) {
    failure = endedBy(error, signal, timeLimit, deps.limits);
    throw failure;
  } finally {
    const end = {
      kind: 'end' as const,
      step: state.spent.steps,
      ...(submission ? { submission } : {}),
      ...(failure === undefined ? {} : { error: errorMessage(failure) }),
    };
    // Why the attempt failed says more than that its last entry could not be written.
    await save(end).catch((error: unknown) => Promise.reject(failure ?? error));
  }
}

const initial = { spent: nothingSpent, nudges: 0, warned: false, compacted: false };
/** The same in every request: what comes before the messages is read from the provider's cache. */
function prefix() {
  return { system: systemPrompt, tools: tools.map((tool) => tool.spec()) };
}

type Save = (entry: DistributiveOmit<TranscriptEntry, 'at'>) => Promise<void>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function saver({ saveTranscript, clock }: AgentDeps): Save {
  return async (entry) => await saveTranscript({ ...entry, at: clock.now().toISOString() });
}

async function createContext(deps: AgentDeps, signal: AbortSignal): Promise<ToolContext> {
  return {
    root: await realpath(deps.root),
    git: deps.git,
    base: await deps.git.run(['rev-parse', 'HEAD'], { signal }),
    tests: deps.tests,
    guard: deps.guard,
    onRefused: deps.onRefused,
    submit: limitedSubmit(deps, signal),
  };
}

/** One call of the model and what follows from it; the accepted submission when that ends the attempt. */
async function step(
  deps: AgentDeps,
  context: ToolContext,
  state: State,
  save: Save,
  signal: AbortSignal,
): Promise<Submission | undefined> {
  const reply = await ask(deps, state, signal);
  const number = state.spent.steps;
  await save({ kind: 'reply', step: number, ...reply });
  if (reply.stopReason === 'context_full') return await makeRoom(state, save);
  if (reply.content.length > 0) append(state, { role: 'assistant', content: reply.content });
  const said = spokenText(reply.content);
  if (said) deps.onProgress({ kind: 'said', text: escapeInvisible(said).slice(0, maxSaidChars) });

  if (reply.stopReason === 'refusal') throw refused(said);
  const calls = toolCalls(reply.content);
  if (calls.length === 0 && reply.stopReason === 'pause_turn') return undefined;
  if (calls.length === 0) {
    await send(state, save, userText(nudge(state, reply)));
    return undefined;
  }
  state.nudges = 0;
  const cutOff = reply.stopReason === 'max_tokens';
  const outcome = await runCalls(calls, { context, cutOff, onProgress: deps.onProgress }, signal);
  if (outcome.submission) return outcome.submission;
  const warning = redirect(state, outcome.trace);
  const content = warning
    ? [...outcome.results, { type: 'text' as const, text: warning }]
    : outcome.results;
  await send(state, save, { role: 'user', content });
  return undefined;
}

/** Counts the call whether it succeeds or not. */
async function ask(deps: AgentDeps, state: State, signal: AbortSignal): Promise<ModelReply> {
  const { model } = deps;
  state.spent = { ...state.spent, steps: state.spent.steps + 1 };
  try {
    const request = { ...prefix(), messages: state.messages, maxOutputTokens };
    const reply = await unlessAborted(
      model.reply(request, () => undefined, signal),
      signal,
    );
    const usage = addUsage(state.spent.usage, reply.usage);
    state.spent = { ...state.spent, usage, costUsd: costOf(usage, model.price) };
    return reply;
  } finally {
    const { steps, usage, costUsd } = state.spent;
    deps.onProgress({
      kind: 'step',
      step: steps,
      usage,
      ...(costUsd === undefined ? {} : { costUsd }),
    });
  }
}

function append(state: State, message: Message): void {
  state.messages = [...state.messages, message];
}

async function send(state: State, save: Save, message: Message): Promise<void> {
  append(state, message);
  await save({ kind: 'sent', step: state.spent.steps, message });
}

function nudge(state: State, { stopReason }: ModelReply): string {
  state.nudges++;
  if (state.nudges > maxNudges) throw noSubmission();
  return stopReason === 'max_tokens'
    ? 'Your reply was cut off, as it was too long. Go on with shorter replies and call a tool.'
    : 'The patch is not submitted yet. Go on with the tools; when the test and the fix are there, call submit.';
}

/** The first loop gets a warning, the second ends the attempt. */
function redirect(state: State, trace: StepTrace): string | undefined {
  state.traces.push(trace);
  const loop = findLoop(state.traces);
  if (!loop) return undefined;
  if (state.warned) throw stuck(loop);
  state.warned = true;
  state.traces = [];
  return `You are going in circles: ${loop}. Think again about the cause and try something else.`;
}

/** Once; a conversation that fills the window again cannot be saved by leaving out older results. */
async function makeRoom(state: State, save: Save): Promise<undefined> {
  const smaller = compact(state.messages, keptResults);
  const helps = JSON.stringify(smaller).length < JSON.stringify(state.messages).length;
  if (state.compacted || !helps) throw contextFull();
  state.compacted = true;
  state.messages = smaller;
  await save({ kind: 'compacted', step: state.spent.steps });
}

function limitedSubmit({ submit, limits }: AgentDeps, signal: AbortSignal): AgentDeps['submit'] {
  let submissions = 0;
  return async (submission) => {
    submissions++;
    // Only cancelling cuts the gates short: a patch that is being judged should not be lost to the clock.
    const verdict = await unlessAborted(submit(submission), signal);
    if (!verdict.accepted && submissions >= limits.submissionsPerAttempt) {
      throw gatesFailed(submissions, verdict.feedback);
    }
    return verdict;
  };
}

/** Rejects as soon as the signal fires, whatever the promise does then. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const settled = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = (): void => reject(cancelled());
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { signal: settled.signal });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    settled.abort();
  }
}

function result(submission: Submission, { steps, usage, costUsd }: Spent): AgentResult {
  return { submission, steps, usage, ...(costUsd === undefined ? {} : { costUsd }) };
}

/** What aborting made of the error depends on who aborted. */
function endedBy(
  error: unknown,
  signal: AbortSignal,
  timeLimit: AbortSignal,
  limits: Settings['limits'],
): unknown {
  if (signal.aborted) return cancelled();
  if (timeLimit.aborted && error instanceof PatchwrightError && error.code === 'cancelled') {
    return limitReached(limits.minutesPerAttempt, 'minutes', 'minutesPerAttempt');
  }
  return error;
}

function refused(said: string): PatchwrightError {
  const reason = escapeInvisible(said).slice(0, 300);
  return new PatchwrightError('model_refused', {
    what: 'The model declined to work on this ticket.',
    why: reason ? `It said: ${reason}` : 'It gave no reason.',
    remedy: 'Reword the ticket, choose another model (patchwright.model.name), or fix it by hand.',
  });
}

function noSubmission(): PatchwrightError {
  return new PatchwrightError('no_submission', {
    what: 'The model ended without submitting a patch.',
    why: `It stopped calling tools, though it was asked ${maxNudges} times to go on.`,
    remedy: 'Add what you know to the ticket and draft it again, or choose another model.',
  });
}

function stuck(loop: string): PatchwrightError {
  return new PatchwrightError('model_stuck', {
    what: 'The attempt was stopped, as the model was going in circles.',
    why: `After a warning, ${loop}.`,
    remedy: 'Add what you know to the ticket and draft it again, or choose another model.',
  });
}

function contextFull(): PatchwrightError {
  return new PatchwrightError('model_bad_reply', {
    what: 'The attempt was stopped, as the conversation no longer fits the model.',
    why: "It has filled the model's context window, also without its older tool results.",
    remedy: 'Split the ticket into smaller ones, or choose a model with a larger context window.',
  });
}

function gatesFailed(submissions: number, feedback: string): PatchwrightError {
  const firstLine = feedback.trim().split('\n')[0] ?? '';
  return new PatchwrightError('gates_failed', {
    what: 'The patch did not pass the gates.',
    why: `${submissions === 1 ? 'The only submission' : `The last of ${submissions} submissions`} failed: ${firstLine.slice(0, 300)}`,
    remedy:
      'Look at the gates, then draft the ticket again or raise patchwright.limits.submissionsPerAttempt.',
  });
}
