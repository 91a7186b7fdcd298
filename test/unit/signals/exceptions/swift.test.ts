import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('swift grammar', () => {
  it('reads fatal errors of both ages', () => {
    assert.deepEqual(
      summaries(`shop/Cart.swift:12: Fatal error: Index out of range
Fatal error: Unexpectedly found nil while unwrapping an Optional value: file /srv/app/Cart.swift, line 14
done`),
      [
        'fatal FatalError: Index out of range @ - shop/Cart.swift:12',
        'fatal FatalError: Unexpectedly found nil while unwrapping an Optional value @ - /srv/app/Cart.swift:14',
      ],
    );
  });

  it("finds the application's frame below the library's", () => {
    const [event] = eventsIn(`Swift/ContiguousArrayBuffer.swift:600: Fatal error: Index out of range

Thread 0 crashed:

0 [ra] 0x00007f12 _assertionFailure + 120 in libswiftCore.so
1 [ra] 0x00007f13 pick(_:) + 40 in shop at /srv/app/Cart.swift:12:5
`);
    const top = event?.frames.find(({ inApp }) => inApp);
    assert.deepEqual([top?.file, top?.line], ['/srv/app/Cart.swift', 12]);
  });

  it('reads failed tests', () => {
    const [event] = eventsIn(
      '/srv/Tests/CartTests.swift:12: error: CartTests.testAdds : XCTAssertEqual failed: ("1") is not equal to ("2")',
    );
    assert.deepEqual([event?.kind, event?.frames[0]?.line], ['test', 12]);
  });
});
