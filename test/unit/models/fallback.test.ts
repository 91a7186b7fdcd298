import assert from 'node:assert/strict';
import { noUsage } from '../../../src/core/attempt.ts';
import { type ErrorCode, isPatchwrightError, PatchwrightError } from '../../../src/core/errors.ts';
import type { Model, ModelRequest } from '../../../src/core/model.ts';
import { type Candidate, withFallbacks } from '../../../src/models/fallback.ts';
import { createOpenAiModel } from '../../../src/models/openai.ts';
import { says } from '../../support/modelServer.ts';
import {
  type OpenAiServer,
  type OpenAiServerOptions,
  startOpenAiServer,
} from '../../support/openAiServer.ts';

const price = { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 };
const request: ModelRequest = {
  system: '',
  tools: [],
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'go' }] },
    { role: 'assistant', content: [{ type: 'opaque', raw: { secret: 1 } }] },
    { role: 'user', content: [{ type: 'text', text: 'on' }] },
  ],
  maxOutputTokens: 10,
};

describe('fallbacks', () => {
  let servers: OpenAiServer[] = [];
  let told: string[] = [];
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.dispose()));
    servers = [];
    told = [];
  });

  async function serve(name: string, options: OpenAiServerOptions): Promise<Candidate> {
    const server = await startOpenAiServer({ models: [{ id: name }], ...options });
    servers.push(server);
    const { baseUrl } = server;
    return {
      name,
      open: (signal) =>
        createOpenAiModel(
          {
            baseUrl,
            apiKey: '',
            name,
            price,
            protocol: 'auto',
            contextTokens: 0,
            log: () => undefined,
          },
          signal,
        ),
    };
  }

  const failing = (status: number): OpenAiServerOptions => {
    const fault = { kind: 'status', status, headers: { 'retry-after': '0' } } as const;
    return { replies: [says('a'), says('a')], faults: { 1: fault, 2: fault, 3: fault } };
  };
  const working: OpenAiServerOptions = { replies: [says('b'), says('b')] };
  const ask = (model: Model) => model.reply(request, () => undefined);
  const calls = () => servers.map((server) => server.calls().length);

  for (const status of [429, 529, 503]) {
    it(`take over after ${status}, say why, and stay`, async () => {
      const [a, b] = [await serve('a', failing(status)), await serve('b', working)];
      const model = withFallbacks(await a.open(), [b], (line) => told.push(line));
      const reply = await ask(model);
      assert.deepEqual(reply.content, [{ type: 'text', text: 'b' }]);
      assert.deepEqual(reply.price, price);
      await ask(model);
      assert.deepEqual(calls(), [3, 2]);
      assert.equal(told.length, 1);
      assert.match(told[0] ?? '', /^a: The model .* Going on with b\.$/);
    });
  }

  for (const status of [400, 401, 402, 404]) {
    it(`do not take over after ${status}: a person has to know`, async () => {
      const [a, b] = [await serve('a', failing(status)), await serve('b', working)];
      await assert.rejects(ask(withFallbacks(await a.open(), [b], () => undefined)));
      assert.deepEqual(calls(), [1, 0]);
    });
  }

  it('do not take over from a model that refuses', async () => {
    const refusing = {
      replies: [
        { ...says('no'), stop_reason: 'content_filter' },
        { ...says('no'), stop_reason: 'content_filter' },
      ],
    };
    const [a, b] = [await serve('a', refusing), await serve('b', working)];
    const reply = await ask(withFallbacks(await a.open(), [b], () => undefined));
    assert.equal(reply.stopReason, 'refusal');
    assert.deepEqual(calls(), [1, 0]);
  });

  it('go on to the next that can be had, and end with what the last one said', async () => {
    const away: Candidate = {
      name: 'away',
      open: () => Promise.reject(unreachable('model_unreachable')),
    };
    const [a, b] = [await serve('a', failing(529)), await serve('b', failing(429))];
    const model = withFallbacks(await a.open(), [away, b], (line) => told.push(line));
    const error: unknown = await ask(model).catch((thrown: unknown) => thrown);
    assert.ok(isPatchwrightError(error, 'model_rate_limited'));
    assert.match(told[0] ?? '', /^away: /);
  });

  it('do not hide what is wrong with one of them', async () => {
    const a = await serve('a', failing(529));
    const wrong: Candidate = { name: 'x', open: () => Promise.reject(unreachable('model_auth')) };
    const model = withFallbacks(await a.open(), [wrong], () => undefined);
    await assert.rejects(ask(model), { code: 'model_auth' });
  });

  it('get nothing that only another provider understands', async () => {
    const first: Model = {
      name: 'a',
      reply: () => Promise.reject(unreachable('model_overloaded')),
    };
    const seen: ModelRequest[] = [];
    const second: Model = {
      name: 'b',
      reply: (asked) => {
        seen.push(asked);
        return Promise.resolve({ content: [], stopReason: 'end_turn', usage: noUsage });
      },
    };
    const open = () => Promise.resolve(second);
    const reply = await ask(withFallbacks(first, [{ name: 'b', open }], () => undefined));
    assert.equal(reply.price, null, 'a price that is not known is not the first one’s');
    assert.deepEqual(
      seen[0]?.messages.map(({ role }) => role),
      ['user', 'user'],
    );
  });
});

function unreachable(code: ErrorCode): PatchwrightError {
  return new PatchwrightError(code, { what: 'Not there.', why: 'So.', remedy: 'Wait.' });
}
