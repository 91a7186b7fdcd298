/** The loop: ask the model, run its tools, until it submits a patch that is accepted or a limit is reached. */
import { realpath } from 'node:fs/promises';
import type { AttemptProgress, Submission, Usage } from '../core/attempt.ts';
import { cancelled, errorMessage, PatchwrightError, throwIfCancelled } from '../core/errors.ts';
import type { Message, Model, ModelReply, ToolSpec } from '../core/model.ts';
import type { Clock, Git } from '../core/ports.ts';
import type { Settings } from '../core/settings.ts';
import type { TestRunner } from '../core/testRun.ts';
import { unlessAborted } from '../core/unlessAborted.ts';
import { spokenText, type ToolCall, toolCalls, userText } from './conversation.ts';
import { contextFull, gatesFailed, maxNudges, noSubmission, refused, stuck } from './endings.ts';
import {
  checkLimits,
  countCall,
  countError,
  countReply,
  limitReached,
  nothingSpent,
  type Spent,
} from './limits.ts';
import { systemPrompt } from './prompt.ts';
import { roomToWrite, withMostRoom, withRoom } from './room.ts';
import { findLoop, type StepTrace } from './stuck.ts';
import { runCalls } from './toolCalls.ts';
import type { EditGuard, Tool, ToolContext, Verdict } from './tools/tool.ts';
import { toolsFor } from './tools/tools.ts';
import type { TranscriptEntry } from './transcript.ts';
import { escapeInvisible } from './visible.ts';

/** What the loop is for. */
export interface Job {
  readonly system: string;
  readonly tools: readonly Tool[];
  /** The tool that ends it, and what that hands in. */
  readonly last: string;
  readonly result: string;
}

