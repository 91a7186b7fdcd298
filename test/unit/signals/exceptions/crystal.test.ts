import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('crystal grammar', () => {
  for (const head of ['Unhandled exception: ', 'Unhandled exception in spawn: ']) {
    it(`reads ${head}`, () => {
      assert.deepEqual(
        summaries(`${head}Missing hash key: "sku-1" (KeyError)
  from /usr/share/crystal/src/hash.cr:1080:11 in '[]'
  from src/shop.cr:7:5 in 'price_of'
  from /lib/x86_64-linux-gnu/libc.so.6 in '??'
done`),
        ['fatal KeyError: Missing hash key: "sku-1" @ price_of src/shop.cr:7'],
      );
    });
  }

  it('reads what caused it', () => {
    const [event] = eventsIn(`Unhandled exception: order 17 (Shop::OrderError)
  from src/orders.cr:14:5 in 'load'
Caused by: Read timed out (IO::TimeoutError)
  from src/db.cr:9:3 in 'query'`);
    assert.equal(event?.type, 'Shop::OrderError');
    assert.deepEqual(
      event?.causes.map(({ type, message }) => `${type}: ${message}`),
      ['IO::TimeoutError: Read timed out'],
    );
  });

  it('reads what the compiler complains of', () => {
    const events = eventsIn(`In src/shop.cr:7:3

 7 | pricez.first
     ^-----
Error: undefined local variable or method 'pricez' for top-level`);
    assert.deepEqual(
      events.map(({ kind, frames }) => [kind, frames[0]?.file, frames[0]?.line]),
      [['diagnostic', 'src/shop.cr', 7]],
    );
  });
});
