/** A stream of events, folded into one reply; what did not end properly is no reply. */
import type Anthropic from '@anthropic-ai/sdk';
import { noUsage, type Usage } from '../core/attempt.ts';
import type { Block, ModelReply, StopReason } from '../core/model.ts';
import { CutReplyError } from './cutReply.ts';
import { parseInput } from './toolInput.ts';

export interface ReplyReader {
  take(event: Anthropic.RawMessageStreamEvent): void;
  /** Throws {@link CutReplyError} unless the stream said that the reply is whole. */
  finish(): ModelReply;
  /** Whether the server began a reply, and so began to count. */
  started(): boolean;
  usage(): Usage;
}

/** A block that is still growing; `json` collects a tool's input. */
interface Growing {
  block: Record<string, unknown> & { type: string };
  json: string;
  closed: boolean;
}

export function createReplyReader(onText: (text: string) => void): ReplyReader {
  const blocks = new Map<number, Growing>();
  let usage = noUsage;
  let stopReason: string | null = null;
  let started = false;
  let stopped = false;
  let explanation: string | undefined;

  return {
    take(event) {
      switch (event.type) {
        case 'message_start':
          started = true;
          usage = readUsage(usage, event.message.usage);
          return;
        case 'content_block_start':
          blocks.set(event.index, { block: { ...event.content_block }, json: '', closed: false });
          return;
        case 'content_block_delta': {
          const growing = blocks.get(event.index);
          if (growing) grow(growing, event.delta, onText);
          return;
        }
        case 'content_block_stop': {
          const growing = blocks.get(event.index);
          if (growing) growing.closed = true;
          return;
        }
        case 'message_delta':
          stopReason = event.delta.stop_reason ?? stopReason;
          explanation = event.delta.stop_details?.explanation ?? explanation;
          usage = readUsage(usage, event.usage);
          return;
        case 'message_stop':
          stopped = true;
      }
    },
    finish() {
      const all = [...blocks].sort(([a], [b]) => a - b).map(([, growing]) => growing);
      if (!stopped || stopReason === null || all.some((growing) => !growing.closed)) {
        throw new CutReplyError();
      }
      const why =
        stopReason === 'refusal' && explanation
          ? [{ type: 'text' as const, text: explanation }]
          : [];
      const content = [...all.map(toBlock).filter(isSomething), ...why];
      return { content, stopReason: readStopReason(stopReason, content), usage };
    },
    started: () => started,
    usage: () => usage,
  };
}

function grow(
  growing: Growing,
  delta: Anthropic.RawContentBlockDelta,
  onText: (text: string) => void,
): void {
  const { block } = growing;
  switch (delta.type) {
    case 'text_delta':
      block['text'] = `${textOf(block['text'])}${delta.text}`;
      onText(delta.text);
      return;
    case 'input_json_delta':
      growing.json += delta.partial_json;
      return;
    case 'thinking_delta':
      block['thinking'] = `${textOf(block['thinking'])}${delta.thinking}`;
      return;
    case 'signature_delta':
      block['signature'] = delta.signature;
      return;
    case 'citations_delta':
      return; // we ask for none
  }
}

function toBlock({ block, json }: Growing): Block {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: textOf(block['text']) };
    case 'tool_use':
      return {
        type: 'tool_use',
        id: textOf(block['id']),
        name: textOf(block['name']),
        input: json === '' ? (block['input'] ?? {}) : parseInput(json),
      };
    default:
      return { type: 'opaque', raw: block };
  }
}

/** A text of white space alone says nothing, and would be refused when it is sent back. */
function isSomething(block: Block): boolean {
  return block.type !== 'text' || block.text.trim() !== '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

type Counts = Partial<
  Pick<
    Anthropic.Usage,
    'input_tokens' | 'output_tokens' | 'cache_read_input_tokens' | 'cache_creation_input_tokens'
  >
>;

/** Each count is a total so far; those left out keep what was said before. */
function readUsage(
  before: Usage,
  counts: { [K in keyof Counts]: number | null } | undefined,
): Usage {
  return {
    inputTokens: counts?.input_tokens ?? before.inputTokens,
    outputTokens: counts?.output_tokens ?? before.outputTokens,
    cacheReadTokens: counts?.cache_read_input_tokens ?? before.cacheReadTokens,
    cacheWriteTokens: counts?.cache_creation_input_tokens ?? before.cacheWriteTokens,
  };
}

function readStopReason(reason: string, content: readonly Block[]): StopReason {
  switch (reason) {
    case 'end_turn':
    case 'tool_use':
    case 'max_tokens':
    case 'pause_turn':
    case 'refusal':
      return reason;
    case 'model_context_window_exceeded':
      return 'context_full';
    default: // stop_sequence, and what future versions may say
      return content.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn';
  }
}
