import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { refusal, retryLater } from './refusal.ts';

/** What a caller may do: hand in events, or all that there is. */
export type Rights = 'ingest' | 'api';

/**
 * The key that programs and pages get to hand in events. It follows from the token, and the token not from it:
 * it stands in DSNs and pages, where others read it, and opens nothing but the inbox.
 */
export function ingestKeyOf(token: string): string {
  return createHmac('sha256', token).update('patchwright ingest').digest('hex').slice(0, 32);
}

/** @returns what a given token or key opens; undefined: nothing */
export function createKeys(token: string): (given: string) => Rights | undefined {
  const [api, ingest] = [digest(token), digest(ingestKeyOf(token))];
  return (given) => {
    const hash = digest(given);
    if (timingSafeEqual(hash, api)) return 'api';
    return timingSafeEqual(hash, ingest) ? 'ingest' : undefined;
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Where SDKs put it: a bearer token, Sentry's header, or Sentry's query. */
export function keyIn(request: IncomingMessage, query: URLSearchParams): string | undefined {
  const { authorization } = request.headers;
  const bearer = /^Bearer ([\w.~+/=-]{1,200})$/i.exec(authorization ?? '')?.[1];
  if (bearer) return bearer;
  const sentry = request.headers['x-sentry-auth'] ?? authorization ?? '';
  const header = /^Sentry .*?sentry_key=(\w{1,200})/i.exec(String(sentry).slice(0, 1_000))?.[1];
  return header ?? query.get('sentry_key') ?? undefined;
}

/** A page of another name that resolves to this machine sends that name: such a request is refused. */
export function assertHost({ headers }: IncomingMessage, port: number): void {
  const known = ['127.0.0.1', 'localhost', '[::1]'].map((host) => `${host}:${port}`);
  if (headers.host !== undefined && known.includes(headers.host.toLowerCase())) return;
  throw refusal(403, 'bad_host', 'The Host header names another machine.');
}

/** @returns the origin of a page that may hand in events; undefined: no page asks */
export function originOf(
  { headers }: IncomingMessage,
  allowed: readonly string[],
): string | undefined {
  const { origin } = headers;
  if (origin === undefined) return undefined;
  if (allowed.includes(origin)) return origin;
  throw refusal(
    403,
    'bad_origin',
    'Pages of this origin may not ask (patchwright.server.origins).',
  );
}

export function corsHeaders(origin: string): Readonly<Record<string, string>> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'authorization, content-type, content-encoding, x-sentry-auth',
    'access-control-allow-private-network': 'true',
    'access-control-max-age': '600',
    vary: 'origin',
  };
}

/** So many a second, and as many at once. */
export interface Bucket {
  /** Throws 429 when it is used up. What was let in may cost more than there was: then the next ones wait. */
  take(): void;
  spend(count: number): void;
}

export function createBucket(perSecond: number, now: () => number): Bucket {
  let left = perSecond;
  let at = now();
  const fill = (): void => {
    const time = now();
    left = Math.min(perSecond, left + ((time - at) / 1_000) * perSecond);
    at = time;
  };
  return {
    take() {
      fill();
      if (left > 0) return;
      throw refusal(429, 'too_many', `More than ${perSecond} a second.`, { 'retry-after': '1' });
    },
    spend(count) {
      left -= count;
    },
  };
}

/** At most so many requests at a time, or what they hold would have no bound. */
export function createTurns(max: number): { enter(): void; leave(): void } {
  let inside = 0;
  return {
    enter() {
      if (inside >= max) throw refusal(503, 'busy', 'Too many requests at a time.', retryLater);
      inside++;
    },
    leave() {
      inside--;
    },
  };
}
