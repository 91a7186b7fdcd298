import { type Level, levelOf, numericLevel, syslogLevel } from './level.ts';
import { maxFrames, maxMessageChars, type ParsedException } from './grammar.ts';
import { originOfRecord } from './jsonOrigin.ts';
import { goFrames, invocationStack, readPhpThrown, readThrown } from './jsonThrown.ts';
import type { Origin } from './origin.ts';
import { readSentryException } from './sentryEvent.ts';
import type { Frame } from '../../core/signal.ts';

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
}

/** What its carrier was told of a line: an error, or nothing that says more than the line itself. */
function toldLevel(priority: unknown): Level | undefined {
  const level = syslogLevel(Number(priority));
  return level === 'error' || level === 'fatal' ? level : undefined;
}

type Json = Readonly<Record<string, unknown>>;
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
  };
}

/** As Sentry, ECS, OpenTelemetry and Datadog name it; `v` is the format of pino and bunyan. */
function readRelease(record: Json): string | undefined {
  const service = asObject(get(record, 'service'));
  const own = ['release', 'service.version', 'app_version', 'appVersion', 'dd.version'];
  // GELF calls the version of its format so.
  const plain = get(record, 'short_message') === undefined ? text(record, 'version') : undefined;
  const release = firstText(record, own) ?? (service && text(service, 'version')) ?? plain;
  return release === undefined || release.length > 100 ? undefined : release;
}

function parseObject(line: string): Json | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return asObject(value);
  } catch {
    return undefined; // a cut or foreign record is plain text to us
  }
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;
}

