import { grammars } from './exceptions/grammars.ts';
import { jsonHints } from './exceptions/records/jsonLines.ts';

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
  ' ERRO ',
  '[ERR]',
  '[err]',
  ' CRIT ',
  '[CRIT]',
  '[crit]',
  'emerg]',
  'alert]',
  ' EMERG ',
  ' FTL ',
  ' PNC ',
  '[FTL]',
];

/** Short ones in colour (zerolog, logrus), and with logrus' seconds behind; those that Java translates. */
const markedLevels = [
  'mERR\x1b',
  'mFTL\x1b',
  'mPNC\x1b',
  'mERRO\x1b',
  'mFATA\x1b',
  'mPANI\x1b',
  'ERRO[',
  'FATA[',
  'PANI[',
  '重大: ',
  '严重: ',
  '심각: ',
  'SCHWERWIEGEND',
  'GRAVE: ',
];

interface Text {
  readonly bytes: Buffer;
  /** Whether what stands from `end` on makes it something else. */
  readonly isOther?: (bytes: Uint8Array, end: number, limit: number) => boolean;
}

interface Hint extends Text {
  /** Where in it the bytes begin by which it is searched. */
  readonly window: number;
}

const texts: readonly Text[] = [
  ...levelWords.map((word) => ({ bytes: Buffer.from(word), isOther: isLongerWord })),
  // A line that a container's log cut may hold half a hint.
  ...[
    'stdout P ',
    'stderr P ',
    ...markedLevels,
    ...jsonHints,
    ...grammars.flatMap((grammar) => grammar.hints),
  ].map((text) => ({ bytes: Buffer.from(text) })),
  ...grammars
    .flatMap((grammar) => grammar.placeHints ?? [])
    .map((text) => ({ bytes: Buffer.from(text), isOther: isNoPlace })),
];

/** Lines as most logs have them. */
const ordinary = `2026-03-02T10:11:12.123Z INFO  [http-nio-8080-exec-3] c.a.shop.OrderService - priced order 17
2026-03-02 10:11:12,123 DEBUG shop.api.handlers: request started method=GET path=/orders/17 status=200
10.0.0.7 - - [02/Mar/2026:10:11:12 +0000] "GET /api/v1/users HTTP/1.1" 200 512 "-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
{"level":30,"time":1772446272123,"pid":17,"hostname":"web-1","reqId":"r-1","msg":"request completed","responseTime":5}
{"timestamp":"2026-03-02T10:11:12Z","level":"info","logger":"shop.cart","message":"added item to the cart of user"}
Mar  2 10:11:12 host-1 systemd[1]: Started session 17 of user root.
time=2026-03-02T10:11:12Z level=info msg="connection accepted" component=server duration=1.2ms
I0302 10:11:12.123456       1 controller.go:17] Reconciling resource default/shop in namespace
`;

/**
 * Wu and Manber's search for many words at once ("A fast algorithm for multi-pattern searching", 1994),
 * on blocks of two bytes: a table says for each pair how far the window may move at least. On logs it is
 * many times faster than one regular expression of as many alternatives, and makes no strings.
 */
const shifts = new Uint8Array(65_536).fill(minHintLength - 1);
/** Which hints end their window with a pair: the number of their bucket, 0 for none. */
const bucketOf = new Uint8Array(65_536);
const buckets: Hint[][] = [[]];
/** For each bucket the first pairs of its windows: most that end alike begin otherwise. */
const firstPairs: number[][] = [[]];
for (const text of texts.toSorted((a, b) => a.bytes.length - b.bytes.length)) {
  if (text.bytes.length < minHintLength)
    throw new Error(`Hint too short: ${text.bytes.toString()}`);
  const window = rarestWindow(text.bytes);
  for (let end = 1; end < minHintLength; end++) {
    const pair = pairAt(text.bytes, window + end);
    shifts[pair] = Math.min(shifts[pair] ?? 0, minHintLength - 1 - end);
  }
  const last = pairAt(text.bytes, window + minHintLength - 1);
  bucketOf[last] ||= Math.max(buckets.push([]), firstPairs.push([])) - 1;
  buckets[bucketOf[last] ?? 0]?.push({ ...text, window });
  firstPairs[bucketOf[last] ?? 0]?.push(pairAt(text.bytes, window + 1));
}

