import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

const missing = 'error TypeError: no lid @ lidOf src/lids.js:8';

function allTests(text: string): void {
  assert.deepEqual([...new Set(eventsIn(text).map(({ kind }) => kind))], ['test']);
}

describe("failures of JavaScript's test runners", () => {
  it('of mocha: titles of any depth, differences cut off, hooks and timeouts', () => {
    const text = `
  depot
    1) finds a lid
    2) counts

  1 passing (28ms)
  3 failing

  1) depot
       finds a lid:
     TypeError: no lid
      at lidOf (src/lids.js:8:12)
      at process.processImmediate (node:internal/timers:483:21)

  2) depot
       counts:

      AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

10 !== 11

      + expected - actual

      -10
      +11
      
      at Context.<anonymous> (test/lids.js:7:12)

  3) depot
       inner
         "before all" hook for "opens":
     Error: Timeout of 20ms exceeded. (/srv/depot/test/lids.js)
      at listOnTimeout (node:internal/timers:581:17)


`;
    assert.deepEqual(summaries(text), [
      missing,
      'error AssertionError: Expected values to be strictly equal: @ Context.<anonymous> test/lids.js:7',
      'error Error: Timeout of 20ms exceeded. (/srv/depot/test/lids.js) @ - /srv/depot/test/lids.js:-',
    ]);
    assert.equal(eventsIn(text)[1]?.message, 'Expected values to be strictly equal:\n\n10 !== 11');
    allTests(text);
  });

  it('of jest: with the piece of source between error and frames; the summary counts nothing', () => {
    const failure = `  ● depot › finds a lid

    TypeError: no lid

       7 |   // where?
    >  8 |   return lid.size;
         |              ^

      at lidOf (src/lids.js:8:12)
      at Object.<anonymous> (tests/lids.test.js:4:38)

`;
    const text = ` FAIL  tests/lids.test.js
  depot
    ✕ finds a lid (1 ms)

${failure}  ● depot › adds up

    expect(received).toEqual(expected) // deep equality

    - Expected  - 1
    + Received  + 1

      at Object.toEqual (tests/lids.test.js:7:44)

Summary of all failing tests
${failure}
Test Suites: 1 failed, 1 total
Tests:       2 failed, 2 total
`;
    assert.deepEqual(summaries(text), [
      missing,
      'error AssertionError: expect(received).toEqual(expected) // deep equality @ Object.toEqual tests/lids.test.js:7',
    ]);
    allTests(text);
  });

  it('of jest: a suite that can’t be parsed is where the message says', () => {
    assert.deepEqual(
      summaries(`  ● Test suite failed to run

    SyntaxError: /home/ann/depot/src/lids.js: Unexpected token (3:14)

      at Parser.raise (node_modules/@babel/parser/lib/index.js:1:2)

`),
      [
        'error SyntaxError: /home/ann/depot/src/lids.js: Unexpected token (3:14) @ - /home/ann/depot/src/lids.js:3',
      ],
    );
  });

  it('of vitest: frames parted by source, tests that fail alike counted each', () => {
    const text = ` ❯ tests/lids.test.js (3 tests | 3 failed) 22ms
   × depot > finds a lid 10ms
     → no lid

⎯⎯⎯⎯⎯⎯⎯ Failed Tests 3 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  tests/lids.test.js > depot > finds a lid
 FAIL  tests/lids.test.js > depot > finds another
TypeError: no lid
 ❯ lidOf src/lids.js:8:12
      6|   // where?
      8|   return lid.size;
       |              ^
 ❯ tests/lids.test.js:5:38

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/3]⎯

 FAIL  tests/lids.test.js > depot > adds up
AssertionError: expected [ 10 ] to deeply equal [ 11 ]

- Expected
+ Received

 ❯ tests/lids.test.js:8:44
      8|     expect(a).toEqual([11]);

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[3/3]⎯

 Test Files  1 failed (1)
`;
    assert.deepEqual(summaries(text), [
      missing,
      missing,
      'error AssertionError: expected [ 10 ] to deeply equal [ 11 ] @ - tests/lids.test.js:8',
    ]);
    allTests(text);
  });

  it('of vitest: the file of a test that took too long', () => {
    const text = ` FAIL  tests/lids.test.ts > depot > waits
Error: Test timed out in 50ms.
If this is a long-running test, pass a timeout value as the last argument.
⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/1]⎯
`;
    assert.deepEqual(summaries(text), [
      'error Error: Test timed out in 50ms. @ - tests/lids.test.ts:-',
    ]);
  });

  it('of node --test in dots: also behind a test that did not run', () => {
    const text = `.XX

Failed tests:

✖ opens
  'test did not finish before its parent and was cancelled'
✖ hooks (0.211686ms)
  Error: database not up
      at SuiteContext.<anonymous> (file:///srv/depot/lids.mjs:14:24)
`;
    assert.deepEqual(summaries(text), [
      'error Error: database not up @ SuiteContext.<anonymous> /srv/depot/lids.mjs:14',
    ]);
  });

  it('of deno test and Cucumber, which lists what failed once more', () => {
    const deno = `counts => ./lids_test.ts:3:6
error: TypeError: no lid
  return lid.size;
            ^
    at lidOf (file:///srv/depot/src/lids.js:8:12)
    at innerWrapped (ext:cli/40_test.js:300:5)

 FAILURES 

counts => ./lids_test.ts:3:6
`;
    assert.deepEqual(summaries(deno), [missing.replace('src/', '/srv/depot/src/')]);
    const cucumber = `1) Scenario: Lids # features/lids.feature:2
   ✔ Given 3 bins # features/steps/lids.js:2
   ✖ Then 3 lids fit # features/steps/lids.js:5
       TypeError: no lid
           at lidOf (src/lids.js:8:12)
           at World.<anonymous> (features/steps/lids.js:5:9)

2) Scenario: Bins # features/lids.feature:7
   ✖ Then 5 bins are full # features/steps/lids.js:6
       AssertionError [ERR_ASSERTION]: bins

       0 !== 5

           + expected - actual

           -0
           +5

           at World.<anonymous> (features/steps/lids.js:6:9)

1 scenario (1 failed)
`;
    assert.deepEqual(summaries(cucumber), [
      missing,
      'error AssertionError: bins @ World.<anonymous> features/steps/lids.js:6',
    ]);
    for (const text of [deno, cucumber]) allTests(text);
    assert.deepEqual(summaries('map => ./lids.ts:3:6\nnothing: here\n'), []);
  });

  it('of uvu, bun and AVA', () => {
    const uvu = `   FAIL  "counts"
    Expected values to be strictly equal:  (is)

        ++7    (Expected)
        --6    (Actual)
        
    at assert (/srv/node_modules/uvu/assert/index.js:33:8)
    at Object.handler (/srv/depot/lids.js:2:36)


  Total:     1
`;
    assert.deepEqual(summaries(uvu), [
      'error AssertionError: Expected values to be strictly equal:  (is) @ Object.handler /srv/depot/lids.js:2',
    ]);
    const bun = `6 |   expect(lids).toBe(7);
                     ^
error: expect(received).toBe(expected)

Expected: 7
Received: 6

      at <anonymous> (/srv/depot/lids.test.js:6:90)
(fail) depot > counts [0.61ms]
`;
    assert.deepEqual(summaries(bun), [
      'error AssertionError: expect(received).toBe(expected) @ <anonymous> /srv/depot/lids.test.js:6',
    ]);
    const promised = `error: 

Expected promise that resolves
Received promise that rejected: Promise { <rejected> }

      at <anonymous> (/srv/depot/lids.test.js:9:98)
(fail) depot > waits [0.59ms]
`;
    assert.deepEqual(summaries(promised), [
      'error AssertionError: Expected promise that resolves @ <anonymous> /srv/depot/lids.test.js:9',
    ]);
    const ava = `  counts

  depot/lids.js:7

   6:   const lids = 6;
   7:   t.is(lids, 7);
   8: });

  Difference (- actual, + expected):

  - 6
  + 7

  › file://lids.js:7:5
`;
    assert.deepEqual(summaries(ava), [
      'error AssertionError: Difference (- actual, + expected): @ - depot/lids.js:7',
    ]);
    assert.deepEqual(summaries('  depot/lids.js:7\n\n   see there\n'), []);
    for (const text of [uvu, bun, promised, ava]) allTests(text);
  });

  it('of node --test: what is printed at once and again in the end is counted once', () => {
    const error = (indent: string) => `${indent}TypeError [Error]: no lid
${indent}    at lidOf (src/lids.js:8:12)
${indent}    at Test.run (node:internal/test_runner/test:796:25)
`;
    const text = `▶ depot
  ✔ opens (0.6ms)
  ✖ finds a lid (0.243321ms)
${error('    ')}
✖ depot (2.869452ms)
ℹ fail 2

✖ failing tests:

test at tests/lids.js:4:3
✖ finds a lid (0.243321ms)
${error('  ')}
test at tests/lids.js:9:3
✖ hangs (20.1ms)
  'test timed out after 20ms'
`;
    assert.deepEqual(summaries(text), [
      missing,
      'error AssertionError: test timed out after 20ms @ - tests/lids.js:9',
    ]);
    assert.deepEqual(summaries(`XXX.X\n\nFailed tests:\n\n✖ finds a lid (0.2ms)\n${error('  ')}`), [
      missing,
    ]);
  });

  it('of TAP: YAML with plain, quoted and long values; suites and TODO are not counted', () => {
    const text = `TAP version 13
# Subtest: depot
    not ok 1 - finds a lid
      ---
      duration_ms: 0.182352
      location: '/home/ann/depot/tests/lids.js:4:3'
      failureType: 'testCodeFailure'
      error: "no \\"lid\\""
      code: 'ERR_TEST_FAILURE'
      name: 'TypeError'
      stack: |-
        lidOf (/home/ann/depot/src/lids.js:8:12)
        Test.run (node:internal/test_runner/test:796:25)
      ...
    not ok 2 - later # TODO
      ---
      error: 'not yet'
      ...
not ok 1 - depot
  ---
  failureType: 'subtestsFailed'
  error: '1 subtest failed'
  ...
not ok 2 counts
  10 == 11
  AssertionError: 10 == 11
      at Context.<anonymous> (tests/lids.js:7:12)
# fail 2
`;
    assert.deepEqual(summaries(text), [
      'error TypeError: no "lid" @ lidOf /home/ann/depot/src/lids.js:8',
      'error AssertionError: 10 == 11 @ Context.<anonymous> tests/lids.js:7',
    ]);
    allTests(text);
  });
});

