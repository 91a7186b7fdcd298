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

  describe('left without an answer', () => {
    const isBad = (response: string): boolean =>
      endedBadly(one(1, { response, outcome: 'unknown' }));
    for (const response of [
      "I'm sorry, I don’t have information on that.",
      "That's outside my knowledge.",
      "I couldn't find anything about it.",
      'No results found.',
      'I am not able to help with that.',
      'Please contact support for that.',
      "Sorry, I didn't understand that. Could you rephrase?",
      'N/A',
      '...',
      'わかりかねます。',
      '申し訳ございませんが、お答えできません。',
      '該当する情報は見つかりませんでした。',
      '恐れ入りますが、対応しておりません。',
      'サポートにお問い合わせください。',
    ]) {
      it(response, () => assert.ok(isBad(response)));
    }
    for (const response of [
      "I don't know of a limit for that plan, but you can see yours under Settings.",
      "I'm afraid I misspoke. Go to Settings and choose Export.",
      'Sorry for the wait! It is on its way.',
      'I know that you asked yesterday; it has shipped.',
      '申し訳ありません。設定画面から変更できます。',
      'はい、設定から変更できます。',
    ]) {
      it(`not: ${response}`, () => assert.ok(!isBad(response)));
    }
  });

  const questions: readonly (readonly string[])[] = [
    [
      'How do I invite a colleague?',
      'how can I invite a colleague',
      'Invite a colleague?',
      'Is it possible to invite colleagues?',
    ],
    [
      'What is the API rate limit?',
      'API rate limit?',
      'what rate limit does the API have',
      'Which rate limit applies to the API?',
    ],
    [
      '請求書はどこでダウンロードできますか？',
      '請求書のダウンロード方法を教えてください',
      '請求書をダウンロードするには？',
      '請求書ダウンロードはどうやるの？',
    ],
  ];
  const helpless = ["I'm not sure about that.", 'I have no idea.', 'わかりかねます。'];
  for (const [i, asked] of questions.entries()) {
    it(`are a gap when asked in other words: ${asked[0]}`, () => {
      const found = findPatterns(
        talks(140, (n) =>
          n % 20 === 3
            ? {
                message: asked[((n / 20) % asked.length) | 0] ?? '',
                response: i === 1 ? '' : (helpless[i] ?? ''),
                outcome: 'unknown',
              }
            : undefined,
        ),
      );
      assert.deepEqual(
        found.map(({ pattern }) => [pattern.kind, pattern.count]),
        [['knowledge_gap', 7]],
      );
    });
  }

  it('are a gap when far more of the answers are bad than is usual, though not most', () => {
    const ask = (bad: boolean) => ({
      message: 'How do I add a team member?',
      response: bad ? "I don't know." : 'Go to settings.',
      outcome: bad ? 'unknown' : 'resolved',
    });
    const found = findPatterns(talks(200, (i) => (i % 10 === 0 ? ask(i % 30 === 0) : undefined)));
    assert.deepEqual(
      found.map(({ pattern }) => [pattern.kind, pattern.count, pattern.similar]),
      [['knowledge_gap', 7, 20]],
    );
    const seldom = talks(200, (i) => (i % 10 === 0 ? ask(i % 50 === 0) : undefined));
    assert.deepEqual(findPatterns(seldom), []);
  });

  it('count an answer as bad when the same customer asks again soon, or says that it was of no use', () => {
    const ask = (i: number, message: string): Partial<Interaction> => ({
      message,
      response: 'Have a look at the documentation.',
      outcome: 'unknown',
      customerId: `c${Math.floor(i / 40)}`,
    });
    const found = findPatterns(
      talks(160, (i) => {
        if (i % 40 === 5) return ask(i, 'How do I rotate the signing key?');
        if (i % 40 === 9)
          return ask(i, i > 80 ? 'That did not help.' : 'how do I rotate a signing key');
        return undefined;
      }),
    );
    assert.deepEqual(
      found.map(({ pattern }) => [pattern.kind, pattern.count, pattern.users]),
      [['knowledge_gap', 4, 4]],
    );
    const days = talks(160, (i) => ({
      ...(i % 40 === 5 || i % 40 === 9 ? ask(i, 'How do I rotate the signing key?') : {}),
      timestamp: new Date(now - (160 - i) * 3_600_000).toISOString(),
    }));
    assert.deepEqual(findPatterns(days), [], 'a day later it is a new question');
  });
});
