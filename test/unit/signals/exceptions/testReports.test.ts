import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

function allTests(text: string): void {
  assert.deepEqual([...new Set(eventsIn(text).map(({ kind }) => kind))], ['test']);
}

describe('reports of test runners in JSON', () => {
  it('of mocha: what failed is counted once, though the report has it twice', () => {
    const one = (indent: string) => `${indent}{
${indent}  "title": "finds a lid",
${indent}  "err": {
${indent}    "stack": "TypeError: no lid\\n    at lidOf (src/lids.js:8:12)",
${indent}    "message": "no lid"
${indent}  }
${indent}}`;
    const text = `{
  "stats": { "failures": 1 },
  "tests": [
${one('    ')}
  ],
  "failures": [
${one('    ')}
  ],
  "passes": []
}
`;
    assert.deepEqual(summaries(text), ['error TypeError: no lid @ lidOf src/lids.js:8']);
    allTests(text);
    const stream = `["start",{"total":2}]
["fail",{"title":"finds a lid","err":"no lid","stack":"TypeError: no lid\\n    at lidOf (src/lids.js:8:12)"}]
["pass",{"title":"error pages","duration":1}]
["end",{"failures":1}]
`;
    assert.deepEqual(summaries(stream), ['error TypeError: no lid @ lidOf src/lids.js:8']);
  });

  it('of Jest, Vitest and RSpec, in a single line', () => {
    const failed = {
      status: 'failed',
      failureMessages: ['Error: no lid\n    at lidOf (src/lids.js:8:12)'],
    };
    const passed = { status: 'passed', title: 'shows an error', failureMessages: [] };
    const jest = JSON.stringify({
      success: false,
      testResults: [{ assertionResults: [passed, failed] }],
    });
    assert.deepEqual(summaries(`${jest}\n`), ['error Error: no lid @ lidOf src/lids.js:8']);
    const thrown = {
      class: 'KeyError',
      message: 'no lid',
      backtrace: ['/usr/lib/ruby/gems/a.rb:1', "./lids.rb:4:in `lid_of'"],
    };
    const rspec = JSON.stringify({
      examples: [{ status: 'failed', exception: thrown }],
      summary_line: '1 example, 1 failure',
    });
    assert.deepEqual(summaries(`${rspec}\n`), ['error KeyError: no lid @ lid_of ./lids.rb:4']);
  });

  it('of Playwright: colours taken out, an empty list is nothing', () => {
    const text = `  "errors": [],
              "errors": [
                {
                  "location": { "file": "/srv/depot/lids.spec.ts", "column": 35, "line": 7 },
                  "message": "Error: \\u001b[2mexpect(\\u001b[22mreceived).toBe(expected)",
                  "stack": "Error: \\u001b[2mexpect(\\u001b[22mreceived).toBe(expected)\\n    at /srv/depot/lids.spec.ts:7:35"
                }
              ],
`;
    const failed = ['error Error: expect(received).toBe(expected) @ - /srv/depot/lids.spec.ts:7'];
    assert.deepEqual(summaries(text), failed);
    const inMessage = text.replace(/",\n *"stack": ".*(?=\\n {4}at)/, '');
    assert.deepEqual(summaries(inMessage), failed, 'older ones have no stack of its own');
  });

  it('but no list of errors of another program', () => {
    const text = `  "data": null,
  "errors": [
    {
      "message": "no such lid",
      "path": ["lid"]
    }
  ],
`;
    assert.deepEqual(summaries(text), []);
    assert.deepEqual(
      summaries('  "errors": [\n    "a lid is wanted",\n    "no price"\n  ],\n'),
      [],
    );
  });

  it('of go test -json: the lines of each package belong together', () => {
    const line = (pack: string, output: string) =>
      JSON.stringify({
        Time: '2026-03-02T10:11:12Z',
        Action: 'output',
        Package: pack,
        Test: 'TestLid',
        Output: output,
      });
    const text = [
      line('depot/a', '=== RUN   TestLid\n'),
      line('depot/b', '=== RUN   TestLid\n'),
      line('depot/a', '    lids_test.go:11: Lid() = 70; want 71\n'),
      line('depot/b', '--- PASS: TestLid (0.00s)\n'),
      line('depot/a', '--- FAIL: TestLid (0.00s)\n'),
      JSON.stringify({ Action: 'fail', Package: 'depot/a', Test: 'TestLid', Elapsed: 0 }),
    ].join('\n');
    assert.deepEqual(summaries(`${text}\n`), [
      'error AssertionError: Lid() = 70; want 71 @ - lids_test.go:11',
    ]);
    allTests(text);
  });
});

