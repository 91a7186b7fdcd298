import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

interface Case {
  readonly log: string;
  readonly found: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  'a frame without a name in an ES module': {
    log: `Error: depot north cannot be opened
    at file:///srv/depot/src/open.js:6:11
    at async open (file:///srv/depot/src/open.js:5:16)
`,
    found: ['error Error: depot north cannot be opened @ - /srv/depot/src/open.js:6'],
  },
  'an error in brackets with properties, behind other text': {
    log: `sync failed: [TypeError: fetch failed] {
  [cause]: Error: getaddrinfo ENOTFOUND carrier.invalid
      at GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:123:26) {
    code: 'ENOTFOUND'
  }
}
`,
    found: ['error TypeError: fetch failed'],
  },
  'frames that are all of libraries, and a cause of our own': {
    log: `Error: request failed
    at settle (/srv/depot/node_modules/axios/lib/core/settle.js:19:12)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5) {
  [cause]: RangeError: page 0 of 12
      at pageOf (/srv/depot/src/pages.js:8:11)
}
`,
    found: ['error Error: request failed @ pageOf /srv/depot/src/pages.js:8'],
  },
  'a report of a page behind a warning of its console': {
    log: `[browser:warning] [Vue warn]: Unhandled error during execution of watcher callback 
  at <App>
[pageerror] RangeError: no step for 900 g
    at http://localhost:8231/src/fees.ts:9:34
    at flushJobs (http://localhost:8231/node_modules/vue/dist/vue.js:2696:9)
`,
    found: ['error RangeError: no step for 900 g @ - /src/fees.ts:9'],
  },
  "a message of nothing but places for values, as React's": {
    log: `[browser:error] %o

%s

%s
 TypeError: no lid
    at lidOf (http://localhost:8231/src/lids.tsx:11:15)
`,
    found: ['error TypeError: no lid @ lidOf /src/lids.tsx:11'],
  },
  "ESLint's message of several lines": {
    log: `/srv/depot/src/cart.ts
  1:22  error    Unexpected any. Specify a different type  @typescript-eslint/no-explicit-any
  3:8   error    The \`{}\` ("empty object") type allows any non-nullish value.
- If you want a type meaning "any object", you probably want \`object\` instead.
- If you want a type meaning "any value", you probably want \`unknown\` instead  @typescript-eslint/no-empty-object-type
  4:1   warning  Missing return type  @typescript-eslint/explicit-function-return-type

/srv/depot/src/lid.ts
  2:1  error  Parsing error: Expression expected

/srv/depot/src/box.ts
  5:3  error  'x' is never reassigned  prefer-const

✖ 5 problems (4 errors, 1 warning)
`,
    found: [
      'error @typescript-eslint/no-explicit-any: Unexpected any. Specify a different type @ - /srv/depot/src/cart.ts:1',
      'error @typescript-eslint/no-empty-object-type: The `{}` ("empty object") type allows any non-nullish value. @ - /srv/depot/src/cart.ts:3',
      'error CompileError: Parsing error: Expression expected @ - /srv/depot/src/lid.ts:2',
      "error prefer-const: 'x' is never reassigned @ - /srv/depot/src/box.ts:5",
    ],
  },
  "what ts-loader says inside webpack's own": {
    log: `ERROR in /srv/depot/src/cart.ts
./src/cart.ts 2:14-15
[tsl] ERROR in /srv/depot/src/cart.ts(2,15)
      TS1005: ',' expected.

webpack 5.113.0 compiled with 1 error in 626 ms
`,
    found: ["error TS1005: ',' expected. @ - /srv/depot/src/cart.ts:2"],
  },
  "Vitest's TAP, with a text of two lines": {
    log: `    not ok 8 - is slow # time=50.76ms
        ---
        error:
            name: "Error"
            message: "Test timed out in 50ms.
If this is a long-running test, pass a timeout value as the last argument."
        at: "/srv/depot/test/lids.test.ts:12:3"
        ...
    ok 9 - soft # time=1.57ms
`,
    found: ['error Error: Test timed out in 50ms. @ - /srv/depot/test/lids.test.ts:12'],
  },
  "Node 22's TAP, with what was thrown above the assertion's own stack": {
    log: `not ok 6 - throws
  ---
  location: '/srv/depot/test/lids.js:11:3'
  failureType: 'testCodeFailure'
  error: 'Expected values to be strictly deep-equal:'
  code: 'ERR_ASSERTION'
  name: 'AssertionError'
  actual:
  error: 'cannot add 0 of tea'
  stack: |-
    Basket.add (/srv/depot/src/basket.js:5:24)
  operator: 'throws'
  stack: |-
    TestContext.<anonymous> (/srv/depot/test/lids.js:11:31)
    Test.run (node:internal/test_runner/test:1047:25)
  ...
`,
    found: [
      'error AssertionError: Expected values to be strictly deep-equal: @ TestContext.<anonymous> /srv/depot/test/lids.js:11',
    ],
  },
  "Node's JUnit XML: the file of the case, and what is still to do": {
    log: `	<testsuite name="lids" tests="2">
		<testcase name="is slow" time="0.05" classname="lids" file="/srv/depot/test/lids.js" failure="test timed out after 50ms">
			<failure type="testTimeoutFailure" message="test timed out after 50ms">
[Error [ERR_TEST_FAILURE]: test timed out after 50ms] { code: 'ERR_TEST_FAILURE', failureType: 'testTimeoutFailure', cause: 'test timed out after 50ms' }
			</failure>
		</testcase>
		<testcase name="is todo" time="0.01" classname="lids" file="/srv/depot/test/lids.js" failure="not written">
			<skipped type="todo" message="true"/>
			<failure type="testCodeFailure" message="not written">
[Error [ERR_TEST_FAILURE]: not written] {
  cause: Error: not written
      at TestContext.&lt;anonymous> (/srv/depot/test/lids.js:15:47)
}
			</failure>
		</testcase>
		<testcase name="passes" time="0.01" classname="lids" file="/srv/depot/test/lids.js"/>
	</testsuite>
`,
    found: ['error AssertionError: test timed out after 50ms @ - /srv/depot/test/lids.js:-'],
  },
  "mocha's XUnit, where the error is said again below a long difference": {
    log: `<testcase classname="Basket" name="partial" file="/srv/depot/test/basket.js" time="0.001"><failure>baskets differ
${'+   row\n'.repeat(30)}
AssertionError [ERR_ASSERTION]: baskets differ
${'+   row\n'.repeat(20)}
    at Context.&#x3C;anonymous&#x3E; (test/basket.js:12:33)</failure></testcase>
`,
    found: ['error AssertionError: baskets differ @ Context.<anonymous> test/basket.js:12'],
  },
  "linters' annotations for GitHub's workflows": {
    log: `::warning title=lint/style/useConst,file=/srv/depot/a.js,line=1::This let is only assigned once.
::error title=lint/suspicious/noDebugger,file=/srv/depot/a.js,line=1,endLine=1,col=20,endColumn=29::This is an unexpected use of the debugger statement.
::error file=b.js,line=3,col=1,title=eslint(no-undef)::b.js:3:1: 'lid' is not defined.
::error title=Ruff (F401),file=/srv/depot/x.py,line=1,col=8::x.py:1:8: F401 \`os\` imported but unused
::error file=src/x.php,line=3,col=0::Undefined variable: $a, twice%25
::error title=Gate failed::lint (exit 1)
::error file=/srv/depot/t.test.ts,title=t,line=17,column=53::Error: no lid%0A ❯ t.test.ts:17:53%0A
echo "::error file=$file,line=3::no lid"
`,
    found: [
      'error lint/suspicious/noDebugger: This is an unexpected use of the debugger statement. @ - /srv/depot/a.js:1',
      "error no-undef: 'lid' is not defined. @ - b.js:3",
      'error F401: `os` imported but unused @ - /srv/depot/x.py:1',
      'error CompileError: Undefined variable: $a, twice% @ - src/x.php:3',
    ],
  },
  'a class of any name that Node marks as an error, behind other text': {
    log: `GET /bed -> Nameless [Error]: room r2 has 0 beds
    at perBed (/srv/depot/src/rooms.js:13:25)
GET /view -> Rooms [cached]: 14 of 15
`,
    found: ['error Nameless: room r2 has 0 beds @ perBed /srv/depot/src/rooms.js:13'],
  },
  "a page's error behind what its handler warned of": {
    log: `[browser:warning] window.onerror Uncaught RangeError: seat map has 0 rows seats.js 41
[pageerror] RangeError: seat map has 0 rows
    at http://localhost:8241/seats.js:41:15
`,
    found: ['error RangeError: seat map has 0 rows @ - /seats.js:41'],
  },
  'a thrown symbol, of which Node says nothing': {
    log: `
/srv/depot/src/rooms.js:53
  sym: () => { throw Symbol('halt'); },
               ^

(Use \`node --trace-uncaught ...\` to show where the exception was thrown)

Node.js v24.21.0
`,
    found: ['fatal Uncaught:  @ - /srv/depot/src/rooms.js:53'],
  },
  'an aggregate without a stack, behind other text': {
    log: `warm-up failed [AggregateError: All promises were rejected] {
  [errors]: [
    Error: mirror eu timed out
        at mirror (/srv/depot/src/mirror.js:4:9)
  ]
}
`,
    found: ['error AggregateError: All promises were rejected @ mirror /srv/depot/src/mirror.js:4'],
  },
  'Jest with a piece of source between what was thrown and where it was not expected': {
    log: `  ● fare › rejects

    expect(received).rejects.toThrow(expected)

    Expected substring: "nothing"
    Received message:   "no fares"

          17 | export const loadFares = async () => {
        > 18 |   throw new Error('no fares');
             |         ^
          19 | };

          at loadFares (src/fare.ts:18:9)
          at Object.<anonymous> (test/fare.test.ts:8:55)

       7 |   test('loads', async () => { await loadFares(); });
    >  8 |   test('rejects', () => expect(loadFares()).rejects.toThrow('nothing'));
         |                                                     ^

      at Object.toThrow (node_modules/expect/build/index.js:2155:20)
      at Object.<anonymous> (test/fare.test.ts:8:67)

`,
    found: [
      'error AssertionError: expect(received).rejects.toThrow(expected) @ Object.<anonymous> test/fare.test.ts:8',
    ],
  },
  "the word before an error that is printed, but not an error's own message": {
    log: `Error: TypeError: no rate
    at rateOf (/srv/depot/src/tax.js:5:30)
Error: could not process invoice LateInvoice: 12 days late
    at remind (/srv/depot/src/tax.js:13:9)
Error: upload failed: TimeoutError: 30 s
    at upload (/srv/depot/src/tax.js:21:9)
`,
    found: [
      'error TypeError: no rate @ rateOf /srv/depot/src/tax.js:5',
      'error LateInvoice: 12 days late @ remind /srv/depot/src/tax.js:13',
      'error Error: upload failed: TimeoutError: 30 s @ upload /srv/depot/src/tax.js:21',
    ],
  },
  'a command that failed, with the crash of its own in the message': {
    log: `node:child_process:1017
    throw err;
    ^

Error: Command failed: node /srv/depot/crash.js
/srv/depot/crash.js:1
const load = (c) => c.plugins.length;
                              ^

TypeError: no plugins
    at load (/srv/depot/crash.js:1:31)
    at Module._compile (node:internal/modules/cjs/loader:1929:14)

Node.js v24.21.0

    at genericNodeError (node:internal/errors:986:15)
    at checkExecSyncError (node:child_process:942:11)
    at execSync (node:child_process:1014:15)
    at step (/srv/depot/build.js:2:23) {
  status: 1,
  pid: 311
}

Node.js v24.21.0
Error: Command failed: is what the step above said
`,
    found: ['fatal Error: Command failed: node /srv/depot/crash.js @ step /srv/depot/build.js:2'],
  },
  'a level in angle brackets, which is no element of a report': {
    log: `[311] 2026-11-02T09:14:33.123Z <error> TypeError: no rate
    at rateOf (/srv/depot/src/tax.js:5:30)
[311] 2026-11-02T09:14:34.123Z <info> done
`,
    found: ['error TypeError: no rate @ rateOf /srv/depot/src/tax.js:5'],
  },
  'a thrown text in Vitest': {
    log: ` FAIL  test/lids.test.ts > lids > throws a text
Unknown Error: just a text
⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[12/12]⎯
`,
    found: ['error Error: just a text @ - test/lids.test.ts:-'],
  },
  'what esbuild could not transform for tsx': {
    log: `node:internal/modules/run_main:123
    triggerUncaughtException(
    ^

Error: Transform failed with 1 error:
/srv/depot/src/view.tsx:1:43: ERROR: Unterminated regular expression
    at failureErrorWithLog (/srv/depot/node_modules/esbuild/lib/main.js:1752:15) {
  name: 'TransformError'
}

Node.js v20.20.2
`,
    found: ['fatal Error: Transform failed with 1 error: @ - /srv/depot/src/view.tsx:1'],
  },
};

describe("everyday output of JavaScript's programs and tools", () => {
  for (const [name, { log, found }] of Object.entries(cases)) {
    it(name, () => {
      assert.deepEqual(summaries(log), found);
    });
  }

  it("reads a cause without an indent as Jest's JSON has it", () => {
    const text = `Error: thrown: "Exceeded timeout of 50 ms for a test.\\nAdd a timeout value."\\n    at run (/srv/depot/node_modules/jest-circus/build/run.js:1985:12)\\n\\n[cause]: Error: thrown: \\"Exceeded timeout of 50 ms for a test.\\nAdd a timeout value.\\"\\n    at it (/srv/depot/test/lids.test.js:17:3)`;
    const failed = {
      status: 'failed',
      title: 'slow',
      failureMessages: [text.replaceAll('\\n', '\n')],
    };
    const report = {
      numFailedTests: 1,
      testResults: [{ name: '/srv/depot/test/lids.test.js', assertionResults: [failed] }],
    };
    const [event, ...more] = eventsIn(`${JSON.stringify(report)}\n`);
    assert.deepEqual(more, []);
    const top = event?.frames.find((frame) => frame.inApp);
    assert.deepEqual([top?.file, top?.line], ['/srv/depot/test/lids.test.js', 17]);
  });
});
