import assert from 'node:assert/strict';
import { exceptionsOf } from '../../../../src/signals/exceptions/assemble.ts';
import type { Follow, Grammar } from '../../../../src/signals/exceptions/grammar.ts';
import { grammars } from '../../../../src/signals/exceptions/grammars.ts';

/** How often grammars look at a line while these are read. */
function looksAt(line: string, count: number): number {
  let looks = 0;
  const counting =
    (follow: Follow): Follow =>
    (next, leveled) => {
      looks++;
      return follow(next, leveled);
    };
  const changed = grammars as readonly { begin: Grammar['begin'] }[];
  const begins = changed.map(({ begin }) => begin);
  try {
    for (const [at, grammar] of changed.entries()) {
      grammar.begin = (text) => {
        looks++;
        const follow = begins[at]?.call(grammar, text);
        return follow && counting(follow);
      };
    }
    const lines = Array.from({ length: count }, (_, offset) => ({ text: line, offset }));
    Array.from(exceptionsOf(lines));
  } finally {
    for (const [at, grammar] of changed.entries()) grammar.begin = begins[at] as Grammar['begin'];
  }
  return looks;
}

describe('lines that all begin what never comes', () => {
  for (const line of [
    'a.nim(1) b',
    'goroutine 1 [running]:',
    ' ---> X.YException: z',
    '  + Exception Group Traceback (most recent call last):',
    'Traceback (most recent call last):',
    'Caused by: java.io.IOException: disk',
    'Error: x',
    '  1) a b',
    '==1==ERROR: AddressSanitizer: x',
    "thread 'main' panicked at src/lib.rs:7:5:",
  ]) {
    it(`are looked at about as often when there are more of them: ${line}`, () => {
      const few = looksAt(line, 500) / 500;
      const many = looksAt(line, 4_000) / 4_000;
      assert.ok(many < 3 * few, `${few} and ${many} times each`);
      assert.ok(many < 200, `${many} times each`);
    });
  }
});