/** The five bytes in a hint whose pairs stop the search of ordinary lines the least. */
function rarestWindow(bytes: Buffer): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let window = 0; window + minHintLength <= bytes.length; window++) {
    let cost = 0;
    for (let end = 1; end < minHintLength; end++) {
      const pair = pairAt(bytes, window + end);
      const stop = (shifts[pair] ?? 0) - (minHintLength - 1 - end);
      // The last pair of a window is looked at closely wherever it stands.
      if (stop > 0 || end === minHintLength - 1) cost += frequency(pair) * Math.max(stop, 1) ** 2;
    }
    if (cost < least) [best, least] = [window, cost];
  }
  return best;
}

/** How often a pair of bytes stands in logs, roughly: in these lines, and by its letters. */
function frequency(pair: number): number {
  const text = String.fromCharCode(pair >> 8, pair & 0xff);
  return 20 * (ordinary.split(text).length - 1) + weightOf(pair >> 8) * weightOf(pair & 0xff);
}

function weightOf(byte: number): number {
  const char = String.fromCharCode(byte);
  if (char === ' ' || 'etaoinsr'.includes(char)) return 3;
  if (/[a-z\d]/.test(char)) return 2;
  return /[A-Z.,:"/=[\]()-]/.test(char) ? 1 : 0.2;
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
    const start = hintAt(bytes, at - minHintLength + 1, from, limit, pair);
    if (start >= 0) return start;
    at++;
  }
  return -1;
}

/** Where the hint begins that has its window at `window`, or -1. */
function hintAt(
  bytes: Uint8Array,
  window: number,
  from: number,
  limit: number,
  pair: number,
): number {
  const number = bucketOf[pair] as number;
  const pairs = firstPairs[number] as readonly number[];
  const first = ((bytes[window] as number) << 8) | (bytes[window + 1] as number);
  for (let i = 0; i < pairs.length; i++) {
    if (pairs[i] !== first) continue;
    const bucket = buckets[number] as readonly Hint[];
    const { bytes: word, isOther, window: offset } = bucket[i] as Hint;
    const start = window - offset;
    if (start < from || bytes[start] !== word[0]) continue;
    const end = start + word.length;
    if (end > limit || !startsWith(bytes, start, word)) continue;
    if (!isOther?.(bytes, end, limit)) return start;
  }
  return -1;
}

function startsWith(bytes: Uint8Array, start: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
  return true;
}

/** By letters, digits, `_`, `=`, `(` and `.`: `errors=0`, `ErrorBoundary`, `error_rate`, `error.ts`. */
function isLongerWord(bytes: Uint8Array, end: number, limit: number): boolean {
  if (end === limit) return false;
  const byte = bytes[end] as number;
  const letter = byte | 0x20;
  if (letter >= 97 && letter <= 122) return true;
  return isDigit(byte) || byte === 95 || byte === 61 || byte === 40 || byte === 46;
}

const maxPlaceBytes = 1024;

/**
 * Neither `<line>:<column>` in the rest of the word nor a line number that ends the line; either may have
 * begun in the hint: `views.py:17 handled`.
 */
function isNoPlace(bytes: Uint8Array, end: number, limit: number): boolean {
  // Of `:12:3` that many steps were seen: a colon, digits, another colon.
  let seen = isDigit(bytes[end - 1] as number) ? 2 : bytes[end - 1] === 58 ? 1 : 0;
  for (let at = end; at < Math.min(limit, end + maxPlaceBytes); at++) {
    const byte = bytes[at] as number;
    if (byte <= 32) return seen !== 2 || (byte !== 10 && byte !== 13);
    if (byte === 58) seen = seen === 2 ? 3 : 1;
    else if (!isDigit(byte)) seen = 0;
    else if (seen === 3) return false;
    else if (seen === 1) seen = 2;
  }
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}
