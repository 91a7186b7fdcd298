import { type Level, levelOf } from './level.ts';
import { isIndentedHeader, readForm } from './loggerForms.ts';

/** What loggers write before a message, cut off by itself. */
export interface Header {
  readonly level?: Level;
  /** ISO 8601 UTC. */
  readonly timestamp?: string;
  /** What is left: the message, its own indentation kept when nothing but a time was cut. */
  readonly rest: string;
  /** The same with the level word still there; undefined when there was none. */
  readonly spoken?: string;
  /** What stands between the level and the message: thread, component, sometimes the place. */
  readonly between?: string;
  /** When only one language's logger writes so. */
  readonly language?: string;
}

const iso =
  /\[?(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ]|, )(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(?:[.,]\d{3})?(Z| ?[+-]\d{2}:?\d{2})?\]?(?: UTC\]?)?/y;
const clock = /\[?(?:\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z| ?[AP]M)?|\d{1,2}:\d{2}[AP]M)\]?(?= )/y;
const syslog =
  /\[?(?:[A-Z][a-z]{2},? )?[A-Z][a-z]{2} {1,2}\d{1,2} \d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?: (?:\d{4}|[AP]M))?\]?(?= )/y;
const dayFirst =
  /\[?(?:\d{2}[/-](?:\d{2}|[A-Z][a-z]{2})[/-]|\d{2} [A-Z][a-z]{2} )\d{4}[: ,]{1,2}\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?: (?:[+-]\d{4}|[A-Z]{2,5}(?=\])|[A-Z]\w{2,20}\/[\w/+-]{2,40}(?=\])))?\]?/y;
/** Spark's and Hadoop's: `26/03/02 10:00:00`. */
const shortYear = /\[?\d{2}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?\]?(?= )/y;
/** Milliseconds since 1970, as log4j's UNIX_MILLIS. */
const epoch = /1\d{12}(?= )/y;
/** JavaScript's `toLocaleString()` in its usual locale. */
const monthFirst = /\[?\d{1,2}\/\d{1,2}\/\d{4}, \d{1,2}:\d{2}:\d{2} [AP]M\]?/y;
const gap = /\s{0,8}(?:[|\-–·]\s{1,4})?/y;

/** What Elixir's Logger was told to show of where it was called, before the level. */
const metadata = /(?:(?:[a-z_][\w.]{0,40}=\S{1,100} ){1,10}(?=\[[a-z]{4,9}\] ))?/y;

/** In brackets, or in capitals, or after a time: anywhere else a word is just a word. */
const words =
  'error|err|erro|ftl|pnc|wrn|inf|dbg|vrb|trc|fatal|critical|crit|emerg|emergency|alert|panic|dpanic|severe|warn|warning|info|information|notice|debug|trace|verbose|silly|http|success|fine|config';
/** Java's levels in the languages it speaks, which only stand in capitals. */
const translated =
  'SCHWERWIEGEND|WARNUNG|GRAVE|AVERTISSEMENT|INFOS|ADVERTENCIA|AVVERTENZA|INFORMAZIONI';
const command = /##\[(error|warning|debug)\]/y;
/** `[error]: #errors` is a link of Markdown. */
const bracketed = new RegExp(
  `[\\[<(]\\s{0,8}(?:[\\w .#-]{1,60}[.:/])?(${words}|[EWID])\\s{0,8}[\\])>](?!: (?:#|https?:|\\.{0,2}/)\\S*$)(?=[:\\s]|$|[^\\w\\s])[:]?`,
  'iy',
);
const capital = new RegExp(
  `(${words.toUpperCase()}|${translated})\\b(?![=(.'"-]| {1,20}= )\\s{0,8}[:|]?(?=[\\s\\[(:|-]|$)`,
  'y',
);
/** Go's runtime says `panic: ` itself: whoever gave the time only carries it. */
const afterTime = new RegExp(
  `(?!panic: )(?:[\\w.-]{1,40}[.])?(${words})\\b(?![=.'"])\\s{0,8}[:|\\]]?(?=[\\s\\[(:|-]|$)`,
  'iy',
);
const lowercase = /(error|fatal|critical|warn|warning|info|debug): (?=\S+ \S)/y;
/** `[MainThread]`, `(14417)`, `{tasks.py:17}`, `12345 ---`, `#123`: who said it. */
const origin =
  /(?:\[[^\]\n]{0,80}\]|\{[\w.-]{1,80}:\d{1,6}\}|\([^()\n]{1,60}\)|<[\w.:-]{1,60}>|\d{1,7}#\d{1,7}:|\d{1,7} ---|--|#\d{1,9})\s{0,4}/y;
