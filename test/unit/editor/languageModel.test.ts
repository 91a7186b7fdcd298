import assert from 'node:assert/strict';
import {
  type ErrorCode,
  isPatchwrightError,
  type PatchwrightError,
} from '../../../src/core/errors.ts';
import type { Message, ModelRequest } from '../../../src/core/model.ts';
import {
  type ChatModel,
  createEditorModel,
  type LanguageModels,
} from '../../../src/editor/languageModel.ts';

const tool = { name: 'read', description: 'Reads.', inputSchema: { type: 'object' } };
const messages: readonly Message[] = [
  { role: 'user', content: [{ type: 'text', text: 'fix it' }] },
  {
    role: 'assistant',
    content: [
      { type: 'opaque', raw: 1 },
      { type: 'text', text: 'Looking.' },
      { type: 'tool_use', id: 't1', name: 'read', input: { path: 'a' } },
      { type: 'tool_use', id: 't2', name: 'read', input: 'no json' },
    ],
  },
  {
    role: 'user',
    content: [{ type: 'tool_result', toolUseId: 't1', content: 'r', isError: false }],
  },
];
const request: ModelRequest = { system: 'You fix.', tools: [tool], messages, maxOutputTokens: 10 };

/** A model of VS Code's as its API describes it; one that answers with `parts` or throws. */
function modelsOf(answer: {
  readonly parts?: readonly object[];
  readonly error?: unknown;
  /** Waits for the cancellation before it ends. */
  readonly hangs?: boolean;
}) {
  const sent: { messages: readonly unknown[]; options: Parameters<ChatModel['sendRequest']>[1] }[] =
    [];
  const counts: unknown[] = [];
  let cancel = (): void => undefined;
  const cancelledPromise = new Promise<void>((resolve) => (cancel = resolve));
  let disposed = 0;
  const started = { resolve: (): void => undefined };
  const hasStarted = new Promise<void>((resolve) => (started.resolve = resolve));
  async function* stream() {
    for (const part of answer.parts ?? []) yield part;
    started.resolve();
    if (answer.hangs) await cancelledPromise;
    else await Promise.resolve();
  }
  const model: ChatModel = {
    id: 'copilot-gpt',
    vendor: 'copilot',
    family: 'gpt',
    name: 'GPT',
    maxInputTokens: 64_000,
    sendRequest: async (list, options) => {
      sent.push({ messages: list, options });
      if (answer.error) throw answer.error;
      return await Promise.resolve({ stream: stream() });
    },
    countTokens: async (text) => {
      counts.push(text);
      return await Promise.resolve(10);
    },
  };
  const api: LanguageModels = {
    select: async () => await Promise.resolve([model]),
    user: (parts) => ({ role: 'user', parts }),
    assistant: (parts) => ({ role: 'assistant', parts }),
    text: (value) => ({ value }),
    call: (callId, name, input) => ({ callId, name, input }),
    result: (id, text) => ({ result: id, text }),
    isText: (part): part is { value: string } => 'value' in (part as object),
    isCall: (part): part is { callId: string; name: string; input: object } =>
      'callId' in (part as object),
    cancellation: () => ({ token: 'token', cancel, dispose: () => void disposed++ }),
  };
  return { api, sent, counts, hasStarted, disposed: () => disposed };
}

async function ask(answer: Parameters<typeof modelsOf>[0]) {
  const { api } = modelsOf(answer);
  const model = await createEditorModel(api, '');
  return await model.reply(request, () => undefined);
}

async function failure(promise: Promise<unknown>, code: ErrorCode): Promise<PatchwrightError> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  assert.ok(isPatchwrightError(error, code), `expected ${code}, got ${String(error)}`);
  return error;
}

