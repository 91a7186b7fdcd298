/** How much of a model's window a conversation may fill, and how it is made smaller. */
import { totalTokens, type Usage } from '../core/attempt.ts';
import type { Message, Model } from '../core/model.ts';
import { compact } from './conversation.ts';

type Window = Pick<Model, 'contextTokens'>;

const mostOutputTokens = 16_000;
const keptResults = 3;
/** Part of the window that may be filled before older results are left out. */
const fullWindow = 0.8;
/** Leaving out less than this part is not worth what it costs to read all anew instead of from the cache. */
const worthIt = 0.2;

/** Tokens of a reply: a small window is for reading, too. */
export function roomToWrite({ contextTokens = Number.POSITIVE_INFINITY }: Window): number {
  return Math.min(mostOutputTokens, Math.floor(contextTokens / 4));
}

/** The same conversation with more room; undefined: it stays as it is. */
export function withRoom(
  messages: readonly Message[],
  model: Window,
  usage: Usage,
): readonly Message[] | undefined {
  return isNearlyFull(model, usage) ? smaller(messages, worthIt) : undefined;
}

/** The window is full already: whatever can be left out is. */
export function withMostRoom(messages: readonly Message[]): readonly Message[] | undefined {
  return smaller(messages, 0);
}

function isNearlyFull({ contextTokens }: Window, usage: Usage): boolean {
  if (contextTokens === undefined) return false;
  const room = contextTokens - roomToWrite({ contextTokens });
  return totalTokens(usage) > fullWindow * room;
}

/** Without older results, where that is less by more than `part`. */
function smaller(messages: readonly Message[], part: number): readonly Message[] | undefined {
  const less = compact(messages, keptResults);
  return sizeOf(less) < sizeOf(messages) * (1 - part) ? less : undefined;
}

function sizeOf(messages: readonly Message[]): number {
  return JSON.stringify(messages).length;
}
