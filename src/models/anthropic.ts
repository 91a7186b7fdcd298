/** The Messages API through its SDK. This file and those only it imports are a bundle loaded on first use. */
import Anthropic from '@anthropic-ai/sdk';
import { addUsage, noUsage } from '../core/attempt.ts';
import {
  cancelled,
  isPatchwrightError,
  PatchwrightError,
  throwIfCancelled,
} from '../core/errors.ts';
import type { Model, ModelReply, ModelRequest, Price } from '../core/model.ts';
import type { Log } from '../core/ports.ts';
import { type Effort, efforts } from '../core/settings.ts';
import { explainModelError, fillsContext } from './anthropicErrors.ts';
import { createReplyReader } from './anthropicReply.ts';
import { type ModelTraits, toParams } from './anthropicRequest.ts';
import { CutReplyError } from './cutReply.ts';
import { isWorthRepeating } from './modelErrors.ts';
import { pause } from './pause.ts';
import { priceOf } from './prices.ts';
import { unknownModel } from './unknownModel.ts';

export interface AnthropicOptions {
  readonly apiKey: string;
  /** Left out or empty: Anthropic's own. */
  readonly baseUrl?: string;
  /** Empty: chosen from the list of models, see {@link chooseModel}. */
  readonly name: string;
  /** Instead of the price table's. */
  readonly price?: Price;
  /** Counts where the model is known to take it. */
  readonly effort?: Effort;
  readonly log: Log;
}

const maxRetries = 2;
/** For the first byte of a reply; once it streams, the attempt's own time limit counts. */
const answerTimeoutMs = 120_000;
/** A server that wants a longer pause gets no further try. */
const maxRetryAfterMs = 60_000;
const cutRetries = 1;
const cutRetryDelayMs = 500;

/** Rejects with `missing_key`, `invalid_settings`, `model_*` or `cancelled`. */
export async function createAnthropicModel(
  options: AnthropicOptions,
  signal?: AbortSignal,
): Promise<Model> {
  const client = createClient(options);
  const traits = await findModel(client, options, signal);
  const price = options.price ?? priceOf(traits.name);
  return {
    name: traits.name,
    ...(price ? { price } : {}),
    ...(traits.contextTokens === undefined ? {} : { contextTokens: traits.contextTokens }),
    reply: async (request, onText, replySignal) =>
      await reply(client, traits, options, request, onText, replySignal),
  };
}

/** Ids of the models this key may use, newest first. */
export async function listModels(
  options: Omit<AnthropicOptions, 'name'>,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const models = await fetchModels(createClient(options), options, signal);
  return models.map((model) => model.id);
}

/**
 * The newest active model of the Sonnet line, which costs a fraction of the largest and writes patches
 * well; where there is none, the newest active one; else the first of the list.
 */
export function chooseModel(
  models: readonly Anthropic.ModelInfo[],
): Anthropic.ModelInfo | undefined {
  const newest = [...models].sort((a, b) => b.created_at.localeCompare(a.created_at));
  const active = newest.filter((model) => model.lifecycle === 'active');
  return active.find((model) => model.line === 'sonnet') ?? active[0] ?? models[0];
}

function createClient({ apiKey, baseUrl, log }: Omit<AnthropicOptions, 'name'>): Anthropic {
  const key = apiKey.trim();
  if (key === '') throw missingKey();
  if (baseUrl && !URL.canParse(baseUrl)) throw badBaseUrl(baseUrl);
  const quiet = (): void => undefined;
  const tell = (line: string): void => log(line.replaceAll(key, '<key>'));
  return new Anthropic({
    apiKey: key,
    baseURL: baseUrl ?? '', // empty: Anthropic's own, never one from the environment behind our back
    maxRetries,
    timeout: answerTimeoutMs,
    openTelemetry: false,
    logger: { error: tell, warn: tell, info: quiet, debug: quiet },
    logLevel: 'warn',
    fetch: boundedFetch,
  });
}

/** The SDK waits as long as `retry-after` says, up to days; beyond our bound it is told not to try again. */
async function boundedFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const seconds = Number.parseFloat(response.headers.get('retry-after') ?? '');
  const ms = Number.parseFloat(response.headers.get('retry-after-ms') ?? '');
  if (!(seconds * 1_000 > maxRetryAfterMs || ms > maxRetryAfterMs)) return response;
  const headers = new Headers(response.headers);
  headers.set('x-should-retry', 'false');
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}

async function findModel(
  client: Anthropic,
  options: AnthropicOptions,
  signal: AbortSignal | undefined,
): Promise<ModelTraits> {
  const name = options.name.trim();
  if (name !== '') return await describeModel(client, name, options, signal);
  const chosen = chooseModel(await fetchModels(client, options, signal));
  if (!chosen) throw noModels();
  return traitsOf(chosen);
}

