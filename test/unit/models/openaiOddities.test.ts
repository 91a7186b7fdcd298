import assert from 'node:assert/strict';
import type { Block, Message, ModelRequest } from '../../../src/core/model.ts';
import { createOpenAiModel } from '../../../src/models/openai.ts';
import {
  type OpenAiServer,
  type OpenAiServerOptions,
  type Raw,
  startOpenAiServer,
} from '../../support/openAiServer.ts';

/** What servers of this protocol really send, each as it goes over the wire. */
describe('a chat completions server', () => {
  let server: OpenAiServer | undefined;
  afterEach(async () => await server?.dispose());

  const tool = (name: string) => ({ name, description: name, inputSchema: { type: 'object' } });
  const requestOf = (...more: readonly Message[]): ModelRequest => ({
    system: 'You fix things.',
    tools: [tool('read'), tool('list')],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'fix it' }] }, ...more],
    maxOutputTokens: 16_000,
  });
  const start = async (options: OpenAiServerOptions) => {
    server = await startOpenAiServer(options);
    return await createOpenAiModel({
      baseUrl: server.baseUrl,
      apiKey: '',
      name: 'local',
      protocol: 'auto',
      contextTokens: 0,
      log: () => undefined,
    });
  };
  const ask = async (raw: Raw) => {
    const model = await start({ raw: [raw] });
    return await model.reply(requestOf(), () => undefined);
  };

  const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
  const delta = (value: object, finish: string | null = null): string =>
    data({ choices: [{ index: 0, delta: value, finish_reason: finish }] });
  const piece = (value: object): string => delta({ tool_calls: [value] });
  const usage = data({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 3 } });
  const done = 'data: [DONE]\n\n';
  const ending = (reason: string): string => delta({}, reason) + usage + done;
  const content = (text: string): string => delta({ content: text }) + ending('stop');
  const callsIn = (blocks: readonly Block[]) =>
    blocks.flatMap((block) => (block.type === 'tool_use' ? [[block.name, block.input]] : []));
  const textIn = (blocks: readonly Block[]) =>
    blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');

  const two = [
    ['read', { path: 'a' }],
    ['read', { path: 'b' }],
  ];
  const call = (id: string, path: string, index?: number) => ({
    ...(index === undefined ? {} : { index }),
    id,
    function: { name: 'read', arguments: `{"path":"${path}"}` },
  });
  const fragments = (json: string, index?: number): string =>
    [json.slice(0, 4), json.slice(4)]
      .map((part) =>
        piece({ ...(index === undefined ? {} : { index }), function: { arguments: part } }),
      )
      .join('');
  const begun = (id: string, index?: number) =>
    piece({
      ...(index === undefined ? {} : { index }),
      id,
      function: { name: 'read', arguments: '' },
    });

  for (const [name, body] of Object.entries({
    'counts its calls from 1': [
      begun('x', 1),
      fragments('{"path":"a"}', 1),
      begun('y', 2),
      fragments('{"path":"b"}', 2),
    ],
    'calls every call the first, in pieces': [
      begun('x', 0),
      fragments('{"path":"a"}', 0),
      begun('y', 0),
      fragments('{"path":"b"}', 0),
    ],
    'sends pieces without an index': [
      begun('x'),
      fragments('{"path":"a"}'),
      begun('y'),
      fragments('{"path":"b"}'),
    ],
    'sends calls whole, without an index or an id': [
      piece({ function: { name: 'read', arguments: '{"path":"a"}' } }),
      piece({ function: { name: 'read', arguments: { path: 'b' } } }),
    ],
    'mixes the pieces of two calls': [
      begun('x', 0),
      begun('y', 1),
      ...['{"pa', 'th":"'].flatMap((part) =>
        [0, 1].map((index) => piece({ index, function: { arguments: part } })),
      ),
      piece({ index: 0, function: { arguments: 'a"}' } }),
      piece({ index: 1, function: { arguments: 'b"}' } }),
    ],
    'names a call in every piece': [
      ...['{"path":', '"a"}'].map((part) =>
        piece({ index: 0, id: 'x', function: { name: 'read', arguments: part } }),
      ),
      piece(call('y', 'b', 1)),
    ],
    'leaves names empty in later pieces': [
      begun('x', 0),
      piece({ index: 0, id: '', function: { name: '', arguments: '{"path":"a"}' } }),
      piece(call('y', 'b', 1)),
    ],
    'sends both calls in one piece': [
      delta({ tool_calls: [call('x', 'a', 0), call('y', 'b', 1)] }),
    ],
  })) {
    it(`that ${name} is understood`, async () => {
      const reply = await ask({ body: body.join('') + ending('tool_calls') });
      assert.deepEqual(callsIn(reply.content), two);
      const ids = reply.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
      assert.equal(new Set(ids).size, 2);
      assert.equal(reply.stopReason, 'tool_use');
    });
  }

  for (const [name, raw] of Object.entries<Raw>({
    'says no reason, but that it is done': { body: delta({ content: 'hi' }) + done },
    'never says that it is done': { body: delta({ content: 'hi' }) + delta({}, 'stop') },
    'leaves the connection open behind its reply': { body: content('hi'), open: true },
    'leaves it open without saying that it is done': {
      body: delta({ content: 'hi' }) + delta({}, 'stop') + usage,
      open: true,
    },
    'keeps the connection alive with comments and empty events': {
      body: `: OPENROUTER PROCESSING\n\n: ping\n\ndata:\n\ndata: \n\n${content('hi')}`,
    },
    'begins with what its filter found': {
      body: data({ choices: [], prompt_filter_results: [] }) + content('hi'),
    },
    'has CRLF and no space behind the colon': {
      body: content('hi').replaceAll('data: ', 'data:').replaceAll('\n', '\r\n'),
    },
    'counts in every event': {
      body:
        data({
          choices: [{ delta: { content: 'hi' } }],
          usage: { prompt_tokens: 9, completion_tokens: 1 },
        }) + ending('stop'),
    },
    'sends its text in parts': {
      body: content('').replace(
        '"content":""',
        '"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"hi"}]',
      ),
    },
    'thinks aloud first': { body: content('<think>\nShall I call <tool_call>?\n</think>\n\nhi') },
    'thinks aloud from a template': { body: content('Well.\n</think>\nhi') },
    'sends the whole reply at once, as JSON': {
      type: 'application/json; charset=utf-8',
      body: JSON.stringify({ choices: [{ message: { content: 'hi' }, finish_reason: 'stop' }] }),
    },
  })) {
    it(`that ${name} is understood`, async () => {
      const reply = await ask(raw);
      assert.equal(textIn(reply.content), 'hi');
      assert.deepEqual(callsIn(reply.content), []);
      assert.equal(reply.stopReason, 'end_turn');
      assert.ok(reply.usage.inputTokens > 0);
    });
  }

  for (const [name, text] of Object.entries({
    Mistral: '[TOOL_CALLS] [{"name": "read", "arguments": {"path": "a"}}]',
    'Llama 3': '<|python_tag|>{"name": "read", "parameters": {"path": "a"}}',
    'one in a fence': '```json\n{"name": "read", "arguments": {"path": "a"}}\n```',
    Qwen: 'Let me look.\n<tool_call>\n<function=read>\n<parameter=path>\na\n</parameter>\n</function>\n</tool_call>',
    'Qwen, half of its tags':
      '<function=read>\n<parameter=path>\na\n</parameter>\n</function>\n</tool_call>',
    Hermes: '<think>x</think><tool_call>{"name": "read", "arguments": {"path": "a"}}</tool_call>',
  })) {
    it(`that does not know how its model calls tools (${name}) is understood`, async () => {
      const reply = await ask({ body: content(text) });
      assert.deepEqual(callsIn(reply.content), [['read', { path: 'a' }]]);
      assert.equal(reply.stopReason, 'tool_use');
    });
  }

  for (const text of [
    '{"name": "shop", "arguments": {}}',
    '{"name": "read"',
    '<function=shop><parameter=path>a</parameter></function>',
    'As JSON: {"name": "read", "arguments": {}}',
    '[]',
    '"read"',
    'null',
  ]) {
    it(`whose model says ${text} has called nothing`, async () => {
      const reply = await ask({ body: content(text) });
      assert.deepEqual(callsIn(reply.content), []);
      assert.equal(textIn(reply.content), text);
    });
  }

  it('whose reply is cut in a call says so, with what there is of it', async () => {
    const body = begun('x', 0) + piece({ index: 0, function: { arguments: '{"path":"a' } });
    const reply = await ask({ body: body + ending('length') });
    assert.deepEqual(callsIn(reply.content), [['read', '{"path":"a']]);
    assert.equal(reply.stopReason, 'max_tokens');
  });

  it('that counts nothing as nothing is not believed', async () => {
    const zero = data({ choices: [], usage: { prompt_tokens: 0, completion_tokens: 0 } });
    const reply = await ask({ body: delta({ content: 'hello' }, 'stop') + zero + done });
    assert.ok(reply.usage.inputTokens > 20 && reply.usage.outputTokens > 0);
  });

  it('that counts its cache as DeepSeek does is understood', async () => {
    const counted = { prompt_tokens: 100, completion_tokens: 1, prompt_cache_hit_tokens: 64 };
    const reply = await ask({
      body: delta({ content: 'x' }, 'stop') + data({ choices: [], usage: counted }) + done,
    });
    assert.deepEqual([reply.usage.inputTokens, reply.usage.cacheReadTokens], [36, 64]);
  });

  for (const [field, refused] of [
    ['reasoning_content', false],
    ['reasoning', false],
    ['reasoning', true],
  ] as const) {
    const what = refused ? 'no longer, where it refuses that' : `as ${field}`;
    it(`gets back what its model thought, ${what}`, async () => {
      const thought = delta({ [field]: 'I look ' }) + delta({ [field]: 'first.' });
      const raw = [thought + piece(call('x', 'a', 0)) + ending('tool_calls'), content('hi')];
      const message = `'messages.2': property '${field}' is unsupported`;
      const model = await start({
        raw: raw.map((body) => ({ body })),
        faults: refused ? { 2: { kind: 'status', status: 400, message } } : {},
      });
      const first = await model.reply(requestOf(), () => undefined);
      const result = { type: 'tool_result', toolUseId: 'x', content: 'a', isError: false } as const;
      const mine: Message = { role: 'assistant', content: first.content };
      await model.reply(requestOf(mine, { role: 'user', content: [result] }), () => undefined);
      const sent = server?.calls().at(-1)?.messages[2] as unknown as Record<string, unknown>;
      assert.equal(sent[field], refused ? undefined : 'I look first.');
      assert.equal(server?.calls().length, refused ? 3 : 2);
    });
  }

  it('that writes less is asked for less, and for all again once there is room', async () => {
    const says =
      "This model's maximum context length is 8192 tokens. However, you requested 20000 tokens (4000 in the messages, 16000 in the completion).";
    const fault = { kind: 'status', status: 400, message: says } as const;
    const model = await start({
      raw: [{ body: content('hi') }],
      faults: { 1: fault, 2: fault, 4: fault, 5: fault, 6: fault, 7: fault },
    });
    const sizes = () => server?.calls().map((body) => body['max_tokens']);
    assert.equal(textIn((await model.reply(requestOf(), () => undefined)).content), 'hi');
    assert.deepEqual(sizes(), [16_000, 8_000, 4_000]);
    const full = await model.reply(requestOf(), () => undefined);
    assert.equal(full.stopReason, 'context_full');
    await model.reply(requestOf(), () => undefined);
    assert.deepEqual(sizes()?.slice(3), [4_000, 2_000, 16_000, 8_000, 4_000]);
  });

  it('that is still loading its model is waited for', async () => {
    const loading = {
      kind: 'status',
      status: 503,
      body: { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
    } as const;
    const faults = { 1: loading, 2: loading, 3: loading, 4: loading };
    const model = await start({ raw: [{ body: content('hi') }], faults });
    assert.equal(textIn((await model.reply(requestOf(), () => undefined)).content), 'hi');
    assert.equal(server?.calls().length, 5);
  });

  it('that is a page of something else is no model', async () => {
    const raw = { type: 'text/html', body: '<html>Sign in to the network</html>' };
    await assert.rejects(ask(raw), {
      code: 'model_bad_reply',
      message: /not the chat completions/,
    });
  });
});
