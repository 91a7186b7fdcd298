import assert from 'node:assert/strict';
import type Anthropic from '@anthropic-ai/sdk';
import { createReplyReader } from '../../../src/models/anthropicReply.ts';
import { toParams } from '../../../src/models/anthropicRequest.ts';

describe('anthropic reply and request', () => {
  const event = (value: object) => value as Anthropic.RawMessageStreamEvent;

  it('keeps thinking and what it does not know untouched, to be sent back', () => {
    const reader = createReplyReader(() => undefined);
    const message = { usage: { input_tokens: 1, output_tokens: 0 } };
    const unknown = { type: 'novelty', value: 1 };
    for (const one of [
      { type: 'message_start', message },
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'thinking', thinking: '', signature: '' },
      },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'a' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'b' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 's' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: unknown },
      { type: 'content_block_delta', index: 1, delta: { type: 'novelty_delta' } },
      { type: 'content_block_stop', index: 1 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 4 } },
      { type: 'message_stop' },
    ]) {
      reader.take(event(one));
    }
    const reply = reader.finish();
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
