import { parseJson } from '../body.ts';
import type { InboxRecord } from '../inbox.ts';
import { refusal } from '../refusal.ts';
import { isObject, type Json, objectsIn, textOf, timedRecords, type Writer } from './records.ts';

interface Item {
  readonly type: string;
  readonly payload: unknown;
}

export interface Sent {
  /** The event's, which its sender wants back. */
  readonly id: string | undefined;
  readonly records: readonly InboxRecord[];
}

const maxItems = 1_000;
/** Whose payload is JSON that says something to us. Others (sessions, attachments, replays) are passed over. */
const read = new Set(['event', 'transaction', 'feedback', 'user_report', 'log', 'span']);

/** An envelope of any SDK (develop.sentry.dev, "Envelopes"). */
export function readEnvelope(body: Buffer, writer: Writer): Sent {
  const { header, items } = itemsIn(body);
  const id = textOf(header.event_id);
  return {
    id,
    records: items.flatMap(({ type, payload }) =>
      isObject(payload) ? recordsOf(type, payload, writer) : [],
    ),
  };
}

/** The older way: one event by itself. */
export function readStored(body: Buffer, writer: Writer): Sent {
  const event = parseJson(body.toString('utf8'));
  if (!isObject(event)) throw refusal(400, 'bad_event', 'The event is no JSON object.');
  return { id: textOf(event.event_id), records: eventRecords(event, writer) };
}

/** The key that an SDK without headers (through a tunnel) gives in the envelope itself. */
export function keyInEnvelope(body: Buffer): string | undefined {
  const end = body.indexOf(10);
  const header = parseJson(body.toString('utf8', 0, end < 0 ? body.length : end));
  const dsn = isObject(header) ? textOf(header.dsn) : undefined;
  return /^https?:\/\/(\w{1,200})(?::\w{0,200})?@/.exec(dsn ?? '')?.[1];
}

function itemsIn(body: Buffer): { readonly header: Json; readonly items: readonly Item[] } {
  let at = 0;
  const line = (): string => {
    const found = body.indexOf(10, at);
    const end = found < 0 ? body.length : found;
    const text = body.toString('utf8', at, end);
    at = end + 1;
    return text;
  };
  const header = parseJson(line());
  if (!isObject(header)) throw refusal(400, 'bad_envelope', 'The envelope has no header.');
  const items: Item[] = [];
  while (at < body.length) {
    const text = line();
    if (text.trim() === '') continue;
    const head = parseJson(text);
    const type = isObject(head) ? textOf(head.type) : undefined;
    if (!isObject(head) || type === undefined) {
      throw refusal(400, 'bad_envelope', 'An item of the envelope has no type.');
    }
    const { length } = head;
    const isSized = typeof length === 'number' && Number.isInteger(length) && length >= 0;
    if (isSized && at + length > body.length) {
      throw refusal(400, 'bad_envelope', 'An item of the envelope is cut.');
    }
    const payload = isSized ? body.toString('utf8', at, at + length) : line();
    if (isSized) at += length + 1;
    if (read.has(type)) items.push({ type, payload: parseJson(payload) });
    if (items.length > maxItems) throw refusal(413, 'too_many_records', 'Too many items.');
  }
  return { header, items };
}

function recordsOf(type: string, payload: Json, writer: Writer): readonly InboxRecord[] {
  switch (type) {
    case 'event':
      return eventRecords(payload, writer);
    case 'transaction':
      return transactionRecords(payload, writer);
    case 'feedback':
      return feedbackRecords(payload, writer);
    case 'user_report': {
      const { comments, email, name } = payload;
      return textOf(comments)
        ? [writer.feedback({ text: comments, user: email ?? name ?? null })]
        : [];
    }
    case 'span':
      return objectsIn(payload.items).flatMap((span) => segmentRecords(span, writer));
    case 'log':
      return objectsIn(payload.items).flatMap(({ level, body, timestamp }) =>
        isBad(textOf(level)) && textOf(body)
          ? [
              writer.error({
                level: textOf(level) ?? 'error',
                at: timestamp,
                message: textOf(body),
              }),
            ]
          : [],
      );
    default:
      return [];
  }
}

