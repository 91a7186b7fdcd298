import { levelOf } from '../exceptions/headers/level.ts';

/** Where times are looked for, and how far a header can reach. */
const maxHeaderChars = 500;
const maxPrefixChars = 120;
/** Columns (host, pid, thread, class) between a time and a level. */
const maxColumns = 6;

const months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';
const clock = '\\d{1,2}[:.]\\d{1,2}[:.]\\d{1,2}(?:[.,:]\\d{1,9})?';
/** Alone, numbers between dots are an address or a version. */
const colons = '\\d{1,2}:\\d{1,2}:\\d{1,2}(?:[.,:]\\d{1,9})?';
const zone = '(?: ?(?:Z|UTC|GMT|[A-Z]{2,4}T|[+-]\\d{2}:?\\d{2})\\b)?';

/** One moment, as loggers write it. */
const times = new RegExp(
  [
    `\\b\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}(?:[T :_-]${clock}${zone})?`,
    `\\b\\d{8}[-T ]${clock}`,
    `\\b\\d{1,2}[-/.]\\d{1,2}(?:[-/.]\\d{2,4})?[ T]${clock}(?: [AP]M)?`,
    `(?:\\b[A-Z][a-z]{2},? )?\\b(?:${months}) {1,2}\\d{1,2},?(?: \\d{4})? ${clock}(?: [A-Z]{3,4}\\b)?(?: \\d{4}\\b)?`,
    `\\b\\d{1,2}[ /-](?:${months})[ /-]\\d{2,4}[ :T]${clock}${zone}`,
    `\\b\\d{6} \\d{6}\\b`,
    `(?<![\\w:.])${colons}(?![\\w:])${zone}`,
    '(?<!\\S)1\\d{9}(?:\\.\\d{1,9}|\\d{3})?(?!\\S)',
  ].join('|'),
  'g',
);

