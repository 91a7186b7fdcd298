import type { Submission, Usage } from '../core/attempt.ts';
import type { Block, Message, StopReason, ToolSpec } from '../core/model.ts';

/**
 * What is saved of an attempt, one entry a line, in order. With `start` and every `reply` the
 * conversation can be rebuilt and replayed without a model.
 */
export type TranscriptEntry =
  | {
      readonly kind: 'start';
      readonly at: string;
      readonly model: string;
      /** Where it is known: it decides when older results are left out. */
      readonly contextTokens?: number;
      readonly base: string;
      readonly system: string;
      readonly tools: readonly ToolSpec[];
    }
  /** What was sent: the first message, tool results, a nudge. */
  | { readonly kind: 'sent'; readonly at: string; readonly step: number; readonly message: Message }
  | {
      readonly kind: 'reply';
      readonly at: string;
      readonly step: number;
      readonly content: readonly Block[];
      readonly stopReason: StopReason;
      readonly usage: Usage;
    }
  /** Older tool results were left out, as the conversation fills the model's window; a reply that said so is dropped. */
  | { readonly kind: 'compacted'; readonly at: string; readonly step: number }
  | {
      readonly kind: 'end';
      readonly at: string;
      readonly step: number;
      readonly submission?: Submission;
      readonly error?: string;
    };