function isBad(level: string | undefined): boolean {
  return level === 'error' || level === 'fatal';
}

function eventRecords(event: Json, writer: Writer): readonly InboxRecord[] {
  const level = textOf(event.level) ?? 'error';
  const entry = isObject(event.logentry) ? event.logentry : {};
  const plain = textOf(event.message) ?? textOf(entry.formatted) ?? textOf(entry.message);
  const exception = Array.isArray(event.exception) ? { values: event.exception } : event.exception;
  // A message comes as an exception without a type, for the sake of where it was said.
  const thrown = isObject(exception) ? objectsIn(exception.values) : [];
  const values = thrown.filter(({ type }) => textOf(type) !== undefined).map(thrownOf);
  if (values.length === 0 && (plain === undefined || !isBad(level))) return [];
  return [
    writer.error({
      level,
      at: event.timestamp,
      message: plain,
      release: textOf(event.release),
      platform: textOf(event.platform),
      ...(values.length > 0 ? { exception: { values } } : {}),
    }),
  ];
}

/** What of an exception says where and what: not the locals, not the lines around. */
function thrownOf({ type, value, stacktrace, module }: Json): Json {
  const frames = isObject(stacktrace) ? objectsIn(stacktrace.frames) : [];
  return {
    type,
    value,
    module,
    stacktrace: {
      frames: frames
        .slice(-250)
        .map(
          ({
            filename,
            abs_path,
            function: name,
            module: owner,
            lineno,
            colno,
            in_app,
            context_line,
          }) => ({
            filename,
            abs_path,
            function: name,
            module: owner,
            lineno,
            colno,
            in_app,
            context_line,
          }),
        ),
    },
  };
}

function transactionRecords(event: Json, writer: Writer): readonly InboxRecord[] {
  const contexts = isObject(event.contexts) ? event.contexts : {};
  const trace = isObject(contexts.trace) ? contexts.trace : {};
  return durationRecords(
    {
      endpoint: textOf(event.transaction),
      start: event.start_timestamp,
      end: event.timestamp,
      status: textOf(trace.status),
    },
    writer,
  );
}

/** What newer SDKs send in place of transactions: each span by itself, of which the outermost counts. */
function segmentRecords(span: Json, writer: Writer): readonly InboxRecord[] {
  if (span.is_segment !== true) return [];
  const { name, start_timestamp: start, end_timestamp: end, status } = span;
  return durationRecords({ endpoint: textOf(name), start, end, status: textOf(status) }, writer);
}

interface Timed {
  readonly endpoint: string | undefined;
  readonly start: unknown;
  readonly end: unknown;
  readonly status: string | undefined;
}

const failures = /^(?:error|internal_error|unknown_error|deadline_exceeded|unavailable|data_loss)$/;

function durationRecords(
  { endpoint, start, end, status }: Timed,
  writer: Writer,
): readonly InboxRecord[] {
  const took = secondsOf(end) - secondsOf(start);
  if (!(took >= 0) || endpoint === undefined) return [];
  return timedRecords(writer, {
    endpoint,
    at: end,
    ms: 1_000 * took,
    failed: failures.test(status ?? ''),
  });
}

function secondsOf(value: unknown): number {
  return typeof value === 'number' ? value : Date.parse(textOf(value) ?? '') / 1_000;
}

function feedbackRecords(event: Json, writer: Writer): readonly InboxRecord[] {
  const contexts = isObject(event.contexts) ? event.contexts : {};
  const said = isObject(contexts.feedback) ? contexts.feedback : {};
  const text = textOf(said.message);
  const user = textOf(said.contact_email) ?? textOf(said.name);
  if (text === undefined) return [];
  return [writer.feedback({ id: event.event_id, timestamp: event.timestamp, text, user })];
}
