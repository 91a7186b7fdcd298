import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

const stack = `    (procedure "price_of" line 2)
    invoked from within
"price_of sku-1"
    (file "shop.tcl" line 9)
`;

describe('tcl grammar', () => {
  it('reads what the interpreter says', () => {
    assert.deepEqual(
      summaries(`can't read "prices": no such variable
    while executing
"dict get $prices $sku"
${stack}done`),
      [`error TclError: can't read "prices": no such variable @ price_of shop.tcl:9`],
    );
  });

  it("reads a program's own error by the command that threw it", () => {
    assert.deepEqual(
      summaries(`no price
    while executing
"error "no price""
${stack}done`),
      ['error TclError: no price @ price_of shop.tcl:9'],
    );
  });

  it('takes no words without a stack for an error', () => {
    assert.deepEqual(eventsIn("can't read the sign\n    while waiting\n"), []);
  });
});
