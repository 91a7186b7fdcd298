/** A stream of chunks, folded into one reply; what did not end properly is no reply. */
import { noUsage, type Usage } from '../core/attempt.ts';
import type { Block, ModelReply, StopReason, ToolSpec } from '../core/model.ts';
import { CutReplyError } from './cutReply.ts';
import { callsInText, withoutThoughts } from './textTools.ts';
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
  /** In parts where there are several kinds. */
  readonly content?: string | readonly { readonly type?: string; readonly text?: unknown }[] | null;
  readonly refusal?: string | null;
  /** What the model thought; some servers want it back. */
  readonly reasoning_content?: unknown;
  readonly reasoning?: unknown;
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
  /** DeepSeek's name for them. */
  readonly prompt_cache_hit_tokens?: number;
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
  /** The server says that nothing more comes. */
  end(): void;
  /** Nothing more is needed, should the connection stay open. */
  isWhole(): boolean;
  /** Throws {@link CutReplyError} unless the server said that it stopped. */
  finish(): ModelReply;
  started(): boolean;
  usage(): Usage;
}

interface Growing {
  id: string;
  name: string;
  json: string;
}

export interface ChunkReaderOptions {
  readonly onText: (text: string) => void;
  /** To guess what was used where the server does not count. */
  readonly sentChars: number;
  /** Those that there are. */
  readonly tools: readonly ToolSpec[];
  /** For calls the server gave none. */
  readonly newId: () => string;
}

export function createChunkReader({
  onText,
  sentChars,
  tools,
  newId,
}: ChunkReaderOptions): ChunkReader {
  const calls = createCalls(newId);
  const thoughts: Record<string, string> = {};
  let text = '';
  let refused = false;
  let counts: Counts | undefined;
  let stopReason: string | undefined;
  let started = false;

  const usage = (): Usage => {
    if (counts?.prompt_tokens) return toUsage(counts);
    if (!started) return noUsage;
    const grown = [text, ...Object.values(thoughts), ...calls.all.map(({ json }) => json)];
    const received = grown.reduce((sum, { length }) => sum + length, 0);
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
      const said = textIn(delta?.content) + (delta?.refusal ?? '');
      if (delta?.refusal) refused = true;
      if (said) {
        text += said;
        onText(said);
      }
      for (const name of thoughtNames) {
        const piece = delta?.[name];
        if (typeof piece === 'string' && piece) thoughts[name] = (thoughts[name] ?? '') + piece;
      }
      for (const piece of delta?.tool_calls ?? []) calls.grow(piece);
      if (choice?.finish_reason) stopReason = choice.finish_reason;
    },
    end() {
      stopReason ??= 'stop';
    },
    isWhole: () => stopReason !== undefined && counts !== undefined,
    finish() {
      if (stopReason === undefined) throw new CutReplyError();
      const content = [
        ...(Object.keys(thoughts).length > 0 ? [{ type: 'opaque' as const, raw: thoughts }] : []),
        ...contentOf(text, calls.all, tools, newId),
      ];
      return { content, stopReason: toStopReason(stopReason, content, refused), usage: usage() };
    },
    started: () => started,
    usage,
  };
}

/** Names of what a model thought, in deltas and, given back, in messages. */
export const thoughtNames = ['reasoning_content', 'reasoning'] as const;

function textIn(content: Delta['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? [])
    .map(({ type, text }) => (type === 'text' && typeof text === 'string' ? text : ''))
    .join('');
}

type Piece = NonNullable<Delta['tool_calls']>[number];

/**
 * Calls as they come in pieces. Servers number them from 0 or 1, not at all, or call each the first; they
 * name a call once or in every piece.
 */
function createCalls(newId: () => string) {
  const all: Growing[] = [];
  const latest = new Map<number, Growing>();

  const callOf = ({ index, id, function: called }: Piece): Growing => {
    const known = index === undefined ? all.at(-1) : latest.get(index);
    const isOther = Boolean(called?.name) && (index === undefined || Boolean(id));
    if (known && !(isOther && known.id !== id)) return known;
    const call = { id: id || newId(), name: '', json: '' };
    all.push(call);
    return call;
  };

  return {
    all,
    grow(piece: Piece): void {
      const call = callOf(piece);
      if (piece.index !== undefined) latest.set(piece.index, call);
      const { name, arguments: args } = piece.function ?? {};
      if (name && name !== call.name) call.name += name;
      call.json += typeof args === 'string' ? args : args === undefined ? '' : JSON.stringify(args);
    },
  };
}

/** Calls in text count where there are no others: servers that can't read a model's own form leave them there. */
function contentOf(
  said: string,
  calls: readonly Growing[],
  tools: readonly ToolSpec[],
  newId: () => string,
): readonly Block[] {
  const text = withoutThoughts(said);
  const inText = calls.length === 0 ? callsInText(text, tools, newId) : undefined;
  if (inText) return inText;
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
  const { prompt_tokens_details: details, prompt_cache_hit_tokens: hit = 0 } = counts;
  const cached = Math.min(sent, details?.cached_tokens ?? hit);
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
