import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Anthropic from '@anthropic-ai/sdk';
import { type ErrorCode, isPatchwrightError } from '../../../src/core/errors.ts';
import type { Message, Model, ModelReply, ModelRequest } from '../../../src/core/model.ts';
import { chooseModel, createAnthropicModel, listModels } from '../../../src/models/anthropic.ts';
import {
  type Fault,
  type ModelServer,
  type ModelServerOptions,
  says,
  startModelServer,
} from '../../support/modelServer.ts';

const tool = {
  name: 'read',
  description: 'Reads a file.',
  inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};

function requestOf(...messages: Message[]): ModelRequest {
  const first: Message = { role: 'user', content: [{ type: 'text', text: 'fix it' }] };
  return {
    system: 'You fix things.',
    tools: [tool],
    messages: [first, ...messages],
    maxOutputTokens: 1_000,
  };
}

describe('anthropic model', () => {
  let server: ModelServer;
  let lines: string[];
  afterEach(async () => await server.dispose());

  async function modelOf(options: ModelServerOptions, name?: string): Promise<Model> {
    server = await startModelServer(options);
    lines = [];
    return await createAnthropicModel({
      apiKey: server.apiKey,
      baseUrl: server.baseUrl,
      name: name ?? server.name,
      log: (line) => lines.push(line),
    });
  }

  async function ask(options: ModelServerOptions, signal?: AbortSignal): Promise<ModelReply> {
    const model = await modelOf(options);
    return await model.reply(requestOf(), () => undefined, signal);
  }

  async function failure(promise: Promise<unknown>, code: ErrorCode): Promise<Error> {
    let error: unknown;
    await promise.catch((thrown: unknown) => (error = thrown));
    assert.ok(isPatchwrightError(error, code), `expected ${code}, got ${String(error)}`);
    assert.ok(error.what && error.why && error.remedy, 'what, why and remedy are all there');
    return error;
  }

  const fault = async (...faults: Fault[]) =>
    await ask({
      replies: [says('whole')],
      faults: Object.fromEntries(faults.map((one, index) => [index + 1, one])),
    });
  const quick = { 'retry-after-ms': '1' };

  describe('a reply', () => {
    it('has the text, the tool calls and the tokens of the stream', async () => {
      const text = 'Let me look. Grüße 🎉 '.repeat(10);
      const reply = await ask({
        replies: [
          {
            ...says(text, ['read', { path: 'a.ts' }]),
            usage: {
              input_tokens: 7,
              output_tokens: 5,
              cache_read_input_tokens: 3,
              cache_creation_input_tokens: 2,
            },
          },
        ],
      });
      assert.deepEqual(reply, {
        content: [
          { type: 'text', text },
          { type: 'tool_use', id: 'toolu_0_0_1', name: 'read', input: { path: 'a.ts' } },
        ],
        stopReason: 'tool_use',
        usage: { inputTokens: 7, outputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 2 },
      });
    });

    it('is told piece by piece', async () => {
      const model = await modelOf({ replies: [says('x'.repeat(500))] });
      const pieces: string[] = [];
      await model.reply(requestOf(), (text) => pieces.push(text));
      assert.equal(pieces.join(''), 'x'.repeat(500));
      assert.ok(pieces.length > 1);
    });

    it('arrives whole when it comes byte by byte', async () => {
      const reply = await ask({
        replies: [says('Grüße', ['read', { path: 'ü' }])],
        faults: { 1: { kind: 'slow' } },
      });
      assert.deepEqual(reply.content[0], { type: 'text', text: 'Grüße' });
      assert.equal(reply.content.length, 2);
    });

    it('keeps malformed tool input as its text instead of breaking', async () => {
      const reply = await ask({ replies: [says('', ['read', '{"path": "a'])] });
      assert.deepEqual(reply.content, [
        { type: 'tool_use', id: 'toolu_0_0_0', name: 'read', input: '{"path": "a' },
      ]);
    });

    for (const [sent, expected] of [
      ['end_turn', 'end_turn'],
      ['max_tokens', 'max_tokens'],
      ['pause_turn', 'pause_turn'],
      ['refusal', 'refusal'],
      ['model_context_window_exceeded', 'context_full'],
      ['stop_sequence', 'end_turn'],
      ['something_new', 'end_turn'],
    ] as const) {
      it(`that stops by ${sent} is ${expected}`, async () => {
        const reply = await ask({ replies: [{ ...says('x'), stop_reason: sent }] });
        assert.equal(reply.stopReason, expected);
      });
    }
  });

  describe('a request', () => {
    it('streams, marks the cache, and has no parameter the model may not know', async () => {
      await ask({ replies: [says('x')] });
      const [body] = server.calls();
      assert.deepEqual(body, {
        model: 'claude-test-1',
        max_tokens: 1_000,
        stream: true,
        system: [{ type: 'text', text: 'You fix things.', cache_control: { type: 'ephemeral' } }],
        tools: [{ name: 'read', description: 'Reads a file.', input_schema: tool.inputSchema }],
        messages: [
          {
            role: 'user',
            content: [{ type: 'text', text: 'fix it', cache_control: { type: 'ephemeral' } }],
          },
        ],
      });
    });

    it('gives back what came, with the mark on the last block of the last two messages of ours', async () => {
      const model = await modelOf({ replies: [says('a'), says('b')] });
      const thinking = { type: 'thinking', thinking: 'hm', signature: 's' };
      await model.reply(
        requestOf(
          {
            role: 'assistant',
            content: [
              { type: 'opaque', raw: thinking },
              { type: 'tool_use', id: 't1', name: 'read', input: 'no json' },
            ],
          },
          {
            role: 'user',
            content: [{ type: 'tool_result', toolUseId: 't1', content: 'r', isError: true }],
          },
        ),
        () => undefined,
      );
      assert.deepEqual(server.calls()[0]?.messages, [
        {
          role: 'user',
          content: [{ type: 'text', text: 'fix it', cache_control: { type: 'ephemeral' } }],
        },
        {
          role: 'assistant',
          content: [thinking, { type: 'tool_use', id: 't1', name: 'read', input: {} }],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 't1',
              content: 'r',
              is_error: true,
              cache_control: { type: 'ephemeral' },
            },
          ],
        },
      ]);
    });
  });

  describe('an error', () => {
    it('is missing_key without one', async () => {
      await modelOf({ replies: [] });
      const create = createAnthropicModel({ apiKey: ' ', name: 'x', log: () => undefined });
      await failure(create, 'missing_key');
    });

    it('is model_auth for a wrong key, before anything is spent, and never shows it', async () => {
      await modelOf({ replies: [says('x')] });
      const apiKey = 'wrong-key-1234567890';
      const create = createAnthropicModel({
        apiKey,
        baseUrl: server.baseUrl,
        name: server.name,
        log: () => undefined,
      });
      const error = await failure(create, 'model_auth');
      assert.ok(!error.message.includes(apiKey));
      assert.equal(server.calls().length, 0);
    });

    for (const [status, code] of [
      [401, 'model_auth'],
      [403, 'model_auth'],
      [402, 'model_auth'],
      [404, 'model_bad_reply'],
      [400, 'model_bad_reply'],
      [413, 'model_bad_reply'],
      [422, 'model_bad_reply'],
    ] as const) {
      it(`is ${code} for ${status}, at once`, async () => {
        const error = await failure(fault({ kind: 'status', status, message: 'because so' }), code);
        assert.match(error.message, /because so/);
        assert.equal(server.calls().length, 1);
      });
    }

    for (const [status, code] of [
      [429, 'model_rate_limited'],
      [529, 'model_overloaded'],
      [500, 'model_unreachable'],
      [503, 'model_unreachable'],
    ] as const) {
      it(`is ${code} for ${status}, after two further tries`, async () => {
        const broken = { kind: 'status', status, headers: quick } as const;
        await failure(fault(broken, broken, broken), code);
        assert.equal(server.calls().length, 3);
      });

      it(`is none when ${status} passes`, async () => {
        const reply = await fault({ kind: 'status', status, headers: quick });
        assert.deepEqual(reply.content, [{ type: 'text', text: 'whole' }]);
      });
    }

    it('comes at once when the server wants a long pause, and says how long', async () => {
      const headers = { 'retry-after': '600' };
      const error = await failure(
        fault({ kind: 'status', status: 429, headers }),
        'model_rate_limited',
      );
      assert.match(error.message, /Try again in 10 minutes/);
      assert.equal(server.calls().length, 1);
    });

    it('is model_unreachable where nobody listens', async () => {
      const model = await modelOf({ replies: [] });
      await server.dispose();
      const asked = model.reply(requestOf(), () => undefined);
      const error = await failure(asked, 'model_unreachable');
      assert.match(error.message, /ECONNREFUSED/);
      server = await startModelServer({ replies: [] });
    });

    it('is a setting that is not valid for an address that is no URL', async () => {
      await modelOf({ replies: [] });
      const create = createAnthropicModel({
        apiKey: 'k',
        baseUrl: 'localhost',
        name: 'x',
        log: () => undefined,
      });
      await failure(create, 'invalid_settings');
    });

    for (const message of [
      'prompt is too long: 210000 tokens > 200000 maximum',
      'input length and `max_tokens` exceed context limit: 190000 + 16000 > 200000, decrease input length or `max_tokens` and try again',
    ]) {
      it(`is a full context, not an error, when the ${message.slice(0, 25)}…`, async () => {
        const reply = await fault({ kind: 'status', status: 400, message });
        assert.deepEqual([reply.stopReason, reply.content], ['context_full', []]);
      });
    }
  });

  describe('a broken stream', () => {
    for (const kind of ['cut', 'end'] as const) {
      for (const afterEvents of [1, 3, 6]) {
        it(`(${kind} after ${afterEvents} events) is asked for once more`, async () => {
          const reply = await fault({ kind, afterEvents });
          assert.deepEqual(reply.content, [{ type: 'text', text: 'whole' }]);
          assert.equal(server.calls().length, 2);
          assert.equal(lines.length, 1);
        });
      }

      it(`(${kind} twice) is an error, never half a reply`, async () => {
        const broken: Fault = { kind, afterEvents: 4 };
        await failure(fault(broken, broken), 'model_unreachable');
      });
    }

    it('counts the tokens of the reply that was lost', async () => {
      const reply = await ask({
        replies: [{ ...says('whole'), usage: { input_tokens: 100, output_tokens: 10 } }],
        faults: { 1: { kind: 'cut', afterEvents: 4 } },
      });
      assert.deepEqual(reply.usage, {
        inputTokens: 200,
        outputTokens: 11,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
      });
    });

    it('with an error event says which', async () => {
      const broken: Fault = { kind: 'error_event', afterEvents: 3, type: 'overloaded_error' };
      await failure(fault(broken, broken), 'model_overloaded');
      await server.dispose();
      const limited: Fault = { kind: 'error_event', afterEvents: 3, type: 'rate_limit_error' };
      await failure(fault(limited), 'model_rate_limited');
    });

    it('with garbage in it is model_bad_reply', async () => {
      await failure(fault({ kind: 'garbage' }), 'model_bad_reply');
    });
  });

  describe('cancelling', () => {
    it('ends a stream in the middle', async () => {
      const model = await modelOf({
        replies: [says('x')],
        faults: { 1: { kind: 'hold', afterEvents: 3 } },
      });
      const controller = new AbortController();
      const asked = model.reply(requestOf(), () => undefined, controller.signal);
      const settled = asked.catch((error: unknown) => error);
      await server.reached(1);
      controller.abort();
      assert.ok(isPatchwrightError(await settled, 'cancelled'));
    });

    it('ends the pause before a further try', async () => {
      const headers = { 'retry-after': '50' };
      const model = await modelOf({
        replies: [says('x')],
        faults: { 1: { kind: 'status', status: 429, headers } },
      });
      const controller = new AbortController();
      const asked = model.reply(requestOf(), () => undefined, controller.signal);
      const settled = asked.catch((error: unknown) => error);
      await server.reached(1);
      controller.abort();
      assert.ok(isPatchwrightError(await settled, 'cancelled'));
      assert.equal(server.calls().length, 1);
    });

    it('sends nothing when it was cancelled before', async () => {
      await assert.rejects(ask({ replies: [says('x')] }, AbortSignal.abort()), {
        code: 'cancelled',
      });
      assert.equal(server.calls().length, 0);
    });
  });

  describe('which model', () => {
    it('is the one of the list when none is named', async () => {
      const model = await modelOf({ replies: [says('x')], name: 'the-only-one' }, '');
      assert.equal(model.name, 'the-only-one');
      await model.reply(requestOf(), () => undefined);
      assert.equal(server.calls()[0]?.model, 'the-only-one');
    });

    it('may be one the server does not describe', async () => {
      const bare = createServer((_, response) => response.writeHead(404).end());
      bare.listen(0, '127.0.0.1');
      await once(bare, 'listening');
      try {
        const baseUrl = `http://127.0.0.1:${(bare.address() as AddressInfo).port}`;
        const name = 'claude-sonnet-4-5-20250929';
        const log = () => undefined;
        const model = await createAnthropicModel({ apiKey: 'k', baseUrl, name, log });
        assert.equal(model.name, name);
        assert.equal(model.price?.output, 15);
      } finally {
        bare.close();
      }
    });

    it('is refused up front when the list has none of that name, naming those like it', async () => {
      const asked = modelOf({ replies: [], name: 'claude-opus-5-5' }, 'claude-opsu-5.5');
      const error = await failure(asked, 'invalid_settings');
      assert.match(error.message, /no model "claude-opsu-5\.5".*Did you mean claude-opus-5-5\?/);
      assert.equal(server.calls().length, 0);
    });

    it('can be listed', async () => {
      await modelOf({ replies: [], name: 'one' });
      const { apiKey, baseUrl } = server;
      assert.deepEqual(await listModels({ apiKey, baseUrl, log: () => undefined }), ['one']);
    });

    it('is the newest active Sonnet, else the newest active one, else the first', () => {
      const info = (id: string, line: string | null, at: string, lifecycle = 'active') =>
        ({ id, line, created_at: at, lifecycle }) as Anthropic.ModelInfo;
      const models = [
        info('o', 'opus', '2026-09-01'),
        info('s1', 'sonnet', '2026-01-01'),
        info('s3', 'sonnet', '2026-10-01', 'deprecated'),
        info('s2', 'sonnet', '2026-05-01'),
      ];
      assert.equal(chooseModel(models)?.id, 's2');
      assert.equal(chooseModel(models.slice(0, 1))?.id, 'o');
      assert.equal(chooseModel(models.slice(2, 3))?.id, 's3');
      assert.equal(chooseModel([]), undefined);
    });
  });
});