async function fetchModels(
  client: Anthropic,
  { apiKey }: Pick<AnthropicOptions, 'apiKey'>,
  signal: AbortSignal | undefined,
): Promise<Anthropic.ModelInfo[]> {
  try {
    const page = await client.models.list({ limit: 100 }, { signal: signal ?? null });
    return page.data;
  } catch (error) {
    if (signal?.aborted) throw cancelled();
    throw explainModelError(error, apiKey, 'the list of models');
  }
}

/** What the model can do; servers that don't tell get only what every model understands. */
async function describeModel(
  client: Anthropic,
  name: string,
  asked: AnthropicOptions,
  signal: AbortSignal | undefined,
): Promise<ModelTraits> {
  const { apiKey } = asked;
  try {
    const options = { signal: signal ?? null, maxRetries: 0, timeout: 15_000 };
    return traitsOf(await client.models.retrieve(name, {}, options));
  } catch (error) {
    if (signal?.aborted) throw cancelled();
    const explained = explainModelError(error, apiKey, name);
    if (isPatchwrightError(explained, 'model_auth')) throw explained;
    if (isNotFound(error)) await assertListed(client, name, asked, signal);
    return {
      name,
      maxOutputTokens: undefined,
      thinksAdaptively: false,
      contextTokens: undefined,
      efforts: [],
    };
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Anthropic.APIError && error.status === 404;
}

/** Servers without a list are taken at their word: the call itself will say what is wrong. */
async function assertListed(
  client: Anthropic,
  name: string,
  options: AnthropicOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  const listed = await fetchModels(client, options, signal).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    return [];
  });
  const ids = listed.map(({ id }) => id);
  if (ids.length > 0 && !ids.includes(name)) throw unknownModel(name, ids);
}

function traitsOf(info: Anthropic.ModelInfo): ModelTraits {
  return {
    name: info.id,
    maxOutputTokens: info.max_tokens ?? undefined,
    thinksAdaptively: info.capabilities?.thinking?.types?.adaptive?.supported ?? false,
    contextTokens: info.max_input_tokens ?? undefined,
    efforts: efforts.filter((one) => info.capabilities?.effort?.[one]?.supported),
  };
}

/** A reply that was cut in the middle is asked for once more from the start, never taken as whole. */
async function reply(
  client: Anthropic,
  traits: ModelTraits,
  { apiKey, log, effort }: AnthropicOptions,
  request: ModelRequest,
  onText: (text: string) => void,
  signal: AbortSignal | undefined,
): Promise<ModelReply> {
  const params = toParams(request, traits, effort);
  let lost = noUsage;
  for (let tries = 0; ; tries++) {
    throwIfCancelled(signal);
    const reader = createReplyReader(onText);
    try {
      const stream = await client.messages.create(params, { signal: signal ?? null });
      for await (const event of stream) reader.take(event);
      const whole = reader.finish();
      return { ...whole, usage: addUsage(lost, whole.usage) };
    } catch (error) {
      if (signal?.aborted) throw cancelled();
      lost = addUsage(lost, reader.usage());
      if (fillsContext(error)) return { content: [], stopReason: 'context_full', usage: lost };
      const explained = explainModelError(error, apiKey, traits.name);
      const cut = reader.started() || error instanceof CutReplyError;
      if (tries >= cutRetries || !cut || !isWorthRepeating(explained)) throw explained;
      log(`The model's reply was cut off; asking once more.`);
    }
    await pause(cutRetryDelayMs, signal);
  }
}

function missingKey(): PatchwrightError {
  return new PatchwrightError('missing_key', {
    what: 'There is no key for the model.',
    why: 'Patches are written by a language model, and the Anthropic API needs a key.',
    remedy: 'Run "Patchwright: Set API Key", or set ANTHROPIC_API_KEY for the command line.',
  });
}

function badBaseUrl(baseUrl: string): PatchwrightError {
  return new PatchwrightError('invalid_settings', {
    what: 'The address of the model is not valid.',
    why: `"${baseUrl.slice(0, 200)}" is no URL.`,
    remedy:
      'Correct patchwright.model.baseUrl (or ANTHROPIC_BASE_URL), for example http://localhost:8080.',
  });
}

function noModels(): PatchwrightError {
  return new PatchwrightError('model_bad_reply', {
    what: 'No model could be chosen.',
    why: "The server's list of models is empty.",
    remedy: 'Name one in the setting patchwright.model.name.',
  });
}
