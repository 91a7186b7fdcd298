import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorMessage, PatchwrightError, systemCode } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';
import { keptKinds } from '../core/secrets.ts';
import type { Settings } from '../core/settings.ts';
import { startOf } from '../platform/runner.ts';
import { createApi, type ServedApp } from './api.ts';
import { type BodyLimits, passOver, readBody } from './body.ts';
import {
  assertHost,
  corsHeaders,
  createBucket,
  createKeys,
  createTurns,
  ingestKeyOf,
  keyIn,
  originOf,
} from './guard.ts';
import { type Inbox, type InboxOptions, openInbox } from './inbox.ts';
import { createIngest, type Intake } from './ingest.ts';
import { openApiDocument } from './openapi.ts';
import { feedbackScript } from './feedbackScript.ts';
import { asRefusal, refusal } from './refusal.ts';

export interface ServeOptions {
  readonly app: ServedApp;
  readonly folder: string;
  readonly version: string;
  readonly settings: () => Settings;
  /** Opens everything; the key for events follows from it. */
  readonly token: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly log: Log;
  /** For tests. */
  readonly limits?: Partial<ServeLimits>;
}

interface ServeLimits extends BodyLimits {
  /** How long a request may take to come in. */
  readonly requestMs: number;
  readonly inbox?: InboxOptions['limits'];
}

const usualLimits: ServeLimits = { bytes: 4 << 20, unpackedBytes: 8 << 20, requestMs: 15_000 };
const maxConnections = 1_000;
const maxRequests = maxConnections;
const betweenScansMs = 1_000;
/** Settings are read from files: not with each event. */
const settingsMs = 1_000;
const callsPerSecond = 100;
const failuresPerSecond = 10;

export interface Serving {
  readonly url: string;
  readonly port: number;
  /** For the SDKs of Sentry; holds the key that only hands in. */
  readonly dsn: string;
  readonly ingestKey: string;
  dispose(): Promise<void>;
}

/** Takes what programs of this machine hand in, and answers those who have the token. Loopback only. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { app, log } = options;
  const limits = { ...usualLimits, ...options.limits };
  const inbox = await openInbox({
    folder: options.folder,
    readTo: (file) => app.backlog.positions.get(file)?.offset ?? 0,
    isAlive: (pid) => startOf(pid) !== undefined,
    ...(limits.inbox ? { limits: limits.inbox } : {}),
  });
  const ending = new AbortController();
  let port = 0;
  const handle = createHandler(options, limits, inbox, () => port, ending.signal);
  const server = createServer(
    {
      requestTimeout: limits.requestMs,
      headersTimeout: Math.min(limits.requestMs, 10_000),
      connectionsCheckingInterval: Math.min(limits.requestMs, 1_000),
      keepAliveTimeout: 5_000,
      maxHeaderSize: 16_384,
    },
    handle.usual,
  );
  server.on('checkContinue', handle.expecting);
  server.maxConnections = maxConnections;
  const tidying = app.pipeline.onDidProgress(({ kind }) => {
    if (kind === 'scanned') inbox.tidy().catch((error: unknown) => log(errorMessage(error)));
  });
  try {
    await new Promise<void>((done, fail) => {
      server.once('error', fail).listen(options.port, '127.0.0.1', done);
    });
  } catch (error) {
    await tidying.dispose();
    await inbox.dispose();
    throw explainListening(error, options.port);
  }
  port = (server.address() as AddressInfo).port; // of a server that listens on a port
  const ingestKey = ingestKeyOf(options.token);
  app.pipeline.grown(); // something may have been left from before
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    dsn: `http://${ingestKey}@127.0.0.1:${port}/1`,
    ingestKey,
    async dispose() {
      ending.abort();
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeIdleConnections();
      const slow = setTimeout(() => server.closeAllConnections(), 2_000);
      await closed;
      clearTimeout(slow);
      await tidying.dispose();
      await inbox.dispose();
    },
  };
}

/** Begins at once, and then now and then while it is asked for: reading takes time from those who hand in. */
function createSlowly(work: () => void, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  let again = false;
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  const begin = (): void => {
    again = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (again) begin();
    }, betweenScansMs);
    work();
  };
  return () => {
    if (timer) again = true;
    else begin();
  };
}

/** Asks again only after a while. */
function keptFor<T>(ms: number, clock: () => number, ask: () => T): () => T {
  let kept: { readonly value: T; readonly until: number } | undefined;
  return () => {
    if (!kept || clock() >= kept.until) kept = { value: ask(), until: clock() + ms };
    return kept.value;
  };
}

function explainListening(error: unknown, port: number): unknown {
  const code = systemCode(error);
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error;
  return new PatchwrightError('busy', {
    what: `Port ${port} could not be opened.`,
    why: code === 'EACCES' ? 'Your user may not use it.' : 'Something listens there already.',
    remedy: 'Say another one with patchwright.server.port (or --port); 0 takes any that is free.',
  });
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, unless it is a text of a type of its own. */
  readonly value?: unknown;
  readonly body?: Buffer;
}

