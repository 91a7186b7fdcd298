import assert from 'node:assert/strict';
import type { Interaction } from '../../../src/core/signal.ts';
import { endedBadly, findPatterns, readInteraction } from '../../../src/signals/interactions.ts';

const now = Date.parse('2026-03-02T10:00:00Z');
const read = (record: unknown) =>
  readInteraction(typeof record === 'string' ? record : JSON.stringify(record), 7, now);
const one = (i: number, fields: Partial<Interaction> = {}): Interaction => ({
  id: `i${i}`,
  timestamp: new Date(now + i * 1000).toISOString(),
  message: `Where is my order number ${i}, placed last week`,
  response: 'On its way.',
  outcome: 'resolved',
  ...fields,
});
const asked = {
  message: 'How do I export my data to Excel?',
  response: "I'm not sure about that.",
};
const talks = (n: number, bad: (i: number) => Partial<Interaction> | undefined): Interaction[] =>
  Array.from({ length: n }, (_, i) => one(i, bad(i) ?? {}));

describe('interactions', () => {
  it('are read with every field, customers hashed, secrets taken out', () => {
    const record = read({
      timestamp: '2026-03-02T09:00:00Z',
      message: 'Mail me at jane@example.com',
      response: 'Done',
      customer_id: 'jane',
      interaction_type: 'chat',
      sentiment_score: -0.5,
      outcome: 'resolved',
    });
    assert.equal(record.kind, 'interaction');
    const text = JSON.stringify(record);
    assert.ok(!text.includes('jane'), text);
  });

  for (const bad of [
    '{',
    '[]',
    {},
    { message: '' },
    { message: 'x', sentiment_score: 4 },
    { message: 'x', timestamp: '2099-01-01' },
  ]) {
    it(`are malformed: ${JSON.stringify(bad)}`, () => assert.equal(read(bad).kind, 'malformed'));
  }

  it('end badly by outcome, sentiment or an answer that is none', () => {
    assert.deepEqual(
      [
        {},
        { outcome: 'escalated' },
        { sentiment: -0.6 },
        { outcome: 'unresolved' },
        { outcome: '', response: '' },
      ].map((fields) => endedBadly(one(1, fields))),
      [false, true, true, true, true],
    );
  });

  it('show what users ask again and again and nobody answers', () => {
    const found = findPatterns(
      talks(120, (i) =>
        i % 20 === 0 ? { ...asked, outcome: 'unknown', customerId: `c${i % 3}` } : undefined,
      ),
    );
    assert.deepEqual(
      found.map(({ pattern }) => [pattern.kind, pattern.count, pattern.similar, pattern.users]),
      [['knowledge_gap', 6, 6, 3]],
    );
    assert.match(found[0]?.title ?? '', /export my data to Excel/);
  });

  it('show an outcome that is bad and frequent', () => {
    const found = findPatterns(
      talks(120, (i) => (i % 10 === 0 ? { outcome: 'timeout', type: 'chat' } : { type: 'chat' })),
    );
    assert.deepEqual(
      found.map(({ title }) => title),
      ['Conversations end as “timeout” (chat)'],
    );
  });

  it('say nothing below a hundred, and nothing where all goes well', () => {
    assert.deepEqual(findPatterns(talks(99, () => ({ ...asked, outcome: 'failed' }))), []);
    assert.deepEqual(findPatterns(talks(200, () => undefined)), []);
  });
});
