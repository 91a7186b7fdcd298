import type { ParsedException } from '../grammar.ts';
import type { ReadStack } from './jsonLines.ts';

/** How far into a line a record may begin that a collector has put its time and tag before. */
const maxTagChars = 300;
const maxEscapedChars = 256 * 1024;
/** Frames behind line ends that were escaped. */
const escapedFrames =
  /\\n(?:\\[tr]|\s){0,40}(?:at \S|File "|from \S|#\d)|\\ngoroutine \d|\(most recent call last\):\\n/;
const quotedValue = /=(?:"((?:[^"\\]|\\.){1,100000})"|'((?:[^'\\]|\\.){1,100000})')/g;

/** Where a line's JSON object begins, when the line ends with it: 0 for a record, -1 for a line without one. */
export function recordStart(line: string): number {
  if (line.charCodeAt(0) === 123) return 0;
  if (!line.endsWith('}')) return -1;
  const at = line.slice(0, maxTagChars).search(/[\s:]\{"/);
  return at < 0 ? -1 : at + 1;
}

/** Whether a line may hold more than its own text shows. */
export function mayEmbed(line: string): boolean {
  return hasEscapes(line) || recordStart(line) > 0;
}

/** Line ends as they are escaped in strings, and by rsyslog. */
function hasEscapes(line: string): boolean {
  return line.includes('\\n') || line.includes('#012');
}

/** The exception whose stack a line holds with its line ends escaped: in a field of logfmt, or as it is. */
export function readEscaped(line: string, readStack: ReadStack): ParsedException | undefined {
  if (!hasEscapes(line)) return undefined;
  const text = line.slice(0, maxEscapedChars).replaceAll('#012', '\\n').replaceAll('#011', '\\t');
  if (!escapedFrames.test(text)) return undefined;
  for (const [, double, single] of text.matchAll(quotedValue)) {
    const value = double ?? single ?? '';
    const found = value.includes('\\n') ? readStack(unescaped(value)) : undefined;
    if (found && found.frames.length > 0) return found;
  }
  const found = readStack(unescaped(text));
  return found && found.frames.length > 0 ? found : undefined;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '' };

function unescaped(text: string): string {
  return text.replace(/\\([ntr"'\\/])/g, (_, char: string) => escapes[char] ?? char);
}
