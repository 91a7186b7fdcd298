/** Servers of the chat completions protocol: Ollama, LM Studio, llama.cpp, vLLM, OpenAI and others. */
import { randomUUID } from 'node:crypto';
import { addUsage, noUsage } from '../core/attempt.ts';
import { cancelled, PatchwrightError, throwIfCancelled } from '../core/errors.ts';
import type { Model, ModelReply, ModelRequest, Price } from '../core/model.ts';
import type { Log } from '../core/ports.ts';
import type { Effort } from '../core/settings.ts';
import { CutReplyError } from './cutReply.ts';
import {
  badReply,
  causesOf,
  errorOfStatus,
  isWorthRepeating,
  printable,
  unreachable,
} from './modelErrors.ts';
import { type ChunkReader, createChunkReader, StreamError } from './openaiReply.ts';
import { type Dialect, fillsContext, isLoading, learnFrom, widest } from './openaiDialect.ts';
import { toBody } from './openaiRequest.ts';
import { pause } from './pause.ts';
import { readEvents } from './serverSentEvents.ts';
import { unknownModel } from './unknownModel.ts';

export interface OpenAiOptions {
  /** With the version: `http://localhost:11434/v1`. */
  readonly baseUrl: string;
  /** Empty: none is sent. */
  readonly apiKey: string;
  /** Empty: the first of the server's list. */
  readonly name: string;
  readonly price?: Price;
  readonly effort?: Effort;
  /** tools: the protocol's own; text: in text; auto: the first, until the server says that it has none. */
  readonly protocol: 'auto' | 'tools' | 'text';
  /** Where the server does not say; 0: not known. */
  readonly contextTokens: number;
  readonly log: Log;
  /** For the first byte of a reply; a model on this machine may read its prompt for minutes. */
  readonly answerTimeoutMs?: number;
}

const answerTimeoutMs = 290_000; // fetch itself gives up after 300 s
const maxRetries = 2;
const retryDelayMs = 500;
const maxRetryAfterMs = 60_000;
const cutRetries = 1;

interface Client {
  readonly options: OpenAiOptions;
  readonly base: string;
  readonly key: string;
  readonly name: string;
}

/** Rejects with `invalid_settings`, `model_*` or `cancelled`. */
export async function createOpenAiModel(
  options: OpenAiOptions,
  signal?: AbortSignal,
): Promise<Model> {
  const base = options.baseUrl.trim().replace(/\/+$/, '');
  if (!/^https?:/.test(base) || !URL.canParse(base)) throw badBaseUrl(options.baseUrl);
  const asked = { options, base, key: options.apiKey.trim(), name: options.name.trim() };
  const listed = await describe(asked, signal);
  const client = { ...asked, name: asked.name || listed.name };
  const contextTokens = options.contextTokens || listed.contextTokens;
  let dialect: Dialect = { ...widest, tools: options.protocol !== 'text' };
  return {
    name: client.name,
    ...(options.price ? { price: options.price } : {}),
    ...(contextTokens ? { contextTokens } : {}),
    reply: (request, onText, replySignal) =>
      reply(client, request, onText, replySignal, {
        current: () => dialect,
        learn: (change) => {
          dialect = { ...dialect, ...change };
        },
      }),
  };
}

/** Ids of the models the server has. */
export async function listOpenAiModels(
  options: Omit<OpenAiOptions, 'name'>,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const base = options.baseUrl.trim().replace(/\/+$/, '');
  const client = { options: { ...options, name: '' }, base, key: options.apiKey.trim(), name: '' };
  return (await fetchList(client, signal)).map(({ id }) => id);
}

interface Listed {
  readonly id: string;
  /** vLLM says how much fits. */
  readonly max_model_len?: unknown;
}

/** What the list says of the model; a server without a list must be told a name. */
async function describe(
  client: Client,
  signal: AbortSignal | undefined,
): Promise<{ readonly name: string; readonly contextTokens?: number }> {
  const list = await fetchList(client, signal).catch((error: unknown) => {
    if (client.name === '' || signal?.aborted) throw error;
    return []; // the call itself will say what is wrong
  });
  const found = client.name === '' ? list[0] : list.find(({ id }) => isNamed(id, client.name));
  if (!found && client.name === '') throw noModels();
  if (!found && list.length > 0) {
    throw unknownModel(
      client.name,
      list.map(({ id }) => id),
    );
  }
  const fits = found?.max_model_len;
  return {
    name: client.name || (found?.id ?? ''),
    ...(typeof fits === 'number' ? { contextTokens: fits } : {}),
  };
}