describe("failures of Python's test runners", () => {
  const summary = `=========================== short test summary info ============================
FAILED tests/test_lids.py::test_size - KeyError: 'lid'
ERROR tests/test_lids.py::test_db - ConnectionError: no database
========================= 1 failed, 1 error in 0.09s =========================
`;

  it('of pytest: long, with captured output, and the summary counting nothing', () => {
    const text = `==================================== ERRORS ====================================
__________________________ ERROR at setup of test_db ___________________________

    @pytest.fixture
    def db():
>       raise ConnectionError("no database")
E       ConnectionError: no database

tests/conftest.py:7: ConnectionError
=================================== FAILURES ===================================
__________________________________ test_size ___________________________________

    def test_size():
>       size("lid")

tests/test_lids.py:17: 
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ 

name = 'lid'

    def size(name):
>       return SIZES[name]
E       KeyError: 'lid'

depot/lids.py:7: KeyError
------------------------------ Captured log call -------------------------------
ERROR    depot:lids.py:3 about to fail
${summary}`;
    assert.deepEqual(summaries(text), [
      'error ConnectionError: no database @ db tests/conftest.py:7',
      "error KeyError: 'lid' @ size depot/lids.py:7",
    ]);
    assert.equal(eventsIn(text)[1]?.frames[0]?.source, 'return SIZES[name]');
    allTests(text);
  });

  it('of pytest: short, native, one line each, and modules that can’t be imported', () => {
    const expected = ["error KeyError: 'lid' @ size depot/lids.py:7"];
    const head = '______________________________ test_size[10] _______________________________\n';
    assert.deepEqual(
      summaries(
        `${head}tests/test_lids.py:17: in test_size\n    size("lid")\ndepot/lids.py:7: in size\n    return SIZES[name]\nE   KeyError: 'lid'\n${summary}`,
      ),
      expected,
    );
    assert.deepEqual(
      summaries(
        `${head}Traceback (most recent call last):\n  File "depot/lids.py", line 7, in size\n    return SIZES[name]\nKeyError: 'lid'\n${summary}`,
      ),
      expected,
    );
    assert.deepEqual(
      summaries(
        `=================================== FAILURES ===================================\nE   KeyError: 'lid'\ndepot/lids.py:7: KeyError: 'lid'\n${summary}`,
      ),
      ["error KeyError: 'lid' @ - depot/lids.py:7"],
    );
    assert.deepEqual(
      summaries(`_________________ ERROR collecting tests/test_gone.py __________________
ImportError while importing test module '/home/ann/depot/tests/test_gone.py'.
Traceback:
/usr/lib/python3.11/importlib/__init__.py:126: in import_module
    return _bootstrap._gcd_import(name[level:], package, level)
tests/test_gone.py:2: in <module>
    import gone
E   ModuleNotFoundError: No module named 'gone'
${summary}`),
      ["error ModuleNotFoundError: No module named 'gone' @ <module> tests/test_gone.py:2"],
    );
  });

  it('of pytest: what was raised while handling another keeps it as its cause', () => {
    const [event] = eventsIn(`_________ test_x _________
a.py:1: in f
    g()
E   KeyError: 'lid'

The above exception was the direct cause of the following exception:
a.py:5: in h
    f()
E   ValueError: outer
${summary}`);
    assert.equal(event?.type, 'ValueError');
    assert.deepEqual(
      event?.causes.map(({ type }) => type),
      ['KeyError'],
    );
  });

  it('of unittest: errors and failures alike, each once', () => {
    const double = '='.repeat(70);
    const rule = '-'.repeat(70);
    const text = `test_a (t.LidTest.test_a) ... ERROR

${double}
ERROR: test_a (t.LidTest.test_a)
${rule}
Traceback (most recent call last):
  File "/home/ann/depot/lids.py", line 7, in size
    return SIZES[name]
           ~~~~~^^^^^^
KeyError: 'lid'

${double}
FAIL: test_b (t.LidTest.test_b) (i=1)
Sizes are even.
${rule}
Traceback (most recent call last):
  File "/home/ann/depot/t.py", line 17, in test_b
    self.assertEqual(i, 2)
AssertionError: 1 != 2

${rule}
Ran 2 tests in 0.001s

FAILED (failures=1, errors=1)
`;
    assert.deepEqual(summaries(text), [
      "error KeyError: 'lid' @ size /home/ann/depot/lids.py:7",
      'error AssertionError: 1 != 2 @ test_b /home/ann/depot/t.py:17',
    ]);
    allTests(text);
  });
});

