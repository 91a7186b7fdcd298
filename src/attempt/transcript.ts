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
  /** The reply before was dropped and older tool results emptied, as the conversation had filled the model's window. */
  | { readonly kind: 'compacted'; readonly at: string; readonly step: number }
  | {
      readonly kind: 'end';
      readonly at: string;
      readonly step: number;
      readonly submission?: Submission;
      readonly error?: string;
    };
