import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe("errors of browsers' consoles", () => {
  const cases: readonly [string, string, string][] = [
    [
      'Safari',
      `TypeError: undefined is not an object (evaluating 'lid.size')
forEach@[native code]
lidOf@https://shop.example.com/js/lids.js:8:12
global code@https://shop.example.com/js/index.js:4:1
`,
      "error TypeError: undefined is not an object (evaluating 'lid.size') @ lidOf /js/lids.js:8",
    ],
    [
      'Firefox, with what called it later and evaluated code',
      `Error: no lid
async*lidOf/<@http://localhost:3000/js/lids.js:8:12
promise callback*open@http://localhost:3000/js/pay.js:21:5
@http://localhost:3000/js/index.js line 4 > eval:1:1
`,
      'error Error: no lid @ lidOf /js/lids.js:8',
    ],
    [
      "Firefox's console",
      `Uncaught TypeError: can't access property "size", lid is undefined
    lidOf http://localhost:3000/js/lids.js:8
    open http://localhost:3000/js/pay.js:21
`,
      'error TypeError: can\'t access property "size", lid is undefined @ lidOf /js/lids.js:8',
    ],
    [
      'Chrome, of a promise',
      `Uncaught (in promise) TypeError: no lid
    at lidOf (https://shop.example.com/js/lids.js:8:12)
    at async https://shop.example.com/js/index.js:4:1
`,
      'error TypeError: no lid @ lidOf /js/lids.js:8',
    ],
    [
      'modules of webpack',
      `Error: no lid
lidOf@webpack-internal:///./src/lids.js:8:12
`,
      'error Error: no lid @ lidOf ./src/lids.js:8',
    ],
    [
      'modules of Turbopack',
      `Error: no lid
    at lidOf (turbopack:///[project]/src/lids.js:8:12)
    at open (app:///src/index.js:2:1)
`,
      'error Error: no lid @ lidOf src/lids.js:8',
    ],
  ];

  for (const [name, text, expected] of cases) {
    it(`of ${name}`, () => assert.deepEqual(summaries(text), [expected]));
  }

  it('one behind the other are told apart, all frames kept', () => {
    const events = eventsIn(cases.map(([, text]) => text).join(''));
    assert.equal(events.length, cases.length);
    assert.deepEqual(
      events[1]?.frames.map(({ function: name }) => name),
      ['lidOf', 'open', undefined],
    );
  });
});