describe('failures of go test', () => {
  it('below the result, with subtests, a table of testify, and a panic', () => {
    const text = `--- FAIL: TestTake (0.00s)
    bins_test.go:12: got 3, want 4
--- FAIL: TestTable (0.00s)
    --- FAIL: TestTable/zero (0.00s)
        bins_test.go:31: zero: expected error
    --- PASS: TestTable/one (0.00s)
--- FAIL: TestSame (0.00s)
    bins_test.go:40: 
        	Error Trace:	/home/ann/depot/bins_test.go:40
        	Error:      	Not equal: 
        	            	expected: 3
        	Test:       	TestSame
--- FAIL: TestPick (0.00s)
panic: bin 5 is gone [recovered]
	panic: bin 5 is gone

goroutine 20 [running]:
testing.tRunner.func1.2({0x50c0a0, 0xc0000182a0})
	/usr/lib/go-1.22/src/testing/testing.go:1396 +0x24e
panic({0x50c0a0, 0xc0000182a0})
	/usr/lib/go-1.22/src/runtime/panic.go:884 +0x212
acme.test/depot/bins.Pick(...)
	/home/ann/depot/bins/bins.go:13
FAIL	acme.test/depot/bins	0.005s
`;
    assert.deepEqual(summaries(text), [
      'error AssertionError: got 3, want 4 @ - bins_test.go:12',
      'error AssertionError: zero: expected error @ - bins_test.go:31',
      'error AssertionError: Not equal: @ - bins_test.go:40',
      'error panic: bin 5 is gone @ acme.test/depot/bins.Pick /home/ann/depot/bins/bins.go:13',
    ]);
    allTests(text);
  });

  it('above the result with -v, where tests that passed say things too', () => {
    const text = `=== RUN   TestOk
    bins_test.go:5: just a note
--- PASS: TestOk (0.00s)
=== RUN   TestTake
    bins_test.go:12: got 3, want 4
--- FAIL: TestTake (0.00s)
FAIL
FAIL	acme.test/depot/bins	0.005s
`;
    assert.deepEqual(summaries(text), ['error AssertionError: got 3, want 4 @ - bins_test.go:12']);
  });

  it("counts each assertion of testify, and reads the panic that a suite's runner caught", () => {
    const text = `--- FAIL: TestStock (0.00s)
    bins_test.go:14: 
        	Error Trace:	/home/ann/depot/bins_test.go:14
        	Error:      	Not equal: 
        	            	expected: 4
        	Test:       	TestStock
    bins_test.go:16: 
        	Error Trace:	/home/ann/depot/bins_test.go:16
        	Error:      	Should be true
        	Test:       	TestStock
--- FAIL: TestAll (0.00s)
    --- FAIL: TestAll/TestPanics (0.00s)
        suite.go:77: test panicked: no such bin
            goroutine 10 [running]:
            github.com/stretchr/testify/suite.failOnPanic(0xc000153860, {0x772700, 0x8505b0})
            	/home/ann/go/pkg/mod/github.com/stretchr/testify@v1.8.1/suite/suite.go:77 +0x3b
            panic({0x772700, 0x8505b0})
            	/usr/lib/go-1.22/src/runtime/panic.go:884 +0x212
            acme.test/depot.(*S).TestPanics(0x0?)
            	/home/ann/depot/bins_test.go:40 +0x2e
FAIL
FAIL	acme.test/depot	0.005s
`;
    assert.deepEqual(summaries(text), [
      'error AssertionError: Not equal: @ - bins_test.go:14',
      'error AssertionError: Should be true @ - bins_test.go:16',
      'error panic: no such bin @ acme.test/depot.(*S).TestPanics /home/ann/depot/bins_test.go:40',
    ]);
    allTests(text);
  });

  it('keeps what failed before another test hung', () => {
    const text = `--- FAIL: TestTake (0.00s)
    bins_test.go:14: 
        	Error Trace:	/home/ann/depot/bins_test.go:14
        	Error:      	Should be true
        	Test:       	TestTake
panic: test timed out after 1s

goroutine 7 [select (no cases)]:
acme.test/depot.TestHang(0xc0000a4000?)
	/home/ann/depot/hang_test.go:12 +0x17
testing.tRunner(0xc0000a4000, 0x5c2a10)
	/usr/local/go/src/testing/testing.go:1792 +0xf4
FAIL	acme.test/depot	1.005s
`;
    assert.deepEqual(summaries(text), [
      'error AssertionError: Should be true @ - bins_test.go:14',
      'error panic: test timed out after 1s @ acme.test/depot.TestHang /home/ann/depot/hang_test.go:12',
    ]);
  });

  it('names tests that fail without a place, and not those that fail by what is in them', () => {
    const text = `--- FAIL: TestSilent (0.00s)
--- FAIL: TestTable (0.00s)
    --- FAIL: TestTable/zero (0.00s)
        bins_test.go:31: zero
--- FAIL: ExampleTake (0.00s)
got:
3 bins
want:
4 bins
FAIL
exit status 1
FAIL	acme.test/depot	0.005s
`;
    assert.deepEqual(
      eventsIn(text).map(({ message }) => message),
      ['TestSilent failed', 'zero', 'ExampleTake failed\ngot:\n3 bins\nwant:\n4 bins'],
    );
  });

  it('leaves out what gotestsum repeats of tests that passed or were skipped', () => {
    const text = `=== Skipped
=== SKIP: bins TestNet (0.00s)
    bins_test.go:55: needs network

=== Failed
=== FAIL: bins TestTake (0.00s)
    bins_test.go:12: got 3, want 4
FAIL bins.TestTake (0.00s)

DONE 2 tests, 1 skipped, 1 failure in 0.681s
`;
    assert.deepEqual(summaries(text), ['error AssertionError: got 3, want 4 @ - bins_test.go:12']);
  });
});

