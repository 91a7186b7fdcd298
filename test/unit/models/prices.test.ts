import assert from 'node:assert/strict';
import { costOf } from '../../../src/core/model.ts';
import { priceOf } from '../../../src/models/prices.ts';

describe('prices', () => {
  it('knows a model by its family, with or without a date', () => {
    assert.deepEqual(priceOf('claude-sonnet-4-5-20250929'), priceOf('claude-sonnet-4-5'));
    assert.equal(priceOf('claude-opus-4-20250514')?.input, 15);
    assert.equal(priceOf('claude-opus-4-5')?.input, 5);
  });

  it('knows no price of a version it was not told of', () => {
    for (const name of [
      'claude-opus-9',
      'claude-sonnet-4-9',
      'gpt-5',
      '',
      '__proto__',
      'constructor',
    ]) {
      assert.equal(priceOf(name), undefined, name);
    }
  });

  it('is what the user says, for a model or all its versions', () => {
    const own = [
      { model: 'qwen3', input: 0, output: 0 },
      { model: 'claude-opus-4-5', input: 1, output: 2, cacheRead: 0.1, cacheWrite: 3 },
    ];
    assert.deepEqual(priceOf('qwen3', own), { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 });
    assert.equal(priceOf('claude-opus-4-5-20251101', own)?.cacheWrite, 3);
    assert.equal(priceOf('claude-opus-4-1', own)?.input, 15);
    assert.equal(priceOf('qwen4', own), undefined);
  });

  it('gives the cost of all four kinds of tokens', () => {
    const usage = {
      inputTokens: 1_000_000,
      outputTokens: 100_000,
      cacheReadTokens: 1_000_000,
      cacheWriteTokens: 1_000_000,
    };
    assert.equal(costOf(usage, priceOf('claude-sonnet-4-5')), 3 + 1.5 + 0.3 + 3.75);
  });
});
