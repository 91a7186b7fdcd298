/** A recorded model: a server on this machine that speaks the Messages protocol and replies by script. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Recording {
  /** Shown as the model's name. */
  readonly name: string;
  /** The first whose `match` is in the first user message; else the first without a `match`. */
  readonly conversations: readonly RecordedConversation[];
}

export interface RecordedConversation {
  readonly match?: string;
  /** The n-th reply answers a request with n assistant messages in it; so any number may run at once. */
  readonly replies: readonly RecordedReply[];
}

export interface RecordedReply {
  readonly content: readonly RecordedBlock[];
  /** Default: a quarter of the characters sent and received. */
  readonly usage?: {
    readonly input_tokens?: number;
    readonly output_tokens?: number;
    readonly cache_read_input_tokens?: number;
    readonly cache_creation_input_tokens?: number;
  };
  /** Default: `tool_use` when there is one, else `end_turn`. */
  readonly stop_reason?: string;
}

export type RecordedBlock =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'tool_use';
      readonly name: string;
      readonly input: unknown;
      readonly id?: string;
    };

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** As it came, byte for byte. */
  readonly body: Buffer;
}

export interface ScriptedModel {
  readonly baseUrl: string;
  /** Random; a request without it is turned away. */
  readonly apiKey: string;
  /** Every request that was let in, oldest first. */
  readonly requests: readonly RecordedRequest[];
  dispose(): Promise<void>;
}

/** How one reply is sent. Tests hand in their own, to break things on the way. */
export type Send = (
  response: ServerResponse,
  events: readonly string[],
  request: RecordedRequest,
) => Promise<void>;

const maxBodyBytes = 32 << 20;

/** Binds to the loopback address only. */
export async function startScriptedModel(
  recording: Recording,
  send: Send = sendAll,
): Promise<ScriptedModel> {
  const apiKey = `scripted-${randomBytes(24).toString('hex')}`;
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (!hasKey(request, apiKey))
      return refuse(response, 401, 'authentication_error', 'invalid key');
    if (!body) return refuse(response, 413, 'request_too_large', 'the request is too large');
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const recorded = { method: request.method ?? '', path, body };
    requests.push(recorded);
    await answer(recording, recorded, response, send);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    apiKey,
    requests,
    async dispose() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  recording: Recording,
  request: RecordedRequest,
  response: ServerResponse,
  send: Send,
): Promise<void> {
  const { method, path } = request;
  if (method === 'GET' && path === '/v1/models') return sendJson(response, listOf(recording));
  if (method === 'GET' && path === `/v1/models/${encodeURIComponent(recording.name)}`) {
    return sendJson(response, modelInfo(recording));
  }
  if (method !== 'POST' || path !== '/v1/messages') {
    return refuse(response, 404, 'not_found_error', `no ${method} ${path} here`);
  }
  const message = replyTo(recording, request.body);
  if (typeof message === 'string') return refuse(response, 400, 'invalid_request_error', message);
  if (!message.streamed) return sendJson(response, message.whole);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  await send(response, eventsOf(message.whole), request);
}

interface Body {
  readonly model?: string;
  readonly stream?: boolean;
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
}

interface WholeMessage {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly (RecordedBlock & { readonly id?: string })[];
  readonly stop_reason: string;
  readonly stop_sequence: null;
  readonly usage: Readonly<Record<string, number>>;
}

