/** Runs what the model asked for in one reply: reads beside each other, writes in order. */
import type { AttemptProgress, Submission } from '../core/attempt.ts';
import { throwIfCancelled } from '../core/errors.ts';
import type { Block } from '../core/model.ts';
import { redact } from '../core/secrets.ts';
import { redactCode } from './redactCode.ts';
import { type ToolCall, toolResult } from './conversation.ts';
import type { StepTrace } from './stuck.ts';
import { cutEnd, maxResultChars } from './tools/output.ts';
import { failed, type Tool, type ToolContext, type ToolResult } from './tools/tool.ts';
import { escapeHidden, escapeInvisible } from './visible.ts';

export interface CallOptions {
  readonly tools: readonly Tool[];
  readonly context: ToolContext;
  /** The reply ended in the middle: its last call may be half of one. */
  readonly cutOff: boolean;
  readonly onProgress: (progress: AttemptProgress) => void;
}

export interface CallsOutcome {
  readonly results: readonly Block[];
  readonly submission?: Submission;
  readonly trace: StepTrace;
  /** Every call failed, and not as an answer: nothing was learned. */
  readonly failed: boolean;
}

const maxCallsPerStep = 20;
const maxDetailChars = 200;

export async function runCalls(
  calls: readonly ToolCall[],
  options: CallOptions,
  signal: AbortSignal,
): Promise<CallsOutcome> {
  const results: ToolResult[] = [];
  for (const group of groupReads(calls, options.tools)) {
    throwIfCancelled(signal);
    const start = results.length;
    const run = (call: ToolCall, index: number) =>
      runCall(call, start + index, calls.length, options, signal);
    results.push(...(await Promise.all(group.map(run))));
    if (results.at(-1)?.submission) break;
  }
  const submission = results.at(-1)?.submission;
  return {
    results: results.flatMap((result, index) => {
      const call = calls[index];
      return call ? [toolResult(call, present(result), !result.ok)] : [];
    }),
    trace: {
      calls: JSON.stringify(calls.map(({ name, input }) => [name, input])),
      error: results.find((result) => !result.ok)?.text,
    },
    failed: results.every(
      ({ ok }, index) => !ok && !findTool(options.tools, calls[index]?.name ?? '')?.failureAnswers,
    ),
    ...(submission ? { submission } : {}),
  };
}

/** Neighbouring calls that only read form a group; each other one stands alone. */
function groupReads(calls: readonly ToolCall[], tools: readonly Tool[]): ToolCall[][] {
  const groups: ToolCall[][] = [];
  let reading = false;
  for (const call of calls) {
    const readOnly = findTool(tools, call.name)?.readOnly ?? false;
    if (readOnly && reading) groups.at(-1)?.push(call);
    else groups.push([call]);
    reading = readOnly;
  }
  return groups;
}

function findTool(tools: readonly Tool[], name: string): Tool | undefined {
  return tools.find((tool) => tool.name === name);
}

async function runCall(
  call: ToolCall,
  index: number,
  of: number,
  { tools, context, cutOff, onProgress }: CallOptions,
  signal: AbortSignal,
): Promise<ToolResult> {
  const tool = findTool(tools, call.name);
  const report = (result: ToolResult): ToolResult => {
    const name = tool?.name ?? 'unknown tool';
    const detail = tool ? tool.detail(call.input) : call.name;
    onProgress({ kind: 'tool', name, detail: oneLine(detail), ok: result.ok });
    return result;
  };
  if (index >= maxCallsPerStep) {
    return report(failed(`Not run: at most ${maxCallsPerStep} calls at once.`));
  }
  if (cutOff && index === of - 1) {
    return report(
      failed('Not run: your reply was cut off here, as it was too long. Use smaller steps.'),
    );
  }
  if (!tool) {
    const names = tools.map((one) => one.name).join(', ');
    return report(failed(`There is no tool of that name. There are: ${names}.`));
  }
  if (typeof call.input === 'string') {
    return report(failed('Not run: the input is not valid JSON. Send one JSON object.'));
  }
  return report(await tool.run(call.input, context, signal));
}

function oneLine(text: string): string {
  return escapeInvisible(redact(text).replace(/\s+/g, ' ')).slice(0, maxDetailChars);
}

/** What of a result the model gets to see: no secret, nothing hidden, bounded. */
function present({ text }: ToolResult): string {
  const shown = escapeHidden(redactCode(text.replaceAll('\r\n', '\n')));
  return cutEnd(shown, maxResultChars + 500, 'ask for less at once') || '(empty)';
}
