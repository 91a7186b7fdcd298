import type { Usage } from './attempt.ts';

/** The one interface every model speaks to the rest of the house. */

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON schema of an object. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

export type Block =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'tool_use';
      readonly id: string;
      readonly name: string;
      readonly input: unknown;
    }
  | {
      readonly type: 'tool_result';
      readonly toolUseId: string;
      readonly content: string;
      readonly isError: boolean;
    }
  /** What a provider wants back untouched (thinking, for instance). */
  | { readonly type: 'opaque'; readonly raw: unknown };

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: readonly Block[];
}

export interface ModelRequest {
  readonly system: string;
  readonly tools: readonly ToolSpec[];
  readonly messages: readonly Message[];
  readonly maxOutputTokens: number;
}

export type StopReason =
  | 'end_turn'
  | 'tool_use'
  | 'max_tokens'
  | 'pause_turn'
  | 'refusal'
  | 'context_full';

export interface ModelReply {
  readonly content: readonly Block[];
  readonly stopReason: StopReason;
  readonly usage: Usage;
  /** Of the model that answered, where it is another one than was asked; null: not known. */
  readonly price?: Price | null;
}

/** Rejects with a `model_*`, `missing_key` or `cancelled` error; retries what is worth retrying itself. */
export interface Model {
  readonly name: string;
  /** US dollars per million tokens; undefined when not known. */
  readonly price?: Price;
  /** Tokens of input and output that fit; undefined when not known. */
  readonly contextTokens?: number;
  reply(
    request: ModelRequest,
    onText: (text: string) => void,
    signal?: AbortSignal,
  ): Promise<ModelReply>;
}

export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

export function costOf(usage: Usage, price: Price | null | undefined): number | undefined {
  if (!price) return undefined;
  return (
    (usage.inputTokens * price.input +
      usage.outputTokens * price.output +
      usage.cacheReadTokens * price.cacheRead +
      usage.cacheWriteTokens * price.cacheWrite) /
    1_000_000
  );
}