/** Ollama answers to a name without its tag. */
function isNamed(id: string, name: string): boolean {
  return id === name || id === `${name}:latest`;
}

async function fetchList(client: Client, signal: AbortSignal | undefined): Promise<Listed[]> {
  const limit = AbortSignal.timeout(15_000);
  try {
    const response = await fetch(`${client.base}/models`, {
      headers: headersOf(client.key),
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    if (!response.ok) throw await refusalOf(client, response);
    const { data } = (await response.json()) as { data?: unknown };
    return Array.isArray(data) ? data.filter(isListed) : [];
  } catch (error) {
    if (signal?.aborted) throw cancelled();
    throw explain(client, error);
  }
}

function isListed(value: unknown): value is Listed {
  return typeof (value as { id?: unknown } | null)?.id === 'string';
}

interface Learned {
  current(): Dialect;
  learn(change: Partial<Dialect>): void;
}

/** What the server cannot do is left out from then on; what broke is asked for again, never taken as whole. */
async function reply(
  client: Client,
  request: ModelRequest,
  onText: (text: string) => void,
  signal: AbortSignal | undefined,
  learned: Learned,
): Promise<ModelReply> {
  const patience = AbortSignal.timeout(client.options.answerTimeoutMs ?? answerTimeoutMs);
  let lost = noUsage;
  let [retries, cuts] = [0, 0];
  for (;;) {
    throwIfCancelled(signal);
    const body = JSON.stringify(
      toBody(request, client.name, learned.current(), client.options.effort),
    );
    const reader = createChunkReader({
      onText,
      sentChars: body.length,
      tools: request.tools,
      newId: () => `call_${randomUUID()}`,
    });
    let delayMs = retryDelayMs;
    try {
      await send(client, body, reader, signal);
      const whole = reader.finish();
      return { ...whole, usage: addUsage(lost, whole.usage) };
    } catch (error) {
      if (signal?.aborted) throw cancelled();
      lost = addUsage(lost, reader.usage());
      if (error instanceof Refusal) {
        const isOpen = client.options.protocol === 'auto';
        const change = learnFrom(error, learned.current(), request.maxOutputTokens, isOpen);
        if (change) {
          client.options.log(`${client.name}: ${change.why}`);
          learned.learn(change.dialect);
          continue;
        }
        if (fillsContext(error)) {
          learned.learn({ maxOutput: widest.maxOutput }); // with less to read there is room again
          return { content: [], stopReason: 'context_full', usage: lost };
        }
        if (isLoading(error) && !patience.aborted) {
          await pause(retryDelayMs, signal);
          continue;
        }
      }
      const explained = explain(client, error);
      const cut = reader.started() || error instanceof CutReplyError;
      const again = cut ? cuts++ < cutRetries : retries++ < maxRetries;
      const waitMs = error instanceof Refusal ? error.retryAfterMs : undefined;
      const limited = explained.code === 'model_rate_limited' && !cut;
      if (!again || !(isWorthRepeating(explained) || limited)) throw explained;
      if (waitMs !== undefined && waitMs > maxRetryAfterMs) throw explained;
      delayMs = waitMs ?? retryDelayMs * 2 ** (retries + cuts - 1);
      if (cut) client.options.log("The model's reply was cut off; asking once more.");
    }
    await pause(delayMs, signal);
  }
}

async function send(
  client: Client,
  body: string,
  reader: ChunkReader,
  signal: AbortSignal | undefined,
): Promise<void> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), client.options.answerTimeoutMs ?? answerTimeoutMs);
  let response: Response;
  try {
    response = await fetch(`${client.base}/chat/completions`, {
      method: 'POST',
      headers: { ...headersOf(client.key), 'content-type': 'application/json' },
      body,
      redirect: 'error', // the key goes nowhere else
      signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal,
    });
  } catch (error) {
    if (limit.signal.aborted) throw unreachable('It did not answer in time.');
    throw error;
  } finally {
    clearTimeout(timer);
  }
  if (!response.ok) throw await refusalOf(client, response);
  const type = response.headers.get('content-type') ?? '';
  if (type.includes('application/json')) {
    return reader.take(await response.json()); // a server that does not stream
  }
  if (!response.body) return;
  for await (const data of readEvents(response.body)) {
    if (data === '[DONE]') return reader.end();
    if (data !== '') reader.take(JSON.parse(data) as unknown);
    if (reader.isWhole()) return;
  }
  if (!reader.started()) throw new SyntaxError(`nothing of a reply in ${type || 'what it sent'}`);
}

