import assert from 'node:assert/strict';
import { visible } from '../../../src/signals/title.ts';

describe('characters that nobody would see', () => {
  const shown = (text: string): string => visible(text);

  for (const [what, text] of [
    ['a picture made of several', '👩‍👩‍👧‍👦 ❤️‍🔥 👩🏽‍💻 exploded'],
    ['a Persian word', 'می\u200cخواهم'],
    ['a Hindi word', 'क्\u200dष'],
  ] as const)
    it(`stay where a reader sees their effect: in ${what}`, () => assert.equal(shown(text), text));

  for (const [what, text, expected] of [
    ['between Latin letters', 'ad\u200dmin', 'ad\\u{200d}min'],
    ['beside a Latin letter', 'می\u200ca', 'می\\u{200c}a'],
    ['at an end', '👩\u200d', '👩\\u{200d}'],
    ['after a picture alone', '👩\u200dx', '👩\\u{200d}x'],
    ['turning the direction', '\u202egnp.exe\u202c', '\\u{202e}gnp.exe\\u{202c}'],
  ] as const)
    it(`are written out ${what}`, () => assert.equal(shown(text), expected));

  it('are found quickly in a long text', () => {
    const text = '👩\u200d'.repeat(50_000);
    assert.ok(shown(text).length > text.length);
  });
});
