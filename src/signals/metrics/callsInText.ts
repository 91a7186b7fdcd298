import { maskVariables } from '../masks.ts';
import { endpointOf } from './endpoint.ts';
import { timeOf } from './record.ts';
import { inMs, timeOrClock, timeOrNumber, timeWithUnit } from './timeTaken.ts';

/** Something that was asked for or done, and what a line says of it. */
export interface Call {
  readonly endpoint: string;
  readonly at: number;
  readonly ms?: number | undefined;
  readonly status?: number | undefined;
}

const request =
  /\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)[\s|]{1,12}"?(\/[^\s"?#]{0,500}|https?:\/\/[^\s"]{1,500})/;
const methodField = /\bmethod["']?\s{0,3}[=:]\s{0,3}["']?([A-Za-z]{3,7})\b/i;
const pathField =
  /\b(?:path|uri|url|route|endpoint)["']?\s{0,3}[=:]\s{0,3}["']?((?:https?:\/)?\/[^\s"'?#,]{0,500})/i;
const statusField = /\b(?:status|status_?code|code)["']?\s{0,3}[=:]\s{0,3}["']?([1-5]\d\d)\b/i;
const statusWord = /(?:^|[\s|"'])([1-5]\d\d)(?=[\s|,"']|$)/;
const keyedDuration = new RegExp(
  `\\b(?:duration|elapsed(?: time)?|latency|resp(?:onse)?_?time|took|time_?taken|service|total_?time|exec(?:ution)?_?time|process_?time|dur)[_.]?(ms|millis|milliseconds|us|µs|ns|s|secs?|seconds)?["']?\\s{0,3}[=:]\\s{0,3}["']?(${timeOrNumber})(?!\\.\\w)`,
  'i',
);
/** As nginx writes them: in seconds; of all, then of whom it asked. */
const nginxDurations = [
  /\b(?:request_time|rt)=["']?(\d{1,6}\.\d{1,6})\b/,
  /\b(?:urt|upstream_response_time)=["']?(\d{1,6}\.\d{1,6})\b/,
] as const;
const done =
  'completed|finished|done|succeeded|failed|processed|handled|executed|served|sent|responded|returned|answered';
const wordedDuration = new RegExp(
  `\\b(?:took|(?<done>(?:${done})\\b[^\\n(]{0,60}?)(?:\\b(?:in|after)|(?=\\s\\()))\\s{1,3}\\(?(?<time>${timeOrClock})`,
  'i',
);
const anyDuration = new RegExp(`(?:^|[\\s([|+=])(${timeWithUnit})(?=[\\s)\\],|]|$)`);
/** What servers and proxies write behind the call, each in places of its own. */
const serverForms: readonly (readonly [RegExp, string])[] = [
  // HAProxy: waiting, queued, connecting, answering, all.
  [/\s(?:-?\d{1,9}\/){4}\+?(\d{1,9})\s/, 'ms'],
  // Envoy: the answer's flags, then bytes in, bytes out, ms.
  [
    / [1-5]\d\d (?:-|[A-Z,]{2,40}) (?:\S{1,80} ){0,5}\d{1,12} \d{1,12} (\d{1,9}) (?:\d{1,9}|-) /,
    'ms',
  ],
  // nginx: with three decimals; others behind all else.
  [/[\s"](\d{1,5}\.(?:\d{3}(?=\s|$)|\d{4,6}$))/, 's'],
  // Apache: `%D`, often with `%T` before it, behind the name of the browser.
  [/\*\*\d{1,5}\/(\d{1,10})\*\*$/, 'us'],
  [/" " (\d{1,10})$/, 'us'],
];
/** A time to wait is not a time taken, and some work is meant to take long. */
const notWork =
  /\b(?:retry|retries|retrying|time(?:d\s|-)?out|timeout|sleep\w{0,4}|wait(?:ed|ing|s)?|delay\w{0,3}|back-?off|expir\w{1,4}|interval|ttl|schedul\w{1,4}|every|uptime|backup|migrat\w{1,5}|build|built|compil\w{1,5}|batch|nightly|cron|boot\w{0,3}|start(?:ed|up|ing)|deploy\w{0,4}|bundl\w{1,4}|install\w{0,5}|tests?|suites?|pass(?:ed|ing)|video|audio|clip|track|recording)\b/i;

export function isWork(text: string): boolean {
  return !notWork.test(text);
}

/** What a line in words tells of; see {@link Call}. */
export function callInText(text: string, now: number): Call | undefined {
  const asked = requestIn(text);
  const at = timeInText(text, now);
  if (asked) {
    const { endpoint, rest } = asked;
    return { endpoint, at, status: statusIn(rest), ms: durationIn(rest) ?? anyIn(rest) };
  }
  if (!isWork(text)) return undefined;
  const worded = wordedDuration.exec(text) ?? keyedDuration.exec(text);
  const ms = durationIn(text);
  if (!worded || ms === undefined) return undefined;
  const endpoint =
    operationIn(text, worded.index) || operationIn(worded.groups?.['done'] ?? '', 60);
  return { endpoint, at, ms };
}

/** The call, and the line without it: numbers in an address are neither a status nor a time. */
function requestIn(text: string): { endpoint: string; rest: string } | undefined {
  const found = request.exec(text);
  if (found) {
    const [whole, method = '', path = ''] = found;
    const after = text.slice(found.index + whole.length).replace(/^[?#][^\s"]{0,2000}/, '');
    return { endpoint: endpointOf(method, path), rest: `${text.slice(0, found.index)} ${after}` };
  }
  const path = pathField.exec(text);
  const method = methodField.exec(text);
  if (!path) return undefined;
  return {
    endpoint: endpointOf(method?.[1] ?? '', path[1] ?? ''),
    rest: text.replace(path[0], ' '),
  };
}

/** Behind the header of the line, which has numbers of its own. */
function statusIn(rest: string): number | undefined {
  const keyed = statusField.exec(rest);
  if (keyed) return Number(keyed[1]);
  // Numbers of the header lie before the call, but some loggers put the status there as well.
  const word = statusWord.exec(rest.replace(clfTime, ' '));
  return word ? Number(word[1]) : undefined;
}

const durationWords =
  /[dD]ur|[eE]laps|[lL]aten|[tT]im|[tT]ook|[sS]erv|[eE]xec|rt=| in | after | \(/;

function durationIn(text: string): number | undefined {
  if (!durationWords.test(text)) return undefined;
  const keyed = keyedDuration.exec(text);
  if (keyed) return inMs(keyed[2] ?? '', keyed[1] ?? 'ms');
  const nginx = nginxDurations[0].exec(text) ?? nginxDurations[1].exec(text);
  if (nginx) return inMs(nginx[1] ?? '', 's');
  const worded = wordedDuration.exec(text);
  return inMs(worded?.groups?.['time'] ?? '', 'ms');
}

function anyIn(rest: string): number | undefined {
  const found = anyDuration.exec(rest);
  if (found) return inMs(found[1] ?? '', 'ms');
  if (!rest.includes('"')) return undefined;
  const unquoted = rest.replace(/"[^"]{0,2000}"/g, '" "');
  for (const [form, unit] of serverForms) {
    const [, digits] = form.exec(unquoted) ?? [];
    if (digits !== undefined) return inMs(digits, unit);
  }
  return undefined;
}

const operationField =
  /\b(?:op|operation|task|job|handler|action|query|name|func|function|event|msg|message)=(?:"([^"]{1,200})"|([^\s"]{1,200}))/i;
const lineHeader =
  /^(?:\S{0,40}\d\d:\d\d:\d\d\S{0,20}|\d{4}-\d\d-\d\d|\[[^\]]{0,60}\]|(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR)\b:?|[\w.-]{1,60}(?=\s-\s)|-|\||\d{1,8})\s{1,20}/i;

/** As databases write what they were asked. */
const statement = /\b(?:statement|execute [^\s:]{1,80}): (\S[^\n]{0,300})/;

/** What took so long, in the line's own words: a field that names it, else the words before the time. */
export function operationIn(text: string, end: number): string {
  const asked = statement.exec(text)?.[1];
  if (asked !== undefined) return maskVariables(asked).slice(0, 120);
  const named = operationField.exec(text);
  let words = named?.[1] ?? named?.[2] ?? text.slice(0, end);
  for (let i = 0; i < 8 && lineHeader.test(words); i++) words = words.replace(lineHeader, '');
  const masked = maskVariables(words)
    .replace(/[\s:,;|([-]{1,20}$/, '')
    .trim();
  return masked.split(' ').slice(-6).join(' ').slice(0, 120);
}

const timestamp =
  /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:\s?(?:Z|[+-]\d\d:?\d\d))?|\d{4}\/\d\d\/\d\d (?:- )?\d\d:\d\d:\d\d/;
const clfTime = /\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)\]/;

/** Of the line's own header. Without a zone it is taken for UTC; without a time it is now. */
function timeInText(text: string, now: number): number {
  const head = text.slice(0, 200);
  const clf = clfTime.exec(head);
  if (clf) {
    const [, day, month, year, time, hours, minutes] = clf;
    return timeOf(`${day} ${month} ${year} ${time} GMT${hours}${minutes}`, now) ?? now;
  }
  const found = timestamp
    .exec(head)?.[0]
    .replace(' - ', ' ')
    .replaceAll('/', '-')
    .replace(',', '.');
  if (found === undefined) return now;
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/.test(found.slice(19));
  return timeOf(`${found.slice(0, 10)}T${found.slice(11)}${hasZone ? '' : 'Z'}`, now) ?? now;
}
