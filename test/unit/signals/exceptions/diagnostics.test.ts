import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('diagnostics of compilers and linters', () => {
  const said: readonly [string, string, string, readonly string[]][] = [
    [
      'tsc, plain and pretty',
      'typescript',
      `src/a.ts(1,14): error TS2322: Type 'string' is not assignable to type 'number'.
  Types of property 'x' are incompatible.
src/b.ts:2:41 - error TS2551: Property 'lenght' does not exist.

2 export function f(a: string) { return a.lenght; }
                                          ~~~~~~

Found 2 errors in 2 files.
`,
      [
        "error TS2322: Type 'string' is not assignable to type 'number'. @ - src/a.ts:1",
        "error TS2551: Property 'lenght' does not exist. @ - src/b.ts:2",
      ],
    ],
    [
      'eslint',
      'javascript',
      `
/home/ann/depot/lib/a.js
   1:10  warning  'a' is defined but never used  no-unused-vars
   1:23  error    'b' is not defined             no-undef
  12:1   error    Parsing error: Unexpected token

✖ 3 problems (2 errors, 1 warning)

lib/c.js: line 3, col 23, Error - 'x' is not defined. (no-undef)
lib/d.js:4:2: 'y' is not defined. [Error/no-undef]
`,
      [
        "error no-undef: 'b' is not defined @ - /home/ann/depot/lib/a.js:1",
        'error CompileError: Parsing error: Unexpected token @ - /home/ann/depot/lib/a.js:12',
        "error no-undef: 'x' is not defined. @ - lib/c.js:3",
        "error no-undef: 'y' is not defined. @ - lib/d.js:4",
      ],
    ],
    [
      'gcc and clang',
      'c',
      `bins.c: In function ‘main’:
bins.c:3:11: warning: initialization makes integer from pointer [-Wint-conversion]
    3 |   int x = "text";
      |           ^~~~~~
bins.c:5:3: error: ‘retrun’ undeclared (first use in this function)
    5 |   retrun 0;
      |   ^~~~~~
bins.c:5:3: note: each undeclared identifier is reported only once
lids.c:7:10: fatal error: 'nope.h' file not found
lids.c:8:1: error: non-void function does not return a value [-Werror,-Wreturn-type]
/usr/bin/ld: lids.c:12: undefined reference to \`lid'
collect2: error: ld returned 1 exit status
make: *** [Makefile:5: all] Error 1
`,
      [
        'error CompileError: ‘retrun’ undeclared (first use in this function) @ - bins.c:5',
        "error CompileError: 'nope.h' file not found @ - lids.c:7",
        'error CompileError: non-void function does not return a value [-Werror,-Wreturn-type] @ - lids.c:8',
        "error undefined reference: undefined reference to `lid' @ - lids.c:12",
      ],
    ],
    [
      'cargo',
      'rust',
      `   Compiling depot v0.1.0 (/home/ann/depot)
warning: unused variable: \`x\`
 --> src/main.rs:4:9
  |
4 |     let x = 1;
  |         ^ help: prefix it with an underscore

error[E0308]: mismatched types
 --> src/main.rs:5:18
  |
5 |     let n: i32 = "text";
  |            ---   ^^^^^^ expected \`i32\`, found \`&str\`
  |            |
  |            expected due to this

error: expected \`;\`, found \`}\`
  --> src/bins.rs:9:4

For more information about this error, try \`rustc --explain E0308\`.
error: could not compile \`depot\` (bin "depot") due to 2 previous errors
`,
      [
        'error E0308: mismatched types @ - src/main.rs:5',
        'error CompileError: expected `;`, found `}` @ - src/bins.rs:9',
      ],
    ],
    [
      'the go tool',
      'go',
      `# acme.test/depot/bins
bins/bins.go:4:14: cannot use "text" (untyped string constant) as int value in variable declaration
bins/bins.go:5:2: undefined: open
vet: ./main.go:7:3: undefined: close
`,
      [
        'error CompileError: cannot use "text" (untyped string constant) as int value in variable declaration @ - bins/bins.go:4',
        'error CompileError: undefined: open @ - bins/bins.go:5',
        'error CompileError: undefined: close @ - ./main.go:7',
      ],
    ],
    [
      'javac and Maven, which says it twice',
      'java',
      `Bin.java:2: error: incompatible types: String cannot be converted to int
    int f() { return "x"; }
                     ^
1 error
[ERROR] COMPILATION ERROR : 
[INFO] -------------------------------------------------------------
[ERROR] /home/ann/depot/src/Lid.java:[5,17] cannot find symbol
  symbol:   method open()
[INFO] 1 error
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.11.0:compile (default-compile) on project depot: Compilation failure
[ERROR] /home/ann/depot/src/Lid.java:[5,17] cannot find symbol
[ERROR] -> [Help 1]
`,
      [
        'error CompileError: incompatible types: String cannot be converted to int @ - Bin.java:2',
        'error CompileError: cannot find symbol @ - /home/ann/depot/src/Lid.java:5',
      ],
    ],
    [
      'esbuild and webpack',
      'javascript',
      `✘ [ERROR] Could not resolve "./lid"

    src/bin.js:3:12:
      3 │ import a from "./lid";
        ╵               ~~~~~~~

1 error
ERROR in ./src/bins.js 3:12
Module parse failed: Unexpected token (3:12)

webpack 5.90.0 compiled with 1 error in 300 ms
`,
      [
        'error CompileError: Could not resolve "./lid" @ - src/bin.js:3',
        'error CompileError: Module parse failed: Unexpected token (3:12) @ - ./src/bins.js:3',
      ],
    ],
    [
      'C#, whose build repeats its errors in the end',
      'csharp',
      `/home/ann/depot/Bin.cs(10,5): error CS1002: ; expected [/home/ann/depot/depot.csproj]

Build FAILED.

/home/ann/depot/Bin.cs(10,5): error CS1002: ; expected [/home/ann/depot/depot.csproj]
    0 Warning(s)
    1 Error(s)

Time Elapsed 00:00:01.20
`,
      ['error CS1002: ; expected @ - /home/ann/depot/Bin.cs:10'],
    ],
  ];

  for (const [name, language, text, expected] of said) {
    it(`of ${name}`, () => {
      assert.deepEqual(summaries(text), expected);
      for (const event of eventsIn(text)) {
        assert.equal(event.kind, 'diagnostic');
        assert.equal(event.language, language);
      }
    });
  }

  it('leaves failed tests to where Maven prints them, not to its counts and lists', () => {
    assert.deepEqual(
      summaries(`[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.05 s <<< FAILURE! - in acme.LidTest
[ERROR] wrong(acme.LidTest)  Time elapsed: 0.003 s  <<< FAILURE!
java.lang.AssertionError: expected:<9> but was:<2>
	at org.junit.Assert.fail(Assert.java:89)
	at acme.LidTest.wrong(LidTest.java:9)

[INFO] Results:
[ERROR] Failures: 
[ERROR]   LidTest.wrong:9 expected:<9> but was:<2>
[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:3.1.2:test (default-test) on project depot: There are test failures.
[ERROR] 
[ERROR] Please refer to /home/ann/depot/target/surefire-reports for the individual test results.
[ERROR] -> [Help 1]
[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.
[ERROR] [Help 1] http://cwiki.example.org/MojoFailureException
`),
      [
        'error java.lang.AssertionError: expected:<9> but was:<2> @ acme.LidTest.wrong acme/LidTest.java:9',
      ],
    );
  });

  it('says nothing of builds that went well', () => {
    assert.deepEqual(
      summaries(`> depot@1.0.0 build
[10:00:01 AM] Found 0 errors. Watching for file changes.
webpack 5.90.0 compiled successfully in 300 ms
a.c:3:11: warning: unused variable ‘x’ [-Wunused-variable]
src/a.ts
lib/a.js
  1:10  warning  'a' is defined but never used  no-unused-vars

✖ 1 problem (0 errors, 1 warning)
Build succeeded.
    0 Error(s)
`),
      [],
    );
  });

  it("reads the Erlang compiler's errors, not its warnings", () => {
    const text = `src/shop.erl:28:20: Warning: the result of calling list_to_integer/1 is ignored
%   28|         {do, X} -> list_to_integer(X), loop()
%     |                    ^

src/shop.erl:5:5: syntax error before: Z
%    5|     Z = Y.
%     |     ^
src/shop.erl:2: function go/1 undefined
`;
    assert.deepEqual(
      eventsIn(text).map(({ kind, language, message, frames }) => [
        kind,
        language,
        message,
        frames[0]?.line,
      ]),
      [
        ['diagnostic', 'erlang', 'syntax error before: Z', 5],
        ['diagnostic', 'erlang', 'function go/1 undefined', 2],
      ],
    );
  });
});

