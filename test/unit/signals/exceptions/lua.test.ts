import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('lua grammar', () => {
  for (const head of [
    'lua5.4: ',
    'lua: ',
    '/usr/bin/luajit: ',
    '2026/03/02 10:11:12 [error] 7#7: *1 lua entry thread aborted: runtime error: ',
  ]) {
    it(`reads an error behind ${head}`, () => {
      assert.deepEqual(
        summaries(`${head}/srv/app/shop.lua:4: attempt to index a nil value (field '?')
stack traceback:
	[C]: in function 'error'
	/srv/app/shop.lua:4: in function 'shop.price_of'
	/srv/app/run.lua:3: in main chunk
	[C]: in ?
done`),
        [
          "error LuaError: attempt to index a nil value (field '?') @ shop.price_of /srv/app/shop.lua:4",
        ],
      );
    });
  }

  it('tells errors apart that follow each other', () => {
    const one = 'lua: a.lua:1: x\nstack traceback:\n\t[C]: in ?\n';
    assert.equal(eventsIn(one + one).length, 2);
  });

  it('takes no line number without a stack for one', () => {
    assert.deepEqual(eventsIn('see shop.lua:4: it is documented there\ndone'), []);
  });

  it('reads a script that does not compile, and nothing of a remark in the same form', () => {
    assert.deepEqual(
      summaries(
        "lua5.4: shop/cart.lua:3: 'then' expected near 'print'\nlua: shop/cart.lua:4: the cart is full\n",
      ),
      ["error LuaError: 'then' expected near 'print' @ - shop/cart.lua:3"],
    );
  });

  it("reads busted's failures, in its own form and in TAP", () => {
    const text = `2 successes / 1 failure / 1 error / 1 pending : 0.005 seconds

Pending -> spec/cart_spec.lua @ 25
cart later

Failure -> spec/cart_spec.lua @ 4
cart totals
spec/cart_spec.lua:6: Expected objects to be equal.
Passed in:
(number) 3

Error -> spec/cart_spec.lua @ 8
cart fails in code
./cart.lua:6: attempt to perform arithmetic on a nil value
stack traceback:
	./cart.lua:6: in function 'cart.total'
	spec/cart_spec.lua:9: in function <spec/cart_spec.lua:8>

not ok 2 - cart has error
# spec/cart_spec.lua @ 11
# Failure message: spec/cart_spec.lua:13: Expected a different error.
# Caught:
# (no error)
ok 3 - cart is fine`;
    assert.deepEqual(
      eventsIn(text).map(({ kind, message, frames }) => [
        kind,
        message.split('\n')[0],
        `${frames[0]?.file}:${frames[0]?.line}`,
      ]),
      [
        ['test', 'Expected objects to be equal.', 'spec/cart_spec.lua:6'],
        ['test', 'attempt to perform arithmetic on a nil value', './cart.lua:6'],
        ['test', 'Expected a different error.', 'spec/cart_spec.lua:13'],
      ],
    );
  });
});
