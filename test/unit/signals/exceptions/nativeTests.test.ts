import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('failures of tests in C and C++', () => {
  it('of googletest: values, messages, exceptions and parameters; what passed or was skipped is none', () => {
    const text = `[==========] Running 4 tests from 1 test suite.
[ RUN      ] Depot.Lid
lids_test.cc:6: Failure
Expected equality of these values:
  lid_of(3)
    Which is: 70
  71
[  FAILED  ] Depot.Lid (0 ms)
[ RUN      ] Depot.Gone
unknown file: Failure
C++ exception with description "no lid" thrown in the test body.
[  FAILED  ] Depot.Gone (0 ms)
[ RUN      ] Depot.ErrorIsFine
[       OK ] Depot.ErrorIsFine (0 ms)
[ RUN      ] Depot.Later
lids_test.cc:19: Skipped
error upstream
[  SKIPPED ] Depot.Later (0 ms)
C:\\depot\\lids_test.cc(23): error: Value of: 1 > 2
  Actual: false
Expected: true
[  FAILED  ] 3 tests, listed below:
[  FAILED  ] Depot.Lid
`;
    assert.deepEqual(summaries(text), [
      'error AssertionError: Expected equality of these values: @ - lids_test.cc:6',
      'error AssertionError: C++ exception with description "no lid" thrown in the test body.',
      'error AssertionError: Value of: 1 > 2 @ - C:\\depot\\lids_test.cc:23',
    ]);
    assert.deepEqual([...new Set(eventsIn(text).map(({ kind }) => kind))], ['test']);
    assert.match(eventsIn(text)[0]?.message ?? '', /Which is: 70\n {2}71$/);
  });

  it('of Catch2, in both of its forms', () => {
    const text = `-------------------------------------------------------------------------------
finds a lid
-------------------------------------------------------------------------------
lids.cpp:6
...............................................................................

lids.cpp:8: FAILED:
  REQUIRE( lid_of(3) == 71 )
with expansion:
  70 == 71

lids.cpp:16: FAILED:
explicitly with message:
  lids do not add up

lids.cpp:19: FAILED:
due to unexpected exception with message:
  no lid

===============================================================================
test cases: 4 | 1 passed | 3 failed
`;
    const found = [
      'error AssertionError: lids do not add up @ - lids.cpp:16',
      'error AssertionError: no lid @ - lids.cpp:19',
    ];
    assert.deepEqual(summaries(text), [
      'error AssertionError: REQUIRE( lid_of(3) == 71 ) @ - lids.cpp:8',
      ...found,
    ]);
    const compact = `lids.cpp:8: failed: lid_of(3) == 71 for: 70 == 71
lids.cpp:16: failed: explicitly with 1 message: 'lids do not add up'
lids.cpp:19: failed: unexpected exception with message: 'no lid'; expression was: lid_of(4)
Failed 3 test cases, failed 3 assertions.
`;
    assert.deepEqual(summaries(compact), [
      'error AssertionError: lid_of(3) == 71 for: 70 == 71 @ - lids.cpp:8',
      ...found,
    ]);
  });

  it('of doctest and Boost.Test', () => {
    const text = `===============================================================================
lids.cpp:5:
TEST CASE:  finds a lid

lids.cpp:8: ERROR: CHECK( lid_of(3) == 71 ) is NOT correct!
  values: CHECK( 70 == 71 )

lids.cpp:12: ERROR: test case THREW exception: no lid

lids.cpp:17: FATAL ERROR: lids do not add up

===============================================================================
[doctest] Status: FAILURE!
Running 2 test cases...
boost.cpp(7): error: in "depot/lids": check lid_of(3) == 71 has failed [70 != 71]
unknown location(0): fatal error: in "depot/gone": std::out_of_range: no lid
boost.cpp(10): last checkpoint: "gone" test entry

*** 2 failures are detected in the test module "depot"
`;
    assert.deepEqual(summaries(text), [
      'error AssertionError: CHECK( lid_of(3) == 71 ) is NOT correct! @ - lids.cpp:8',
      'error AssertionError: test case THREW exception: no lid @ - lids.cpp:12',
      'error AssertionError: lids do not add up @ - lids.cpp:17',
      'error AssertionError: check lid_of(3) == 71 has failed [70 != 71] @ - boost.cpp:7',
      'error AssertionError: std::out_of_range: no lid',
    ]);
  });

  it('of ctest: what prints nothing tells no more; what prints why is told by that', () => {
    const text = `    Start 1: lids
1/3 Test #1: lids .............................***Failed    0.02 sec
    Start 2: opens
2/3 Test #2: opens ............................***Exception: SegFault  0.02 sec
    Start 3: closes
3/3 Test #3: closes ...........................***Failed    0.01 sec
lids.cpp:8: failed: lid_of(3) == 71 for: 70 == 71

0% tests passed, 3 tests failed out of 3

The following tests FAILED:
	  1 - lids (Failed)
	  2 - opens (SEGFAULT)
	  3 - closes (Failed)
Errors while running CTest
`;
    assert.deepEqual(summaries(text), [
      'error AssertionError: lids: Failed',
      'error AssertionError: opens: Exception: SegFault',
      'error AssertionError: lid_of(3) == 71 for: 70 == 71 @ - lids.cpp:8',
    ]);
  });
});