function headersOf(key: string): Record<string, string> {
  return key === '' ? {} : { authorization: `Bearer ${key}` };
}

/** The server's no, with what it said. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly retryAfter: string | null;
  constructor(status: number, said: string, retryAfter: string | null) {
    super(said);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  get retryAfterMs(): number | undefined {
    const seconds = Number.parseFloat(this.retryAfter ?? '');
    return seconds >= 0 ? seconds * 1_000 : undefined;
  }
}

const maxErrorChars = 4_000;

async function refusalOf(client: Client, response: Response): Promise<Refusal> {
  const text = (await response.text()).slice(0, maxErrorChars);
  const said = printable(messageIn(text), client.key);
  return new Refusal(response.status, said, response.headers.get('retry-after'));
}

/** `{"error": {"message"}}`, `{"error": "…"}`, `{"message"}`, `{"detail"}`, or text. */
function messageIn(text: string): string {
  try {
    return messageOf(JSON.parse(text)) ?? text;
  } catch {
    return text;
  }
}

function messageOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { error, message, detail } = value as Record<string, unknown>;
  return messageOf(error) ?? messageOf(message) ?? messageOf(detail);
}

function explain(client: Client, error: unknown): PatchwrightError {
  if (error instanceof PatchwrightError) return error;
  if (error instanceof CutReplyError) return unreachable(error.message);
  if (error instanceof SyntaxError) {
    const said = printable(error.message, client.key);
    return badReply('The server sent something that is not the chat completions protocol.', said);
  }
  if (error instanceof Refusal)
    return ofStatus(client, error.status, error.message, error.retryAfter);
  if (error instanceof StreamError) {
    const said = printable(messageOf(error.body) ?? JSON.stringify(error.body), client.key);
    return ofStatus(client, statusIn(error.body, said), said, null);
  }
  return unreachable(printable(causesOf(error), client.key));
}

function ofStatus(
  client: Client,
  status: number,
  said: string,
  retryAfter: string | null,
): PatchwrightError {
  return errorOfStatus({
    status,
    said: said || 'It gave no reason.',
    subject: printable(client.name, client.key),
    retryAfter,
    keyRemedy:
      'Check the key, and set it again with "Patchwright: Set Up Model" (or OPENAI_API_KEY).',
  });
}

/** Errors in a stream have a code or a type, seldom a status. */
function statusIn(body: unknown, said: string): number {
  const { code, status } = (typeof body === 'object' ? body : {}) as Record<string, unknown>;
  const number = Number(status ?? code);
  if (number >= 400 && number < 600) return number;
  if (/rate.?limit/i.test(`${String(code)} ${said}`)) return 429;
  return /overload|capacity|busy/i.test(said) ? 529 : 500;
}

function badBaseUrl(baseUrl: string): PatchwrightError {
  return new PatchwrightError('invalid_settings', {
    what: 'The address of the model is not valid.',
    why: baseUrl ? `"${baseUrl.slice(0, 200)}" is no URL.` : 'There is none.',
    remedy:
      'Set patchwright.model.baseUrl (or OPENAI_BASE_URL), for example http://localhost:11434/v1.',
  });
}

function noModels(): PatchwrightError {
  return new PatchwrightError('model_bad_reply', {
    what: 'No model could be chosen.',
    why: "The server's list of models is empty.",
    remedy: 'Load one there, or name one in the setting patchwright.model.name.',
  });
}
