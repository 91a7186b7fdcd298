import type { ExceptionEvent } from '../core/signal.ts';
import { firstLine } from './masks.ts';
import { loggedError } from './exceptions/grammar.ts';

export const maxTitleChars = 120;

/** Control, bidirectional, zero-width and tag characters: what a reviewer would not see. */
const hidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Hidden characters written out, so that a reviewer sees them. Line breaks and tabs stay. */
export function visible(text: string): string {
  return text.replace(hidden, (char, at: number) => {
    if (joins(char, text.slice(Math.max(0, at - 4), at), text.slice(at + 1, at + 3))) return char;
    const code = char.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16).padStart(4, '0')}}`;
  });
}

/** A reader sees what it does: in a picture made of several, and within words of scripts that need it. */
function joins(char: string, before: string, after: string): boolean {
  if (char === '\u200d' && /\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?$/u.test(before))
    return /^\p{Extended_Pictographic}/u.test(after);
  return /[\u200c\u200d]/.test(char) && /[\p{L}\p{M}]$/u.test(before) && isOther(before, after);
}

/** Neither side is of a script in which a joiner does nothing but hide. */
function isOther(before: string, after: string): boolean {
  const plain = /[\p{scx=Latn}\p{scx=Grek}\p{scx=Cyrl}]/u;
  return /^\p{L}/u.test(after) && !plain.test(before.slice(-1)) && !plain.test(after.slice(0, 1));
}

/** One line for lists: `TypeError: x is undefined`. The event's texts must have been redacted. */
export function exceptionTitle(event: Pick<ExceptionEvent, 'type' | 'message'>): string {
  const message = firstLine(event.message);
  if (event.type === loggedError)
    return shortened(message === '' ? 'An error was logged' : message);
  return shortened(message === '' ? event.type : `${event.type}: ${message}`);
}

export function shortened(text: string): string {
  const line = visible(text)
    .replace(/\s{1,1000}/g, ' ')
    .trim();
  if (line.length <= maxTitleChars) return line;
  // By code points, so that no surrogate is left alone.
  const chars = Array.from(line.slice(0, 4 * maxTitleChars));
  return chars.length <= maxTitleChars
    ? chars.join('')
    : `${chars.slice(0, maxTitleChars - 1).join('')}…`;
}
