import assert from 'node:assert/strict';
import { languageOfLogger, originOf } from '../../../../src/signals/exceptions/headers/origin.ts';
import { eventsIn } from '../support/readLines.ts';

describe('the place of a logged message', () => {
  for (const [header, language, file, line] of [
    ['ERROR [main] com.acme.shop.Checkout:11 - ', 'java', 'com/acme/shop/Checkout.java', 11],
    ['ERROR com.acme.Checkout.pay(Checkout.java:11) - ', 'java', 'com/acme/Checkout.java', 11],
    ['ERROR [Checkout.kt:11] - ', 'kotlin', 'Checkout.kt', 11],
    ['| ERROR    | shop.api:pay:12 - ', 'python', 'shop/api.py', 12],
    ['ERROR shop/api.py:12: ', 'python', 'shop/api.py', 12],
  ] as const) {
    it(`is read from ${header}`, () => {
      const origin = originOf(header);
      assert.deepEqual(
        [origin?.language, origin?.frame.file, origin?.frame.line],
        [language, file, line],
      );
    });
  }

  for (const header of ['ERROR [main] Checkout - ', 'ERROR 12:30 ', 'ERROR db:5432 - ']) {
    it(`is not guessed from ${header}`, () => assert.equal(originOf(header), undefined));
  }

  it("tells Java's loggers by their words and threads", () => {
    assert.equal(languageOfLogger('[main] ERROR Checkout - '), 'java');
    assert.equal(languageOfLogger('[pool-1-thread-3] ERROR c.acme.Checkout: '), 'java');
    assert.equal(languageOfLogger('[main] error '), undefined);
    const [event] = eventsIn(
      'Mar 02, 2026 8:54:15 AM com.acme.Main main\nSEVERE: queue 17 stalled',
    );
    assert.deepEqual([event?.language, event?.message], ['java', 'queue 17 stalled']);
  });
});
