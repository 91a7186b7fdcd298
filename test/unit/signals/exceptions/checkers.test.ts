import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

function allDiagnostics(text: string): void {
  assert.deepEqual([...new Set(eventsIn(text).map(({ kind }) => kind))], ['diagnostic']);
}

describe('checkers without a word for an error in each line', () => {
  it('pyright: the rule stands behind the last line', () => {
    const text = `/srv/depot/lids.py
  /srv/depot/lids.py:6:12 - error: Type "int" is not assignable to return type "str"
    "int" is not assignable to "str" (reportReturnType)
  /srv/depot/lids.py:9:1 - warning: Import "x" is not accessed
  /srv/depot/lids.py:15:11 - error: Expected 1 positional argument (reportCallIssue)
2 errors, 1 warning, 0 informations
`;
    assert.deepEqual(summaries(text), [
      'error reportReturnType: Type "int" is not assignable to return type "str" @ - /srv/depot/lids.py:6',
      'error reportCallIssue: Expected 1 positional argument @ - /srv/depot/lids.py:15',
    ]);
    allDiagnostics(text);
  });

  it('ruff, flake8 and pylint in a line each: not layout, nor conventions', () => {
    const text = `depot/lids.py:1:20: F401 [*] \`typing.Optional\` imported but unused
depot/lids.py:2:80: E501 line too long (93 > 79 characters)
depot/lids.py:3:5: SyntaxError: Expected an expression
depot/lids.py:4:0: C0114: Missing module docstring (missing-module-docstring)
depot/lids.py:14:4: E1101: Instance of 'Lid' has no 'size' member (no-member)
depot/lids.py:15: [E1121(too-many-function-args), Lid.fit] Too many positional arguments
depot/lids.py:16: [F821] undefined name 'size'
depot/lids.py:17: [W0611(unused-import), ] Unused import os
depot/lids.py:18:12: undefined name 'cap'
depot/lids.py:19:12: is where the box ends
Found 3 errors.
`;
    assert.deepEqual(summaries(text), [
      'error F401: `typing.Optional` imported but unused @ - depot/lids.py:1',
      'error SyntaxError: Expected an expression @ - depot/lids.py:3',
      "error E1101: Instance of 'Lid' has no 'size' member @ - depot/lids.py:14",
      'error E1121: Too many positional arguments @ - depot/lids.py:15',
      "error F821: undefined name 'size' @ - depot/lids.py:16",
      "error CompileError: undefined name 'cap' @ - depot/lids.py:18",
    ]);
    allDiagnostics(text);
  });

  it('not what a script prints behind its place', () => {
    assert.deepEqual(summaries('depot/lids.py:12:3: INFO2024 started\n'), []);
    assert.deepEqual(summaries('depot/lids.py:12:3: ASYNC100 no await within\n'), [
      'error ASYNC100: no await within @ - depot/lids.py:12',
    ]);
  });

  it('ruff with the source', () => {
    const text = `F821 Undefined name \`gone\`
  --> depot/lids.py:14:1
   |
14 | gone("x", 1)
   | ^^^^
   |
help: Define it

Found 1 error.
`;
    assert.deepEqual(summaries(text), ['error F821: Undefined name `gone` @ - depot/lids.py:14']);
  });

  it('oxlint and Biome: errors have a cross', () => {
    const text = `
  x eslint(eqeqeq): Expected === and instead saw ==
   ,-[src/lids.js:2:7]
 2 | if (a == 2) debugger;
   :       ^^
   \`----
  help: Prefer === operator

  ! eslint(no-debugger): \`debugger\` statement is not allowed
   ,-[src/lids.js:2:13]
 2 | if (a == 2) debugger;
   \`----

src/lids.js:5:7 lint/suspicious/noDoubleEquals  FIXABLE  ━━━━━━━━━━━━━━━━━━━━━━━━━

  × Use === instead of ==

  > 5 │ if (a == 2) debugger;
      │       ^^

src/lids.js:9:1 lint/style/useConst  FIXABLE  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

  ! This let is never reassigned.

Checked 1 file in 2ms.
lint ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

  × Some errors were emitted while running checks.

`;
    assert.deepEqual(summaries(text), [
      'error eslint(eqeqeq): Expected === and instead saw == @ - src/lids.js:2',
      'error lint/suspicious/noDoubleEquals: Use === instead of == @ - src/lids.js:5',
    ]);
    allDiagnostics(text);
  });

  it("PHPStan's table: long messages go on, identifiers and hints stand below", () => {
    const text = ` ------ -----------------------------------------------------------
  Line   src/lid.php
 ------ -----------------------------------------------------------
  7      Function take() should return int but returns
         string.
         🪪  return.type
         💡 See the manual
  :11    Call to an undefined function missing().
 ------ -----------------------------------------------------------

 [ERROR] Found 2 errors
`;
    assert.deepEqual(summaries(text), [
      'error return.type: Function take() should return int but returns string. @ - src/lid.php:7',
      'error CompileError: Call to an undefined function missing(). @ - src/lid.php:11',
    ]);
    allDiagnostics(text);
  });

  it('rubocop and rustc in a line each', () => {
    const text = `lib/lid.rb:3:5: E: Lint/Syntax: unexpected token tIDENTIFIER
lib/lid.rb:4:1: C: [Correctable] Style/StringLiterals: Prefer single-quoted strings
src/main.rs:8:18: error[E0308]: mismatched types: expected \`i32\`, found \`&str\`
error: could not compile \`depot\` (bin "depot") due to 1 previous error
`;
    assert.deepEqual(summaries(text), [
      'error Lint/Syntax: unexpected token tIDENTIFIER @ - lib/lid.rb:3',
      'error E0308: mismatched types: expected `i32`, found `&str` @ - src/main.rs:8',
    ]);
    allDiagnostics(text);
  });

  it('ESLint in JSON, without its warnings', () => {
    const message = (ruleId: string | null, severity: number, line: number) => ({
      ruleId,
      severity,
      message: `wrong ${line}`,
      line,
      column: 3,
      suggestions: [{ desc: 'other' }],
    });
    const files = [
      {
        filePath: '/srv/app/pay.js',
        messages: [message('no-undef', 2, 4), message('semi', 1, 5), message(null, 2, 6)],
        source: 'let "[{',
      },
      { filePath: '/srv/app/ok.js', messages: [] },
    ];
    assert.deepEqual(summaries(JSON.stringify(files)), [
      'error no-undef: wrong 4 @ - /srv/app/pay.js:4',
      'error CompileError: wrong 6 @ - /srv/app/pay.js:6',
    ]);
    assert.deepEqual(summaries('[{"filePath":"/srv/app/pay.js","messages":[{"severity":2'), []);
  });

  it('deno: what is wrong, not that something was', () => {
    const text = `error[no-unreachable]: This statement is unreachable
 --> /srv/app/pay.js:4:3
  |
4 |   console.log('never');
  |   ^^^^^^^^^^^^^^^^^^^^^
  = hint: Remove the unreachable statement


Found 1 problem
error: Type checking failed.
`;
    assert.deepEqual(summaries(text), [
      'error no-unreachable: This statement is unreachable @ - /srv/app/pay.js:4',
    ]);
    allDiagnostics(text);
  });

  it("reads shellcheck's errors, on a terminal and in gcc's form", () => {
    const text = `
In deploy.sh line 8:
if [[ 1 -eq ]]; then echo; fi
^-- SC1009 (info): The mentioned syntax error was in this if expression.
   ^-- SC1073 (error): Couldn't parse this test expression.
        ^-- SC1027 (error): Expected another argument for this operator.

In deploy.sh line 12:
rm $f
   ^-- SC2086 (info): Double quote to prevent globbing and word splitting.

deploy.sh:8:1: note: The mentioned syntax error was in this if expression. [SC1009]
deploy.sh:8:9: error: Expected another argument for this operator. [SC1027]
`;
    assert.deepEqual(
      eventsIn(text).map(({ kind, language, message, frames }) => [
        kind,
        language,
        message.split(' ')[0],
        frames[0]?.line,
      ]),
      [
        ['diagnostic', 'shell', "Couldn't", 8],
        ['diagnostic', 'shell', 'Expected', 8],
        ['diagnostic', 'shell', 'Expected', 8],
      ],
    );
  });

  it('reads what awk, make and the shell of SQLite say', () => {
    const text = `gawk: sum.awk:3: (FILENAME=a.csv FNR=1) fatal: division by zero attempted
gawk: cmd. line:1: BEGIN { print 1 +* 2 }
gawk: cmd. line:1:                  ^ syntax error
gawk: sum.awk:4: warning: regexp escape sequence is not known
mawk: line 1: missing ) near }
make: *** [Makefile:7: dep] Error 3
make: *** No rule to make target 'missing.c', needed by 'nop'.  Stop.
bad.mk:2: *** missing separator.  Stop.
Runtime error near line 3: UNIQUE constraint failed: a.x (19)
Error: in prepare, no such table: nope
`;
    assert.deepEqual(
      eventsIn(text).map(({ kind, message, frames }) => [kind, message, frames[0]?.line]),
      [
        ['exception', 'division by zero attempted', 3],
        ['exception', 'syntax error', undefined],
        ['exception', 'missing ) near }', undefined],
        ['diagnostic', "No rule to make target 'missing.c', needed by 'nop'", undefined],
        ['diagnostic', 'missing separator', 2],
        ['log', 'UNIQUE constraint failed: a.x (19)', undefined],
        ['log', 'no such table: nope', undefined],
      ],
    );
  });

  it('vite: the file is below what is wrong', () => {
    const frames =
      '    at getRollupError (file:///srv/node_modules/rollup/dist/parseAst.js:355:41)\n';
    const text = `✗ Build failed in 93ms
error during build:
Could not resolve "./fees" from "src/pay.ts"
file: /srv/app/src/pay.ts
${frames}vite v6.4.6 building for production...
error during build:
[vite:esbuild] Transform failed with 1 error:
/srv/app/src/view.jsx:4:0: ERROR: Unexpected end of file
file: /srv/app/src/view.jsx:4:0

Unexpected end of file
3  |  );

${frames}error during build:
RollupError: src/buy.js (3:5): Expression expected
${frames}done
`;
    assert.deepEqual(summaries(text), [
      'error CompileError: Could not resolve "./fees" from "src/pay.ts" @ - /srv/app/src/pay.ts:-',
      'error CompileError: Unexpected end of file @ - /srv/app/src/view.jsx:4',
      'error RollupError: src/buy.js (3:5): Expression expected @ - src/buy.js:3',
    ]);
    allDiagnostics(text);
  });
});
