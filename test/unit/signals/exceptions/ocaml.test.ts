import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('ocaml grammar', () => {
  it('reads an uncaught exception with its backtrace', () => {
    assert.deepEqual(
      summaries(`Fatal error: exception Not_found
Raised at Stdlib__Map.Make.find in file "map.ml", line 137, characters 10-25
Called from Shop.price_of in file "lib/shop.ml" (inlined), line 7, characters 2-20
Called from Dune__exe__Main in file "bin/main.ml", line 3, characters 8-30`),
      ['fatal Not_found:  @ Shop.price_of lib/shop.ml:7'],
    );
  });

  it('reads one without a backtrace, and the place that it names', () => {
    assert.deepEqual(
      summaries(`Fatal error: exception Failure("no price for \\"sku-17\\"")
Fatal error: exception Match_failure("lib/kind.ml", 4, 2)
Fatal error: exception Sys_error("config.json: No such file or directory")`),
      [
        'fatal Failure: no price for "sku-17"',
        'fatal Match_failure: "lib/kind.ml", 4, 2 @ - lib/kind.ml:4',
        'fatal Sys_error: config.json: No such file or directory',
      ],
    );
  });

  it("reads the form of Jane Street's Base", () => {
    assert.deepEqual(
      summaries(`Uncaught exception:

  (Failure "no price")

Raised at Stdlib.failwith in file "stdlib.ml", line 29, characters 17-33
Called from Shop.total in file "lib/cart.ml", line 12, characters 4-19`),
      ['fatal Failure: no price @ Shop.total lib/cart.ml:12'],
    );
  });

  it("reads the compiler's errors, not its warnings", () => {
    const events = eventsIn(`File "lib/cart.ml", line 7, characters 12-18:
7 |   List.map pricez items
                ^^^^^^
Error: Unbound value pricez
Hint: Did you mean prices?
File "lib/cart.ml", line 9, characters 6-7:
9 |   let x = 1 in
          ^
Warning 26 [unused-var]: unused variable x.`);
    assert.deepEqual(
      events.map(({ kind, message, frames }) => [kind, message, frames[0]?.line]),
      [['diagnostic', 'Unbound value pricez', 7]],
    );
  });
});
