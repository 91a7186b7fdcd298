import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type RecordedReply,
  type RecordedRequest,
  type Recording,
  type ScriptedModel,
  startScriptedModel,
} from '../../src/models/scripted.ts';

/** What goes wrong with one call of the model; the n-th call of POST /v1/messages, from 1. */
export type Fault =
  /** An HTTP error instead of the reply. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly type?: string;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection breaks after so many events. */
  | { readonly kind: 'cut'; readonly afterEvents: number }
  /** The stream ends in good order, but too early. */
  | { readonly kind: 'end'; readonly afterEvents: number }
  /** An `error` event in the middle of the stream. */
  | { readonly kind: 'error_event'; readonly afterEvents: number; readonly type: string }
  /** After so many events nothing more comes, and the connection stays open. */
  | { readonly kind: 'hold'; readonly afterEvents: number }
  /** One byte at a time. */
  | { readonly kind: 'slow' }
  /** An event whose data is not JSON. */
  | { readonly kind: 'garbage' };

export interface ModelServer extends ScriptedModel {
  readonly name: string;
  /** Bodies of the calls, parsed. */
  calls(): readonly MessagesBody[];
  /** All that ever reached the server, as text. */
  everything(): string;
  /** Resolves when the n-th call has come, and what its fault sends first has been sent. */
  reached(call: number): Promise<void>;
}

export interface MessagesBody {
  readonly model: string;
  readonly max_tokens: number;
  readonly system: readonly { readonly text: string }[];
  readonly tools: readonly { readonly name: string }[];
  readonly messages: readonly { readonly role: string; readonly content: readonly WireBlock[] }[];
  readonly [key: string]: unknown;
}

export interface WireBlock {
  readonly type: string;
  readonly text?: string;
  readonly content?: string;
  readonly is_error?: boolean;
  readonly [key: string]: unknown;
}

export interface ModelServerOptions {
  /** Replies of the one conversation there is; or a whole recording. */
  readonly replies?: readonly RecordedReply[];
  readonly recording?: Recording;
  readonly faults?: Readonly<Record<number, Fault>>;
  readonly name?: string;
}

/** The product's scripted model behind a door that can fail in every way a real one does. */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const name = options.name ?? 'claude-test-1';
  const recording = options.recording ?? {
    name,
    conversations: [{ replies: options.replies ?? [] }],
  };
  const scripted = await startScriptedModel(recording, sendAll);
  const requests: RecordedRequest[] = [];
  const reached = createMilestones();
  let call = 0;

  const door = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const path = request.url ?? '/';
      requests.push({ method: request.method ?? '', path, body });
      const isCall = request.method === 'POST';
      if (isCall) call++;
      const number = call;
      const fault = isCall ? options.faults?.[number] : undefined;
      if (fault?.kind === 'status') sendStatus(response, fault);
      else {
        const upstream = await fetch(scripted.baseUrl + path, {
          method: request.method ?? 'GET',
          headers: { authorization: request.headers.authorization ?? '' },
          ...(isCall ? { body } : {}),
        });
        const type = upstream.headers.get('content-type') ?? '';
        response.writeHead(upstream.status, { 'content-type': type, 'x-should-retry': 'false' });
        await pass(await upstream.text(), fault, response);
      }
      if (isCall) reached.mark(number);
    })();
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const { port } = door.address() as AddressInfo;

  return {
    name: recording.name,
    baseUrl: `http://127.0.0.1:${port}`,
    apiKey: scripted.apiKey,
    requests,
    calls: () =>
      requests
        .filter(({ method }) => method === 'POST')
        .map(({ body }) => JSON.parse(body.toString()) as MessagesBody),
    everything: () => requests.map(({ path, body }) => `${path}\n${body.toString()}`).join('\n'),
    reached: async (number) => await reached.wait(number),
    async dispose() {
      const closed = once(door, 'close');
      door.close();
      door.closeAllConnections();
      await closed;
      await scripted.dispose();
    },
  };
}

async function sendAll(response: ServerResponse, events: readonly string[]): Promise<void> {
  response.end(events.join(''));
}

function sendStatus(response: ServerResponse, fault: Fault & { kind: 'status' }): void {
  const error = { type: fault.type ?? 'api_error', message: fault.message ?? 'something broke' };
  response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
  response.end(JSON.stringify({ type: 'error', error }));
}

async function pass(
  text: string,
  fault: Fault | undefined,
  response: ServerResponse,
): Promise<void> {
  const events = text.split(/(?<=\n\n)/);
  switch (fault?.kind) {
    case 'cut':
      await write(response, events.slice(0, fault.afterEvents).join(''));
      response.destroy();
      return;
    case 'end':
      response.end(events.slice(0, fault.afterEvents).join(''));
      return;
    case 'error_event': {
      const error = { type: 'error', error: { type: fault.type, message: 'it broke' } };
      const last = `event: error\ndata: ${JSON.stringify(error)}\n\n`;
      response.end(events.slice(0, fault.afterEvents).join('') + last);
      return;
    }
    case 'hold':
      await write(response, events.slice(0, fault.afterEvents).join(''));
      return;
    case 'slow':
      for (const byte of Buffer.from(text)) await write(response, Buffer.from([byte]));
      response.end();
      return;
    case 'garbage':
      response.end(`${events[0] ?? ''}event: message_delta\ndata: {nonsense\n\n`);
      return;
    default:
      response.end(text);
  }
}

/** Resolves when the bytes have left for the client. */
async function write(response: ServerResponse, data: string | Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    response.write(data, () => resolve());
  });
}

function createMilestones() {
  const passed = new Set<number>();
  const waiting = new Map<number, () => void>();
  return {
    mark(number: number): void {
      passed.add(number);
      waiting.get(number)?.();
    },
    async wait(number: number): Promise<void> {
      if (passed.has(number)) return;
      await new Promise<void>((resolve) => waiting.set(number, resolve));
    },
  };
}

/** A reply that says something and calls tools, given as `[name, input]`. */
export function says(
  text: string,
  ...calls: readonly (readonly [string, unknown])[]
): RecordedReply {
  return {
    content: [
      ...(text ? [{ type: 'text' as const, text }] : []),
      ...calls.map(([name, input]) => ({ type: 'tool_use' as const, name, input })),
    ],
  };
}

/** What the tools answered, as the model saw it, in order. */
export function toolResults(body: MessagesBody | undefined): string[] {
  return (body?.messages ?? []).flatMap(({ content }) =>
    content.filter(({ type }) => type === 'tool_result').map(({ content: text }) => text ?? ''),
  );
}
