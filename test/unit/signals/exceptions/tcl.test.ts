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

  it('reads an error without a command of its own, and one with a remark above the stack', () => {
    const text = `divide by zero
    invoked from within
"expr {1 / 0}"
    (file "shop.tcl" line 53)
expected integer but got "abc"
    (reading increment)
    invoked from within
"incr x abc"
    (file "shop.tcl" line 54)
`;
    assert.deepEqual(summaries(text), [
      'error TclError: divide by zero @ - shop.tcl:53',
      'error TclError: expected integer but got "abc" @ - shop.tcl:54',
    ]);
  });
});
