/** Not every server of the protocol takes all of it: what one was found to take, from what it refused. */

/** What this server and model were found to take. */
export interface Dialect {
  /** Tools of the protocol's own; without, they are called in text. */
  readonly tools: boolean;
  readonly maxTokens: 'max_tokens' | 'max_completion_tokens';
  readonly usage: boolean;
  readonly effort: boolean;
  /** It takes back what it thought. */
  readonly thoughts: boolean;
  /** As much as it was found to write. */
  readonly maxOutput: number;
}

/** Where nothing is known yet. */
export const widest: Dialect = {
  tools: true,
  maxTokens: 'max_tokens',
  usage: true,
  effort: true,
  thoughts: true,
  maxOutput: Number.MAX_SAFE_INTEGER,
};

/** The server's no. */
interface Refused {
  readonly status: number;
  readonly message: string;
}

/** The conversation is longer than the model's window: with less of it the call may work. */
export function fillsContext({ status, message }: Refused): boolean {
  return (
    [400, 413, 422, 500].includes(status) &&
    /context[ _-]?(length|size|window)|maximum context|exceed\w* .{0,30}context|n_ctx|prompt is too long|too many tokens/i.test(
      message,
    )
  );
}

/** A local server that has begun to read its model in: that takes seconds to minutes. */
export function isLoading({ status, message }: Refused): boolean {
  return status === 503 && /\bloading\b/i.test(message);
}

/** Less than this is no room for a patch. */
const leastOutput = 2_000;
/** More is asked for than it can write, or than its window leaves beside the conversation. */
const wantsLess =
  /max_(completion_)?tokens\W[^]{0,40}(too large|at most|must be less|exceed)|\bin the completion\b|\boutput tokens\b[^]{0,60}(too large|at most|exceed)/i;

/**
 * What a server says when it has not got what was asked for, and how to do without.
 * @param isOpen whether tools may be called in text instead
 */
export function learnFrom(
  { status, message }: Refused,
  dialect: Dialect,
  maxOutputTokens: number,
  isOpen: boolean,
): { readonly dialect: Partial<Dialect>; readonly why: string } | undefined {
  if (![400, 404, 422, 500, 501].includes(status)) return undefined;
  if (dialect.maxTokens === 'max_tokens' && /max_completion_tokens/.test(message)) {
    return {
      dialect: { maxTokens: 'max_completion_tokens' },
      why: 'it wants max_completion_tokens.',
    };
  }
  const asked = Math.min(maxOutputTokens, dialect.maxOutput);
  if (asked > leastOutput && wantsLess.test(message)) {
    const less = Math.max(leastOutput, Math.floor(asked / 2));
    return {
      dialect: { maxOutput: less },
      why: `it can't write ${asked} tokens; asked for ${less}.`,
    };
  }
  if (fillsContext({ status, message })) return undefined;
  if (dialect.usage && /stream_options|include_usage/.test(message)) {
    return { dialect: { usage: false }, why: 'it does not count tokens; they are guessed.' };
  }
  if (dialect.effort && /reasoning_effort/.test(message)) {
    return { dialect: { effort: false }, why: 'it takes no effort setting.' };
  }
  if (dialect.thoughts && /\breasoning(_content)?\b/.test(message)) {
    return { dialect: { thoughts: false }, why: 'it does not take back what it thought.' };
  }
  if (dialect.tools && isOpen && /\btools?\b|tool_choice|function call/i.test(message)) {
    return { dialect: { tools: false }, why: 'it has no tools; they are called in text.' };
  }
  return undefined;
}
