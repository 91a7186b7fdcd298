import assert from 'node:assert/strict';
import type { FeedbackSignal } from '../../../src/core/signal.ts';
import { ticketIdOf } from '../../../src/core/ticket.ts';
import { readFeedback } from '../../../src/signals/feedback.ts';
import { createThemes } from '../../../src/signals/themes.ts';

const said = (text: string, fields: Record<string, unknown> = {}): FeedbackSignal => {
  const source = { file: 'feedback.jsonl', offset: 0 };
  const record = readFeedback(JSON.stringify({ text, ...fields }), source, '2026-03-02T10:00:00Z');
  return record.kind === 'feedback' ? record.signal : assert.fail();
};
const themesOf = (texts: readonly string[]): string[] => {
  const themes = createThemes([]);
  return texts.map((text) => ticketIdOf(themes.assign(said(text))));
};

describe('themes of feedback', () => {
  for (const same of [
    [
      'Please add dark mode',
      'dark mode please!',
      'It would be great to have a dark theme',
      'We really need dark mode, my eyes hurt at night when I use the dashboard',
    ],
    [
      'The app crashes when exporting to CSV',
      'CSV export crashes',
      'Export to csv fails every time',
    ],
    ['Checkout is very slow', 'checkout takes forever', 'The checkout page is so slow today'],
    ["I can't log in", 'login broken', 'I cannot sign in anymore'],
    ['ダークモードを追加してほしい', 'ダークモード対応お願いします'],
    ['動作が遅い', '動作がとても遅いです'],
    ['The app crashes on startup', 'Crashes on launch', 'app crashes when I open it'],
    ['My notes disappeared', 'All my notes are gone', 'It deleted all notes'],
    ['Please add two-factor authentication', '2FA authentication support please'],
    ['Support never answers', 'No reply from support', "customer support doesn't respond"],
    ['Battery drain is terrible', 'High battery consumption'],
  ]) {
    it(`are one: ${same[0]}`, () => assert.equal(new Set(themesOf(same)).size, 1));
  }

  it('are as many as there are matters', () => {
    const texts = [
      'CSV export crashes',
      'PDF export fails',
      'Please add JSON import',
      'Search finds nothing',
      'Please add dark mode',
      'Login is slow',
      'Photo upload takes forever',
      'Photo upload fails',
      'Please add a light theme',
      'Please add German translation',
      'Please add French translation',
      'Export reports to PDF please',
      'Export reports to CSV please',
    ];
    assert.equal(new Set(themesOf(texts)).size, texts.length);
  });

  it('are told apart by component', () => {
    const themes = createThemes([]);
    const [a, b] = ['cart', 'search'].map((component) =>
      themes.assign(said('It is slow here', { component })),
    );
    assert.ok(a && b && ticketIdOf(a) !== ticketIdOf(b));
  });

  it('go on from what was written down', () => {
    const first = said('Please add dark mode');
    const themes = createThemes([{ feedback: first.feedback, theme: ticketIdOf(first) }]);
    const next = themes.assign(said('a dark theme would be nice'));
    assert.equal(ticketIdOf(next), ticketIdOf(first));
    assert.equal(next.title, 'Please add dark mode');
  });

  for (const [text, intent] of [
    ['Please add dark mode', 'request'],
    ['Please fix the crash on login', 'complaint'],
    ['Checkout is slow', 'complaint'],
    ['I love this', 'praise'],
    ['ダークモードを追加してほしい', 'request'],
    ['ログインできません', 'complaint'],
    ['I opened the page', 'other'],
  ] as const) {
    it(`hear a ${intent} in “${text}”`, () => assert.equal(said(text).intent, intent));
  }

  for (const [text, sentiment] of [
    ['すごく便利です', 'positive'],
    ['便利ではない', 'negative'],
    ['動作が遅い', 'negative'],
    ['遅くないです', 'positive'],
    ['問題ありません', 'positive'],
    ["It doesn't work", 'negative'],
    ['not bad at all', 'positive'],
    ['Could be better', 'negative'],
    ["I don't like the new design", 'negative'],
    ['Not only slow but also ugly', 'negative'],
  ] as const) {
    it(`hear ${sentiment} words in “${text}”`, () =>
      assert.equal(said(text).feedback.sentiment, sentiment));
  }
});
