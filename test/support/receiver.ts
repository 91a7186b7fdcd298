import { type IncomingHttpHeaders, request } from 'node:http';
import { type App, compose } from '../../src/compose.ts';
import { parseSettings } from '../../src/core/settings.ts';
import { newServerToken } from '../../src/server/token.ts';
import { serve, type ServeOptions, type Serving } from '../../src/server/serve.ts';

export interface Receiver {
  readonly app: App;
  readonly serving: Serving;
  readonly token: string;
  /** Sends with the key that only hands in, unless the headers say otherwise. */
  send(path: string, options?: Sending): Promise<Reply>;
  /** Asks with the token. */
  ask(path: string, body?: unknown): Promise<Reply>;
  dispose(): Promise<void>;
}

export interface Sending {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Of an answer in JSON. */
  readonly value: ReturnType<typeof JSON.parse>;
}

/** A real server over a real backlog in `folder`. */
export async function startReceiver(
  folder: string,
  settings: Readonly<Record<string, unknown>> = {},
  limits: ServeOptions['limits'] = {},
): Promise<Receiver> {
  const current = () =>
    parseSettings({ 'patchwright.thresholds.exceptionOccurrences': 1, ...settings });
  const app = await compose({
    folder,
    settings: current,
    apiKey: () => Promise.resolve(undefined),
    environment: {},
    log: () => undefined,
    trusted: true,
  });
  const token = newServerToken();
  const serving = await serve({
    app,
    folder,
    settings: current,
    token,
    version: '0.0.0',
    port: 0,
    log: () => undefined,
    limits,
  });
  return {
    app,
    serving,
    token,
    send: (path, { method = 'POST', body, headers } = {}) =>
      exchange(serving.port, path, method, body, {
        authorization: `Bearer ${serving.ingestKey}`,
        'content-type': 'application/json',
        ...headers,
      }),
    ask: (path, body) =>
      exchange(serving.port, path, body === undefined ? 'GET' : 'POST', body, {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
      }),
    async dispose() {
      await serving.dispose();
      await app.dispose();
    },
  };
}

/** By hand: `fetch` sets Host and Origin itself. An empty header is left out. */
export function exchange(
  port: number,
  path: string,
  method: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<Reply> {
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
  return new Promise((done, fail) => {
    const call = request(
      { host: '127.0.0.1', port, path, method, headers: given, agent: false },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', fail);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          const isJson = response.headers['content-type'] === 'application/json';
          const value = isJson && text !== '' ? JSON.parse(text) : undefined;
          done({ status: response.statusCode ?? 0, headers: response.headers, text, value });
        });
      },
    );
    call.on('error', fail);
    if (body === undefined) call.end();
    else call.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  });
}