const components = [
  String.raw`(?:[\w.]{1,80}:)?[\w@/.-]{1,160}\.(?:py|rb|go|js|ts):\d{1,6}\s{1,4}(?![-–:|]\s)`, // pay.tax:app/pay.py:12
  String.raw`[\w$.]{1,100}(?::\d{1,6}|#[\w$<>]{1,80}):\s{1,4}`, // c.a.Foo:12:, c.a.Foo#bar:
  String.raw`(?:[a-z]\w{0,60}\.){2,15}[A-Z][\w$]{0,100}\.[a-z<][\w<>$]{0,100}\s{1,4}(?=[^\s(])`, // com.acme.Foo.bar
  String.raw`(?:[a-z]\w{0,60}\.){1,15}[A-Z][\w$]{0,100}(?:\s{1,40}\[[^\]\n]{1,80}\]\s{1,4}|\s{2,40})(?=[^\s\-:|[({])`, // com.acme.Foo [main]
  String.raw`[\w$.<>]{1,200}\([\w$-]{1,80}\.\w{1,8}:\d{1,7}\)\s{0,4}[-:]?\s{1,4}`, // c.a.Foo.bar(Foo.java:12)
  String.raw`[\w$@/.-]{1,100}(?:\s{1,60}(?:\[[^\]\n]{0,80}\]|\([^()\n]{1,80}\)|\{[^{}\n]{0,200}\})){1,3}\s{1,8}(?:-|:|\|)\s{1,4}`, // c.a.Foo [main] {} -
  String.raw`\w{1,60}(?:::\w{1,60}){1,10}:\s{1,4}`, // shop::api:
  String.raw`[\w$@/.-]{1,100}(?::[\w<>.$]{1,80}){0,3}\s{1,40}(?:-{1,3}|–|:|\|)\s{1,4}`, // __main__:<module>:12 -
  String.raw`(?:root|[\w$-]{1,60}(?:[./][\w$-]{1,60}){1,8}):\s{1,4}`, // shop.api:
  String.raw`\w[\w.]{0,60}:(?=\S)`,
].join('|');
/** What said it; not the name of an exception, nor the first frame of a backtrace. */
const component = new RegExp(
  String.raw`(?!\S{0,80}(?:Error|Exception)\b|\S{1,200}:\d{1,9}:in [\x60'])(?:${components})`,
  'y',
);

/** `ERROR:root:text`, the default of Python's logging. */
const pythonName = /:[\w.]{1,80}:/y;

/** Where a header of the usual form, time and level, is cut. Digits change nothing of it. */
export interface HeaderCuts {
  readonly hasTime: boolean;
  readonly level?: Level;
  /** Where what is left begins. */
  readonly rest: number;
  /** Where the level begins; without one as `rest`. */
  readonly spoken: number;
}

/** Reads the header of a line, or only finds that it has none. Never longer than a few hundred characters. */
export function readHeader(line: string): Header {
  if (isIndentedRecord(line)) return readHeader(line.slice(2));
  if (isIndented(line)) return { rest: line };
  return readOwnForm(line) ?? cutHeader(line, usualCuts(line));
}

/** Frames and source lines, the most frequent lines here, are indented; headers are not. */
function isIndented(line: string): boolean {
  return line.startsWith('\t') || (line.startsWith('  ') && !isIndentedHeader(line));
}

/** `  2026-03-02T10:00:00.123456Z ERROR shop::pay: …`: Rust's tracing, pretty. */
function isIndentedRecord(line: string): boolean {
  return line.startsWith('  ') && line.charCodeAt(6) === 45 && /^ {2}\d{4}-\d\d-\d\dT/.test(line);
}

function readOwnForm(line: string): Header | undefined {
  return readLogfmt(line) ?? readRubyHeader(line) ?? readFormed(line);
}

