import { originOfRecord } from './jsonOrigin.ts';
import type { JsonRecord } from './jsonLines.ts';
import { firstText, type Json, objectAt, own, textAt } from './jsonValues.ts';
import { type Level, syslogLevel } from '../headers/level.ts';

/** What its carrier was told of a line: an error, or nothing that says more than the line itself. */
function toldLevel(priority: unknown): Level | undefined {
  const level = syslogLevel(Number(priority));
  return level === 'error' || level === 'fatal' ? level : undefined;
}

/** journald: the message is a line of a service, or bytes where it is no plain text. */
export function readJournal(record: Json): JsonRecord | undefined {
  const value = own(record, 'MESSAGE');
  const said = typeof value === 'string' ? value : textOfBytes(value);
  if (said === undefined) return undefined;
  const level = toldLevel(textAt(record, 'PRIORITY'));
  const timestamp = journalTime(record);
  const origin = originOfRecord(record);
  const name = firstText(record, ['SYSLOG_IDENTIFIER', '_SYSTEMD_UNIT', '_COMM']) ?? '';
  return {
    ...(level === undefined ? {} : { level }),
    ...(timestamp === undefined ? {} : { timestamp }),
    message: said.replace(/\r?\n$/, ''),
    language: 'text',
    ...(origin ? { origin } : {}),
    carrier: `${name}[${textAt(record, '_PID') ?? ''}]`,
  };
}

function textOfBytes(value: unknown): string | undefined {
  const isBytes =
    Array.isArray(value) &&
    value.length > 0 &&
    value.length < 100_000 &&
    value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256);
  return isBytes ? Buffer.from(value as readonly number[]).toString('utf8') : undefined;
}

function journalTime(record: Json): string | undefined {
  const at = Number(textAt(record, '__REALTIME_TIMESTAMP') ?? Number.NaN);
  return Number.isFinite(at) && at > 0 && at < 8e18 ? new Date(at / 1000).toISOString() : undefined;
}

export function readCarrier(record: Json): JsonRecord | undefined {
  const pm2 = readPm2(record);
  if (pm2) return pm2;
  const tested = readGoTest(record);
  if (tested) return tested;
  const log = textAt(record, 'log');
  const stream = textAt(record, 'stream');
  if (log === undefined || stream === undefined) return undefined;
  const name = `${sourceOf(record) ?? ''}${stream}`;
  return {
    message: log.replace(/\r?\n$/, ''),
    language: 'text',
    carrier: log.endsWith('\n') ? name : `${name}+`,
  };
}

/** `go test -json`: what a package's tests print, whichever of them said it. */
function readGoTest(record: Json): JsonRecord | undefined {
  const said = textAt(record, 'Output');
  const tested = textAt(record, 'Package') ?? textAt(record, 'ImportPath');
  if (said === undefined || tested === undefined || !textAt(record, 'Action')?.endsWith('output'))
    return undefined;
  const carrier = `${tested}${said.endsWith('\n') ? '' : '+'}`;
  return { message: said.replace(/\r?\n$/, ''), language: 'go', carrier };
}

/** `pm2 logs --json`. */
function readPm2(record: Json): JsonRecord | undefined {
  const said = textAt(record, 'message');
  const name = textAt(record, 'app_name');
  const type = textAt(record, 'type');
  if (said === undefined || name === undefined || !/^(?:err|out)$/.test(type ?? ''))
    return undefined;
  const id = own(record, 'process_id');
  const carrier = `${name}:${typeof id === 'number' ? id : ''}:${type}`;
  return { message: said.replace(/\r?\n$/, ''), language: 'text', carrier };
}

/** Whose line a collector (Fluent Bit, Vector, Promtail) has read. */
export function sourceOf(record: Json): string | undefined {
  const pod = objectAt(record, 'kubernetes');
  const labels = objectAt(record, 'labels') ?? objectAt(record, 'stream');
  const names = pod
    ? [textAt(pod, 'namespace_name'), textAt(pod, 'pod_name'), textAt(pod, 'container_name')]
    : labels
      ? [JSON.stringify(labels).slice(0, 300)]
      : [firstText(record, ['container_id', 'container_name', 'logStreamName', 'source_type'])];
  if (textAt(record, 'source_type') !== undefined) names.push(textAt(record, 'file'));
  return names.every((name) => name === undefined) ? undefined : names.join('/');
}
