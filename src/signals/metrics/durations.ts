import type { Observation } from '../../core/metric.ts';
import { redact } from '../../core/secrets.ts';
import { isSketchable } from '../../core/sketch.ts';
import { maskVariables } from '../masks.ts';
import { visible } from '../title.ts';
import { endpointOf } from './endpoint.ts';
import { timeOf } from './record.ts';
import { millisecondsPer } from './units.ts';

const maxLineChars = 4_000;
/** A day: what says it took longer is no call. */
const longestMs = 86_400_000;

/** What a log line may have to tell. Cheap: most lines of most logs say nothing of it. */
export const durationHint =
  /\d ?(?:ms|[µμ]s|us|ns|s|secs?|seconds)\b|duration|elapsed|latency|[Rr]esponse_?[Tt]ime|request_time|"(?:GET|POST|PUT|PATCH|DELETE|HEAD) |(?:GET|POST|PUT|PATCH|DELETE) \//;

/**
 * How long a log line says that something took (metric `response_time`, per endpoint or operation), and
 * whether a request failed (`request_errors`: 1 for a status of 500 and more, else 0).
 */
export function observationsIn(line: string, now: number): readonly Observation[] {
  const text = line.slice(0, maxLineChars).trim();
  if (!durationHint.test(text)) return [];
  const call = text.startsWith('{') ? callInJson(text, now) : callInText(text, now);
  // Whoever tries addresses that are none must not fill the list of endpoints.
  if (!call || call.status === 404) return [];
  const endpoint = clean(call.endpoint);
  const base = { endpoint, at: call.at };
  const found: Observation[] = [];
  if (call.ms !== undefined && call.ms <= longestMs && isSketchable(call.ms)) {
    found.push({
      ...base,
      name: 'response_time',
      type: 'response_time',
      unit: 'ms',
      value: call.ms,
    });
  }
  if (call.status !== undefined) {
    const value = call.status >= 500 ? 1 : 0;
    found.push({ ...base, name: 'request_errors', type: 'error_rate', unit: '', value });
  }
  return found;
}

/** Endpoints repeat; looking for secrets in each of them again would take most of the time. */
const known = new Map<string, string>();
const maxKnown = 1_000;

function clean(endpoint: string): string {
  const before = known.get(endpoint);
  if (before !== undefined) return before;
  if (known.size >= maxKnown) known.clear();
  const text = visible(redact(endpoint));
  known.set(endpoint, text);
  return text;
}

interface Call {
  readonly endpoint: string;
  readonly at: number;
  readonly ms?: number | undefined;
  readonly status?: number | undefined;
}

const request =
  /\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s{1,10}"?(\/[^\s"?#]{0,500}|https?:\/\/[^\s"]{1,500})/;
