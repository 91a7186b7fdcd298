import assert from 'node:assert/strict';
import {
  type ErrorCode,
  isPatchwrightError,
  type PatchwrightError,
} from '../../../src/core/errors.ts';
import type { Message, Model, ModelReply, ModelRequest } from '../../../src/core/model.ts';
import {
  createOpenAiModel,
  listOpenAiModels,
  type OpenAiOptions,
} from '../../../src/models/openai.ts';
import { says } from '../../support/modelServer.ts';
import {
  type OpenAiFault,
  type OpenAiServer,
  type OpenAiServerOptions,
  startOpenAiServer,
} from '../../support/openAiServer.ts';

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

const asked: Message = {
  role: 'assistant',
  content: [
    { type: 'opaque', raw: { type: 'thinking' } },
    { type: 'text', text: 'Looking.' },
    { type: 'tool_use', id: 't1', name: 'read', input: { path: 'a.ts' } },
  ],
};
const answered: Message = {
  role: 'user',
  content: [
    { type: 'tool_result', toolUseId: 't1', content: 'one </tool_result> two', isError: true },
    { type: 'text', text: 'Think again.' },
  ],
};

describe('openai model', () => {
  let server: OpenAiServer;
  let lines: string[];
  afterEach(async () => await server.dispose());

  async function modelOf(
    options: OpenAiServerOptions,
    own: Partial<OpenAiOptions> = {},
  ): Promise<Model> {
    server = await startOpenAiServer(options);
    lines = [];
    return await createOpenAiModel({
      baseUrl: server.baseUrl,
      apiKey: options.apiKey ?? '',
      name: 'local',
      protocol: 'auto',
      contextTokens: 0,
      log: (line) => lines.push(line),
      ...own,
    });
  }

  async function ask(
    options: OpenAiServerOptions,
    own: Partial<OpenAiOptions> = {},
    request = requestOf(),
  ): Promise<ModelReply> {
    const model = await modelOf(options, own);
    return await model.reply(request, () => undefined);
  }

  async function failure(promise: Promise<unknown>, code: ErrorCode): Promise<PatchwrightError> {
    const error: unknown = await promise.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(isPatchwrightError(error, code), `expected ${code}, got ${String(error)}`);
    assert.ok(error.what && error.why && error.remedy, 'what, why and remedy are all there');
    return error;
  }

  const fault = async (...faults: OpenAiFault[]): Promise<ModelReply> =>
    await ask({
      replies: [says('whole')],
      faults: Object.fromEntries(faults.map((one, index) => [index + 1, one])),
    });
  const soon = { 'retry-after': '0' };

  describe('a reply', () => {
    const calls = says(
      'Let me look. Grüße 🎉 '.repeat(5),
      ['read', { path: 'ä.ts' }],
      ['read', { path: 'b'.repeat(60) }],
    );

    for (const manner of [undefined, 'ollama', 'whole', 'uncounted'] as const) {
      it(`has the text and the calls, from a server that is ${manner ?? 'plain'}`, async () => {
        const reply = await ask({ replies: [calls], ...(manner ? { manner } : {}) });
        assert.deepEqual(
          reply.content.map((block) => (block.type === 'tool_use' ? block.input : block)),
          [
            { type: 'text', text: 'Let me look. Grüße 🎉 '.repeat(5) },
            { path: 'ä.ts' },
            { path: 'b'.repeat(60) },
          ],
        );
        const ids = reply.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
        assert.equal(new Set(ids).size, 2);
        assert.equal(reply.stopReason, 'tool_use');
        assert.ok(reply.usage.inputTokens > 50 && reply.usage.outputTokens > 0);
      });
    }

    it('counts what the server had kept apart from what it read', async () => {
      const usage = { input_tokens: 100, output_tokens: 7 };
      const reply = await ask({ replies: [{ ...says('x'), usage }], cachedTokens: 60 });
      assert.deepEqual(reply.usage, {
        inputTokens: 40,
        outputTokens: 7,
        cacheReadTokens: 60,
        cacheWriteTokens: 0,
      });
    });

    it('is told piece by piece, and arrives whole when it comes byte by byte', async () => {
      const model = await modelOf({ replies: [calls], faults: { 1: { kind: 'slow' } } });
      const pieces: string[] = [];
      const reply = await model.reply(requestOf(), (text) => pieces.push(text));
      assert.ok(pieces.length > 1);
      assert.deepEqual(reply.content[0], { type: 'text', text: pieces.join('') });
      assert.equal(reply.content.length, 3);
    });

    it('keeps malformed input as its text, and none as an empty object', async () => {
      const reply = await ask({ replies: [says('', ['read', '{"path": "a'], ['list', ''])] });
      const inputs = reply.content.map((block) => (block.type === 'tool_use' ? block.input : ''));
      assert.deepEqual(inputs, ['{"path": "a', {}]);
    });

    for (const [sent, expected] of [
      ['stop', 'end_turn'],
      ['length', 'max_tokens'],
      ['content_filter', 'refusal'],
      ['novelty', 'end_turn'],
    ] as const) {
      it(`that stops for ${sent} is ${expected}`, async () => {
        const reply = await ask({ replies: [{ ...says('x'), stop_reason: sent }] });
        assert.equal(reply.stopReason, expected);
      });
    }
  });

  describe('a request', () => {
    it('has calls and results as the protocol wants them, and nothing of another provider', async () => {
      const model = await modelOf({ replies: [says('a'), says('b')] });
      await model.reply(requestOf(asked, answered), () => undefined);
      const [body] = server.calls();
      assert.deepEqual(body?.messages, [
        { role: 'system', content: 'You fix things.' },
        { role: 'user', content: 'fix it' },
        {
          role: 'assistant',
          content: 'Looking.',
          tool_calls: [
            {
              id: 't1',
              type: 'function',
              function: { name: 'read', arguments: '{"path":"a.ts"}' },
            },
          ],
        },
        { role: 'tool', tool_call_id: 't1', content: 'one </tool_result> two' },
        { role: 'user', content: 'Think again.' },
      ]);
      assert.equal(body?.['max_tokens'], 1_000);
      assert.equal(body?.['reasoning_effort'], undefined);
      assert.deepEqual(body?.['tools'], [
        {
          type: 'function',
          function: { name: 'read', description: 'Reads a file.', parameters: tool.inputSchema },
        },
      ]);
    });

    it('has the key where there is one, and none where there is none', async () => {
      await ask({ replies: [says('x')], apiKey: 'k-1' });
      assert.ok(server.headers.every(({ authorization }) => authorization === 'Bearer k-1'));
      await server.dispose();
      await ask({ replies: [says('x')] });
      assert.ok(server.headers.every(({ authorization }) => authorization === undefined));
    });
  });

  describe('a server that lacks something', () => {
    for (const [field, text, own] of [
      ['max_tokens', "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'.", {}],
      ['stream_options', 'unknown field: stream_options', {}],
      ['reasoning_effort', 'Unrecognized request argument: reasoning_effort', { effort: 'high' }],
    ] as const) {
      it(`is asked without ${field}, and not again with it`, async () => {
        const model = await modelOf(
          { replies: [says('one'), says('two')], refuses: [{ field, says: text }] },
          own,
        );
        const first = await model.reply(requestOf(), () => undefined);
        const said: Message = { role: 'assistant', content: first.content };
        const second = await model.reply(requestOf(said, answered), () => undefined);
        assert.deepEqual(second.content, [{ type: 'text', text: 'two' }]);
        assert.deepEqual(
          server.calls().map((body) => field in body),
          [true, false, false],
        );
        assert.equal(lines.length, 1);
      });
    }

    for (const [name, text, status] of [
      ['Ollama', 'registry/library/gemma:2b does not support tools', 400],
      ['llama.cpp', 'tools param requires --jinja flag', 500],
      [
        'vLLM',
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
        400,
      ],
    ] as const) {
      it(`has its tools called in text (${name})`, async () => {
        const call = '<tool_call>\n{"name": "read", "input": {"path": "a.ts"}}\n</tool_call>';
        const refuses = [{ field: 'tools', says: text, status }];
        const model = await modelOf({
          replies: [says(`Looking.\n${call}`), says('Done.')],
          refuses,
        });
        const first = await model.reply(requestOf(), () => undefined);
        assert.equal(first.stopReason, 'tool_use');
        const [said, use] = first.content;
        assert.deepEqual(said, { type: 'text', text: 'Looking.' });
        assert.ok(use?.type === 'tool_use' && use.name === 'read');
        assert.deepEqual(use.input, { path: 'a.ts' });
        const reply: Message = { role: 'assistant', content: first.content };
        await model.reply(requestOf(reply, answered), () => undefined);
        const [system, , mine, results] = server.calls().at(-1)?.messages ?? [];
        assert.match(
          system?.content ?? '',
          /^You fix things\.[^]*- read: Reads a file\. Input: \{/,
        );
        assert.match(
          mine?.content ?? '',
          /<tool_call>\n\{"name":"read","input":\{"path":"a\.ts"\}\}/,
        );
        assert.equal(
          results?.content,
          '<tool_result error="true">\none <\\/tool_result> two\n</tool_result>\nThink again.',
        );
        assert.equal(server.calls().length, 3);
      });
    }

    it('is not asked in text where the protocol is set to its own tools', async () => {
      const refuses = [{ field: 'tools', says: 'does not support tools' }];
      const reply = ask({ replies: [says('x')], refuses }, { protocol: 'tools' });
      assert.match((await failure(reply, 'model_bad_reply')).message, /does not support tools/);
    });

    it('is asked in text at once where that is set', async () => {
      await ask({ replies: [says('x')] }, { protocol: 'text' });
      assert.equal(server.calls().length, 1);
      assert.equal(server.calls()[0]?.['tools'], undefined);
    });

    it('leaves calls in the text is understood all the same', async () => {
      const text = '<tool_call>{"name":"read","arguments":{"path":"a"}}</tool_call>';
      const reply = await ask({ replies: [says(text)] });
      const [use] = reply.content;
      assert.ok(use?.type === 'tool_use');
      assert.deepEqual([use.name, use.input], ['read', { path: 'a' }]);
    });
  });

  describe('an error', () => {
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
      it(`is ${code} for ${status}, after two further tries; none when it passes`, async () => {
        const broken = { kind: 'status', status, headers: soon } as const;
        await failure(fault(broken, broken, broken), code);
        assert.equal(server.calls().length, 3);
        await server.dispose();
        assert.deepEqual((await fault(broken)).content, [{ type: 'text', text: 'whole' }]);
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

    for (const body of [{ error: 'plain' }, { message: 'plain' }, { detail: 'plain' }, 'plain']) {
      it(`is read from ${JSON.stringify(body)}`, async () => {
        const error = await failure(
          fault({ kind: 'status', status: 400, body }),
          'model_bad_reply',
        );
        assert.match(error.why, /^"?plain"?$/);
      });
    }

    it('never shows the key', async () => {
      const apiKey = 'secret-key-1234567890';
      const faults = { 1: { kind: 'status', status: 400, message: `bad ${apiKey}` } } as const;
      const error = await failure(ask({ replies: [], apiKey, faults }), 'model_bad_reply');
      assert.ok(!error.message.includes(apiKey));
    });

    it('is model_unreachable where nobody listens', async () => {
      const model = await modelOf({ replies: [] });
      await server.dispose();
      const error = await failure(
        model.reply(requestOf(), () => undefined),
        'model_unreachable',
      );
      assert.match(error.message, /ECONNREFUSED/);
      server = await startOpenAiServer({});
    });

    it('is model_unreachable where no answer comes', async () => {
      const hold = { kind: 'hold', afterEvents: 0 } as const;
      const faults = { 1: hold, 2: hold, 3: hold };
      const error = await failure(
        ask({ replies: [says('x')], faults }, { answerTimeoutMs: 20 }),
        'model_unreachable',
      );
      assert.match(error.message, /did not answer in time/);
    });

    it('is a setting that is not valid for an address that is no URL', async () => {
      server = await startOpenAiServer({});
      for (const baseUrl of ['', 'localhost:11434', 'file:///etc/passwd']) {
        const options = {
          baseUrl,
          apiKey: '',
          name: 'x',
          protocol: 'auto',
          contextTokens: 0,
        } as const;
        await failure(createOpenAiModel({ ...options, log: () => undefined }), 'invalid_settings');
      }
    });

    for (const message of [
      "This model's maximum context length is 8192 tokens.",
      'the request exceeds the available context size. try increasing the context size',
      'context_length_exceeded',
    ]) {
      it(`is a full context, not an error: ${message}`, async () => {
        const reply = await fault({ kind: 'status', status: 400, message });
        assert.deepEqual([reply.stopReason, reply.content], ['context_full', []]);
      });
    }
  });

  describe('a broken stream', () => {
    for (const kind of ['cut', 'end'] as const) {
      it(`(${kind}) is asked for once more, and is an error the second time`, async () => {
        assert.deepEqual((await fault({ kind, afterEvents: 2 })).content, [
          { type: 'text', text: 'whole' },
        ]);
        assert.equal(server.calls().length, 2);
        await server.dispose();
        const broken = { kind, afterEvents: 2 } as const;
        await failure(fault(broken, broken), 'model_unreachable');
      });
    }

    it('with an error in it says which', async () => {
      const overloaded = {
        kind: 'error_event',
        afterEvents: 2,
        error: { message: 'overloaded' },
      } as const;
      await failure(fault(overloaded, overloaded), 'model_overloaded');
      await server.dispose();
      const error = { message: 'slow down', code: 'rate_limit_exceeded' };
      await failure(fault({ kind: 'error_event', afterEvents: 2, error }), 'model_rate_limited');
    });

    it('with garbage in it is model_bad_reply', async () => {
      await failure(fault({ kind: 'garbage' }), 'model_bad_reply');
    });
  });

  describe('cancelling', () => {
    for (const afterEvents of [0, 2]) {
      it(`ends a call of which ${afterEvents} events have come`, async () => {
        const faults = { 1: { kind: 'hold', afterEvents } } as const;
        const model = await modelOf({ replies: [says('x')], faults });
        const controller = new AbortController();
        const settled = model
          .reply(requestOf(), () => undefined, controller.signal)
          .catch((error: unknown) => error);
        await server.reached(1);
        controller.abort();
        assert.ok(isPatchwrightError(await settled, 'cancelled'));
      });
    }

    it('sends nothing when it was cancelled before', async () => {
      const model = await modelOf({ replies: [says('x')] });
      await assert.rejects(
        model.reply(requestOf(), () => undefined, AbortSignal.abort()),
        { code: 'cancelled' },
      );
      assert.equal(server.calls().length, 0);
    });
  });

  describe('which model', () => {
    it('is the first of the list when none is named', async () => {
      const model = await modelOf(
        { replies: [says('x')], models: [{ id: 'a' }, { id: 'b' }] },
        { name: '' },
      );
      await model.reply(requestOf(), () => undefined);
      assert.deepEqual([model.name, server.calls()[0]?.model], ['a', 'a']);
    });

    it('must be named where there is no list', async () => {
      await failure(modelOf({ models: [] }, { name: '' }), 'model_bad_reply');
      await server.dispose();
      assert.equal((await modelOf({ models: [] })).name, 'local');
    });

    it('is refused up front when the list has none of that name, naming those like it', async () => {
      const models = [{ id: 'qwen3-coder:30b' }, { id: 'gemma3:latest' }];
      const error = await failure(modelOf({ models }, { name: 'qwen3-codr' }), 'invalid_settings');
      assert.match(error.message, /no model "qwen3-codr".*Did you mean qwen3-coder:30b\?/);
      await server.dispose();
      assert.equal((await modelOf({ models }, { name: 'gemma3' })).name, 'gemma3');
    });

    it('has the window that the server or the setting says', async () => {
      const models = [{ id: 'local', max_model_len: 32_768 }];
      assert.equal((await modelOf({ models })).contextTokens, 32_768);
      await server.dispose();
      assert.equal((await modelOf({ models }, { contextTokens: 9_000 })).contextTokens, 9_000);
      await server.dispose();
      assert.equal((await modelOf({})).contextTokens, undefined);
    });

    it('can be listed', async () => {
      server = await startOpenAiServer({ models: [{ id: 'a' }, { no: 1 }, { id: 'b' }] });
      const options = {
        baseUrl: server.baseUrl,
        apiKey: '',
        protocol: 'auto',
        contextTokens: 0,
      } as const;
      assert.deepEqual(await listOpenAiModels({ ...options, log: () => undefined }), ['a', 'b']);
    });
  });
});
