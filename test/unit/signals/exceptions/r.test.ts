import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('r grammar', () => {
  it('reads what Rscript says of an uncaught error', () => {
    assert.deepEqual(
      summaries(`Loading required package: stats
Error in price_of("sku-1") : object 'prices' not found
Calls: main -> total -> price_of
Execution halted`),
      ["error RError: object 'prices' not found"],
    );
  });

  it('reads a message below a long call, and the traceback with its files', () => {
    assert.deepEqual(
      summaries(`Error in add(first_of_them, "a long value that fills the line") : 
  non-numeric argument to binary operator
3: add(1, "a") at cart.R#12
2: total() at cart.R#20
1: main()`),
      ['error RError: non-numeric argument to binary operator @ add cart.R:12'],
    );
  });

  it('reads a condition with bullets and what caused it', () => {
    const [event] = eventsIn(`Error in \`load_order()\`:
! order 17 could not be loaded
Caused by error in \`connect()\`:
! connection refused
Backtrace:
    ▆
 1. └─shop::load_order(17)
Execution halted`);
    assert.equal(event?.message, 'order 17 could not be loaded');
    assert.deepEqual(
      event?.causes.map(({ message }) => message),
      ['connection refused'],
    );
  });

  it('finds the place of a syntax error', () => {
    assert.deepEqual(
      summaries(`Error in source("cart.R") : cart.R:3:5: unexpected symbol
2: x <- 1
3: y  z
       ^
Execution halted`),
      ['error SyntaxError: cart.R:3:5: unexpected symbol @ - cart.R:3'],
    );
  });

  it('counts a failed expectation of testthat, and not the end of the run', () => {
    const events = eventsIn(`── Failure ('test-cart.R:5:3'): total works ────────────────
total(cart) not equal to 12.
1/1 mismatches

[ FAIL 1 | WARN 0 | SKIP 0 | PASS 3 ]
Error: Test failures
Execution halted`);
    assert.deepEqual(
      events.map(({ kind, frames }) => [kind, frames[0]?.file, frames[0]?.line]),
      [['test', 'test-cart.R', 5]],
    );
  });

  it('takes no prose for an error', () => {
    assert.deepEqual(eventsIn('Error in the bill : see page 3\ndone\nError in parsing: none'), []);
  });

  it('reads what could not be parsed, and a call with colons', () => {
    const text = `Error: unexpected symbol in:
"x <- c(1, 2
y"
Execution halted
Error in matrix(1:6, 2) %*% matrix(1:6, 2) : non-conformable arguments
Calls: total
Execution halted`;
    assert.deepEqual(
      eventsIn(text).map(({ message }) => message.split('\n')[0]),
      ['unexpected symbol in:', 'non-conformable arguments'],
    );
  });

  it("reads testthat's failures without and with a number, and what rlang says below an empty head", () => {
    const text = `Failure ('test-cart.R:4'): lends
total(cart) not equal to 3.

── 2. Failure ('test-cart.R:6:3'): lends ───────────
total(cart) > 0 is not TRUE

Error:
! \`mode\` must be one of "a" or "b", not "x".
Backtrace:
    ▆
 1. ├─rlang::arg_match0("x", c("a", "b"), arg_nm = "mode")
Execution halted`;
    assert.deepEqual(
      eventsIn(text).map(({ kind, message, frames }) => [kind, message, frames[0]?.line]),
      [
        ['test', 'total(cart) not equal to 3.', 4],
        ['test', 'total(cart) > 0 is not TRUE', 6],
        ['exception', '`mode` must be one of "a" or "b", not "x".', undefined],
      ],
    );
  });
});
