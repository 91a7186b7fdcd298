import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import type { Feedback, Signal } from '../../../src/core/signal.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { follow } from './support/scanFolder.ts';

const feedbackIn = (signals: readonly Signal[]): Feedback[] =>
  signals.flatMap((signal) => (signal.kind === 'feedback' ? [signal.feedback] : []));

describe('formats of feedback', () => {
  const folder = tempFolder();
  const read = async (name: string, text: string) => {
    writeFileSync(folder.path(name), text);
    const { signals, malformed } = await follow(folder.path()).scan(true);
    return { feedback: feedbackIn(signals), malformed };
  };

  it('CSV: quoted fields, line breaks in them, other separators and names', async () => {
    const { feedback } = await read(
      'feedback.csv',
      '\uFEFFDate;Stars;Comment;E-Mail\r\n2026-03-01;2;"Slow; and ""ugly""\nreally";jane\r\n2026-03-02;5;Nice;\r\n',
    );
    assert.deepEqual(
      feedback.map(({ timestamp, rating, text }) => [timestamp.slice(0, 10), rating, text]),
      [
        ['2026-03-01', 2, 'Slow; and "ugly"\nreally'],
        ['2026-03-02', 5, 'Nice'],
      ],
    );
    assert.ok(!JSON.stringify(feedback[0]).includes('"jane"'));
  });

  it('CSV: a row with too many fields, or a bad rating, is counted and skipped', async () => {
    const { feedback, malformed } = await read(
      'feedback.csv',
      'rating,text\n1,a,b\nmeh,c\n2,good one\n',
    );
    assert.deepEqual(
      feedback.map(({ text }) => text),
      ['good one'],
    );
    assert.deepEqual(
      malformed.map(({ offset }) => offset),
      [12, 18],
    );
  });

  it('a JSON array of records and of plain texts', async () => {
    const { feedback } = await read(
      'feedback.json',
      '[{"rating":"down","message":"No"}, "Just a text"]',
    );
    assert.deepEqual(
      feedback.map(({ rating, text }) => [rating, text]),
      [
        [1, 'No'],
        [undefined, 'Just a text'],
      ],
    );
  });

  it('a record that is skipped is placed by the bytes of its file, a mark of its encoding included', async () => {
    const text = '\uFEFFrating,text\r\n1,süß\r\nmeh,c\r\n';
    const { malformed } = await read('feedback.csv', text);
    assert.deepEqual(
      malformed.map(({ offset }) => offset),
      [Buffer.byteLength(text.slice(0, text.indexOf('meh')))],
    );
  });

  it('a JSON file that is cut gives one malformed record', async () => {
    const { feedback, malformed } = await read('feedback.json', '[{"text":"No"}');
    assert.deepEqual([feedback.length, malformed.length], [0, 1]);
  });

  it('Markdown: list items, and sections without any', async () => {
    const { feedback } = await read(
      'feedback.md',
      '# Feedback of March\n\nAn introduction.\n\n## From the forum\n- Checkout is slow\n  on my phone\n* [x] Dark mode please ★★★★☆\n\n## Login fails\nIt says no.\nRating: 1\nUser: jane\n',
    );
    assert.deepEqual(
      feedback.map(({ text, rating }) => [text, rating]),
      [
        ['Checkout is slow\non my phone', undefined],
        ['Dark mode please ★★★★☆', 4],
        ['Login fails\nIt says no.', 1],
      ],
    );
  });

  it('a document that has grown gives the same ids again, and new ones for what is new', async () => {
    const follower = follow(folder.path());
    writeFileSync(folder.path('feedback.csv'), 'text\nsame\nsame\n');
    const before = feedbackIn((await follower.scan(true)).signals).map(({ id }) => id);
    assert.equal(new Set(before).size, 2);
    assert.deepEqual((await follower.scan(true)).signals, []);
    appendFileSync(folder.path('feedback.csv'), 'new\n');
    const after = feedbackIn((await follower.scan(true)).signals).map(({ id }) => id);
    assert.deepEqual(after.slice(0, 2), before);
    assert.equal(new Set(after).size, 3);
  });
});
