import assert from 'node:assert/strict';
import { readFeedback } from '../../../src/signals/feedback.ts';

const now = '2026-03-02T10:00:00.000Z';
const read = (record: unknown) =>
  readFeedback(
    typeof record === 'string' ? record : JSON.stringify(record),
    { file: 'feedback.jsonl', offset: 7 },
    now,
  );
const signalOf = (record: unknown) => {
  const result = read(record);
  assert.equal(result.kind, 'feedback');
  return result.kind === 'feedback' ? result.signal : assert.fail();
};

describe('feedback', () => {
  it('reads every field and keeps unknown ones', () => {
    const { feedback, at, source } = signalOf({
      timestamp: '2026-03-01T09:00:00+01:00',
      rating: 2,
      text: 'Checkout is slow',
      id: 'f-1',
      sentiment: 'negative',
      user: 'jane',
      context: { page: '/cart' },
      component: 'checkout',
      model: 'm-1',
      task_type: 'search',
      plan: 'pro',
    });
    assert.equal(at, '2026-03-01T08:00:00.000Z');
    assert.deepEqual(source, { file: 'feedback.jsonl', offset: 7 });
    const { userId, ...rest } = feedback;
    assert.match(userId ?? '', /^[0-9a-f]{16}$/);
    assert.deepEqual(rest, {
      id: 'f-1',
      timestamp: at,
      rating: 2,
      text: 'Checkout is slow',
      sentiment: 'negative',
      context: { page: '/cart' },
      model: 'm-1',
      taskType: 'search',
      metadata: { component: 'checkout', plan: 'pro' },
    });
  });

  for (const [rating, expected, sentiment] of [
    ['up', 5, 'positive'],
    ['down', 1, 'negative'],
    [3, 3, 'neutral'],
    ['4', 4, 'positive'],
    [1, 1, 'negative'],
  ] as const) {
    it(`reads a rating of ${rating}`, () => {
      const { feedback } = signalOf({ rating, message: 'x' });
      assert.deepEqual([feedback.rating, feedback.sentiment], [expected, sentiment]);
    });
  }

  for (const [text, sentiment] of [
    ['This is great and fast', 'positive'],
    ['It crashes, terrible', 'negative'],
    ['not good at all', 'negative'],
    ['There is no problem', 'positive'],
    ['I opened the page', 'neutral'],
  ] as const) {
    it(`hears ${sentiment} in “${text}”`, () =>
      assert.equal(signalOf({ text }).feedback.sentiment, sentiment));
  }

  for (const [line, reason] of [
    ['{"rating":', /not JSON/],
    ['[1,2]', /object/],
    ['"x"', /object/],
    ['{}', /neither/],
    ['{"rating":9}', /rating/],
    ['{"rating":"meh","text":"x"}', /rating/],
    ['{"text":""}', /neither/],
  ] as const) {
    it(`counts ${line} as malformed`, () => {
      const result = read(line);
      assert.ok(result.kind === 'malformed' && reason.test(result.reason));
    });
  }

  it('passes over blank lines', () => assert.equal(read('  ').kind, 'blank'));

  it('keeps no personal data', () => {
    const signal = signalOf({
      text: 'Crash for jane.doe@example.com, +43 660 1234567, card 4111 1111 1111 1111',
      user: 'jane.doe@example.com',
      context: { mail: 'jane.doe@example.com', path: '/home/jane/x' },
      note: 'password=hunter22',
    });
    const text = JSON.stringify(signal);
    for (const secret of ['jane', '1234567', '4111 1111', 'hunter22'])
      assert.ok(!text.includes(secret), secret);
    assert.equal(signal.title, 'Crash for <email>, <phone>, card <card>');
  });

  it('is bounded and inert whatever the record holds', () => {
    const deep = `{"text":"x","a":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`;
    const wide = {
      text: 'y'.repeat(100_000),
      ...Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, 'z'.repeat(500)])),
    };
    for (const record of [deep, wide]) assert.ok(JSON.stringify(signalOf(record)).length < 40_000);
    const { metadata } = signalOf(
      '{"text":"x","__proto__":{"admin":true},"constructor":1}',
    ).feedback;
    assert.deepEqual(metadata, {});
    assert.equal(({} as Record<string, unknown>)['admin'], undefined);
  });

  it('gives the same line the same id, so that it is kept once', () => {
    assert.equal(signalOf({ text: 'x' }).feedback.id, signalOf({ text: 'x' }).feedback.id);
    assert.notEqual(signalOf({ text: 'x' }).feedback.id, signalOf({ text: 'y' }).feedback.id);
  });
});
