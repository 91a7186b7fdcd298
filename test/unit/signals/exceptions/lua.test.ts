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
});