const blank = /[\s,;|]{0,40}(?:[-–·:|]{1,3}(?=[\s|]|$)[\s|]{0,40})?/y;
const number = /-?\d{1,10}(?=[\s|:])/y;
const bracketed =
  /(?:\[(?:[^[\]\n]{0,300}|[^[\]\n]{0,80}\[[^[\]\n]{0,80}\][^[\]\n]{0,120})\]|\([^()\n]{1,80}\)|<[\w.:-]{1,60}>|#\d{1,9}\b|-{2,3}(?=\s))/y;
/** `INFO`, `[INFO ]`, and Celery's `INFO/MainProcess]`. */
const word = /\[?([A-Za-z]{1,12})(?: {1,6}\]|\/[\w-]{1,60}\]|\]?)(?=[\s:|,\][(]|$)/y;
const column = /[^\s|]{1,120}(?=[\s|]|$)/y;
/** `name:`, `name[12]:`, `name[12] (other[3]): `. */
const component =
  /[\w$./@<>*#-][\w$./@<>*#+-]{0,120}(?:\([^()\s]{1,60}\))?(?: [\d.]{1,12}(?=\[))?(?:\[[^\]\s]{0,40}\])?(?:\s\([^()\n]{1,120}\))?:(?=\s|$)/y;
/** `name - `. */
const dashed = /[\w$./@-]{1,80}(?: \*?\d{1,5})? - /y;
const padded = /[\w$./-]{1,80}\s{2,40}(?:: )?/y;
/** `12 --- `, as Spring writes. */
const process = /\d{1,10} --- /y;
/** glog: `pool.cc:88] `. */
const sourced = /[\w./-]{1,80}:\d{1,7}\] /y;
/** Python: `ERROR:name:`. */
const joined = /:[\w.]{1,80}:/y;
const piped = /[^|\s][^|\n]{0,60}\|/y;
const host = /[\w.:/@#+-]{1,80}(?=\s)/y;
/** `nova.compute [req-1 …]`: a dotted name, when brackets follow. */
const dotted = /\w[\w$]{0,60}(?:\.[\w$]{1,60}){1,10}(?= {1,4}\[)/y;

/**
 * A line without what its logger wrote before the message: time, level, pid, thread, component. Looks at
 * this one line alone. A line without a time keeps all it has, but for a level and its component.
 */
export function withoutHeader(line: string): string {
  const message = cut(line);
  return message === '' ? lastWords(line) : message;
}

/** `… 1 warning`: what looked like a level is all that is said. */
function lastWords(line: string): string {
  return /\S{1,200}\s{0,20}$/.exec(line.slice(-240))?.[0].trim() ?? '';
}

function cut(line: string): string {
  const head = line.slice(0, maxHeaderChars);
  const time = endOfTimes(head);
  if (time === undefined) return withoutLevel(line, head);
  let at = skip(/[\])]{0,2}/y, head, time.end);
  if (head[at] === '|') return line.slice(behindPipes(head, at + 1)).trimStart();
  at = skip(blank, head, at);
  const level = behindLevel(head, at);
  if (level !== undefined) return line.slice(behindName(head, level)).trimStart();
  if (time.isSyslog) at = skip(blank, head, skip(host, head, at));
  return line.slice(behindIds(head, at)).trimStart();
}

interface Times {
  readonly end: number;
  /** After such a time comes the host's name. */
  readonly isSyslog: boolean;
}

/** Behind the last of the moments that a header begins with; columns may lie between them. */
function endOfTimes(head: string): Times | undefined {
  let found: Times | undefined;
  for (const match of head.matchAll(times)) {
    const between = head.slice(found?.end ?? 0, match.index);
    const limit = found ? 40 : maxPrefixChars;
    if (between.length > limit || !isColumns(between)) break;
    const isSyslog = /^[A-Z][a-z]{2} {1,2}\d/.test(match[0]) && head[match.index - 1] !== '[';
    found = { end: match.index + match[0].length, isSyslog };
  }
  return found;
}

/** Few tokens, and none of them ends a header: a level, or a name with a colon. */
function isColumns(text: string): boolean {
  const tokens = text.split(/[\s|]+/).filter((token) => token !== '');
  return (
    tokens.length <= 5 &&
    tokens.every((token) => !token.endsWith(':') && levelOf(bare(token)) === undefined)
  );
}

/** Capitals only: as a column, `success` or `error` may be a state. */
function bare(token: string): string {
  const text = token.replace(/[^A-Za-z]/g, '');
  return text.length > 1 && text === text.toUpperCase() ? text : '';
}

function behindPipes(head: string, from: number): number {
  let at = from;
  for (let i = 0; i < 3; i++) {
    const next = skip(piped, head, at);
    if (next === at) break;
    at = next;
  }
  return at;
}

/** Behind the level, when only columns lie before it. */
function behindLevel(head: string, from: number): number | undefined {
  let at = from;
  let isFirst = true;
  for (let i = 0; i < maxColumns; i++) {
    const level = levelAt(head, at, isFirst);
    if (level !== undefined) return level;
    let next = skip(number, head, skip(bracketed, head, at));
    if (next === at) {
      next = skip(column, head, at);
      isFirst = false;
    }
    if (next === at || head[next - 1] === ':') return undefined;
    at = skip(blank, head, next);
  }
  return undefined;
}

/** @param isFirst whether only numbers and brackets lie before: then a small word may be a level, too */
function levelAt(head: string, at: number, isFirst: boolean): number | undefined {
  word.lastIndex = at;
  const match = word.exec(head);
  const text = match?.[1] ?? '';
  if (!match || (levelOf(text) === undefined && text !== 'FAILURE')) return undefined;
  const isShouted = text === text.toUpperCase() && text.length > 1;
  return isShouted || isFirst ? word.lastIndex : undefined;
}

/** Past threads and the component, which follow a level. */
function behindName(head: string, from: number): number {
  const name = skip(joined, head, from);
  if (name > from) return name;
  let at = skip(process, head, skip(blank, head, from));
  for (let i = 0; i < 4; i++) {
    const next = skip(bracketed, head, at);
    if (next === at) break;
    at = skip(blank, head, next);
  }
  for (const pattern of [component, dashed, padded]) {
    const next = skip(pattern, head, at);
    if (next > at) return next;
  }
  const next = skip(dotted, head, at);
  return next === at ? at : skip(bracketed, head, skip(blank, head, next));
}

/** Past pids, threads and the component, where there is no level. */
function behindIds(head: string, from: number): number {
  let at = from;
  for (let i = 0; i < 3; i++) {
    const next = skip(number, head, skip(bracketed, head, at));
    if (next === at) break;
    at = skip(blank, head, next);
  }
  for (const pattern of [component, dashed, sourced]) {
    const next = skip(pattern, head, at);
    if (next > at) return next;
  }
  return at;
}

function withoutLevel(line: string, head: string): string {
  const level =
    /^\[?(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|CRITICAL|NOTICE|SEVERE)\]?(?=[:\s|])/.exec(
      head,
    );
  return level ? line.slice(behindName(head, level[0].length)).trimStart() : line;
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