describe("a model of VS Code's", () => {
  it('is given the conversation without messages of the system or of other providers', async () => {
    const { api, sent, disposed } = modelsOf({ parts: [{ value: 'ok' }] });
    await (await createEditorModel(api, '')).reply(request, () => undefined);
    assert.deepEqual(sent[0]?.messages, [
      { role: 'user', parts: [{ value: 'You fix.' }] },
      { role: 'user', parts: [{ value: 'fix it' }] },
      {
        role: 'assistant',
        parts: [
          { value: 'Looking.' },
          { callId: 't1', name: 'read', input: { path: 'a' } },
          { callId: 't2', name: 'read', input: {} },
        ],
      },
      { role: 'user', parts: [{ result: 't1', text: 'r' }] },
    ]);
    assert.deepEqual(sent[0]?.options.tools, [tool]);
    assert.ok(sent[0]?.options.justification);
    assert.equal(disposed(), 1);
  });

  it('is given no message that is empty, as one of another provider may become', async () => {
    const foreign: Message = { role: 'assistant', content: [{ type: 'opaque', raw: 1 }] };
    const { api, sent } = modelsOf({ parts: [{ value: 'ok' }] });
    const model = await createEditorModel(api, '');
    await model.reply({ ...request, messages: [...messages, foreign] }, () => undefined);
    assert.equal(sent[0]?.messages.length, 4);
  });

  it('answers with text and calls, told piece by piece; what it does not know is left out', async () => {
    const { api } = modelsOf({
      parts: [
        { value: 'Let ' },
        { novelty: 1 },
        { value: 'me.' },
        { callId: 'c', name: 'read', input: { path: 'x' } },
      ],
    });
    const pieces: string[] = [];
    const reply = await (await createEditorModel(api, '')).reply(request, (text) =>
      pieces.push(text),
    );
    assert.deepEqual(reply.content, [
      { type: 'text', text: 'Let me.' },
      { type: 'tool_use', id: 'c', name: 'read', input: { path: 'x' } },
    ]);
    assert.equal(reply.stopReason, 'tool_use');
    assert.deepEqual(pieces, ['Let ', 'me.']);
  });

  it('has its tokens counted, each message once', async () => {
    const { api, counts } = modelsOf({ parts: [{ value: 'ok' }] });
    const model = await createEditorModel(api, '');
    const { usage } = await model.reply(request, () => undefined);
    assert.deepEqual([usage.inputTokens, usage.outputTokens], [40, 10]);
    const before = counts.length;
    await model.reply(request, () => undefined);
    assert.equal(counts.length - before, 2, 'the prefix and the reply');
    assert.equal(model.contextTokens, 64_000);
    assert.equal(model.price, undefined);
  });

  for (const name of ['', 'copilot-gpt', 'gpt', 'copilot/gpt']) {
    it(`is found by "${name}"`, async () => {
      assert.equal((await createEditorModel(modelsOf({}).api, name)).name, 'copilot-gpt');
    });
  }

  it('that is not there is said, with those that are', async () => {
    const error = await failure(createEditorModel(modelsOf({}).api, 'claude'), 'model_bad_reply');
    assert.match(error.message, /no model claude.*copilot\/gpt/);
    const none = { ...modelsOf({}).api, select: () => Promise.resolve([]) };
    assert.match(
      (await failure(createEditorModel(none, ''), 'model_bad_reply')).message,
      /Sign in/,
    );
  });

  const languageModelError = (code: string, cause?: string) =>
    Object.assign(new Error(`said ${code}`, cause ? { cause: new Error(cause) } : {}), { code });

  for (const [error, code] of [
    [languageModelError('NoPermissions'), 'model_auth'],
    [languageModelError('Blocked'), 'model_rate_limited'],
    [languageModelError('NotFound'), 'model_bad_reply'],
    [languageModelError('Unknown', 'rate limit exceeded'), 'model_rate_limited'],
    [languageModelError('Unknown', 'socket hang up'), 'model_unreachable'],
    [new Error('net::ERR_FAILED'), 'model_unreachable'],
  ] as const) {
    it(`that fails with ${error.message} is ${code}`, async () => {
      const { why } = await failure(ask({ error }), code);
      assert.ok(why.includes(error.message));
    });
  }

  it('whose window is full says so', async () => {
    const reply = await ask({
      error: languageModelError('Unknown', 'Message exceeds token limit.'),
    });
    assert.deepEqual([reply.stopReason, reply.content], ['context_full', []]);
  });

  it('is cancelled in the middle of its reply, and never asked when cancelled before', async () => {
    const { api, sent, hasStarted, disposed } = modelsOf({
      parts: [{ value: 'half' }],
      hangs: true,
    });
    const model = await createEditorModel(api, '');
    const controller = new AbortController();
    const settled = model.reply(request, () => undefined, controller.signal);
    const failed = failure(settled, 'cancelled');
    await hasStarted;
    controller.abort();
    await failed;
    assert.equal(disposed(), 1);
    await failure(
      model.reply(request, () => undefined, controller.signal),
      'cancelled',
    );
    assert.equal(sent.length, 1);
  });
});
