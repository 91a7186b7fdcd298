import { type Json, parseRecord } from '../jsonRecord.ts';
import { type Call, callInText, isWork, operationIn } from './callsInText.ts';
import { endpointOf } from './endpoint.ts';
import { timeOf } from './record.ts';
import { inMs } from './timeTaken.ts';

/** Objects in which loggers keep what they say of a request, and what is in those. */
const places =
  /^(?:req|request|http|httpRequest|res|response|meta|fields|span|attr|event|url|context|extra)$/;
const maxPlaces = 12;
const durationKeys =
  /^(?:event\.)?(?:duration|elapsed|latency|response_?time|request_?time|process_?time|took|time_?taken|total_?time|execution_?time|dur)(?:[_.]?(ms|millis|milliseconds|us|µs|micros|ns|nanos|s|secs?|seconds)|_human)?$/i;

/** pino, winston, zap and their like; the request may lie in an object of its own. */
export function callInJson(text: string, now: number): Call | undefined {
  const record = parseRecord(text);
  if (!record) return undefined;
  const all = placesIn(record);
  const find = (...keys: readonly string[]): unknown =>
    all
      .flatMap((place) => keys.map((key) => own(place, key)))
      .find((value) => value !== undefined && !isRecord(value));
  const at = timeOf(find('timestamp', 'time', 'ts', '@timestamp', 't', 'date'), now) ?? now;
  const method = textOf(find('method', 'requestMethod', 'http.request.method'));
  const path = textOf(
    find('route', 'url', 'path', 'uri', 'endpoint', 'requestUrl', 'url.path', 'original'),
  );
  const status = Number(find('statusCode', 'status_code', 'status', 'http.response.status_code'));
  const ms = durationIn(all, record);
  const message = textOf(find('msg', 'message', 'event')) ?? '';
  if (path === undefined && ms === undefined) return callInText(message, at);
  const operation = textOf(find('operation', 'op', 'task', 'job', 'handler')) ?? message;
  if (path === undefined && !isWork(operation)) return undefined;
  return {
    endpoint: path === undefined ? operationIn(operation, 200) : endpointOf(method ?? '', path),
    at,
    ms,
    ...(status >= 100 && status < 600 && path !== undefined ? { status } : {}),
  };
}

function placesIn(record: Json): readonly Json[] {
  const found: Json[] = [record];
  for (let i = 0; i < found.length && found.length < maxPlaces; i++) {
    for (const [key, value] of Object.entries(found[i] ?? {})) {
      if (places.test(key) && isRecord(value) && found.length < maxPlaces) found.push(value);
    }
  }
  return found;
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

/** One that names its unit before one that doesn't. */
function durationIn(all: readonly Json[], record: Json): number | undefined {
  const bare: number[] = [];
  for (const place of all) {
    for (const [key, value] of Object.entries(place).slice(0, 60)) {
      const known = durationKeys.exec(key);
      if (!known) continue;
      const unit = known[1] ?? (key.startsWith('event.') ? 'ns' : undefined);
      if (typeof value === 'string' && value.length <= 30) {
        const ms = inMs(value.trim(), unit ?? 'ms');
        if (ms !== undefined) return ms;
      }
      if (typeof value !== 'number' || value < 0) continue;
      if (unit !== undefined) return inMs(String(value), unit);
      bare.push(place === own(record, 'event') ? value / 1e6 : value * bareUnit(record, value));
    }
  }
  return bare[0];
}

/** Nothing that is called takes three hours. */
const surelyNanoseconds = 1e7;
/** Longer ones that are whole seconds by chance are rarer than whole milliseconds. */
const longestWholeSeconds = 60;

/**
 * What a number without a unit counts, in ms: zap writes all times in seconds, slog whole nanoseconds (and
 * Elastic's schema, in `event`), others milliseconds.
 */
function bareUnit(record: Json, value: number): number {
  const { ts, time, level } = record;
  const isNumbered = typeof ts === 'number' && ts < 1e11;
  if (!Number.isInteger(value)) return isNumbered ? 1_000 : 1;
  if (isNumbered && !Number.isInteger(ts) && value <= longestWholeSeconds) return 1_000;
  const isSlog =
    typeof time === 'string' && time.length > 24 && /^(?:DEBUG|INFO|WARN|ERROR)$/.test(`${level}`);
  return value >= surelyNanoseconds || (isSlog && value >= 10_000) ? 1e-6 : 1;
}
