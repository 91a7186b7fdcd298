import { type Level, levelOf, numericLevel, syslogLevel } from '../headers/level.ts';
import { maxMessageChars, type ParsedException } from '../grammar.ts';
import { readCarrier, readJournal, sourceOf } from './jsonCarriers.ts';
import { originOfRecord } from './jsonOrigin.ts';
import { firstText, type Json, objectAt, objectOf, own, textAt } from './jsonValues.ts';
import { pythonFrames, readStructured } from './jsonStructured.ts';
import {
  goFrames,
  invocationStack,
  printed,
  readPhpThrown,
  readThrown,
  readTslogError,
} from './jsonThrown.ts';
import type { Origin } from '../headers/origin.ts';
import { readSentryException } from './sentryEvent.ts';

/** One record of a JSON-lines log: an exception, or text that its logger gave a level. */
export interface JsonRecord {
  readonly level?: Level;
  /** ISO 8601 UTC. */
  readonly timestamp?: string;
  readonly message: string;
  readonly language: string;
  readonly exception?: ParsedException;
  /** The version of the program, where the record names it. */
  readonly release?: string;
  /** Where its logger says it was logged. */
  readonly origin?: Origin;
  /** Set for a record that only carries a line (docker json-file): whose line it is. */
  readonly carrier?: string;
  /** Whose lines a collector has read, where the record says so. */
  readonly source?: string;
}

/** Reads the text of a stack trace; the grammars of the languages, handed in. */
export type ReadStack = (text: string) => ParsedException | undefined;

/** Hints that a record may be of level error, as pino, bunyan and journald write it. */
export const jsonHints: readonly string[] = [
  // With escaped quotes: a record that docker or the journal wrapped into one of its own.
  ...['"level":', '"level": ', '\\"level\\":'].flatMap((key) => [`${key}5`, `${key}6`]),
  ...[0, 1, 2, 3].map((priority) => `"PRIORITY":"${priority}`),
  '"s":"E"',
  '"s":"F"',
  '"exc_info":"',
  '"stack":"',
];

export function readRecord(line: string, readStack: ReadStack): JsonRecord | undefined {
  const parsed = parseObject(line);
  if (!parsed) return undefined;
  const carried = readCarrier(parsed);
  if (carried) return carried;
  const journal = readJournal(parsed);
  if (journal) return journal;
  const record = unwrapped(parsed);
  const level = readLevel(record);
  const timestamp = readTime(record);
  const message = readMessage(record);
  const release = readRelease(record);
  const source = sourceOf(record);
  const thrown = readException(record, readStack);
  // A stack alone (zap, Go's logging) leaves it to the record to say what happened.
  const origin = thrown ? undefined : originOfRecord(record);
  const exception =
    thrown?.message === ''
      ? {
          ...thrown,
          message: (firstText(record, ['error', 'err']) ?? message ?? '').slice(0, maxMessageChars),
        }
      : thrown;
  if (level === undefined && exception === undefined && message === undefined) return undefined;
  return {
    ...(level === undefined ? {} : { level }),
    ...(timestamp === undefined ? {} : { timestamp }),
    message: withReason(record, message ?? '', exception !== undefined),
    language: languageOf(record),
    ...(release === undefined ? {} : { release }),
    ...(exception ? { exception } : {}),
    ...(origin ? { origin } : {}),
    ...(source === undefined ? {} : { source }),
  };
}

/** As Sentry, ECS, OpenTelemetry and Datadog name it; `v` is the format of pino and bunyan. */
function readRelease(record: Json): string | undefined {
  const service = objectAt(record, 'service');
  const keys = ['release', 'service.version', 'app_version', 'appVersion', 'dd.version'];
  // GELF calls the version of its format so.
  const plain = own(record, 'short_message') === undefined ? textAt(record, 'version') : undefined;
  const release = firstText(record, keys) ?? (service && textAt(service, 'version')) ?? plain;
  return release === undefined || release.length > 100 ? undefined : release;
}

/** Graylog's format, whose levels are syslog's. */
function isGelf(record: Json): boolean {
  return own(record, 'version') === '1.1' && typeof own(record, 'host') === 'string';
}

function parseObject(line: string): Json | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return objectOf(value);
  } catch {
    return undefined; // a cut or foreign record is plain text to us
  }
}

/** zap, slog and zerolog: what failed in the message, why in a field. */
function withReason(record: Json, message: string, isThrown: boolean): string {
  const reason = isThrown ? undefined : firstText(record, ['error', 'err']);
  if (reason === undefined || message.includes(reason)) return message;
  return message === '' ? reason : `${message}: ${reason}`;
}

const messageKeys = [
  'msg',
  'message',
  'event',
  '@m',
  'Message',
  'RenderedMessage',
  'text',
  'textPayload',
  'body',
  'Body',
  'log',
  'short_message',
  'line',
];

