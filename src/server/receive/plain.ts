import { parseJson } from '../body.ts';
import type { InboxRecord } from '../inbox.ts';
import { refusal } from '../refusal.ts';
import { isObject, type Json, type Taken, textOf, type Writer } from './records.ts';

export type PlainKind = 'errors' | 'metrics' | 'feedback';
/** What is wrong with a record, or what it becomes. */
type Read = (record: Json, writer: Writer) => InboxRecord | string;

const maxRecords = 10_000;

/** One record, an array of them, or JSON lines. */
export function readPlain(kind: PlainKind, body: Buffer, type: string, writer: Writer): Taken {
  const text = body.toString('utf8');
  const isLines = type === 'application/x-ndjson' || type === 'application/jsonl';
  const values: readonly unknown[] = isLines
    ? text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map(lineOf)
    : [parseJson(text)].flat();
  if (values.length === 0) throw refusal(400, 'empty', 'There is nothing in it.');
  if (values.length > maxRecords) {
    throw refusal(413, 'too_many_records', `More than ${maxRecords} records in one request.`);
  }
  const records: InboxRecord[] = [];
  const rejected: { index: number; reason: string }[] = [];
  for (const [index, value] of values.entries()) {
    const read = isObject(value) ? readers[kind](value, writer) : 'not a JSON object';
    if (typeof read === 'string') rejected.push({ index, reason: read });
    else records.push(read);
  }
  return { records, rejected };
}

function lineOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const readers: Readonly<Record<PlainKind, Read>> = {
  errors(record, writer) {
    const { timestamp, level, message, type, stack, exception, platform, release, ...extra } =
      record;
    const known = {
      level: textOf(level) ?? 'error',
      at: timestamp,
      message: textOf(message),
      type: textOf(type),
      stack: textOf(stack),
      platform: textOf(platform),
      release: textOf(release),
      ...(isObject(exception) ? { exception } : {}),
      ...(Object.keys(extra).length > 0 ? { extra } : {}),
    };
    const says = known.message ?? known.type ?? known.stack ?? known.exception;
    return says === undefined
      ? 'neither a message, a type, a stack nor an exception'
      : writer.error(known);
  },
  feedback(record, writer) {
    const { rating } = record;
    const says = textOf(record.text) ?? textOf(record.message);
    if (rating !== undefined && !isRating(rating)) return 'rating is neither up, down nor 1 to 5';
    if (says === undefined && rating === undefined) return 'neither a text nor a rating';
    return writer.feedback(record);
  },
  metrics(record, writer) {
    const { metric, value, timestamp, unit, type, endpoint, threshold } = record;
    const name = textOf(metric);
    if (name === undefined) return 'no name of a metric';
    if (typeof value !== 'number' || !Number.isFinite(value))
      return 'its value is no finite number';
    return writer.metric({
      metric: name,
      value,
      at: timestamp,
      unit: textOf(unit),
      type: textOf(type),
      endpoint: textOf(endpoint),
      ...(typeof threshold === 'number' ? { threshold } : {}),
    });
  },
};

function isRating(value: unknown): boolean {
  if (typeof value === 'number') return value >= 1 && value <= 5;
  return typeof value === 'string' && /^(?:up|down|[1-5])$/.test(value);
}
