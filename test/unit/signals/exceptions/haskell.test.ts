import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('haskell grammar', () => {
  it('reads an error with its call stack', () => {
    assert.deepEqual(
      summaries(`shop: Prelude.head: empty list
CallStack (from HasCallStack):
  error, called at libraries/base/GHC/List.hs:1646:3 in base:GHC.List
  head, called at app/Main.hs:12:8 in main:Main`),
      ['fatal ErrorCall: Prelude.head: empty list @ Main app/Main.hs:12'],
    );
  });

  it('reads a message of several lines by its last', () => {
    assert.deepEqual(
      summaries(`shop: Uncaught exception ghc-internal:GHC.Internal.Exception.ErrorCall:

no price for sku-17
HasCallStack backtrace:
  error, called at src/Shop/Cart.hs:21:15 in shop-0.1.0.0-inplace:Shop.Cart`),
      ['fatal ErrorCall: no price for sku-17 @ Shop.Cart src/Shop/Cart.hs:21'],
    );
  });

  it('reads what the runtime says of a place', () => {
    assert.deepEqual(
      summaries(
        'shop-exe: src/Shop/Kind.hs:(9,1)-(11,20): Non-exhaustive patterns in function kind\nnext',
      ),
      ['fatal PatternMatchFail: Non-exhaustive patterns in function kind @ - src/Shop/Kind.hs:9'],
    );
  });

  it('reads what it says without one', () => {
    assert.deepEqual(
      summaries(
        'shop: config.json: openFile: does not exist (No such file or directory)\nshop: divide by zero',
      ),
      [
        'fatal IOException: config.json: openFile: does not exist (No such file or directory)',
        'fatal ArithException: divide by zero',
      ],
    );
  });

  it('reads what the compiler complains of, below its place', () => {
    const [event] = eventsIn(`src/Shop/Cart.hs:7:12: error: [GHC-88464]
    Variable not in scope: pricez :: Map String Int
  |
7 | total = sum (pricez)`);
    assert.deepEqual(
      [event?.kind, event?.language, event?.type, event?.message, event?.frames[0]?.line],
      ['diagnostic', 'haskell', 'GHC-88464', 'Variable not in scope: pricez :: Map String Int', 7],
    );
  });

  it('takes no other line with a colon for an error', () => {
    assert.deepEqual(eventsIn('shop: ready\nnote: see\n  error, called at the desk\n'), []);
  });
});