export interface AgentDeps
  extends Pick<ToolContext, 'shell' | 'commands' | 'diagnostics' | 'isHidden'> {
  /** Default: to write a patch. */
  readonly job?: Job;
  readonly model: Model;
  /** The worktree. */
  readonly root: string;
  /** git at the worktree. */
  readonly git: Git;
  /** What the patch is against; default: what the worktree is at. */
  readonly base?: string;
  /** undefined: no test command is known. */
  readonly tests?: TestRunner | undefined;
  readonly guard: EditGuard;
  readonly clock: Clock;
  readonly limits: Settings['limits'];
  /** What the limit on cost of a day leaves this attempt, in US dollars. */
  readonly budgetTodayUsd?: number | undefined;
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

const maxSaidChars = 2_000;
/** The same in every request: what comes before the messages is read from the provider's cache. */
interface Prefix {
  readonly system: string;
  readonly tools: readonly ToolSpec[];
}

/** One attempt, and what its loop carries from step to step. */
interface Run {
  readonly deps: AgentDeps;
  readonly context: ToolContext;
  readonly tools: readonly Tool[];
  readonly prefix: Prefix;
  readonly save: Save;
  readonly signal: AbortSignal;
  messages: readonly Message[];
  spent: Spent;
  traces: StepTrace[];
  nudges: number;
  warned: boolean;
}

/**
 * @param first what the model is told first, see `firstMessage`
 *
 * Rejects with `cancelled`, `limit_reached`, `gates_failed`, `no_submission`, `model_stuck`,
 * `model_refused` or what the model or `submit` rejected with.
 */
export async function runAgent(
  deps: AgentDeps,
  first: string,
  signal: AbortSignal,
): Promise<AgentResult> {
  throwIfCancelled(signal);
  const started = deps.clock.now().getTime();
  const minutes = (): number => (deps.clock.now().getTime() - started) / 60_000;
  const timeLimit = AbortSignal.timeout(
    Math.min(Math.ceil(deps.limits.minutesPerAttempt * 60_000), 2 ** 31 - 1),
  );
  const run = await begin(deps, first, signal, AbortSignal.any([signal, timeLimit]));

  let submission: Submission | undefined;
  let failure: unknown;
  try {
    await saveStart(run);
    while (!submission) {
      run.spent = { ...run.spent, minutes: minutes() };
      checkLimits(run.spent, deps.limits, deps.budgetTodayUsd);
      submission = await step(run);
    }
    return result(submission, run.spent);
  } catch (error) {
    failure = endedBy(error, signal, timeLimit, deps.limits);
    throw failure;
  } finally {
    const end = {
      kind: 'end' as const,
      step: run.spent.steps,
      ...(submission ? { submission } : {}),
      ...(failure === undefined ? {} : { error: errorMessage(failure) }),
    };
    // Why the attempt failed says more than that its last entry could not be written.
    await run.save(end).catch((error: unknown) => Promise.reject(failure ?? error));
  }
}

async function begin(
  deps: AgentDeps,
  first: string,
  cancelling: AbortSignal,
  signal: AbortSignal,
): Promise<Run> {
  const context = await createContext(deps, cancelling);
  const { system, tools } = deps.job ?? { system: systemPrompt, tools: toolsFor(context) };
  return {
    deps,
    context,
    tools,
    prefix: { system, tools: tools.map((tool) => tool.spec()) },
    save: saver(deps),
    signal,
    messages: [userText(first)],
    spent: nothingSpent,
    traces: [],
    nudges: 0,
    warned: false,
  };
}

type Save = (entry: DistributiveOmit<TranscriptEntry, 'at'>) => Promise<void>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function saver({ saveTranscript, clock }: AgentDeps): Save {
  return async (entry) => await saveTranscript({ ...entry, at: clock.now().toISOString() });
}

async function saveStart({ deps, context, prefix, save, messages }: Run): Promise<void> {
  const { name, contextTokens } = deps.model;
  const window = contextTokens === undefined ? {} : { contextTokens };
  // What lies in the folder at the start; of a patch that is gone on with, more than its base.
  const base = await context.git.run(['rev-parse', 'HEAD']);
  await save({ kind: 'start', model: name, ...window, base, ...prefix });
  await save({ kind: 'sent', step: 0, message: messages[0] as Message });
}

async function createContext(deps: AgentDeps, signal: AbortSignal): Promise<ToolContext> {
  const { git, tests, guard, onRefused, shell, commands, diagnostics, isHidden } = deps;
  return {
    root: await realpath(deps.root),
    git,
    base: deps.base ?? (await git.run(['rev-parse', 'HEAD'], { signal })),
    tests,
    shell,
    commands,
    diagnostics,
    isHidden,
    guard,
    onRefused,
    submit: limitedSubmit(deps, signal),
  };
}

/** One call of the model and what follows from it; the accepted submission when that ends the attempt. */
async function step(run: Run): Promise<Submission | undefined> {
  const reply = await ask(run);
  await run.save({ kind: 'reply', step: run.spent.steps, ...reply });
  if (reply.stopReason === 'context_full') {
    if (!(await makeRoom(run, withMostRoom(run.messages)))) throw contextFull();
    return undefined;
  }
  if (reply.content.length > 0) append(run, { role: 'assistant', content: reply.content });
  const said = spokenText(reply.content);
  if (said) tellOf(run, said);
  if (reply.stopReason === 'refusal') throw refused(said);
  const calls = toolCalls(reply.content);
  if (calls.length > 0) return act(run, calls, reply);
  if (reply.stopReason !== 'pause_turn') await send(run, userText(nudge(run, reply)));
  return undefined;
}

/** Runs what was called and sends what came of it, unless that ends the attempt. */
async function act(
  run: Run,
  calls: readonly ToolCall[],
  { stopReason, usage }: ModelReply,
): Promise<Submission | undefined> {
  const { deps, context, tools, signal } = run;
  run.nudges = 0;
  const cutOff = stopReason === 'max_tokens';
  const options = { tools, context, cutOff, onProgress: deps.onProgress };
  const { results, submission, failed, trace } = await runCalls(calls, options, signal);
  if (submission) return submission;
  run.spent = countError(run.spent, failed);
  const warning = redirect(run, trace);
  const told = warning ? [{ type: 'text' as const, text: warning }] : [];
  await send(run, { role: 'user', content: [...results, ...told] });
  await makeRoom(run, withRoom(run.messages, deps.model, usage));
  return undefined;
}

function tellOf({ deps }: Run, said: string): void {
  deps.onProgress({ kind: 'said', text: escapeInvisible(said).slice(0, maxSaidChars) });
}

/** Counts the call whether it succeeds or not. */
async function ask(run: Run): Promise<ModelReply> {
  const { deps, signal } = run;
  const { model } = deps;
  run.spent = countCall(run.spent);
  try {
    const maxOutputTokens = roomToWrite(model);
    const request = { ...run.prefix, messages: run.messages, maxOutputTokens };
    const reply = await unlessAborted(
      model.reply(request, () => undefined, signal),
      signal,
    );
    run.spent = countReply(run.spent, reply, model);
    return reply;
  } finally {
    const { steps: step, usage, costUsd } = run.spent;
    deps.onProgress({ kind: 'step', step, usage, ...(costUsd === undefined ? {} : { costUsd }) });
  }
}

function append(run: Run, message: Message): void {
  run.messages = [...run.messages, message];
}

async function send(run: Run, message: Message): Promise<void> {
  append(run, message);
  await run.save({ kind: 'sent', step: run.spent.steps, message });
}

function nudge(run: Run, { stopReason }: ModelReply): string {
  run.nudges++;
  const { job } = run.deps;
  if (run.nudges > maxNudges) throw noSubmission(job?.result);
  return stopReason === 'max_tokens'
    ? 'Your reply was cut off, as it was too long. Go on with shorter replies and call a tool.'
    : job
      ? `There is no ${job.result} yet. Go on with the tools; when you know enough, call ${job.last}.`
      : 'The patch is not submitted yet. Go on with the tools; when the test and the fix are there, call submit.';
}

/** The first loop gets a warning, the second ends the attempt. */
function redirect(run: Run, trace: StepTrace): string | undefined {
  run.traces.push(trace);
  const loop = findLoop(run.traces);
  if (!loop) return undefined;
  if (run.warned) throw stuck(loop);
  run.warned = true;
  run.traces = [];
  return `You are going in circles: ${loop}. Think again about the cause and try something else.`;
}

/** Goes on with the conversation made smaller, if it was. */
async function makeRoom(run: Run, smaller: readonly Message[] | undefined): Promise<boolean> {
  if (!smaller) return false;
  run.messages = smaller;
  await run.save({ kind: 'compacted', step: run.spent.steps });
  return true;
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