function readMessage(record: Json): string | undefined {
  const message = firstText(record, messageKeys);
  if (message !== undefined) return message;
  const template = firstText(record, ['@mt', 'MessageTemplate']);
  if (template !== undefined) return rendered(template, record);
  const body = objectAt(record, 'body') ?? objectAt(record, 'Body');
  const said = body && firstText(body, ['stringValue', 'string_value', 'Value']);
  return said ?? firstText(record, ['detail', 'details', 'description', 'reason', 'title', 'code']);
}

/**
 * Serilog: the values that a message's template names stand beside it. It quotes texts, and so their words are
 * no part of the message's own; ids read as well without.
 */
function rendered(template: string, record: Json): string {
  const values = objectAt(record, 'Properties') ?? record;
  return template
    .slice(0, maxMessageChars)
    .replace(/\{[@$]?(\w{1,80})[^{}]{0,40}\}/g, (hole, name: string) => {
      const value = own(values, name);
      if (value === undefined) return hole;
      return typeof value === 'string' && /\d/.test(value) ? value : JSON.stringify(value);
    });
}

/**
 * Some wrap what others write: loguru, Rust's tracing, cloud loggers. The inner one's own keys go first.
 * OpenTelemetry keeps what was thrown among the attributes.
 */
function unwrapped(record: Json): Json {
  const inner =
    objectAt(record, 'record') ?? objectAt(record, 'fields') ?? objectAt(record, 'jsonPayload');
  const attributes = objectAt(record, 'attributes') ?? objectAt(record, 'Attributes');
  if (attributes && own(attributes, 'exception.type') !== undefined)
    return { ...attributes, ...record };
  return inner && readMessage(inner) !== undefined ? { ...record, ...inner } : record;
}

function readLevel(record: Json): Level | undefined {
  for (const key of [
    'level',
    'severity',
    'levelname',
    'lvl',
    'log.level',
    'loglevel',
    'log_level',
    '@l',
    'level_name',
    'Level',
    'LogLevel',
    'severityText',
    'severity_text',
    'SeverityText',
  ]) {
    const value = own(record, key);
    const level =
      typeof value === 'number'
        ? (numericLevel(value) ?? (isGelf(record) ? syslogLevel(value) : undefined))
        : typeof value === 'string'
          ? levelOf(value)
          : undefined;
    if (level !== undefined) return level;
  }
  // Datadog's attributes.
  if (own(record, 'service') !== undefined && readTime(record) !== undefined) {
    const status = levelOf(textAt(record, 'status') ?? '');
    if (status !== undefined) return status;
  }
  // MongoDB: one letter, and a component beside it.
  const letter = /^[A-Z]{4,12}$|^-$/.test(textAt(record, 'c') ?? '')
    ? textAt(record, 's')
    : undefined;
  if (letter !== undefined && letter.length <= 2) return levelOf(letter.charAt(0));
  const log = objectAt(record, 'log');
  const level = objectAt(record, 'level');
  const nested = (log && textAt(log, 'level')) ?? (level && textAt(level, 'name'));
  return nested === undefined ? undefined : levelOf(nested);
}

function readTime(record: Json): string | undefined {
  for (const key of [
    'time',
    'timestamp',
    '@timestamp',
    'ts',
    '@t',
    'asctime',
    'datetime',
    'date',
    'Timestamp',
  ]) {
    const value = own(record, key);
    const at =
      typeof value === 'number'
        ? epochMs(value)
        : typeof value === 'string'
          ? parseTime(value)
          : Number.NaN;
    if (Number.isFinite(at) && Math.abs(at) < 8e15) return new Date(at).toISOString();
  }
  return undefined;
}

/** Seconds, milliseconds, micro- or nanoseconds: told apart by their size. */
export function epochMs(value: number): number {
  if (value > 1e17) return Math.round(value / 1e6);
  if (value > 1e14) return Math.round(value / 1e3);
  return value > 1e11 ? Math.round(value) : Math.round(value * 1000);
}

function parseTime(value: string): number {
  return value.length > 40
    ? Number.NaN
    : Date.parse(value.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d),(\d{3})$/, '$1T$2.$3'));
}

const errorKeys = [
  'err',
  'error',
  'exception',
  'thrown',
  'throwable',
  'exc',
  'e',
  'reason',
  'cause',
  'ex',
];
const stackKeys = [
  'stack',
  'stack_trace',
  'stacktrace',
  'stackTrace',
  'exc_info',
  'exc_text',
  'traceback',
  'exc',
  'exception',
  'error.stack_trace',
  'trace',
  'error.stack',
  'err.stack',
  'exception.stacktrace',
  'exception_backtrace',
  'full_message',
  '_stacktrace',
  '_exception_stacktrace',
  'StackTrace',
  'errorVerbose',
  '@x',
  'Exception',
  'error',
  'err',
];

