import { type Level, levelOf, numericLevel } from './level.ts';
import { maxFrames, maxMessageChars, type ParsedException } from './grammar.ts';
import type { Frame } from '../../core/signal.ts';

/** One record of a JSON-lines log: an exception, or text that its logger gave a level. */
export interface JsonRecord {
  readonly level?: Level;
  /** ISO 8601 UTC. */
  readonly timestamp?: string;
  readonly message: string;
  readonly language: string;
  readonly exception?: ParsedException;
  /** Set for a record that only carries a line (docker json-file): whose line it is. */
  readonly carrier?: string;
}

type Json = Readonly<Record<string, unknown>>;
/** Reads the text of a stack trace; the grammars of the languages, handed in. */
export type ReadStack = (text: string) => ParsedException | undefined;

/** Hints that a record may be of level error, as pino, bunyan and journald write it. */
export const jsonHints: readonly string[] = [
  ...['"level":', '"level": '].flatMap((key) => [`${key}5`, `${key}6`]),
  ...[0, 1, 2, 3].map((priority) => `"PRIORITY":"${priority}`),
  '"exc_info":"',
  '"stack":"',
];

export function readRecord(line: string, readStack: ReadStack): JsonRecord | undefined {
  const record = parseObject(line);
  if (!record) return undefined;
  const carried = readCarrier(record);
  if (carried) return carried;
  const level = readLevel(record);
  const timestamp = readTime(record);
  const message = firstText(record, [
    'msg',
    'message',
    'event',
    'MESSAGE',
    '@m',
    'text',
    'log',
    'short_message',
  ]);
  const exception = readException(record, readStack);
  if (level === undefined && exception === undefined && message === undefined) return undefined;
  return {
    ...(level === undefined ? {} : { level }),
    ...(timestamp === undefined ? {} : { timestamp }),
    message: message ?? '',
    language: languageOf(record),
    ...(exception ? { exception } : {}),
  };
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

function readCarrier(record: Json): JsonRecord | undefined {
  const log = text(record, 'log');
  const stream = text(record, 'stream');
  if (log === undefined || stream === undefined) return undefined;
  return {
    message: log.replace(/\r?\n$/, ''),
    language: 'text',
    carrier: log.endsWith('\n') ? stream : `${stream}+`,
  };
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
  const log = asObject(get(record, 'log'));
  const nested = log ? text(log, 'level') : undefined;
  if (nested !== undefined) return levelOf(nested);
  const priority = text(record, 'PRIORITY');
  return priority && /^[0-7]$/.test(priority) ? journalLevel(Number(priority)) : undefined;
}

function journalLevel(priority: number): Level {
  return priority <= 2 ? 'fatal' : priority === 3 ? 'error' : priority === 4 ? 'warning' : 'none';
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
function epochMs(value: number): number {
  if (value > 1e17) return Math.round(value / 1e6);
  if (value > 1e14) return Math.round(value / 1e3);
  return value > 1e11 ? Math.round(value) : Math.round(value * 1000);
}

function parseTime(value: string): number {
  return value.length > 40
    ? Number.NaN
    : Date.parse(value.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d),(\d{3})$/, '$1T$2.$3'));
}

const errorKeys = ['err', 'error', 'exception', 'exc', 'e', 'reason', 'cause', 'ex'];
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
  'error.stack',
  'err.stack',
  'exception.stacktrace',
  'errorVerbose',
  '@x',
  'error',
  'err',
];

function readException(record: Json, readStack: ReadStack): ParsedException | undefined {
  for (const key of errorKeys) {
    const value = get(record, key);
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
  const flatType = firstText(record, ['error.type', 'exception.type', 'exc_type', 'error_type']);
  const flatMessage = firstText(record, [
    'error.message',
    'exception.message',
    'exc_value',
    'error_message',
  ]);
  return flatType === undefined ? undefined : bare(flatType, flatMessage ?? '');
}

/** winston may give a stack as a list of lines. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.includes('\n') ? value : undefined;
  const isList =
    Array.isArray(value) && value.length > 1 && value.every((line) => typeof line === 'string');
  return isList ? value.slice(0, 1_000).join('\n') : undefined;
}

function readErrorObject(error: Json, readStack: ReadStack): ParsedException | undefined {
  const stack =
    firstText(error, ['stack', 'stack_trace', 'stacktrace', 'traceback', 'stackTrace']) ??
    textOf(get(error, 'stack'));
  const parsed = stack === undefined ? undefined : readStack(stack);
  const type = firstText(error, ['type', 'name', 'kind', 'class', 'exc_type']);
  const message = firstText(error, ['message', 'msg', 'exc_value', 'text']);
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
