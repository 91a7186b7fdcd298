import type { IncomingMessage } from 'node:http';
import type { SecretKind } from '../core/secrets.ts';
import { mediaType, parseJson } from './body.ts';
import type { InboxRecord } from './inbox.ts';
import { createTotals, type OtlpKind, readOtlp } from './receive/otlp.ts';
import { type PlainKind, readPlain } from './receive/plain.ts';
import { createWriter, isObject } from './receive/records.ts';
import { keyInEnvelope, readEnvelope, readStored } from './receive/sentry.ts';
import { refusal } from './refusal.ts';

export interface IntakeReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly value?: unknown;
  readonly body?: Buffer;
}

/** How the body of one path is read, and what is answered once it is durable. */
export interface Intake {
  /** Where the key may stand in the body. */
  readonly keyInBody?: (body: Buffer) => string | undefined;
  read(body: Buffer, request: IncomingMessage): Promise<Taken> | Taken;
}

interface Taken {
  readonly records: readonly InboxRecord[];
  readonly reply: IntakeReply;
}

const json = 'application/json';
const protobuf = 'application/x-protobuf';

/** @returns by path; undefined where nothing is taken in */
export function createIngest(
  keep: ReadonlySet<SecretKind>,
  now: () => Date,
): (path: string) => Intake | undefined {
  const writer = createWriter(keep, now);
  const totals = createTotals();

  const plain = (kind: PlainKind): Intake => ({
    read(body, request) {
      const type = allowed(request, [json, 'application/x-ndjson', 'application/jsonl']);
      const { records, rejected } = readPlain(kind, body, type, writer);
      if (records.length === 0) {
        throw refusal(400, 'bad_record', rejected[0]?.reason ?? 'There is nothing in it.');
      }
      return { records, reply: { status: 202, value: { accepted: records.length, rejected } } };
    },
  });

  const otlp = (kind: OtlpKind): Intake => ({
    async read(body, request) {
      const type = allowed(request, [json, protobuf]);
      if (type === protobuf) {
        const { decodeOtlp } = await import('./receive/protobuf.ts');
        const records = readOtlp(kind, decodeOtlp(kind, body), writer, totals);
        // An empty message: all of it was taken.
        const reply = { status: 200, headers: { 'content-type': protobuf }, body: Buffer.alloc(0) };
        return { records, reply };
      }
      const message = parseJson(body.toString('utf8'));
      if (!isObject(message)) throw refusal(400, 'bad_json', 'The body is no JSON object.');
      return {
        records: readOtlp(kind, message, writer, totals),
        reply: { status: 200, value: {} },
      };
    },
  });

  const sentry = (read: typeof readEnvelope, keyInBody?: Intake['keyInBody']): Intake => ({
    ...(keyInBody ? { keyInBody } : {}),
    read(body) {
      const { id, records } = read(body, writer);
      return { records, reply: { status: 200, value: id === undefined ? {} : { id } } };
    },
  });

  const intakes: Readonly<Record<string, Intake>> = {
    '/ingest/errors': plain('errors'),
    '/ingest/metrics': plain('metrics'),
    '/ingest/feedback': plain('feedback'),
    '/v1/logs': otlp('logs'),
    '/v1/traces': otlp('traces'),
    '/v1/metrics': otlp('metrics'),
  };
  const envelope = sentry(readEnvelope, keyInEnvelope);
  const store = sentry(readStored);
  return (given) => {
    const path = given.replace(/\/$/, ''); // as some join addresses
    if (Object.hasOwn(intakes, path)) return intakes[path];
    const kind = /^\/api\/\d{1,20}\/(envelope|store)$/.exec(path)?.[1];
    return kind === 'envelope' ? envelope : kind === 'store' ? store : undefined;
  };
}

function allowed(request: IncomingMessage, types: readonly string[]): string {
  const type = mediaType(request);
  if (types.includes(type)) return type;
  throw refusal(415, 'bad_type', `The Content-Type is none of ${types.join(', ')}.`);
}