describe('reports of Valgrind', () => {
  it('tell what was done and where; who allocated is no place of the bug; what is still reached is none', () => {
    const text = `==257== Memcheck, a memory error detector
==257== Command: /tmp/depot
==257==
==257== Invalid read of size 4
==257==    at 0x1091AE: sum (lids.c:14)
==257==    by 0x109216: main (lids.c:21)
==257==  Address 0x4a41068 is 0 bytes after a block of size 40 alloc'd
==257==    at 0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)
==257==    by 0x109174: make (lids.c:6)
==257== 
==257== HEAP SUMMARY:
==257==     in use at exit: 20 bytes in 1 blocks
==257== 
==257== 8 bytes in 1 blocks are still reachable in loss record 1 of 2
==257==    at 0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)
==257==    by 0x109174: once (lids.c:9)
==257== 
==257== 20 bytes in 1 blocks are definitely lost in loss record 2 of 2
==257==    at 0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)
==257==    by 0x109174: make (lids.c:6)
==257== 
==257== LEAK SUMMARY:
==257==    definitely lost: 20 bytes in 1 blocks
==257== ERROR SUMMARY: 2 errors from 2 contexts (suppressed: 0 from 0)
`;
    assert.deepEqual(summaries(text), [
      'error Valgrind: Invalid read of size 4 @ sum lids.c:14',
      'error Valgrind: 20 bytes in 1 blocks are definitely lost @ make lids.c:6',
    ]);
  });
});