export function cutHeader(line: string, { hasTime, level, rest, spoken }: HeaderCuts): Header {
  const time = hasTime ? stamp(readTime(line, 0)) : {};
  if (level === undefined) return { ...time, rest: line.slice(rest) };
  return {
    level,
    ...time,
    rest: line.slice(rest),
    spoken: line.slice(spoken),
    between: line.slice(spoken, rest),
  };
}

/** undefined where a header has a form of its own. */
export function headerCuts(line: string): HeaderCuts | undefined {
  if (isIndentedRecord(line)) return undefined;
  if (isIndented(line)) return noHeader;
  return readOwnForm(line) ? undefined : usualCuts(line);
}

function usualCuts(line: string): HeaderCuts {
  const time = readTime(line, 0);
  const start = time ? secondTimeEnd(line, time.end) : 0;
  const from = time ? skip(metadata, line, skip(gap, line, start)) : start;
  const found = readLevel(line, from, time !== undefined);
  if (found) {
    const rest = messageStart(line, found.end, time !== undefined);
    return { hasTime: time !== undefined, level: found.level, rest, spoken: from };
  }
  if (!time) return noHeader;
  // One space parts a time from its line; more of them are the line's own indentation.
  const text = line[start] === ' ' || line[start] === '\t' ? start + 1 : start;
  return { hasTime: true, rest: text, spoken: text };
}

/** What carries a log may write its own time before the logger's: Jenkins, pm2. */
function secondTimeEnd(line: string, end: number): number {
  const next = skip(gap, line, end);
  const at = line[next] === '[' ? next + 1 : next;
  return next > end && isDigit(line.charCodeAt(at)) ? (readTime(line, next)?.end ?? end) : end;
}

const noHeader: HeaderCuts = { hasTime: false, rest: 0, spoken: 0 };

function readFormed(line: string): Header | undefined {
  const form = readForm(line);
  if (!form) return undefined;
  const { level, start, end, language } = form;
  const behind = end === undefined ? '' : line.slice(end);
  return {
    level,
    ...stamp(readTime(line, line.startsWith('[') ? 1 : 0)),
    rest: withReason(line.slice(start, end).trimEnd(), logfmtReason.exec(behind)),
    spoken: line.slice(start),
    between: line.slice(0, start),
    ...(language === undefined ? {} : { language }),
  };
}

/** `E, [2026-11-20T06:52:12.600979 #15757] ERROR -- prog: text`, the default of Ruby's Logger. */
const rubyHeader =
  /^[DIWEFAU], \[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}) #\d{1,9}\] {1,4}(\w{3,7}) -- ([^:]{0,100}|[^\s]{0,100}): ?/;

function readRubyHeader(line: string): Header | undefined {
  const match = line.charCodeAt(1) === 44 ? rubyHeader.exec(line) : null;
  if (!match) return undefined;
  const date = new Date((match[1] ?? '').slice(0, 23));
  return {
    level: levelOf(match[2] ?? '') ?? 'error', // UNKNOWN and ANY are shown always
    ...(Number.isNaN(date.getTime()) ? {} : { timestamp: date.toISOString() }),
    rest: line.slice(match[0].length),
    spoken: line,
    language: 'ruby',
  };
}

interface Time {
  readonly iso?: string;
  readonly end: number;
}

function stamp(time: Time | undefined): { timestamp?: string } {
  return time?.iso === undefined ? {} : { timestamp: time.iso };
}

/** The time that stands at a place of a line, ISO 8601 UTC. */
export function timeAt(line: string, at: number): string | undefined {
  return readTime(line, at)?.iso;
}

function readTime(line: string, at: number): Time | undefined {
  const first = line.charCodeAt(at);
  if (!isDigit(first) && first !== 91 && !(first >= 65 && first <= 90)) return undefined;
  if (isUsual(line, at)) return { iso: line.slice(at, at + 24), end: at + 24 };
  iso.lastIndex = at;
  const match = iso.exec(line);
  if (match) {
    const value = isoOf(match);
    const end = iso.lastIndex + (line.startsWith(': ', iso.lastIndex) ? 1 : 0); // pm2's colon
    return { ...(value === undefined ? {} : { iso: value }), end };
  }
  for (const pattern of [clock, syslog, monthFirst, dayFirst, shortYear, epoch]) {
    pattern.lastIndex = at;
    if (pattern.test(line)) return { end: pattern.lastIndex };
  }
  return undefined;
}

