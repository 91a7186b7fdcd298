import { grammars } from './exceptions/grammars.ts';
import { jsonHints } from './exceptions/jsonLines.ts';

/** The shortest hint allowed: the search moves up to this far at a time. */
export const minHintLength = 5;

/** Words loggers use for what went wrong. A letter, `=`, `(` or `.` behind makes them something else. */
const levelWords = [
  'ERROR',
  'Error',
  'error',
  'CRITICAL',
  'Critical',
  'critical',
  'FATAL',
  'Fatal',
  'fatal',
  'SEVERE',
  'PANIC',
  'panic',
  'EMERGENCY',
  'ALERT',
  ' ERR ',
  '[ERR]',
  '[err]',
  ' CRIT ',
  '[CRIT]',
  '[crit]',
  'emerg]',
  'alert]',
  ' EMERG ',
];

interface Hint {
  readonly bytes: Buffer;
  readonly isWord: boolean;
}

const hints: readonly Hint[] = [
  ...levelWords.map((word) => ({ bytes: Buffer.from(word), isWord: true })),
  ...[...jsonHints, ...grammars.flatMap((grammar) => grammar.hints)].map((text) => ({
    bytes: Buffer.from(text),
    isWord: false,
  })),
];

/**
 * Wu and Manber's search for many words at once ("A fast algorithm for multi-pattern searching", 1994),
 * on blocks of two bytes: a table says for each pair how far the window may move at least. On logs it is
 * many times faster than one regular expression of as many alternatives, and makes no strings.
 */
const shifts = new Uint8Array(65_536).fill(minHintLength - 1);
/** Which hints end their first five bytes with a pair: the number of their bucket, 0 for none. */
const bucketOf = new Uint8Array(65_536);
const buckets: Hint[][] = [[]];
for (const hint of hints) {
  if (hint.bytes.length < minHintLength)
    throw new Error(`Hint too short: ${hint.bytes.toString()}`);
  for (let end = 1; end < minHintLength; end++) {
    const pair = pairAt(hint.bytes, end);
    shifts[pair] = Math.min(shifts[pair] ?? 0, minHintLength - 1 - end);
  }
  const last = pairAt(hint.bytes, minHintLength - 1);
  bucketOf[last] ||= buckets.push([]) - 1;
  buckets[bucketOf[last] ?? 0]?.push(hint);
}

function pairAt(bytes: Uint8Array, end: number): number {
  return ((bytes[end - 1] ?? 0) << 8) | (bytes[end] ?? 0);
}

const hole = Buffer.alloc(16 * 1024);

function isHole(bytes: Uint8Array, from: number): boolean {
  return hole.compare(bytes, from, Math.min(from + hole.length, bytes.length)) === 0;
}

/** Index of the first hint that begins in [from, limit), or -1. */
export function findHint(bytes: Uint8Array, from: number, limit: number): number {
  let at = from + minHintLength - 1;
  while (at < limit) {
    const pair = ((bytes[at - 1] as number) << 8) | (bytes[at] as number);
    const shift = shifts[pair] as number;
    if (shift > 0) {
      // A sparse log may have gigabytes of them (a file that was truncated while its writer went on).
      at += pair === 0 && isHole(bytes, at) ? hole.length : shift;
      continue;
    }
    const start = at - minHintLength + 1;
    if (isHintAt(bytes, start, limit, pair)) return start;
    at++;
  }
  return -1;
}

function isHintAt(bytes: Uint8Array, start: number, limit: number, pair: number): boolean {
  const bucket = buckets[bucketOf[pair] as number] as readonly Hint[];
  for (let i = 0; i < bucket.length; i++) {
    const { bytes: word, isWord } = bucket[i] as Hint;
    if (bytes[start] !== word[0]) continue;
    const end = start + word.length;
    if (end > limit || !startsWith(bytes, start, word)) continue;
    if (!isWord || end === limit || !continues(bytes[end] as number)) return true;
  }
  return false;
}

function startsWith(bytes: Uint8Array, start: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
  return true;
}

/** Letters, digits, `_`, `=`, `(` and `.`: `errors=0`, `ErrorBoundary`, `error_rate`, `error.ts`. */
function continues(byte: number): boolean {
  const letter = byte | 0x20;
  if (letter >= 97 && letter <= 122) return true;
  return (byte >= 48 && byte <= 57) || byte === 95 || byte === 61 || byte === 40 || byte === 46;
}
