import assert from 'node:assert/strict';
import { summaries } from '../support/readLines.ts';

describe('failures of clojure.test', () => {
  it('reads what was expected, and what was thrown instead', () => {
    assert.deepEqual(
      summaries(`Testing tidal.core-test

FAIL in (adds) (core_test.clj:7)
small numbers
expected: (= 3 (add 1 2))
  actual: (not (= 3 -1))

ERROR in (levels) (Numbers.java:190)
Uncaught exception, not in assertion.
expected: (= 1 (level {:level 4}))
  actual: java.lang.ArithmeticException: Divide by zero
 at clojure.lang.Numbers.divide (Numbers.java:190)
    tidal.core_test$level.invokeStatic (core_test.clj:4)
    clojure.test$test_var.invoke (test.clj:708)

Ran 2 tests containing 2 assertions.
1 failures, 1 errors.
FAIL in (all) ways but one
`),
      [
        'error AssertionError: small numbers @ - core_test.clj:7',
        'error java.lang.ArithmeticException: Divide by zero @ tidal.core_test$level.invokeStatic core_test.clj:4',
      ],
    );
  });

  it('reads an error whose first frame is the JVM’s', () => {
    assert.deepEqual(
      summaries(`Execution error (NumberFormatException) at java.lang.NumberFormatException/forInputString (NumberFormatException.java:67).
For input string: "x9"
`),
      ['error NumberFormatException: For input string: "x9"'],
    );
  });
});