describe('reports as TAP', () => {
  it('of tape and tap: the title where no message is; suites count nothing', () => {
    const text = `TAP version 13
# finds a lid
not ok 1 the lid fits
  ---
    operator: equal
    expected: 71
    actual:   70
    at: Test.<anonymous> (/srv/depot/lids.tape.js:6:5)
    stack: |-
      Error: the lid fits
          at Test.assert [as _assert] (/srv/depot/node_modules/tape/lib/test.js:548:48)
          at Test.<anonymous> (/srv/depot/lids.tape.js:6:5)
  ...
ok 2 no error
# Subtest: depot
    # Subtest: inner
        not ok 1 - no lid
          ---
          stack: |
            lidOf (src/lids.js:8:12)
          at:
            line: 8
            column: 12
            file: src/lids.js
          type: TypeError
          ...
        
        1..1
        # failed 1 test
    not ok 1 - inner # time=4.397ms
    
not ok 2 - depot # time=17.68ms
`;
    assert.deepEqual(summaries(text), [
      'error AssertionError: the lid fits @ Test.<anonymous> /srv/depot/lids.tape.js:6',
      'error TypeError: no lid @ lidOf src/lids.js:8',
    ]);
    allTests(text);
  });

  it('of tap, which tells of a suite where it begins, and the first line of a text in quotes', () => {
    const text = `TAP version 14
    not ok 1 - depot # time=46ms
      ---
      at:
        fileName: lids.tap.js
        lineNumber: 2
      source: >
        test('depot', (t) => {
      ...
not ok 1 - lids.tap.js # time=75ms
  ---
  stdio: inherit
  exitCode: 1
  ...
not ok 2 - waits
  ---
  error:
    name: "Error"
    message: "Test timed out in 50ms.
See \\"testTimeout\\"."
  ...
`;
    assert.deepEqual(
      eventsIn(text).map(({ message }) => message),
      ['Test timed out in 50ms.'],
    );
  });

  it('of Vitest, whose suites stand in brackets', () => {
    const text = `TAP version 13
1..1
not ok 1 - lids.test.ts # time=148.04ms {
    1..1
    not ok 1 - depot # time=137.47ms {
        1..2
        not ok 1 - finds a lid # time=31.60ms
            ---
            error:
                name: "TypeError"
                message: "no lid"
            at: "/srv/depot/src/lids.ts:8:12"
            ...
        ok 2 - error pages # SKIP
    }
}
`;
    assert.deepEqual(summaries(text), ['error TypeError: no lid @ - /srv/depot/src/lids.ts:8']);
  });

  it('of bats, also as it prints to a terminal', () => {
    const text = `1..3
not ok 1 finds a lid
# (in test file lids.bats, line 8)
#   \`[ "$output" -eq 71 ]' failed
ok 2 error pages # skip upstream
not ok 3 opens
# (from function \`open_lid' in file helpers.bash, line 3,
#  in test file lids.bats, line 17)
#   \`open_lid' failed with status 2
 ✗ finds a lid
   (in test file lids.bats, line 8)
     \`[ "$output" -eq 71 ]' failed
`;
    const first = 'error AssertionError: `[ "$output" -eq 71 ]\' failed @ - lids.bats:8';
    assert.deepEqual(summaries(text), [
      first,
      "error AssertionError: `open_lid' failed with status 2 @ - helpers.bash:3",
      first,
    ]);
    allTests(text);
  });
});

