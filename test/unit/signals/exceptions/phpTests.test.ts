import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

function allTests(text: string): void {
  assert.deepEqual([...new Set(eventsIn(text).map(({ kind }) => kind))], ['test']);
}

describe("failures of PHP's test runners", () => {
  it('of PHPUnit: what is risky did not fail', () => {
    const text = `There was 1 failure:

1) LidTest::testSize
Failed asserting that 3 is identical to 4.

/srv/depot/tests/LidTest.php:10

--

There was 1 risky test:

1) LidTest::testNothing
This test did not perform any assertions

/srv/depot/tests/LidTest.php:34

FAILURES!
Tests: 2, Assertions: 1, Failures: 1, Risky: 1.
`;
    assert.deepEqual(summaries(text), [
      'error ExpectationFailedException: Failed asserting that 3 is identical to 4. @ - /srv/depot/tests/LidTest.php:10',
    ]);
  });

  it('of PHPUnit: a list of what was skipped that does not end hides nothing logged below', () => {
    const skipped = `There was 1 skipped test:

1) LidTest::testGone
no lids here

/srv/depot/tests/LidTest.php:40
`;
    const trace = `Traceback (most recent call last):
  File "/srv/depot/lid.py", line 3, in close
    fit()
ValueError: no lid
`;
    assert.deepEqual(summaries(`${skipped}2026-11-02 09:14:33 ERROR no lid\n`), [
      'error LoggedError: no lid',
    ]);
    assert.deepEqual(summaries(`${skipped}${'packing lids\n'.repeat(30)}${trace}`), [
      'error ValueError: no lid @ close /srv/depot/lid.py:3',
    ]);
    const many = Array.from(
      { length: 60 },
      (_, i) => `${i + 1}) LidTest::testGone${i}\nno lids\n\n/srv/depot/tests/LidTest.php:40\n`,
    );
    assert.deepEqual(summaries(`There were 60 skipped tests:\n\n${many.join('\n')}`), []);
  });

  it('of PHPUnit as sentences', () => {
    const text = `Lid
 ✔ Opens
 ✘ Size
   │
   │ Failed asserting that 3 is identical to 4.
   │
   │ /srv/depot/tests/LidTest.php:10
   │

 ✘ Gone
   │
   │ OutOfBoundsException: no lid 7
   │
   │ /srv/depot/lid.php:5
   │ /srv/depot/tests/LidTest.php:14
   │

 ↩ Skipped
`;
    assert.deepEqual(summaries(text), [
      'error ExpectationFailedException: Failed asserting that 3 is identical to 4. @ - /srv/depot/tests/LidTest.php:10',
      'error OutOfBoundsException: no lid 7 @ - /srv/depot/lid.php:5',
    ]);
    allTests(text);
  });

  it('of Pest: the type behind the title, the callers below the source', () => {
    const text = `   FAIL  Tests\\Feature\\LidTest
  ⨯ it counts lids                                                       0.02s
  ────────────────────────────────────────────────────────────────────────────
   FAILED  Tests\\Feature\\LidTest > it counts lids
  Failed asserting that 3 is identical to 4.

  at tests/Feature/LidTest.php:6
      5▕
  ➜   6▕     expect(count($lids))->toBe(4);
      7▕ });

  1   tests/Feature/LidTest.php:6

  ────────────────────────────────────────────────────────────────────────────
   FAILED  Tests\\Feature\\LidTest > it fails for un…   OutOfBoundsException
  no lid 7

  at src/lid.php:5
  ➜   5▕         throw new OutOfBoundsException("no lid $id");

      +1 vendor frames
  2   tests/Feature/LidTest.php:11


  Tests:    2 failed, 1 passed (3 assertions)
`;
    assert.deepEqual(summaries(text), [
      'error ExpectationFailedException: Failed asserting that 3 is identical to 4. @ - tests/Feature/LidTest.php:6',
      'error OutOfBoundsException: no lid 7 @ - src/lid.php:5',
    ]);
    assert.deepEqual(
      eventsIn(text)[1]?.frames.map(({ line }) => line),
      [5, 11],
    );
    allTests(text);
  });

  it("in TeamCity's messages, of PHP and of others", () => {
    const text = `##teamcity[testStarted name='testSize' flowId='9308']
##teamcity[testFailed name='testSize' message='Failed asserting that |'a|' is identical to |'b|'.' details=' /srv/depot/tests/LidTest.php:10|n ' duration='1' flowId='9308']
##teamcity[testFailed name='testGone' message='OutOfBoundsException : no lid |[7|]' details=' /srv/depot/lid.php:5|n /srv/depot/tests/LidTest.php:14|n ' duration='0']
##teamcity[testIgnored name='testLater' message='error upstream' details='' duration='0']
##teamcity[testFailed name='size' message='no lid 7' details='TypeError: no lid 7|n    at lidOf (/srv/depot/src/lids.js:8:12)' flowId='4']
##teamcity[testFinished name='testGone' duration='0']
`;
    assert.deepEqual(summaries(text), [
      "error ExpectationFailedException: Failed asserting that 'a' is identical to 'b'. @ - /srv/depot/tests/LidTest.php:10",
      'error OutOfBoundsException: no lid [7] @ - /srv/depot/lid.php:5',
      'error TypeError: no lid 7 @ lidOf /srv/depot/src/lids.js:8',
    ]);
    allTests(text);
  });

  it("in JUnit's XML: without the test's name, and nothing of risky ones", () => {
    const text = `<testcase name="testSize" file="/srv/depot/tests/LidTest.php" line="7">
  <failure type="PHPUnit\\Framework\\ExpectationFailedException">LidTest::testSize
Failed asserting that 3 is identical to 4.

/srv/depot/tests/LidTest.php:10</failure>
</testcase>
<testcase name="testNothing" file="/srv/depot/tests/LidTest.php" line="34">
  <error type="PHPUnit\\Framework\\RiskyTestError">LidTest::testNothing
This test did not perform any assertions

/srv/depot/tests/LidTest.php:34</error>
</testcase>
`;
    assert.deepEqual(summaries(text), [
      'error ExpectationFailedException: Failed asserting that 3 is identical to 4. @ - /srv/depot/tests/LidTest.php:10',
    ]);
  });

  it('reads expectations that were not met and have no place, and exceptions in a name space', () => {
    const text = String.raw`There were 3 failures:

1) StockTest::testException
Failed asserting that exception of type "Depot\OutOfStock" is thrown.

2) StockTest::testMock
Expectation failed for method name is "rows" when invoked 1 time(s).
Method was expected to be called 1 times, actually called 0 times.

3) StockTest::testBoom
Depot\OutOfStock: only 2 left

/srv/depot/src/Stock.php:11
/srv/depot/tests/StockTest.php:21

FAILURES!
Tests: 3, Assertions: 3, Failures: 3.`;
    allTests(text);
    assert.deepEqual(summaries(text), [
      String.raw`error ExpectationFailedException: Failed asserting that exception of type "Depot\OutOfStock" is thrown.`,
      'error ExpectationFailedException: Expectation failed for method name is "rows" when invoked 1 time(s).',
      String.raw`error Depot\OutOfStock: only 2 left @ - /srv/depot/src/Stock.php:11`,
    ]);
  });

  it('of PHPUnit as sentences, which it lists twice', () => {
    const failed = ` ✘ Size
   │
   │ Failed asserting that 3 is identical to 4.
   │
   │ /srv/depot/tests/LidTest.php:10
   │
`;
    const text = `Lid
 ✔ Colour
${failed}
Time: 00:00.021, Memory: 6.00 MB

Summary of non-successful tests:

Lid
${failed}
FAILURES!
Tests: 2, Assertions: 2, Failures: 1.`;
    assert.deepEqual(summaries(text), [
      'error ExpectationFailedException: Failed asserting that 3 is identical to 4. @ - /srv/depot/tests/LidTest.php:10',
    ]);
  });
});