/** Own properties only: a record must not reach what objects inherit. */
function get(record: Json, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function text(record: Json, key: string): string | undefined {
  const value = get(record, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function firstText(record: Json, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = text(record, key);
    if (value !== undefined) return value;
  }
  return undefined;
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
  'log',
  'short_message',
];

function readMessage(record: Json): string | undefined {
  const message = firstText(record, messageKeys);
  if (message !== undefined) return message;
  const template = firstText(record, ['@mt', 'MessageTemplate']);
  return template === undefined ? undefined : rendered(template, record);
}

/** Serilog: the values that a message's template names stand beside it. */
function rendered(template: string, record: Json): string {
  const values = asObject(get(record, 'Properties')) ?? record;
  return template
    .slice(0, maxMessageChars)
    .replace(/\{[@$]?(\w{1,80})[^{}]{0,40}\}/g, (hole, name: string) => {
      const value = get(values, name);
      return value === undefined ? hole : typeof value === 'string' ? value : JSON.stringify(value);
    });
}

/**
 * Some wrap what others write: loguru, Rust's tracing, cloud loggers. The inner one's own keys go first.
 * OpenTelemetry keeps what was thrown among the attributes.
 */
function unwrapped(record: Json): Json {
  const inner =
    asObject(get(record, 'record')) ??
    asObject(get(record, 'fields')) ??
    asObject(get(record, 'jsonPayload'));
  const attributes = asObject(get(record, 'attributes')) ?? asObject(get(record, 'Attributes'));
  if (attributes && get(attributes, 'exception.type') !== undefined)
    return { ...attributes, ...record };
  return inner && readMessage(inner) !== undefined ? { ...record, ...inner } : record;
}

/** journald: the message is a line of a service, or bytes where it is no plain text. */
function readJournal(record: Json): JsonRecord | undefined {
  const value = get(record, 'MESSAGE');
  const said = typeof value === 'string' ? value : textOfBytes(value);
  if (said === undefined) return undefined;
  const level = toldLevel(text(record, 'PRIORITY'));
  const timestamp = journalTime(record);
  const origin = originOfRecord(record);
  const name = firstText(record, ['SYSLOG_IDENTIFIER', '_SYSTEMD_UNIT', '_COMM']) ?? '';
  return {
    ...(level === undefined ? {} : { level }),
    ...(timestamp === undefined ? {} : { timestamp }),
    message: said.replace(/\r?\n$/, ''),
    language: 'text',
    ...(origin ? { origin } : {}),
    carrier: `${name}[${text(record, '_PID') ?? ''}]`,
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
  const at = Number(text(record, '__REALTIME_TIMESTAMP') ?? Number.NaN);
  return Number.isFinite(at) && at > 0 && at < 8e18 ? new Date(at / 1000).toISOString() : undefined;
}

function readCarrier(record: Json): JsonRecord | undefined {
  const pm2 = readPm2(record);
  if (pm2) return pm2;
  const tested = readGoTest(record);
  if (tested) return tested;
  const log = text(record, 'log');
  const stream = text(record, 'stream');
  if (log === undefined || stream === undefined) return undefined;
  return {
    message: log.replace(/\r?\n$/, ''),
    language: 'text',
    carrier: log.endsWith('\n') ? stream : `${stream}+`,
  };
}

/** `go test -json`: what a package's tests print, whichever of them said it. */
function readGoTest(record: Json): JsonRecord | undefined {
  const said = text(record, 'Output');
  const tested = text(record, 'Package') ?? text(record, 'ImportPath');
  if (said === undefined || tested === undefined || !text(record, 'Action')?.endsWith('output'))
    return undefined;
  const carrier = `${tested}${said.endsWith('\n') ? '' : '+'}`;
  return { message: said.replace(/\r?\n$/, ''), language: 'go', carrier };
}

/** `pm2 logs --json`. */
function readPm2(record: Json): JsonRecord | undefined {
  const said = text(record, 'message');
  const name = text(record, 'app_name');
  const type = text(record, 'type');
  if (said === undefined || name === undefined || !/^(?:err|out)$/.test(type ?? ''))
    return undefined;
  const id = get(record, 'process_id');
  const carrier = `${name}:${typeof id === 'number' ? id : ''}:${type}`;
  return { message: said.replace(/\r?\n$/, ''), language: 'text', carrier };
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
    'SeverityText',
  ]) {
    const value = get(record, key);
    const level =
      typeof value === 'number'
        ? numericLevel(value)
        : typeof value === 'string'
          ? levelOf(value)
          : undefined;
    if (level !== undefined) return level;
  }
  // MongoDB: one letter, and a component beside it.
  const letter = /^[A-Z]{4,12}$|^-$/.test(text(record, 'c') ?? '') ? text(record, 's') : undefined;
  if (letter !== undefined && letter.length <= 2) return levelOf(letter.charAt(0));
  const log = asObject(get(record, 'log'));
  const level = asObject(get(record, 'level'));
  const nested = (log && text(log, 'level')) ?? (level && text(level, 'name'));
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
    const value = get(record, key);
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
  'exception',
  'error.stack_trace',
  'trace',
  'error.stack',
  'err.stack',
  'exception.stacktrace',
  'errorVerbose',
  '@x',
  'Exception',
  'error',
  'err',
];

function readException(record: Json, readStack: ReadStack): ParsedException | undefined {
  const sent = asObject(get(record, 'exception'));
  const event = sent && readSentryException(sent, get(record, 'platform'));
  if (event) return event;
  // loguru names type and value only; the frames are in the text beside them.
  const printed = get(record, 'record') === undefined ? undefined : textOf(get(record, 'text'));
  const whole = printed === undefined ? undefined : readStack(printed);
  if (whole) return whole;
  // monolog keeps what it was given beside the message.
  const context = asObject(get(record, 'context'));
  for (const key of errorKeys) {
    const value = get(record, key) ?? (context && get(context, key));
    const nested = asObject(value);
    const found = nested
      ? readErrorObject(nested, readStack)
      : Array.isArray(value)
        ? readStructured(value)
        : undefined;
    if (found) return found;
  }
  for (const key of stackKeys) {
    const stack = textOf(get(record, key));
    const found = stack === undefined ? undefined : readStack(stack);
    if (found) return found;
  }
  const failed = invocationStack(record);
  const invoked = failed === undefined ? undefined : readStack(failed);
  if (invoked) return invoked;
  const frames = goFrames(get(record, 'stack'));
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
  const thrown = readThrown(error) ?? readPhpThrown(error);
  if (thrown) return thrown;
  const stack =
    firstText(error, [
      'stack',
      'stack_trace',
      'stacktrace',
      'traceback',
      'stackTrace',
      'extendedStackTrace',
    ]) ?? textOf(get(error, 'stack'));
  const parsed = stack === undefined ? undefined : readStack(stack);
  const type = firstText(error, ['type', 'name', 'kind', 'class', 'exc_type']);
  const message = firstText(error, ['message', 'msg', 'exc_value', 'text', 'value']);
  if (!parsed) return type === undefined ? undefined : bare(type, message ?? '');
  const cause = asObject(get(error, 'cause'));
  const inner = cause && parsed.causes.length === 0 ? readErrorObject(cause, readStack) : undefined;
  return inner ? { ...parsed, causes: [inner, ...inner.causes].slice(0, 20) } : parsed;
}

/** structlog's dict_tracebacks: the chain as a list, the outermost last printed first. */
function readStructured(list: readonly unknown[]): ParsedException | undefined {
  const links = list.slice(0, 20).flatMap((item) => {
    const link = asObject(item);
    const type = link && text(link, 'exc_type');
    if (!link || type === undefined) return [];
    const frames = get(link, 'frames');
    const read = Array.isArray(frames)
      ? frames.slice(-maxFrames).flatMap(readStructuredFrame).reverse()
      : [];
    return [
      { type, message: (text(link, 'exc_value') ?? '').slice(0, maxMessageChars), frames: read },
    ];
  });
  const [outermost, ...causes] = links;
  return outermost && { language: 'python', ...outermost, causes, severity: 'error' };
}

function readStructuredFrame(value: unknown): Frame[] {
  const frame = asObject(value);
  const file = frame && text(frame, 'filename');
  if (!frame || file === undefined) return [];
  const line = get(frame, 'lineno');
  const name = text(frame, 'name');
  const source = text(frame, 'line')?.trim();
  return [
    {
      file,
      ...(typeof line === 'number' ? { line } : {}),
      ...(name === undefined ? {} : { function: name }),
      ...(source ? { source: source.slice(0, 300) } : {}),
      inApp: !/site-packages|dist-packages|[\\/]lib[\\/]python\d|^</.test(file),
    },
  ];
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

/** Which runtime's logger writes such records. */
function languageOf(record: Json): string {
  const level = get(record, 'level');
  if (typeof level === 'number' && get(record, 'pid') !== undefined) return 'javascript';
  if (text(record, 'event') !== undefined || text(record, 'levelname') !== undefined)
    return 'python';
  return 'text';
}