describe('more frameworks for tests in C and C++', () => {
  const expectations: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    CppUTest: [
      '/srv/bin_test.cpp:8: error: Failure in TEST(Bins, Totals)\n\tLONGS_EQUAL(3, total()) failed\n\n.\n',
      ['error AssertionError: LONGS_EQUAL(3, total()) failed @ - /srv/bin_test.cpp:8'],
    ],
    Check: [
      "Running suite(s): Bins\n50%: Checks: 2, Failures: 1, Errors: 0\nbin_test.c:7:F:core:test_total:0: Assertion 'total == 3' failed: total == 4, 3 == 3\n",
      ["error AssertionError: Assertion 'total == 3' failed: total == 4, 3 == 3 @ - bin_test.c:7"],
    ],
    Criterion: [
      '[----] bin_test.c:6: Assertion Failed\n[----]   \n[----]   total of two\n[----]   \n[FAIL] bins::totals: (0.00s)\n',
      ['error AssertionError: total of two @ - bin_test.c:6'],
    ],
    'Criterion in TAP': [
      'TAP version 13\n1..2\nnot ok - bins::totals  (0.01s)\n  ---\n  assertions: 1\n  failures:\n  - /srv/bin_test.c:6: |+\n      Assertion failed: total of two\n  ...\nnot ok - bins::crash unexpected signal after /srv/bin_test.c:14\n',
      [
        'error AssertionError: total of two @ - /srv/bin_test.c:6',
        'error AssertionError: unexpected signal @ - /srv/bin_test.c:14',
      ],
    ],
    Unity: [
      'test/test_bins.c:14:test_total:FAIL: Expected 3 Was 4. two items\ntest/test_bins.c:22:test_empty:PASS\n',
      ['error AssertionError: Expected 3 Was 4. two items @ - test/test_bins.c:14'],
    ],
    cmocka: [
      '[ RUN      ] test_total\n[  ERROR   ] --- 0x4 != 0x3\n[   LINE   ] --- /srv/test_bins.c:14: error: Failure!\n[  FAILED  ] test_total\n',
      ['error AssertionError: 0x4 != 0x3 @ - /srv/test_bins.c:14'],
    ],
    'Catch2 in XML': [
      '<Expression success="true" type="CHECK" filename="/srv/b.cpp" line="8">\n</Expression>\n<Expression success="false" type="CHECK" filename="/srv/b.cpp" line="9">\n  <Original>\n    total() == 3\n  </Original>\n  <Expanded>\n    4 == 3\n  </Expanded>\n</Expression>\n<Exception filename="/srv/b.cpp" line="11">\n  bin 4 &lt; 5\n</Exception>\n',
      [
        'error AssertionError: total() == 3 @ - /srv/b.cpp:9',
        'error AssertionError: bin 4 < 5 @ - /srv/b.cpp:11',
      ],
    ],
    'Boost.Test in XML': [
      '<TestLog><TestCase name="t" file="/srv/b.cpp" line="5"><Error file="/srv/b.cpp" line="8"><![CDATA[check 4 == 3 has failed]]></Error><Exception file="unknown location" line="0"><![CDATA[std::out_of_range: bin 4]]><LastCheckpoint file="/srv/b.cpp" line="9"><![CDATA[entry]]></LastCheckpoint></Exception><Info file="/srv/b.cpp" line="9">fine</Info></TestCase></TestLog>\n',
      [
        'error AssertionError: check 4 == 3 has failed @ - /srv/b.cpp:8',
        'error AssertionError: std::out_of_range: bin 4',
      ],
    ],
    "googletest in JUnit's XML": [
      '<testcase name="T" file="/srv/b.cpp" line="5"><failure message="m" type=""><![CDATA[/srv/b.cpp:8\nExpected equality of these values:\n  4]]></failure></testcase>\n',
      ['error AssertionError: Expected equality of these values: @ - /srv/b.cpp:8'],
    ],
    "Boost.Test in JUnit's XML": [
      '<testcase name="t"><failure message="failure" type="assertion error"><![CDATA[\nASSERTION FAILURE:\n- file   : b.cpp\n- line   : 8\n- message: check 4 == 3 has failed\n\n]]></failure></testcase>\n',
      ['error AssertionError: check 4 == 3 has failed @ - b.cpp:8'],
    ],
  };
  for (const [name, [text, found]] of Object.entries(expectations)) {
    it(`reads ${name}`, () => {
      assert.deepEqual(summaries(text), found);
      assert.ok(
        eventsIn(text).every(
          ({ kind, language }) => kind === 'test' && /^c(?:pp)?$/.test(language),
        ),
      );
    });
  }

  it('takes elements of other documents for none of theirs', () => {
    assert.deepEqual(
      summaries('<Exception class="Lost">x</Exception>\n<Error code="4">y</Error>\n'),
      [],
    );
  });
});
