/** A stream of chunks, folded into one reply; what did not end properly is no reply. */
import { noUsage, type Usage } from '../core/attempt.ts';
import type { Block, ModelReply, StopReason } from '../core/model.ts';
import { CutReplyError } from './cutReply.ts';
import { hasTextCalls, parseTextCalls } from './textTools.ts';
import { parseInput } from './toolInput.ts';

/** A chunk, as far as we read it; a whole reply has `message` in place of `delta`. */
interface Chunk {
  readonly error?: unknown;
  readonly choices?: readonly {
    readonly delta?: Delta;
    readonly message?: Delta;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: Counts | null;
}

interface Delta {
  readonly content?: string | null;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly {
    readonly index?: number;
    readonly id?: string | null;
    readonly function?: { readonly name?: string | null; readonly arguments?: unknown };
  }[];
}

interface Counts {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
}

/** The server sent an error in the middle of its reply. */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly body: unknown;
  constructor(body: unknown) {
    super('error in stream');
    this.body = body;
  }
}

export interface ChunkReader {
  take(data: unknown): void;
  /** Throws {@link CutReplyError} unless the server said why it stopped. */
  finish(): ModelReply;
  started(): boolean;
  usage(): Usage;
}

interface Growing {
  id: string;
  name: string;
  json: string;
}

/**
 * @param sentChars to guess what was used where the server does not count
 * @param newId for calls the server gave none
 */
export function createChunkReader(
  onText: (text: string) => void,
  sentChars: number,
  newId: () => string,
): ChunkReader {
  const calls: Growing[] = [];
  let text = '';
  let refused = false;
  let counts: Counts | undefined;
  let stopReason: string | undefined;
  let started = false;

  const usage = (): Usage => {
    if (counts) return toUsage(counts);
    if (!started) return noUsage;
    const received = text.length + calls.reduce((sum, { json }) => sum + json.length, 0);
    return { ...noUsage, inputTokens: tokensOf(sentChars), outputTokens: tokensOf(received) };
  };

  return {
    take(data) {
      const chunk = (data ?? {}) as Chunk;
      if (chunk.error !== undefined && chunk.error !== null) throw new StreamError(chunk.error);
      started = true;
      if (chunk.usage) counts = chunk.usage;
      const [choice] = chunk.choices ?? [];
      const delta = choice?.delta ?? choice?.message;
      const said = (delta?.content ?? '') + (delta?.refusal ?? '');
      if (delta?.refusal) refused = true;
      if (said) {
        text += said;
        onText(said);
      }
      for (const piece of delta?.tool_calls ?? []) grow(calls, piece, newId);
      if (choice?.finish_reason) stopReason = choice.finish_reason;
    },
    finish() {
      if (stopReason === undefined) throw new CutReplyError();
      const content = contentOf(text, calls, newId);
      return { content, stopReason: toStopReason(stopReason, content, refused), usage: usage() };
    },
    started: () => started,
    usage,
  };
}

function grow(
  calls: Growing[],
  piece: NonNullable<Delta['tool_calls']>[number],
  newId: () => string,
): void {
  const last = calls.at(-1);
  // Servers that send a call in one piece leave out the index, or count every call as the first.
  const isNew = piece.index === undefined ? true : calls[piece.index] === undefined;
  const isOther = Boolean(piece.id && piece.function?.name && last?.id !== piece.id);
  let call = isNew || isOther ? undefined : calls[piece.index ?? calls.length - 1];
  if (!call) {
    call = { id: piece.id || newId(), name: '', json: '' };
    calls.push(call);
  }
  call.name += piece.function?.name ?? '';
  const args = piece.function?.arguments;
  call.json += typeof args === 'string' ? args : args === undefined ? '' : JSON.stringify(args);
}

/** Calls in text count where there are no others: servers that can't read a model's own form leave them there. */
function contentOf(text: string, calls: readonly Growing[], newId: () => string): readonly Block[] {
  if (calls.length === 0 && hasTextCalls(text)) return parseTextCalls(text, newId);
  return [
    ...(text === '' ? [] : [{ type: 'text' as const, text }]),
    ...calls.map(({ id, name, json }) => ({
      type: 'tool_use' as const,
      id,
      name,
      input: json.trim() === '' ? {} : parseInput(json),
    })),
  ];
}

function toStopReason(reason: string, content: readonly Block[], refused: boolean): StopReason {
  if (refused || reason === 'content_filter') return 'refusal';
  if (reason === 'length') return 'max_tokens';
  return content.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn';
}

function toUsage(counts: Counts): Usage {
  const sent = counts.prompt_tokens ?? 0;
  const cached = Math.min(sent, counts.prompt_tokens_details?.cached_tokens ?? 0);
  return {
    inputTokens: sent - cached,
    outputTokens: counts.completion_tokens ?? 0,
    cacheReadTokens: cached,
    cacheWriteTokens: 0,
  };
}

/** About what it is in English and in code. */
function tokensOf(chars: number): number {
  return Math.ceil(chars / 4);
}
