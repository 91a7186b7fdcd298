import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

const stack = `/srv/app/src/shop.nim(12) shop
/srv/app/src/shop.nim(7) priceOf
/usr/lib/nim/lib/system/fatal.nim(54) sysFatal
`;

describe('nim grammar', () => {
  for (const head of ['', 'Traceback (most recent call last)\n']) {
    it(`reads an uncaught exception ${head === '' ? 'without' : 'with'} a heading`, () => {
      assert.deepEqual(
        summaries(`${head}${stack}Error: unhandled exception: index 5 not in 0 .. 2 [IndexDefect]`),
        ['fatal IndexDefect: index 5 not in 0 .. 2 @ priceOf /srv/app/src/shop.nim:7'],
      );
    });
  }

  it('reads one without a stack, and a message of several lines', () => {
    assert.deepEqual(
      summaries(`Error: unhandled exception: no price [KeyError]
Error: unhandled exception: first
second [ValueError]
done`),
      ['fatal KeyError: no price', 'fatal ValueError: first'],
    );
  });

  it("reads the compiler's errors, not its hints and warnings", () => {
    const events = eventsIn(`/srv/app/a.nim(9, 3) Hint: 'x' is declared but not used [XDeclared]
/srv/app/a.nim(7, 10) Warning: imported and not used: 'strutils' [UnusedImport]
/srv/app/shop.nim(7, 10) Error: undeclared identifier: 'pricez'`);
    assert.deepEqual(
      events.map(({ kind, message }) => [kind, message]),
      [['diagnostic', "undeclared identifier: 'pricez'"]],
    );
  });

  it('reads where nil was read', () => {
    assert.deepEqual(
      summaries(
        'Traceback (most recent call last)\n/srv/depot.nim(28) depot\n/srv/depot.nim(22) take\nSIGSEGV: Illegal storage access. (Attempt to read from nil?)\n',
      ),
      [
        'fatal SIGSEGV: Illegal storage access. (Attempt to read from nil?) @ take /srv/depot.nim:22',
      ],
    );
  });
});