describe("failures of other languages' test runners", () => {
  it("of Robot Framework: suites' counts are none", () => {
    const text = `==============================================================================
Depot                                                                         
==============================================================================
Finds A Lid                                                           | FAIL |
KeyError: 'lid'
------------------------------------------------------------------------------
Error Pages                                                           | PASS |
------------------------------------------------------------------------------
Depot                                                                 | FAIL |
2 tests, 1 passed, 1 failed
==============================================================================
`;
    assert.deepEqual(summaries(text), ["error KeyError: 'lid'"]);
    allTests(text);
  });

  it('of XCTest and swift-testing', () => {
    const text = `Test Case 'LidTests.testLid' started at 2026-03-02 10:11:12.126
/srv/depot/Tests/LidTests.swift:6: error: LidTests.testLid : XCTAssertEqual failed: ("70") is not equal to ("71") - 
<EXPR>:0: error: LidTests.testGone : threw error "noLid"
/Users/ci/depot/Tests/LidTests.swift:9: error: -[DepotTests.LidTests testLid] : failed - no lid
Test Case 'LidTests.testLid' failed (0.0 seconds)
✘ Test lid() recorded an issue at NewTests.swift:4:3: Expectation failed: (lid(3) → 70) == 71
↳ lids do not add up
✔ Test errorPages() passed after 0.001 seconds.
✘ Test lid() failed after 0.001 seconds with 1 issue.
`;
    assert.deepEqual(summaries(text), [
      'error AssertionError: XCTAssertEqual failed: ("70") is not equal to ("71") - @ - /srv/depot/Tests/LidTests.swift:6',
      'error AssertionError: threw error "noLid"',
      'error AssertionError: failed - no lid @ - /Users/ci/depot/Tests/LidTests.swift:9',
      'error AssertionError: Expectation failed: (lid(3) → 70) == 71 @ - NewTests.swift:4',
    ]);
    allTests(text);
  });
});

describe("cargo's and Rust's JSON", () => {
  it('holds what a test that failed wrote, and the message of one that should have panicked', () => {
    const text = `{ "type": "test", "event": "started", "name": "bins::takes" }
{ "type": "test", "name": "bins::takes", "event": "failed", "stdout": "\\nthread 'bins::takes' (12) panicked at src/bin.rs:3:9:\\nbin 4 is gone\\n" }
{ "type": "test", "name": "bins::quiet", "event": "failed", "message": "test did not panic as expected at src/bin.rs:13:8" }
{ "type": "suite", "event": "failed", "passed": 1, "failed": 2 }
`;
    assert.deepEqual(summaries(text), [
      'error panic: bin 4 is gone @ - src/bin.rs:3',
      'error AssertionError: bins::quiet did not panic as expected @ - src/bin.rs:13',
    ]);
    allTests(text);
  });

  it("holds the compiler's message as it is shown to people", () => {
    const rendered =
      'error[E0308]: mismatched types\n --> src/main.rs:5:18\n  |\n5 |     let n: i32 = x;\n\n';
    const line = JSON.stringify({ reason: 'compiler-message', message: { rendered } });
    assert.deepEqual(summaries(`${line}\n{"reason":"build-finished","success":false}\n`), [
      'error E0308: mismatched types @ - src/main.rs:5',
    ]);
  });

  it("may leave the panic to the output of a case in JUnit's XML", () => {
    const text = `<testcase name="takes"><failure type="assert"/><system-out><![CDATA[]]>&#xA;<![CDATA[thread 'bins::takes' (12) panicked at src/bin.rs:3:9:]]>&#xA;<![CDATA[bin 4 is gone]]></system-out></testcase><testcase name="ok"><system-out>thread 'x' panicked at a.rs:1:1:</system-out></testcase>\n`;
    assert.deepEqual(summaries(text), ['error panic: bin 4 is gone @ - src/bin.rs:3']);
  });
});
