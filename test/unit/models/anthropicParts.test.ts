import assert from 'node:assert/strict';
import type Anthropic from '@anthropic-ai/sdk';
import { createReplyReader } from '../../../src/models/anthropicReply.ts';
import { toParams } from '../../../src/models/anthropicRequest.ts';

describe('anthropic reply and request', () => {
  const event = (value: object) => value as Anthropic.RawMessageStreamEvent;

  const message = { usage: { input_tokens: 1, output_tokens: 0 } };
  const read = (...events: readonly object[]) => {
    const reader = createReplyReader(() => undefined);
    for (const one of events) reader.take(event(one));
    return reader.finish();
  };
  const block = (index: number, content: object, ...deltas: readonly object[]) => [
    { type: 'content_block_start', index, content_block: content },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];

  it('leaves out a text of white space, which would not be taken back', () => {
    const reply = read(
      { type: 'message_start', message },
      ...block(0, { type: 'text', text: '' }, { type: 'text_delta', text: '\n\n' }),
      ...block(1, { type: 'tool_use', id: 't', name: 'list', input: {} }),
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 4 } },
      { type: 'message_delta', delta: { stop_reason: null }, usage: { output_tokens: 5 } },
      { type: 'message_stop' },
    );
    assert.deepEqual(reply.content, [{ type: 'tool_use', id: 't', name: 'list', input: {} }]);
    assert.deepEqual([reply.stopReason, reply.usage.outputTokens], ['tool_use', 5]);
  });

  it('says why the model refused, where it is told', () => {
    const stop_details = { category: 'cyber', explanation: 'It looks like an exploit.' };
    const reply = read(
      { type: 'message_start', message },
      { type: 'message_delta', delta: { stop_reason: 'refusal', stop_details }, usage: {} },
      { type: 'message_stop' },
    );
    assert.equal(reply.stopReason, 'refusal');
    assert.deepEqual(reply.content, [{ type: 'text', text: 'It looks like an exploit.' }]);
  });

  it('keeps thinking and what it does not know untouched, to be sent back', () => {
    const unknown = { type: 'novelty', value: 1 };
    const reply = read(
      { type: 'message_start', message },
      ...block(
        0,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: 'a' },
        { type: 'thinking_delta', thinking: 'b' },
        { type: 'signature_delta', signature: 's' },
      ),
      ...block(1, unknown, { type: 'novelty_delta' }),
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 4 } },
      { type: 'message_stop' },
    );
    const thinking = { type: 'thinking', thinking: 'ab', signature: 's' };
    assert.deepEqual(reply.content, [
      { type: 'opaque', raw: thinking },
      { type: 'opaque', raw: unknown },
    ]);
    assert.equal(reply.usage.outputTokens, 4);
  });

  it('asks for thinking and effort only where the model is known to take them, and for no more than it can write', () => {
    const request = { system: '', tools: [], messages: [], maxOutputTokens: 16_000 };
    const plain = {
      name: 'm',
      maxOutputTokens: undefined,
      thinksAdaptively: false,
      contextTokens: undefined,
      efforts: [],
    };
    assert.equal('thinking' in toParams(request, plain), false);
    assert.equal(toParams(request, plain).max_tokens, 16_000);
    assert.equal('output_config' in toParams(request, plain, 'high'), false);
    const traits = { ...plain, maxOutputTokens: 4_096, thinksAdaptively: true };
    const able = toParams(request, { ...traits, efforts: ['low', 'high'] }, 'high');
    assert.deepEqual(able.output_config, { effort: 'high' });
    assert.equal(
      'output_config' in toParams(request, { ...traits, efforts: ['low'] }, 'max'),
      false,
    );
    assert.deepEqual(able.thinking, { type: 'adaptive' });
    assert.equal(able.max_tokens, 4_096);
  });
});