function createHandler(
  options: ServeOptions,
  limits: BodyLimits,
  inbox: Inbox,
  port: () => number,
  signal: AbortSignal,
) {
  const { settings, log, app } = options;
  const rightsOf = createKeys(options.token);
  const routes = createApi(options);
  const clock = (): number => performance.now();
  const events = createBucket(settings().server.eventsPerSecond, clock);
  const calls = createBucket(callsPerSecond, clock);
  const failures = createBucket(failuresPerSecond, clock);
  const turns = createTurns(maxRequests);
  const origins = keptFor(settingsMs, clock, () => settings().server.origins);
  const grown = createSlowly(() => app.pipeline.grown(), signal);
  /** Of those who ask whether to send their body: what lets them. */
  const asking = new WeakMap<IncomingMessage, () => void>();
  const bodyOf = (request: IncomingMessage): Promise<Buffer> =>
    readBody(request, limits, () => {
      asking.get(request)?.();
      asking.delete(request);
    });
  const ingest = createIngest(keptKinds(settings().privacy), () => new Date());

  const authorise = (key: string | undefined, wanted: 'ingest' | 'api'): void => {
    const rights = key === undefined ? undefined : rightsOf(key);
    if (rights === 'api' || (rights && rights === wanted)) return;
    failures.take();
    failures.spend(1);
    if (rights) throw refusal(403, 'wrong_key', 'This key only hands in events.');
    throw refusal(401, 'unauthorised', 'A key is missing, or it is another one.', {
      'www-authenticate': 'Bearer',
    });
  };

  const take = async (intake: Intake, request: IncomingMessage, url: URL): Promise<Reply> => {
    const key = keyIn(request, url.searchParams);
    if (key !== undefined || !intake.keyInBody) authorise(key, 'ingest');
    events.take();
    const body = await bodyOf(request);
    if (key === undefined) authorise(intake.keyInBody?.(body), 'ingest');
    const { records, reply } = await intake.read(body, request);
    events.spend(Math.max(1, records.length));
    await inbox.put(records);
    if (records.length > 0) grown();
    return reply;
  };

  const call = async (request: IncomingMessage, url: URL): Promise<Reply> => {
    const found = routes.flatMap((route) => {
      const match = route.path.exec(url.pathname);
      return match ? [{ route, names: match.slice(1) }] : [];
    });
    if (found.length === 0) throw refusal(404, 'not_found', 'There is nothing here.');
    const one = found.find(({ route }) => route.method === request.method);
    if (!one) throw wrongMethod(found.map(({ route }) => route.method).join(', '));
    if (request.headers.origin !== undefined) {
      throw refusal(403, 'bad_origin', 'No page may ask this.');
    }
    authorise(keyIn(request, url.searchParams), 'api');
    calls.take();
    calls.spend(1);
    const body = request.method === 'POST' ? await bodyOf(request) : undefined;
    return one.route.answer({
      names: one.names,
      query: url.searchParams,
      signal,
      ...(body ? { body } : {}),
    });
  };

  const answer = async (request: IncomingMessage, url: URL): Promise<Reply> => {
    const open = openTo(url.pathname);
    if (open) {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw wrongMethod('GET, HEAD');
      return open;
    }
    const intake = ingest(url.pathname);
    if (!intake) return call(request, url);
    if (request.method !== 'POST') throw wrongMethod('POST, OPTIONS');
    return take(intake, request, url);
  };

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let cors: Readonly<Record<string, string>> = {};
    let entered = false;
    try {
      assertHost(request, port());
      const url = urlOf(request);
      const isIntake = ingest(url.pathname) !== undefined;
      const origin = isIntake ? originOf(request, origins()) : undefined;
      if (origin !== undefined) cors = corsHeaders(origin);
      if (request.method === 'OPTIONS' && origin !== undefined) {
        send(response, { status: 204 }, cors);
        return;
      }
      turns.enter();
      entered = true;
      send(response, await answer(request, url), cors);
    } catch (error) {
      const refused = asRefusal(error);
      // Whoever still sends would not see an answer that ends the connection.
      if (!request.complete && !asking.has(request)) await passOver(request, 2 * limits.bytes);
      if (refused.status === 500) log(`${request.method} failed: ${errorMessage(error)}`);
      // The rest of a body that nobody reads must not be taken for the next request.
      const headers = request.complete
        ? refused.headers
        : { ...refused.headers, connection: 'close' };
      const { code, message } = refused;
      send(
        response,
        { status: refused.status, headers, value: { error: { code, message } } },
        cors,
      );
    } finally {
      if (entered) turns.leave();
    }
  };
  const usual = (request: IncomingMessage, response: ServerResponse): void => {
    response.on('error', () => undefined); // they went away
    void respond(request, response);
  };
  return {
    usual,
    expecting: (request: IncomingMessage, response: ServerResponse): void => {
      asking.set(request, () => response.writeContinue());
      usual(request, response);
    },
  };
}

function urlOf({ url = '/' }: IncomingMessage): URL {
  const base = 'http://127.0.0.1';
  if (URL.canParse(url, base)) return new URL(url, base);
  throw refusal(400, 'bad_address', 'The address is none.');
}

function wrongMethod(allow: string): Error {
  return refusal(405, 'wrong_method', `Only ${allow} works here.`, { allow });
}

/** What anyone on this machine may see: nothing in it is of the workspace. */
function openTo(path: string): Reply | undefined {
  switch (path) {
    case '/health':
      return { status: 200, value: { status: 'ok' } };
    case '/openapi.json':
      return { status: 200, value: openApiDocument };
    case '/feedback.js':
      return {
        status: 200,
        headers: { 'content-type': 'text/javascript; charset=utf-8' },
        body: Buffer.from(feedbackScript),
      };
    default:
      return undefined;
  }
}

function send(
  response: ServerResponse,
  { status, headers = {}, value, body }: Reply,
  more: Readonly<Record<string, string>>,
): void {
  if (response.headersSent || response.destroyed) return;
  const content = body ?? (value === undefined ? undefined : Buffer.from(JSON.stringify(value)));
  response.writeHead(status, {
    ...(value === undefined ? {} : { 'content-type': 'application/json' }),
    ...(content ? { 'content-length': String(content.length) } : {}),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
    ...more,
  });
  response.end(content);
}
