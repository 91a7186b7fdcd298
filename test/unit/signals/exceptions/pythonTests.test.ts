import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe("summaries and rarer reports of Python's test runners", () => {
  const summary = `=========================== short test summary info ============================
FAILED tests/test_lids.py::TestLids::test_size[7] - TypeError: no lid 7
FAILED tests/test_lids.py::TestLids::test_size[8] - TypeError: no lid 8
FAILED tests/test_lids.py::test_count - assert 3 == 4
ERROR tests/test_box.py::test_box - OSError: box is shut
`;

  it('of pytest without tracebacks: the summary is all there is, warnings stand between', () => {
    const text = `tests/test_lids.py FFF                                                   [ 75%]
tests/test_box.py E                                                      [100%]

=============================== warnings summary ===============================
tests/test_lids.py::test_count
  /srv/depot/tests/test_lids.py:13: DeprecationWarning: old lids

-- Docs: https://docs.pytest.org/en/stable/how-to/capture-warnings.html
${summary}========================= 3 failed, 1 error in 0.12s ==========================
`;
    assert.deepEqual(summaries(text), [
      'error TypeError: no lid 7 @ test_size tests/test_lids.py:-',
      'error TypeError: no lid 8 @ test_size tests/test_lids.py:-',
      'error AssertionError: assert 3 == 4 @ test_count tests/test_lids.py:-',
      'error OSError: box is shut @ test_box tests/test_box.py:-',
    ]);
    assert.ok(eventsIn(text).every(({ kind }) => kind === 'test'));
  });

  it('of pytest with tracebacks: the summary below them counts nothing', () => {
    const text = `FFFE                                                                     [100%]
=================================== FAILURES ===================================
__________________________________ test_count __________________________________
tests/test_lids.py:9: in test_count
    assert 3 == 4
E   assert 3 == 4
${summary}3 failed, 1 error in 0.12s
`;
    assert.deepEqual(summaries(text), [
      'error AssertionError: assert 3 == 4 @ test_count tests/test_lids.py:9',
    ]);
  });

  it('of pytest -v and -s without tracebacks', () => {
    for (const end of [
      'tests/test_lids.py::TestLids::test_size[a b] FAILED                      [100%]',
      "tests/test_lids.py::test_count SKIPPED (no lids: 'x')                    [100%]",
      'FAILED                                                                   [100%]',
    ]) {
      const text = `${end}\n\n${summary}3 failed, 1 error in 0.12s\n`;
      assert.equal(summaries(text).length, 4, end);
    }
  });

  it('of pytest without tracebacks, below what plug-ins print', () => {
    const text = `tests/test_lids.py FFFE                                                  [100%]

---------- coverage: platform linux, python 3.11.2-final-0 -----------
Name           Stmts   Miss  Cover
lids.py           12      3    75%

--------------- generated xml file: /srv/app/report.xml ---------------
${summary}3 failed, 1 error in 0.12s
`;
    assert.equal(summaries(text).length, 4);
  });

  it('not what tests that passed have logged', () => {
    const text = `tests/test_lids.py .                                                     [100%]

==================================== PASSES ====================================
__________________________________ test_count __________________________________
------------------------------ Captured log call -------------------------------
ERROR    root:test_lids.py:12 payment failed: card declined
=========================== short test summary info ============================
PASSED tests/test_lids.py::test_count
============================== 1 passed in 0.02s ===============================
`;
    assert.deepEqual(summaries(text), []);
  });

  it('of unittest: a test that does not exist has no traceback', () => {
    const text = `E
======================================================================
ERROR: test_gone (unittest.loader._FailedTest.test_gone)
----------------------------------------------------------------------
AttributeError: type object 'LidTest' has no attribute 'test_gone'

----------------------------------------------------------------------
Ran 1 test in 0.000s

FAILED (errors=1)
`;
    assert.deepEqual(summaries(text), [
      "error AttributeError: type object 'LidTest' has no attribute 'test_gone'",
    ]);
    assert.equal(eventsIn(text)[0]?.kind, 'test');
  });

  it('of doctest: what an example printed, and what it raised', () => {
    const stars = '*'.repeat(70);
    const text = `${stars}
File "/srv/depot/lids.py", line 5, in lids.half
Failed example:
    half(5)
Expected:
    2.5
Got:
    2
${stars}
File "/srv/depot/lids.py", line 7, in lids.half
Failed example:
    half("x")
Exception raised:
    Traceback (most recent call last):
      File "/usr/lib/python3.11/doctest.py", line 1353, in __run
        exec(compile(example.source, filename, "single",
      File "<doctest lids.half[2]>", line 1, in <module>
        half("x")
      File "/srv/depot/lids.py", line 11, in half
        return n // 2
    TypeError: unsupported operand
${stars}
1 items had failures:
   2 of   3 in lids.half
***Test Failed*** 2 failures.
`;
    assert.deepEqual(summaries(text), [
      'error AssertionError: half(5) @ lids.half /srv/depot/lids.py:5',
      'error TypeError: unsupported operand @ half /srv/depot/lids.py:11',
    ]);
    assert.ok(eventsIn(text).every(({ kind }) => kind === 'test'));
  });

  it('of behave: an assertion with a message, placed by its step', () => {
    assert.deepEqual(
      summaries(`  Scenario: Add a product  # features/cart.feature:3
    When I add 2 apples    # features/steps/cart.py:9
    Then the total is 5    # features/steps/cart.py:26
      Assertion Failed: total is 2

  Scenario: Remove a product
    Then the total is 0 ... failed in 0.000s
Assertion Failed: total is 3
`),
      [
        'error AssertionError: total is 2 @ - features/steps/cart.py:26',
        'error AssertionError: total is 3',
      ],
    );
    assert.deepEqual(
      summaries('    all steps done\n      Assertion Failed: is what it would say'),
      [],
    );
  });

  it('of pytest-sugar, and of what was expected to fail', () => {
    assert.deepEqual(
      summaries(`―――――――――――― test_std[20-5] ――――――――――――

    def test_std(net, want):
>       assert tax(net) == want
E       AssertionError: assert 4.0 == 5

tests/test_tax.py:12: AssertionError
―――――――――――― test_xpass ――――――――――――
[XPASS(strict)] fixed by 17
================ short test summary info ================
FAILED tests/test_tax.py::test_std[20-5] - AssertionError: assert 4.0 == 5
FAILED tests/test_tax.py::test_xpass
`),
      [
        'error AssertionError: assert 4.0 == 5 @ test_std tests/test_tax.py:12',
        'error AssertionError: [XPASS(strict)] fixed by 17',
      ],
    );
  });

  it('of unittest: its verdict on a line of its own is none of a logger', () => {
    assert.deepEqual(
      summaries(
        'test_key (t.Parse)\nA key is missing. ... t.py:3: Warning: old\n  parse()\nERROR\nok',
      ),
      [],
    );
  });

  it('of pytest: a worker that died, fixtures that do not fit, a group, and a recursion to its end', () => {
    const frames = Array.from(
      { length: 960 },
      () => 'tests/test_tree.py:33: in down\n    down(n + 1)',
    );
    assert.deepEqual(
      summaries(`================ FAILURES ================
____________ tests/test_crash.py ____________
[gw1] linux -- Python 3.11.2 /usr/bin/python3
worker 'gw1' crashed while running 'tests/test_crash.py::test_dies'
____________ ERROR at setup of test_scope ____________
ScopeMismatch: You tried to access the function scoped fixture narrow with a session scoped request object
tests/conftest.py:4:  def wide(narrow)
____________ test_group ____________
  + Exception Group Traceback (most recent call last):
  |   File "/srv/app/tests/test_more.py", line 50, in test_group
  |     raise ExceptionGroup("two", errors)
  | ExceptionGroup: two (1 sub-exception)
  +-+---------------- 1 ----------------
    | ValueError: 1
    +------------------------------------
____________ test_tree ____________
${frames.join('\n')}
E   RecursionError: maximum recursion depth exceeded
======== 4 failed in 1.96s ========`),
      [
        "error AssertionError: worker 'gw1' crashed while running 'tests/test_crash.py::test_dies'",
        'error AssertionError: ScopeMismatch: You tried to access the function scoped fixture narrow with a session scoped request object',
        'error ExceptionGroup: two (1 sub-exception) @ test_group /srv/app/tests/test_more.py:50',
        'error RecursionError: maximum recursion depth exceeded @ down tests/test_tree.py:33',
      ],
    );
  });
});