/** The scripted reply, or why there is none. */
function replyTo(
  recording: Recording,
  bytes: Buffer,
): { readonly whole: WholeMessage; readonly streamed: boolean } | string {
  const body = parse(bytes);
  if (!body?.messages?.length) return 'messages: a list of messages is required';
  const first = JSON.stringify(body.messages.find(({ role }) => role === 'user')?.content ?? '');
  const turn = body.messages.filter(({ role }) => role === 'assistant').length;
  const at = pickConversation(recording, first);
  const reply = recording.conversations[at]?.replies[turn];
  if (!reply)
    return `the recording "${recording.name}" has no reply ${turn + 1} to this conversation`;
  const content = reply.content.map((block, index) =>
    block.type === 'tool_use' ? { id: `toolu_${at}_${turn}_${index}`, ...block } : block,
  );
  const uses = content.some((block) => block.type === 'tool_use');
  const whole: WholeMessage = {
    id: `msg_${at}_${turn}`,
    type: 'message',
    role: 'assistant',
    model: body.model ?? recording.name,
    content,
    stop_reason: reply.stop_reason ?? (uses ? 'tool_use' : 'end_turn'),
    stop_sequence: null,
    usage: {
      input_tokens: Math.ceil(bytes.length / 4),
      output_tokens: Math.ceil(JSON.stringify(content).length / 4),
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
      ...reply.usage,
    },
  };
  return { whole, streamed: body.stream === true };
}

function pickConversation({ conversations }: Recording, firstMessage: string): number {
  const inMessage = (match: string): boolean =>
    firstMessage.includes(JSON.stringify(match).slice(1, -1));
  const matching = conversations.findIndex(({ match }) => match !== undefined && inMessage(match));
  return matching === -1 ? conversations.findIndex(({ match }) => match === undefined) : matching;
}

function parse(bytes: Buffer): Body | undefined {
  try {
    return JSON.parse(bytes.toString('utf8')) as Body;
  } catch {
    return undefined; // answered as a bad request
  }
}

/** The same message as a stream: each entry one server-sent event. */
function eventsOf(message: WholeMessage): string[] {
  const { output_tokens: _, ...counts } = message.usage;
  return [
    event('message_start', {
      message: {
        ...message,
        content: [],
        stop_reason: null,
        usage: { ...counts, output_tokens: 1 },
      },
    }),
    event('ping', {}),
    ...message.content.flatMap((block, index) => blockEvents(block, index)),
    event('message_delta', {
      delta: { stop_reason: message.stop_reason, stop_sequence: null },
      usage: { output_tokens: message.usage['output_tokens'] },
    }),
    event('message_stop', {}),
  ];
}

const pieceChars = 60;

function blockEvents(block: RecordedBlock, index: number): string[] {
  const delta = (value: unknown): string => event('content_block_delta', { index, delta: value });
  const start = block.type === 'text' ? { type: 'text', text: '' } : { ...block, input: {} };
  const deltas =
    block.type === 'text'
      ? pieces(block.text).map((text) => delta({ type: 'text_delta', text }))
      : pieces(inputText(block.input)).map((text) =>
          delta({ type: 'input_json_delta', partial_json: text }),
        );
  return [
    event('content_block_start', { index, content_block: start }),
    ...deltas,
    event('content_block_stop', { index }),
  ];
}

/** A string stands for input that is not JSON, as a model may send it. */
function inputText(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input);
}

/** Never splits a surrogate pair. */
function pieces(text: string): string[] {
  return text.match(new RegExp(`[^]{1,${pieceChars}}`, 'gu')) ?? [];
}

function event(type: string, data: Readonly<Record<string, unknown>>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}

async function sendAll(response: ServerResponse, events: readonly string[]): Promise<void> {
  for (const one of events) response.write(one);
  response.end();
}

function listOf(recording: Recording): unknown {
  const { name } = recording;
  return { data: [modelInfo(recording)], has_more: false, first_id: name, last_id: name };
}

function modelInfo({ name }: Recording): unknown {
  return {
    type: 'model',
    id: name,
    display_name: name,
    created_at: '2026-01-01T00:00:00Z',
    lifecycle: 'active',
    line: null,
    capabilities: null,
    max_input_tokens: null,
    max_tokens: null,
  };
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-should-retry': 'false' });
  response.end(JSON.stringify({ type: 'error', error: { type, message } }));
}

function hasKey({ headers }: IncomingMessage, apiKey: string): boolean {
  const given = headers.authorization?.replace(/^Bearer /i, '') ?? headers['x-api-key'] ?? '';
  const [a, b] = [Buffer.from(String(given)), Buffer.from(apiKey)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** undefined when it is too large; what is left of it is thrown away. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes <= maxBodyBytes ? Buffer.concat(chunks) : undefined;
}