describe("JUnit's XML", () => {
  it('gives each failure to its language, and leaves out what tests wrote', () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="depot" tests="5">
  <testcase name="npe" classname="acme.LidTest" time="0.003">
    <error message="lid is &quot;null&quot;" type="java.lang.NullPointerException"><![CDATA[java.lang.NullPointerException: lid is "null"
	at acme.Lid.open(Lid.java:30)
	at acme.LidTest.npe(LidTest.java:10)
]]></error>
    <system-err><![CDATA[java.lang.IllegalStateException: only logged
	at acme.Lid.other(Lid.java:99)
]]></system-err>
  </testcase>
  <testcase name="ok"/><testcase name="js"><failure>TypeError: no lid
    at lidOf (src/lids.js:8:12)</failure></testcase>
  <testcase name="py"><failure message="KeyError: 'lid'">def test_size():
&gt;       return SIZES[name]
E       KeyError: 'lid'

depot/lids.py:7: KeyError</failure></testcase><testcase name="php" file="tests/LidTest.php" line="12"><failure type="Expectation" message="1 is not 2"/></testcase>
</testsuite>
`;
    assert.deepEqual(summaries(text), [
      'error java.lang.NullPointerException: lid is "null" @ acme.Lid.open acme/Lid.java:30',
      missing,
      "error KeyError: 'lid' @ - depot/lids.py:7",
      'error Expectation: 1 is not 2 @ - tests/LidTest.php:12',
    ]);
    allTests(text);
  });

  it('finds a failure behind hundreds of cases in one line', () => {
    const passed = '<testcase classname="tests.test_lids" name="test_size" time="0.001"/>'.repeat(
      900,
    );
    const text = `<testsuites><testsuite>${passed}<testcase name="x"><failure message="m">a.py:3: in f\nE   KeyError: 'lid'</failure></testcase></testsuite></testsuites>`;
    assert.deepEqual(summaries(text), ["error KeyError: 'lid' @ f a.py:3"]);
  });
});

describe('test runs that went well', () => {
  it('are told nothing of', () => {
    assert.deepEqual(
      summaries(`PASS tests/lids.test.js
    ✓ throws Error when failing (2 ms)
Tests:       2 passed, 2 total
  12 passing (28ms)
  ✔ fails with an Error (0.1ms)
ok 1 - depot
  ---
  duration_ms: 2.2
  ...
1) first item
  1) indented item
● bullet point
not ok to proceed
_____ separator _____
==================== RESULTS ====================
============================== 8 passed in 0.65s ===============================
test_err (t.LidTest.test_err) ... ok
${'-'.repeat(70)}
Ran 4 tests in 0.001s

OK
=== RUN   TestPick
    bins_test.go:5: just a note: error injected
--- PASS: TestPick (0.00s)
ok  	acme.test/depot/bins	0.005s
test tests::panics - should panic ... ok
test result: ok. 3 passed; 0 failed
`),
      [],
    );
  });

  it('of cargo nextest: indented, or below a headline with the name', () => {
    const text = `        FAIL [   0.004s] depot tests::unknown
  stdout ───

    running 1 test
    test tests::unknown ... FAILED

  stderr ───

    thread 'tests::unknown' (61733) panicked at src/lib.rs:3:13:
    no lid 7
    note: run with \`RUST_BACKTRACE=1\` environment variable to display a backtrace

  Cancelling due to test failure:
        FAIL [   0.004s] depot::it custom

--- STDERR:              depot::it custom ---

thread 'custom' panicked at tests/it.rs:9:5:
lids do not add up
note: run with \`RUST_BACKTRACE=1\` environment variable to display a backtrace

────────────
     Summary [   0.006s] 2 tests run: 0 passed, 2 failed, 0 skipped
        FAIL [   0.004s] depot tests::unknown
error: test run failed
`;
    assert.deepEqual(summaries(text), [
      'error panic: no lid 7 @ - src/lib.rs:3',
      'error panic: lids do not add up @ - tests/it.rs:9',
    ]);
    allTests(text);
  });
});