const usual = '0000-00-00T00:00:00.000Z';

/** `2026-03-02T10:11:12.123Z` and a blank: the form of most, already as it is wanted. */
function isUsual(line: string, at: number): boolean {
  if (line.charCodeAt(at + 24) !== 32 || line.startsWith(' UTC', at + 24)) return false;
  for (let i = 0; i < usual.length; i++) {
    const code = line.charCodeAt(at + i);
    const wanted = usual.charCodeAt(i);
    if (wanted === 48 ? code < 48 || code > 57 : code !== wanted) return false;
  }
  const month = twoDigits(line, at + 5);
  const day = twoDigits(line, at + 8);
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= 28;
  return (
    isDay && twoDigits(line, at + 11) < 24 && isMinute(line, at + 14) && isMinute(line, at + 17)
  );
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isMinute(line: string, at: number): boolean {
  return twoDigits(line, at) < 60;
}

function twoDigits(line: string, at: number): number {
  return 10 * (line.charCodeAt(at) - 48) + line.charCodeAt(at + 1) - 48;
}

/** A time without a zone is local, as its logger meant it. */
function isoOf(match: RegExpExecArray): string | undefined {
  const [, year, month, day, hour, minute, second, fraction = '0', zone] = match;
  const ms = fraction.slice(0, 3).padEnd(3, '0');
  const offset = zone?.trim().replace(/^([+-]\d{2})(\d{2})$/, '$1:$2') ?? '';
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}`;
  // The most frequent form is already what is wanted; parsing it again would cost most of a line's time.
  const isPlain = offset === 'Z' && `${month}` <= '12' && `${day}` <= '28' && `${hour}` <= '23';
  if (isPlain && `${minute}` <= '59' && `${second}` <= '59' && month !== '00' && day !== '00') {
    return `${text}Z`;
  }
  const date = new Date(text + offset);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

interface FoundLevel {
  readonly level: Level;
  readonly end: number;
}

function readLevel(line: string, at: number, afterATime: boolean): FoundLevel | undefined {
  let from = at;
  for (let i = 0; i < 4; i++) {
    const found = levelAt(line, from, afterATime);
    if (found) return found;
    if (!afterATime) return undefined;
    const next = skip(origin, line, from);
    if (next === from) break;
    from = skip(gap, line, next);
  }
  return afterATime ? levelBehindName(line, from) : undefined;
}

function levelAt(line: string, at: number, afterATime: boolean): FoundLevel | undefined {
  for (const pattern of afterATime
    ? [command, bracketed, capital, afterTime]
    : [command, bracketed, capital, lowercase]) {
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    const level = match ? levelOf(match[1] ?? '') : undefined;
    if (match && level) return { level, end: pattern.lastIndex };
  }
  return undefined;
}

const name =
  /(?:[\w.-]{1,60} (?=[\w$@/.-]{1,80}\[\d{1,9}\]:?\s))?[\w$@/.:-]{1,80}(?:\[\d{1,9}\])?:?\s{1,20}(?:[-|]\s{1,4})?/y;
/** The same where more than one may follow: `PID`, `1351`, `MainThread`, `shop.api`, but no word of a sentence. */
const field =
  /(?:[A-Z]{2,12}|[A-Za-z]{0,40}[a-z][A-Z]\w{0,40}|[\w$@-]{0,40}[\d/.:][\w$@/.:-]{0,80}(?<=\w))\s{1,20}(?:[-|]\s{1,4})?/y;
const maxFields = 4;

/** `2026-… shop.api ERROR: text`, `2026-… PID 1351 MainThread ERROR text`: names between time and level. */
function levelBehindName(line: string, at: number): FoundLevel | undefined {
  let from = skip(name, line, at);
  if (from === at) return undefined;
  const found = markedLevel(line, from);
  if (found) return found;
  from = at;
  for (let i = 0; i < maxFields; i++) {
    const next = skip(field, line, from);
    if (next === from) return undefined;
    const level = markedLevel(line, next);
    if (level) return level;
    from = next;
  }
  return undefined;
}

function markedLevel(line: string, at: number): FoundLevel | undefined {
  for (const pattern of [bracketed, capital]) {
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    const level = match ? levelOf(match[1] ?? '') : undefined;
    if (match && level) return { level, end: pattern.lastIndex };
  }
  return undefined;
}

/** AWS Lambda's Python: the request between time and message. */
const request = /\t[\da-f]{8}-[\da-f-]{27}\t/y;

/** The time may stand behind the level, and behind who said it. */
function messageStart(line: string, at: number, isTimed: boolean): number {
  let from = skip(gap, line, skip(pythonName, line, at));
  let timed = isTimed;
  for (let i = 0; i < 5; i++) {
    const time = timed ? undefined : readTime(line, from);
    timed ||= time !== undefined;
    const next = time ? skip(request, line, time.end) : skip(origin, line, from);
    if (next === from) break;
    from = skip(gap, line, next);
  }
  if (line[from] === ':' && line[from + 1] === ' ') from += 2;
  const behind = skip(component, line, from);
  // Between bars there may be more than one.
  return line.slice(from, behind).endsWith('| ') ? skip(component, line, behind) : behind;
}

function skip(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(line) ? pattern.lastIndex : at;
}

const logfmtLevel = /(?:^|\s)(?:level|lvl|severity)=["']?(\w{1,12})(?:[+-]\d{1,3})?["']?(?=\s|$)/;
/** structlog quotes as Python does, and calls a message an event. */
const logfmtMessage =
  /(?:^|\s)(?:msg|message|event)=(?:"((?:[^"\\]|\\.){0,4000})"?|'((?:[^'\\]|\\.){0,4000})'?|(\S{1,4000}))/;
const logfmtReason =
  /(?:^|\s)(?:err|error)=(?:"((?:[^"\\]|\\.){1,1000})"?|'((?:[^'\\]|\\.){1,1000})'?|(\S{1,400}))/;
/** A stack is the last field; of ZIO without, of structlog with the quote that ends it. */
const logfmtCause =
  /\scause="(?=Exception in thread )|\sexception=(?=["']Traceback \(most recent call last\):)/;
/** slog, logrus and go-kit say where it was logged. */
const logfmtPlace = /(?:^|\s)(?:source|caller|file)="?([^\s"]{1,400}:\d{1,7})(?=[\s"]|$)/;
const logfmtTime = /(?:^|\s)(?:time|ts|timestamp)="?([^\s"]{10,40})/;

/** Heroku's router: `at=error code=H12 desc="Request timeout" method=GET …`. */
const routed = /^at=(\w{4,8}) (?:code=(\w{1,8}) )?desc="([^"]{1,300})"/;

function unescaped(match: RegExpExecArray): string {
  return (match[1] ?? match[2] ?? match[3] ?? '').replace(/\\(["'\\])/g, '$1');
}

/** What failed, and why. */
function withReason(message: string, match: RegExpExecArray | null): string {
  const reason = match ? unescaped(match) : '';
  if (reason === '' || message.includes(reason)) return message;
  return message === '' ? reason : `${message}: ${reason}`;
}

function readLogfmt(line: string): Header | undefined {
  if (!line.includes('=')) return undefined;
  const router = line.startsWith('at=') ? routed.exec(line) : null;
  const told = router && levelOf(router[1] ?? '');
  if (router && told) return { level: told, rest: `${router[2] ?? ''} ${router[3] ?? ''}`.trim() };
  if (!/(?:level|lvl|severity)=/.test(line)) return undefined;
  const level = levelOf(logfmtLevel.exec(line)?.[1] ?? '');
  const message = logfmtMessage.exec(line);
  const reason = logfmtReason.exec(line);
  // go-kit's loggers may give the error alone.
  if (!level || !(message ?? reason)) return undefined;
  const at = Date.parse(logfmtTime.exec(line)?.[1] ?? '');
  const place = logfmtPlace.exec(line)?.[1];
  const cause = logfmtCause.exec(line);
  return {
    level,
    ...(Number.isNaN(at) ? {} : { timestamp: new Date(at).toISOString() }),
    rest: cause
      ? line.slice(cause.index + cause[0].length)
      : withReason(message ? unescaped(message) : '', reason),
    ...(place === undefined ? {} : { between: place }),
  };
}
