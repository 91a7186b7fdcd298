import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RecordedReply } from '../../src/models/scripted.ts';

/** What goes wrong with the n-th call of POST /chat/completions, from 1. */
export type OpenAiFault =
  | {
      readonly kind: 'status';
      readonly status: number;
      /** Default: as OpenAI wraps it. */
      readonly body?: unknown;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection breaks after so many events. */
  | { readonly kind: 'cut'; readonly afterEvents: number }
  /** The stream ends in good order, but too early. */
  | { readonly kind: 'end'; readonly afterEvents: number }
  | { readonly kind: 'error_event'; readonly afterEvents: number; readonly error: unknown }
  /** After so many events nothing more comes; 0: not even the head. */
  | { readonly kind: 'hold'; readonly afterEvents: number }
  /** One byte at a time. */
  | { readonly kind: 'slow' }
  | { readonly kind: 'garbage' };

export interface OpenAiServerOptions {
  /** The n-th answers a request with n messages of the assistant in it. */
  readonly replies?: readonly RecordedReply[];
  readonly faults?: Readonly<Record<number, OpenAiFault>>;
  readonly models?: readonly Readonly<Record<string, unknown>>[];
  /** undefined: anyone may call. */
  readonly apiKey?: string;
  /** What it says to a request with this in its body, with status 400 or the one given. */
  readonly refuses?: readonly {
    readonly field: string;
    readonly says: string;
    readonly status?: number;
  }[];
  /** ollama: a call in one piece, without index; whole: no streaming at all; uncounted: no usage. */
  readonly manner?: 'ollama' | 'whole' | 'uncounted';
  readonly cachedTokens?: number;
  /** The n-th reply as it goes over the wire, in place of `replies`. */
  readonly raw?: readonly Raw[];
}

export interface Raw {
  readonly type?: string;
  readonly body: string;
  /** The connection stays open behind it. */
  readonly open?: boolean;
}

export interface ChatBody {
  readonly model: string;
  readonly messages: readonly {
    readonly role: string;
    readonly content: string | null;
    readonly tool_calls?: readonly {
      readonly id: string;
      readonly function: { readonly name: string; readonly arguments: string };
    }[];
    readonly tool_call_id?: string;
  }[];
  readonly [key: string]: unknown;
}

export interface OpenAiServer {
  readonly baseUrl: string;
  calls(): readonly ChatBody[];
  /** Headers of every request, newest last. */
  readonly headers: readonly IncomingMessage['headers'][];
  everything(): string;
  /** Resolves when the n-th call has come, and what its fault sends first has been sent. */
  reached(call: number): Promise<void>;
  dispose(): Promise<void>;
}

/** A server of the chat completions protocol on this machine, that can fail in every way a real one does. */
export async function startOpenAiServer(options: OpenAiServerOptions): Promise<OpenAiServer> {
  const bodies: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const passed = new Map<number, () => void>();
  const marks = new Map<number, Promise<void>>();
  const markOf = (call: number): Promise<void> => {
    const mark = marks.get(call) ?? new Promise<void>((resolve) => passed.set(call, resolve));
    marks.set(call, mark);
    return mark;
  };

  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      headers.push(request.headers);
      if (options.apiKey && request.headers.authorization !== `Bearer ${options.apiKey}`) {
        return sendJson(response, 401, { error: { message: 'Incorrect API key provided.' } });
      }
      if (request.url === '/v1/models') {
        return sendJson(response, 200, {
          object: 'list',
          data: options.models ?? [{ id: 'local' }],
        });
      }
      if (request.url !== '/v1/chat/completions') {
        return sendJson(response, 404, { error: { message: `no ${request.url}` } });
      }
      const body = Buffer.concat(chunks).toString();
      bodies.push(body);
      const call = bodies.length;
      await answer(options, JSON.parse(body) as ChatBody, options.faults?.[call], response);
      void markOf(call);
      passed.get(call)?.();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    headers,
    calls: () => bodies.map((body) => JSON.parse(body) as ChatBody),
    everything: () => bodies.join('\n'),
    reached: async (call) => await markOf(call),
    async dispose() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  options: OpenAiServerOptions,
  body: ChatBody,
  fault: OpenAiFault | undefined,
  response: ServerResponse,
): Promise<void> {
  if (fault?.kind === 'status') {
    const error = fault.body ?? {
      error: { message: fault.message ?? 'something broke', type: 'x' },
    };
    return sendJson(response, fault.status, error, fault.headers);
  }
  if (fault?.kind === 'hold' && fault.afterEvents === 0) return;
  const refusal = options.refuses?.find(({ field }) => body[field] !== undefined);
  if (refusal)
    return sendJson(response, refusal.status ?? 400, { error: { message: refusal.says } });
  const turn = body.messages.filter(({ role }) => role === 'assistant').length;
  const raw = options.raw?.[turn];
  if (raw) {
    response.writeHead(200, { 'content-type': raw.type ?? 'text/event-stream' });
    await write(response, raw.body);
    if (!raw.open) response.end();
    return;
  }
  const reply = options.replies?.[turn];
  if (!reply) return sendJson(response, 400, { error: { message: `no reply ${turn + 1}` } });
  const isCounted = options.manner !== 'uncounted' && body['stream_options'] !== undefined;
  const usage = {
    prompt_tokens: reply.usage?.input_tokens ?? Math.ceil(JSON.stringify(body).length / 4),
    completion_tokens: reply.usage?.output_tokens ?? 5,
    ...(options.cachedTokens === undefined
      ? {}
      : { prompt_tokens_details: { cached_tokens: options.cachedTokens } }),
  };
  if (options.manner === 'whole')
    return sendJson(response, 200, { choices: [whole(reply, turn)], usage });
  const events = [
    ...chunksOf(reply, turn, options.manner === 'ollama').map((choice) =>
      event({ choices: [choice] }),
    ),
    ...(isCounted ? [event({ choices: [], usage })] : []),
    'data: [DONE]\n\n',
  ];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  await pass(events, fault, response);
}

function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function textOf({ content }: RecordedReply): string {
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
}

function callsOf({ content }: RecordedReply, turn: number) {
  return content
    .filter((block) => block.type === 'tool_use')
    .map(({ name, input }, index) => ({
      index,
      id: `call_${turn}_${index}`,
      type: 'function',
      function: { name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
    }));
}

function finishReason(reply: RecordedReply): string {
  if (reply.stop_reason) return reply.stop_reason;
  return reply.content.some(({ type }) => type === 'tool_use') ? 'tool_calls' : 'stop';
}

function whole(reply: RecordedReply, turn: number): unknown {
  const calls = callsOf(reply, turn);
  const message = { role: 'assistant', content: textOf(reply) || null };
  return {
    message: calls.length > 0 ? { ...message, tool_calls: calls } : message,
    finish_reason: finishReason(reply),
  };
}

function chunksOf(reply: RecordedReply, turn: number, inOnePiece: boolean): unknown[] {
  const delta = (value: unknown) => ({ index: 0, delta: value, finish_reason: null });
  const pieces = textOf(reply).match(/[^]{1,40}/gu) ?? [];
  const calls = callsOf(reply, turn).flatMap(({ index, ...call }) => {
    if (inOnePiece) return [delta({ role: 'assistant', content: '', tool_calls: [call] })];
    const { arguments: json, name } = call.function;
    return [
      delta({ tool_calls: [{ index, ...call, function: { name, arguments: '' } }] }),
      ...(json.match(/[^]{1,25}/gu) ?? []).map((piece) =>
        delta({ tool_calls: [{ index, function: { arguments: piece } }] }),
      ),
    ];
  });
  return [
    delta({ role: 'assistant', content: '' }),
    ...pieces.map((content) => delta({ content })),
    ...calls,
    { index: 0, delta: {}, finish_reason: finishReason(reply) },
  ];
}

async function pass(
  events: readonly string[],
  fault: OpenAiFault | undefined,
  response: ServerResponse,
): Promise<void> {
  const first = (count: number): string => events.slice(0, count).join('');
  switch (fault?.kind) {
    case 'cut':
      await write(response, first(fault.afterEvents));
      response.destroy();
      return;
    case 'end':
      response.end(first(fault.afterEvents));
      return;
    case 'error_event':
      response.end(first(fault.afterEvents) + event({ error: fault.error }));
      return;
    case 'hold':
      await write(response, first(fault.afterEvents));
      return;
    case 'slow':
      for (const byte of Buffer.from(events.join(''))) await write(response, Buffer.from([byte]));
      response.end();
      return;
    case 'garbage':
      response.end(`${events[0] ?? ''}data: {nonsense\n\n`);
      return;
    default:
      response.end(events.join(''));
  }
}

/** Resolves when the bytes have left for the client. */
async function write(response: ServerResponse, data: string | Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    response.write(data, () => resolve());
  });
}

function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}