function readException(record: Json, readStack: ReadStack): ParsedException | undefined {
  const sent = objectAt(record, 'exception');
  const event = sent && readSentryException(sent, own(record, 'platform'));
  if (event) return event;
  // loguru names type and value only; the frames are in the text beside them.
  const printed = own(record, 'record') === undefined ? undefined : textOf(own(record, 'text'));
  const whole = printed === undefined ? undefined : readStack(printed);
  if (whole) return whole;
  // monolog keeps what it was given beside the message, pino too when told so.
  const beside = ['context', 'payload', 'meta', 'data', 'extra']
    .map((key) => objectOf(own(record, key)))
    .filter((object) => object !== undefined);
  for (const key of errorKeys) {
    const value = [record, ...beside].map((object) => own(object, key)).find(isGiven);
    const nested = objectOf(value);
    const found = nested
      ? readErrorObject(nested, readStack)
      : Array.isArray(value)
        ? readStructured(value)
        : undefined;
    if (found) return found;
  }
  for (const key of stackKeys) {
    const stack = textOf(own(record, key));
    const found = stack === undefined ? undefined : readStack(stack);
    if (found) return found;
  }
  const said = objectOf(own(record, 'message'));
  const failed = invocationStack(record) ?? (said && invocationStack(said)) ?? railsStack(record);
  const invoked = failed === undefined ? undefined : readStack(failed);
  if (invoked) return invoked;
  const frames = goFrames(own(record, 'stack'));
  if (frames.length > 0) {
    return { language: 'go', type: 'error', message: '', frames, causes: [], severity: 'error' };
  }
  const flatType = firstText(record, [
    'error.type',
    'exception.type',
    'exc_type',
    'error_type',
    'errorType',
  ]);
  const flatMessage = firstText(record, [
    'error.message',
    'exception.message',
    'exc_value',
    'error_message',
    'errorMessage',
  ]);
  if (flatType === undefined) return readSaid(readMessage(record), readStack);
  return bare(flatType, flatMessage ?? '');
}

/** lograge: class and message as a pair, the frames beside it. */
function railsStack(record: Json): string | undefined {
  const pair = own(record, 'exception');
  const [type, message] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
  if (typeof type !== 'string' || typeof message !== 'string') return undefined;
  return printed(type, message, own(record, 'exception_backtrace') ?? own(record, 'backtrace'));
}

/** What frames look like below a message: many loggers print the whole stack as one. */
const stackBelow =
  /\n\s+at |Traceback \(most recent|[\n ]goroutine \d{1,9} \[|\n#\d{1,4} |\n\s*(?:from )?\S{1,300}:\d{1,7}:in [`']/;

function readSaid(message: string | undefined, readStack: ReadStack): ParsedException | undefined {
  if (message === undefined || !stackBelow.test(message)) return undefined;
  const found = readStack(message);
  return found && found.frames.length > 0 ? found : undefined;
}

/** winston may give a stack as a list of lines. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.includes('\n') ? value : undefined;
  const isList =
    Array.isArray(value) && value.length > 1 && value.every((line) => typeof line === 'string');
  return isList ? value.slice(0, 1_000).join('\n') : undefined;
}

function readErrorObject(error: Json, readStack: ReadStack): ParsedException | undefined {
  const thrown = readThrown(error) ?? readPhpThrown(error) ?? readTslogError(error);
  if (thrown) return thrown;
  const stack =
    firstText(error, [
      'stack',
      'stack_trace',
      'stacktrace',
      'traceback',
      'stackTrace',
      'extendedStackTrace',
    ]) ?? textOf(own(error, 'stack'));
  const type = firstText(error, ['type', 'name', 'kind', 'class', 'exc_type']);
  const message = firstText(error, ['message', 'msg', 'exc_value', 'text', 'value']);
  const frames = own(error, 'stack_trace') ?? own(error, 'backtrace') ?? own(error, 'stack');
  const whole = type === undefined ? undefined : printed(type, message ?? '', frames);
  const parsed =
    (stack === undefined ? undefined : readStack(stack)) ??
    (whole === undefined ? undefined : readStack(whole));
  if (!parsed) {
    const named = type === undefined ? undefined : bare(type, message ?? '');
    const python = pythonFrames(own(error, 'stacktrace') ?? own(error, 'frames'));
    return named && python.length > 0 ? { ...named, language: 'python', frames: python } : named;
  }
  const cause = objectAt(error, 'cause');
  const inner = cause && parsed.causes.length === 0 ? readErrorObject(cause, readStack) : undefined;
  return inner ? { ...parsed, causes: [inner, ...inner.causes].slice(0, 20) } : parsed;
}

function bare(type: string, message: string): ParsedException | undefined {
  if (!/^[A-Za-z_$][\w.$:\\-]{0,200}$/.test(type)) return undefined;
  return {
    language: 'text',
    type,
    message: message.slice(0, maxMessageChars),
    frames: [],
    causes: [],
    severity: 'error',
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Which runtime's logger writes such records. */
function languageOf(record: Json): string {
  const level = own(record, 'level');
  if (typeof level === 'number' && own(record, 'pid') !== undefined) return 'javascript';
  if (textAt(record, 'event') !== undefined || textAt(record, 'levelname') !== undefined)
    return 'python';
  return 'text';
}