const methodField = /\bmethod["']?\s{0,3}[=:]\s{0,3}["']?([A-Za-z]{3,7})\b/i;
const pathField =
  /\b(?:path|uri|url|route|endpoint)["']?\s{0,3}[=:]\s{0,3}["']?((?:https?:\/)?\/[^\s"'?#,]{0,500})/i;
const statusField = /\b(?:status|status_?code|code)["']?\s{0,3}[=:]\s{0,3}["']?([1-5]\d\d)\b/i;
const statusWord = /(?:^|[\s|"'])([1-5]\d\d)(?=[\s|,"']|$)/;
const keyedDuration =
  /\b(?:duration|elapsed|latency|resp(?:onse)?_?time|took|time_?taken|service|total_?time|exec(?:ution)?_?time|dur)[_.]?(ms|millis|milliseconds|us|µs|ns|s|secs?|seconds)?["']?\s{0,3}[=:]\s{0,3}["']?(\d{1,12}(?:\.\d{1,9})?)\s?(ms|[µμ]s|us|ns|s|secs?|seconds|min)?(?![\w.])/i;
/** As nginx writes them: in seconds. */
const nginxDuration = /\b(?:request_time|rt|urt|upstream_response_time)=["']?(\d{1,6}\.\d{1,6})\b/;
const wordedDuration =
  /\b(?:took|(?:completed|finished|done|processed|handled|executed|served|responded|returned|answered)\b[^\d]{0,60}?\b(?:in|after))\s{1,3}(\d{1,12}(?:\.\d{1,9})?)\s?(ms|[µμ]s|us|ns|s|secs?|seconds|min|minutes|millis(?:econds)?)\b/i;
const anyDuration = /(?:^|[\s(|+=])(\d{1,12}(?:\.\d{1,9})?)\s?(ms|[µμ]s|us|ns|s)(?=[\s),|]|$)/;
const trailingSeconds = /["\s](\d{1,5}\.\d{3,6})$/;
/** A time to wait is not a time taken, and some work is meant to take long. */
const notWork =
  /\b(?:retry|retries|retrying|time(?:d\s|-)?out|timeout|sleep\w{0,4}|wait(?:ed|ing|s)?|delay\w{0,3}|back-?off|expir\w{1,4}|interval|ttl|schedul\w{1,4}|every|uptime|backup|migrat\w{1,5}|build|built|compil\w{1,5}|batch|nightly|cron|boot\w{0,3}|start(?:ed|up|ing)|deploy\w{0,4}|bundl\w{1,4}|install\w{0,5}|tests?|suites?|pass(?:ed|ing))\b/i;

function callInText(text: string, now: number): Call | undefined {
  const asked = requestIn(text);
  const at = timeInText(text, now);
  if (asked) {
    const { endpoint, rest } = asked;
    return { endpoint, at, status: statusIn(rest), ms: durationIn(rest) ?? anyIn(rest) };
  }
  if (notWork.test(text)) return undefined;
  const worded = wordedDuration.exec(text) ?? keyedDuration.exec(text);
  const ms = durationIn(text);
  if (!worded || ms === undefined) return undefined;
  return { endpoint: operationIn(text, worded.index), at, ms };
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

const durationWords = /[dD]ur|elapsed|[lL]aten|[tT]im|took|serv|exec|rt=| in | after /;

function durationIn(text: string): number | undefined {
  if (!durationWords.test(text)) return undefined;
  const keyed = keyedDuration.exec(text);
  if (keyed) return inMs(keyed[2], keyed[3] ?? keyed[1] ?? 'ms');
  const nginx = nginxDuration.exec(text);
  if (nginx) return inMs(nginx[1], 's');
  const worded = wordedDuration.exec(text);
  return worded ? inMs(worded[1], worded[2] ?? 'ms') : undefined;
}

function anyIn(rest: string): number | undefined {
  const found = anyDuration.exec(rest);
  if (found) return inMs(found[1], found[2] ?? 'ms');
  const trailing = rest.includes('"') ? trailingSeconds.exec(rest) : null;
  return trailing ? inMs(trailing[1], 's') : undefined;
}

function inMs(digits: string | undefined, unit: string): number | undefined {
  const factor = millisecondsPer(unit);
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

const operationField =
  /\b(?:op|operation|task|job|handler|action|query|name|func|function|event|msg|message)=(?:"([^"]{1,200})"|([^\s"]{1,200}))/i;
const lineHeader =
  /^(?:\S{0,40}\d\d:\d\d:\d\d\S{0,20}|\d{4}-\d\d-\d\d|\[[^\]]{0,60}\]|(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR)\b:?|[\w.-]{1,60}(?=\s-\s)|-|\||\d{1,8})\s{1,20}/i;

/** What took so long, in the line's own words: a field that names it, else the words before the time. */
function operationIn(text: string, end: number): string {
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

type Json = Readonly<Record<string, unknown>>;

const durationKeys =
  /^(?:duration|elapsed|latency|response_?time|request_?time|took|time_?taken|total_?time|execution_?time|dur)[_.]?(ms|millis|milliseconds|us|µs|ns|s|secs?|seconds)?$/i;

/** pino, winston, zap and their like; the request may lie in an object of its own. */
function callInJson(text: string, now: number): Call | undefined {
  const record = parse(text);
  if (!record) return undefined;
  const places = [record, ...nested(record, 'req', 'request', 'http', 'res', 'response')];
  const find = (...keys: readonly string[]): unknown =>
    places.flatMap((place) => keys.map((key) => own(place, key))).find((v) => v !== undefined);
  const at = timeOf(find('timestamp', 'time', 'ts', '@timestamp', 't', 'date'), now) ?? now;
  const method = textOf(find('method'));
  const path = textOf(find('route', 'url', 'path', 'uri', 'endpoint'));
  const status = Number(find('statusCode', 'status_code', 'status'));
  const ms = places.map(durationOf).find((value) => value !== undefined);
  const message = textOf(find('msg', 'message', 'event')) ?? '';
  if (path === undefined && ms === undefined) return callInText(message, at);
  const operation = textOf(find('operation', 'op', 'task', 'job', 'handler')) ?? message;
  if (path === undefined && notWork.test(operation)) return undefined;
  return {
    endpoint: path === undefined ? operationIn(operation, 200) : endpointOf(method ?? '', path),
    at,
    ms,
    ...(status >= 100 && status < 600 && path !== undefined ? { status } : {}),
  };
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // cut, or no JSON after all
  }
}

function nested(record: Json, ...keys: readonly string[]): Json[] {
  return keys.map((key) => own(record, key)).filter(isRecord);
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(record: Json, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 1_000) : undefined;
}

function durationOf(record: Json): number | undefined {
  for (const [key, value] of Object.entries(record).slice(0, 60)) {
    const unit = durationKeys.exec(key);
    if (!unit) continue;
    if (typeof value === 'number' && value >= 0) return inMs(String(value), unit[1] ?? 'ms');
    const worded =
      typeof value === 'string' && /^(\d{1,12}(?:\.\d{1,9})?)\s?([a-zµμ]{1,12})$/i.exec(value);
    if (worded) return inMs(worded[1], worded[2] ?? 'ms');
  }
  return undefined;
}
