import { createHash, randomUUID } from 'node:crypto';
import { type CleanText, safeObject, sanitised } from '../../core/sanitise.ts';
import { redactField, type SecretKind } from '../../core/secrets.ts';
import type { InboxRecord } from '../inbox.ts';

/** What comes of a request's events. Nothing of a refused one is kept. */
export interface Taken {
  readonly records: readonly InboxRecord[];
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
}

/** Writes events as lines that the readers of files know, without secrets. */
export interface Writer {
  /** @param frames where a stack was taken apart already, as Sentry has it */
  error(fields: ErrorFields): InboxRecord;
  feedback(record: Json): InboxRecord;
  metric(fields: MetricFields): InboxRecord;
}

export type Json = Readonly<Record<string, unknown>>;

export interface ErrorFields {
  readonly level: string;
  readonly at?: unknown;
  readonly message?: string | undefined;
  readonly type?: string | undefined;
  readonly stack?: string | undefined;
  /** An exception as Sentry has it, with what it says of the platform. */
  readonly exception?: unknown;
  readonly platform?: string | undefined;
  readonly release?: string | undefined;
  readonly extra?: unknown;
}

export interface MetricFields {
  readonly metric: string;
  readonly value: number;
  readonly at?: unknown;
  readonly unit?: string | undefined;
  readonly type?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly threshold?: number | undefined;
}

const errorLimits = { chars: 60_000, textChars: 16_000, depth: 8, entries: 250 };
const smallLimits = { chars: 12_000, textChars: 8_000, depth: 5, entries: 50 };
const maxRemembered = 2_000;
const maxRememberedChars = 500;

export function createWriter(keep: ReadonlySet<SecretKind>, now: () => Date): Writer {
  const clean = rememberingClean(keep);
  const cleaned = (value: unknown, limits: typeof errorLimits, name = ''): unknown =>
    sanitised(value, limits, clean, name);
  const write = (kind: InboxRecord['kind'], record: object): InboxRecord => ({
    kind,
    line: JSON.stringify(record),
  });
  return {
    error({ level, at, message, type, stack, exception, platform, release, extra }) {
      const thrown = { type: type ?? 'Error', message: message ?? '', stack };
      const isThrown = stack !== undefined || type !== undefined;
      const text = cleaned({ message, release, extra }, errorLimits) as object;
      return write('log', {
        level,
        timestamp: timeOf(at, now()),
        ...text,
        ...(exception === undefined
          ? {}
          : { platform, exception: cleaned(exception, errorLimits) }),
        ...(exception === undefined && isThrown ? { error: cleaned(thrown, errorLimits) } : {}),
      });
    },
    feedback(record) {
      const { id, timestamp, user, user_id, ...rest } = record;
      const person = user ?? user_id;
      return write('feedback', {
        ...(cleaned(rest, smallLimits) as object),
        // Without one, two that say the same would be one and the same.
        id:
          typeof id === 'string' || typeof id === 'number'
            ? cleaned(id, smallLimits)
            : randomUUID(),
        timestamp: timeOf(timestamp, now()),
        ...(typeof person === 'string' || typeof person === 'number'
          ? { user: anonymous(String(person)) }
          : {}),
      });
    },
    metric({ metric, value, at, ...rest }) {
      const fields = { metric, ...rest };
      return write('metrics', {
        timestamp: timeOf(at, now()),
        value,
        ...safeObject(
          Object.entries(fields).map(([name, one]) => [name, cleaned(one, smallLimits)] as const),
        ),
      });
    },
  };
}

/** How long something took, and whether it failed. */
export function timedRecords(
  writer: Writer,
  of: {
    readonly endpoint: string | undefined;
    readonly at: unknown;
    readonly ms: number;
    readonly failed: boolean;
  },
): readonly InboxRecord[] {
  const about = { endpoint: of.endpoint, at: of.at };
  const took = { metric: 'duration', type: 'response_time', unit: 'ms', value: of.ms };
  const errors = { metric: 'errors', type: 'error_rate', value: of.failed ? 1 : 0 };
  return [writer.metric({ ...took, ...about }), writer.metric({ ...errors, ...about })];
}

/** The same texts come again and again: names, frames, messages. */
function rememberingClean(keep: ReadonlySet<SecretKind>): CleanText {
  const known = new Map<string, string>();
  return (name, text) => {
    if (text.length > maxRememberedChars) return redactField(name, text, keep);
    const key = `${name}\0${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= maxRemembered) known.clear();
    const made = redactField(name, text, keep);
    known.set(key, made);
    return made;
  };
}

/** Tells one person from another, and not who it is. */
function anonymous(person: string): string {
  return createHash('sha256').update(`patchwright user\n${person}`).digest('hex').slice(0, 16);
}

const maxAheadMs = 86_400_000;

/** ISO 8601 text, or seconds, milli-, micro- or nanoseconds since 1970; now, where it is none or lies ahead. */
function timeOf(value: unknown, now: Date): string {
  const at =
    typeof value === 'string' && value.length <= 40 && !/^\d+$/.test(value)
      ? Date.parse(value)
      : epochMs(Number(value ?? Number.NaN));
  const isTime = at > 0 && at <= now.getTime() + maxAheadMs;
  return (isTime ? new Date(at) : now).toISOString();
}

function epochMs(value: number): number {
  if (value > 1e17) return value / 1e6;
  if (value > 1e14) return value / 1e3;
  return value > 1e11 ? value : value * 1_000;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function objectsIn(value: unknown): readonly Json[] {
  return listOf(value).filter(isObject);
}