describe('what build tools and linkers complain of', () => {
  const complaints: Readonly<Record<string, readonly string[]>> = {
    'CMake Error at src/CMakeLists.txt:6 (find_package):\n  Could not find a package configuration file provided by "Lids" with any of\n  the following names:\n\n    LidsConfig.cmake\n\n\n-- Configuring incomplete, errors occurred!\n':
      [
        'error CompileError: Could not find a package configuration file provided by "Lids" with any of the following names: @ - src/CMakeLists.txt:6',
      ],
    'CMake Error: The source directory "/x" does not exist.\n': [
      'error CompileError: The source directory "/x" does not exist.',
    ],
    'meson.build:6:0: ERROR: Dependency "lids" not found\n': [
      'error CompileError: Dependency "lids" not found @ - meson.build:6',
    ],
    "make: *** No rule to make target 'lid.o', needed by 'depot'.  Stop.\n": [
      "error CompileError: No rule to make target 'lid.o', needed by 'depot'",
    ],
    'Makefile:4: *** missing separator.  Stop.\n': [
      'error CompileError: missing separator @ - Makefile:4',
    ],
    "ninja: error: 'lid.cpp', needed by 'lid.o', missing and no known rule to make it\n": [
      "error CompileError: 'lid.cpp', needed by 'lid.o', missing and no known rule to make it",
    ],
    'ld.lld: error: undefined symbol: lid(int)\n>>> referenced by main.cpp:6 (/srv/main.cpp:6)\n>>>               main.o:(main)\nclang: error: linker command failed with exit code 1 (use -v to see invocation)\n':
      ['error undefined reference: undefined symbol: lid(int) @ - /srv/main.cpp:6'],
    'Undefined symbols for architecture arm64:\n  "depot::lid(int)", referenced from:\n      _main in main.o\nld: symbol(s) not found for architecture arm64\n':
      ['error undefined reference: undefined symbol: depot::lid(int)'],
    'main.obj : error LNK2019: unresolved external symbol "int lid(int)" referenced in function main\nC:\\depot.exe : fatal error LNK1120: 1 unresolved externals\n':
      ['error LNK2019: unresolved external symbol "int lid(int)" referenced in function main'],
    '/usr/bin/ld: cannot find -llids: No such file or directory\ncollect2: error: ld returned 1 exit status\n':
      ['error link: cannot find -llids: No such file or directory'],
    "/usr/bin/ld: lid.o: in function `lid(int)':\n/srv/lid.cpp:4: multiple definition of `lid(int)'; main.o:/srv/main.cpp:9: first defined here\n":
      [
        "error multiple definition: multiple definition of `lid(int)'; main.o:/srv/main.cpp:9: first defined here @ - /srv/lid.cpp:4",
      ],
    '/srv/shop/Shop.csproj : error NU1101: Unable to find package Lids.\n  Failed to restore /srv/shop/Shop.csproj (in 1.2 sec).\n':
      ['error NU1101: Unable to find package Lids. @ - /srv/shop/Shop.csproj:-'],
    "CSC : error CS5001: Program does not contain a static 'Main' method [/srv/shop/Shop.csproj]\n":
      ["error CS5001: Program does not contain a static 'Main' method @ - /srv/shop/Shop.csproj:-"],
    "  Shop failed with 2 error(s) and 1 warning(s) (1.1s)\n    /srv/Cart.cs(9,13): warning CS0168: unused\n    /srv/Cart.cs(12,5): error CS0103: The name 'totl' does not exist\n    /srv/Bank.cs(3,20): error CS0535: 'Bank' lacks 'Ask()'\n":
      [
        "error CS0103: The name 'totl' does not exist @ - /srv/Cart.cs:12",
        "error CS0535: 'Bank' lacks 'Ask()' @ - /srv/Bank.cs:3",
      ],
    '[error] Nonzero exit code returned from runner: 1\n[error] (Compile / run) Nonzero exit code returned from runner: 1\n':
      [],
    'the sums : error AB12: are told\n': [],
    ' /** `a.ts(1,14): error TS2322: …`, in a diff. */\n': [],
    'make: *** [Makefile:101: all] Error 2\nninja: build stopped: subcommand failed.\n': [],
  };
  for (const [text, found] of Object.entries(complaints)) {
    it(`finds ${found.length} in ${text.split('\n')[0]}`, () => {
      assert.deepEqual(summaries(text), found);
    });
  }
});
