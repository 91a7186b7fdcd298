/** Several models as one: the next is asked when one can't be had. */
import { type ErrorCode, isPatchwrightError, type PatchwrightError } from '../core/errors.ts';
import type { Message, Model, ModelReply } from '../core/model.ts';

/**
 * Worth another model: overloaded, limited, not there. Not a refusal, which is an answer; not a wrong key
 * or a broken reply, which a person has to know of.
 */
const passing: readonly ErrorCode[] = [
  'model_overloaded',
  'model_rate_limited',
  'model_unreachable',
];

/** Makes a model when it is its turn. */
export interface Candidate {
  readonly name: string;
  open(signal?: AbortSignal): Promise<Model>;
}

/**
 * @param tell why another model takes over; said once for each change
 * @param first is open already: what the attempt is named after
 */
export function withFallbacks(
  first: Model,
  others: readonly Candidate[],
  tell: (line: string) => void,
): Model {
  if (others.length === 0) return first;
  let model = first;
  const left = [...others];

  /** The next that can be opened takes over and stays: a change costs the whole cache. */
  const next = async (reason: unknown, signal?: AbortSignal): Promise<boolean> => {
    for (let candidate = left.shift(); candidate; candidate = left.shift()) {
      const why = isPatchwrightError(reason) ? `${reason.what} ${reason.why}` : '';
      try {
        const opened = await candidate.open(signal);
        tell(`${model.name}: ${why} Going on with ${opened.name}.`);
        model = opened;
        return true;
      } catch (error) {
        if (!isPassing(error)) throw error;
        tell(`${candidate.name}: ${error.what} ${error.why}`);
      }
    }
    return false;
  };

  return {
    name: first.name,
    ...(first.price ? { price: first.price } : {}),
    ...(first.contextTokens === undefined ? {} : { contextTokens: first.contextTokens }),
    async reply(request, onText, signal): Promise<ModelReply> {
      for (;;) {
        try {
          const messages = model === first ? request.messages : withoutForeign(request.messages);
          const reply = await model.reply({ ...request, messages }, onText, signal);
          return model === first ? reply : { ...reply, price: model.price ?? null };
        } catch (error) {
          if (!isPassing(error) || !(await next(error, signal))) throw error;
        }
      }
    },
  };
}

function isPassing(error: unknown): error is PatchwrightError {
  return isPatchwrightError(error) && passing.includes(error.code);
}

/** What a provider wants back untouched means nothing to another one. */
function withoutForeign(messages: readonly Message[]): readonly Message[] {
  return messages
    .map((message) => ({
      ...message,
      content: message.content.filter(({ type }) => type !== 'opaque'),
    }))
    .filter(({ content }) => content.length > 0);
}
