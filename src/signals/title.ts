import type { ExceptionEvent } from '../core/signal.ts';
import { firstLine } from './masks.ts';
import { loggedError } from './exceptions/assemble.ts';

export const maxTitleChars = 120;

/** Control, bidirectional, zero-width and tag characters: what a reviewer would not see. */
const hidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Hidden characters written out, so that a reviewer sees them. Line breaks and tabs stay. */
export function visible(text: string): string {
  return text.replace(hidden, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16).padStart(4, '0')}}`;
  });
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
