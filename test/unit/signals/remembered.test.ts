import assert from 'node:assert/strict';
import fc from 'fast-check';
import { remembered } from '../../../src/signals/remembered.ts';

describe('a remembered function', () => {
  it('answers like the function itself, whatever it is asked in whatever order', () => {
    const work = (text: string): string => `<${text}>`;
    const texts = fc.array(
      fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), fc.constantFrom('a', '\ud83e', '')),
    );
    fc.assert(
      fc.property(texts, (asked) => {
        const again = remembered(2, work);
        for (const text of asked) assert.equal(again(text), work(text));
      }),
    );
  });

  it('keeps what is asked for again while texts that come once pass by', () => {
    const worked: string[] = [];
    const again = remembered(4, (text) => {
      worked.push(text);
      return text;
    });
    for (let i = 0; i < 100; i++) {
      again('frame');
      again(`message ${i}`);
    }
    assert.equal(worked.filter((text) => text === 'frame').length, 1);
    assert.equal(worked.length, 101);
  });

  it('asks anew for long texts', () => {
    let count = 0;
    const again = remembered(4, () => ++count);
    again('x'.repeat(10_000));
    again('x'.repeat(10_000));
    assert.equal(count, 2);
  });
});
