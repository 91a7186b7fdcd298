import { languageOfFile, type Origin } from '../headers/origin.ts';

type Json = Readonly<Record<string, unknown>>;

/** Where a record says it was logged: slog, zap, zerolog, logrus, tracing, Python's formatters, ECS, Google, the journal. */
export function originOfRecord(record: Json): Origin | undefined {
  const nested =
    objectAt(record, 'source') ??
    objectAt(record, 'logging.googleapis.com/sourceLocation') ??
    objectAt(record, 'sourceLocation');
  if (nested) return placed(nested['file'], nested['line'], nested['function']);
  const ecs = objectAt(objectAt(record, 'log'), 'origin');
  const file = objectAt(ecs, 'file');
  if (ecs && file) return placed(file['name'], file['line'], ecs['function']);
  if (record['log.origin.file.name'] !== undefined) {
    const line = record['log.origin.file.line'];
    return placed(record['log.origin.file.name'], line, record['log.origin.function']);
  }
  const path = record['pathname'] ?? record['filename'];
  if (path !== undefined) {
    const line = record['lineno'] ?? record['line_number'] ?? record['line'];
    return placed(path, line, record['funcName'] ?? record['func_name']);
  }
  if (record['CODE_FILE'] !== undefined)
    return placed(record['CODE_FILE'], record['CODE_LINE'], record['CODE_FUNC']);
  const caller = record['caller'] ?? record['file'];
  const match = typeof caller === 'string' ? /^(\S{1,500}):(\d{1,7})$/.exec(caller) : null;
  return match ? placed(match[1], match[2], record['func']) : undefined;
}

function placed(file: unknown, line: unknown, name: unknown): Origin | undefined {
  const number = Number(line);
  if (typeof file !== 'string' || file === '' || file.length > 1_000) return undefined;
  if (!Number.isSafeInteger(number) || number < 1) return undefined;
  const called = typeof name === 'string' && /^[^<\s]/.test(name) ? { function: name } : {};
  return {
    language: languageOfFile(file),
    frame: { file, ...called, line: number, inApp: true },
  };
}

function objectAt(record: Json | undefined, key: string): Json | undefined {
  const value = record && Object.hasOwn(record, key) ? record[key] : undefined;
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;
}
