import assert from 'node:assert/strict';
import { createLogReader } from '../../../../src/signals/logReader.ts';

const quiet = '2026-03-02T10:11:12.123Z INFO shop: served\n'.repeat(12);

const samples: Readonly<Record<string, string>> = {
  'go wrapped':
    'disk full\nmain.read\n\t/srv/a.go:17\nruntime.goexit\n\t/usr/go/src/runtime/asm_amd64.s:1594\n',
  'go vet': '# acme.test/a\na/a.go:17:2: fmt.Printf format %s has arg n of wrong type int\n',
  'go run': 'open /x: no such file\nexit status 1\n',
  chi: ' panic: x\n\n -> main.a\n ->   /srv/a.go:4\n',
  cmake: 'CMake Error at CMakeLists.txt:6 (find_package):\n  Could not find\n',
  make: "make: *** No rule to make target 'a.o', needed by 'a'.  Stop.\n",
  helgrind:
    '==9== Thread #1 unlocked a not-locked lock at 0x1\n==9==    at 0x109414: main (a.cpp:33)\n==9== \n',
  check: 'Running suite(s): A\n50%: Checks: 2, Failures: 1, Errors: 0\na.c:7:F:core:t:0: x\n',
  criterion: '[----] a.c:6: Assertion Failed\n[----]   \n[----]   x\n',
  stacktrace: 'x\n 0# a::b() at /srv/a.cpp:1\n 1# main in ./a\n',
  gfortran: '/srv/a.f90:4:12:\n\n    4 |   call nope(\n      |  1\nError: Syntax error\n',
  fortran: 'At line 10 of file /srv/a.f90\nFortran runtime error: x\n',
  ada: 'raised CONSTRAINT_ERROR : a.adb:11 range check failed\n',
  pascal: 'An unhandled exception occurred at $004010A8:\nETill: x\n',
  dlang: 'app.Lost@a.d(7): x\n----------------\na.d:7 [0x1]\n',
  libtest:
    '{ "type": "test", "name": "a", "event": "failed", "stdout": "thread \'a\' panicked at a.rs:1:1:\\nx\\n" }\n',
  'jest in one line':
    '{"testResults":[{"assertionResults":[{"failureMessages":["Error: no lid\\n    at lidOf (src/lids.js:8:12)"]}]}]}\n',
  'rspec in one line':
    '{"examples":[{"exception":{"class":"KeyError","message":"no lid","backtrace":["./a.rb:4:in `b\'"]}}],"summary_line":"1 example"}\n',
  'java custom': 'com.acme.Lost: order\n\tat com.acme.A.b(A.java:1)\n',
  'java custom spaces': 'com.acme.Lost: order\n    at com.acme.A.b(A.java:1)\n',
  'java bare': 'ShopFailure\n\tat A.b(A.java:1)\n',
  wrapped:
    'com.acme.Lost: order\n\tat com.acme.A.b(A.java:1)\nWrapped by: com.acme.Gone: x\n\tat com.acme.A.c(A.java:2)\n',
  crash:
    '#\n# A fatal error has been detected by the Java Runtime Environment:\n#\n#  SIGSEGV (0xb) at pc\n',
  surefire:
    '[ERROR] com.acme.T.wrong  Time elapsed: 0.004 s  <<< FAILURE!\norg.opentest4j.X: y\n\tat com.acme.T.wrong(T.java:9)\n',
  gradle:
    'CartTest > wrong() FAILED\n    org.opentest4j.AssertionFailedError: x\n        at com.acme.T.wrong(T.java:9)\n',
  junit4: '1) npe(com.acme.T)\ncom.acme.Lost: y\n\tat com.acme.T.wrong(T.java:9)\n',
  junit5:
    "    MethodSource [className = 'com.acme.CartTest', methodName = 'wrong', methodParameterTypes = '']\n    => org.opentest4j.AssertionFailedError: x\n       com.acme.CartTest.wrong(CartTest.java:9)\n",
  dotnet: 'Acme.Lost.GoneFault: order\n   at Acme.A.B() in /s/A.cs:line 3\n',
  mono: '\nUnhandled Exception:\nSystem.X.YException: o\n  at A.B.C () [0x00001] in /s/A.cs:3 \n',
  'dotnet so': 'Stack overflow.\n   at Acme.Deep.Go(Int32)\n',
  console: 'fail: Acme.Api[7]\n      mailer bounced\n',
  dntest:
    '  Failed Acme.CartTests.Adds [12 ms]\n  Error Message:\n   Assert.Equal() Failure\n  Stack Trace:\n     at Acme.CartTests.Adds() in /s/T.cs:line 9\n',
  'php warn': 'Warning: Undefined variable $x in /srv/a.php on line 9\n',
  'php fatal': 'PHP Fatal error:  Allowed memory in /srv/a.php on line 9\n',
  'php printed': 'Acme\\Lost: order 7 in /srv/app/shop.php:18\nStack trace:\n#0 {main}\n',
  phpunit: '1) CartTest::testWrong\nFailed asserting that x.\n\n/srv/CartTest.php:8\n\n',
  phpunit2: '1) CartTest::test_wrong\nthe price\n\n/srv/CartTest.php:8\n\n',
  laravel:
    '[2026-03-02 10:11:12] production.ERROR: lost {"exception":"[object] (Acme\\\\Lost(code: 0): lost at /srv/a.php:1)\n[stacktrace]\n#0 {main}\n"} \n',
  ruby: "/srv/a.rb:1:in `x': boom (Lost)\n\tfrom /srv/a.rb:3:in `<main>'\n",
  ruby34: "/srv/a.rb:1:in 'x': boom (Lost)\n\tfrom /srv/a.rb:3:in '<main>'\n",
  'ruby syntax': "/srv/a.rb:3: syntax error, unexpected '='\n  x = = 1\n      ^\n",
  'ruby logger':
    "E, [2026-03-02T10:11:12.600979 #157] ERROR -- : gone (Lost)\n/srv/a.rb:1:in `x'\n",
  rails: "NoMethodError (undefined):\n  \napp/a.rb:12:in `x'\n\n",
  jruby: 'NoMethodError: undefined\n  price_of at /srv/shop.rb:6\n',
  'minitest err': "  1) Error:\nT#test_err:\nLost: y\n    /srv/a.rb:6:in `x'\n\n",
  'minitest fail': '  1) Failure:\nT#test_wrong [/srv/t.rb:7]:\nExpected: 11\n',
  rspec:
    "  1) Cart adds\n     Failure/Error: expect(1).to eq 2\n\n       expected: 2\n     # ./spec/a_spec.rb:7:in `block'\n\n",
  perl: 'lost at Shop.pm line 9.\n',
  'perl conf': 'lost at Shop.pm line 9.\n\tShop::x(7) called at run.pl line 4\n',
  'perl test': "#   Failed test 'wrong'\n#   at t/a.t line 4.\n",
  elixir: '** (Lost) x\n    run.exs:9: (file)\n',
  'elixir exit': '** (exit) :boom\n    lib/a.ex:3: A.b/1\n',
  exunit:
    '  1) test adds (CartTest)\n     test/cart_test.exs:5\n     Assertion with == failed\n     stacktrace:\n       test/cart_test.exs:6: (test)\n',
  lua: 'lua: a.lua:1: x\nstack traceback:\n\ta.lua:1: in main chunk\n',
  bash: 'a.sh: line 5: x: command not found\n',
  bash2: 'a.sh: line 5: /x: Permission denied\n',
  dash: 'a.sh: 5: x: not found\n',
  dash2: 'a.sh: 5: X: parameter not set\n',
  zsh: 'a.zsh:5: command not found: x\n',
  bash3: 'a.sh: line 5: [: too many arguments\n',
  swift: 'a/Cart.swift:12: Fatal error: x\n',
  r: "Error in price_of('x') : gone\nCalls: main -> price_of\nExecution halted\n",
  testthat: "── Failure ('test-cart.R:5:3'): total works ────\ntotal(cart) is wrong\n\n",
  julia:
    'ERROR: DivideError: integer division error\nStacktrace:\n [1] f()\n   @ Main /srv/a.jl:3\n',
  'julia log': '┌ Error: gone\n│   key = "a"\n└ @ Main /srv/a.jl:22\n',
  'julia test': 'Cart: Test Failed at /srv/a.jl:8\n  Expression: a == b\n   Evaluated: 1 == 2\n\n',
  haskell:
    'shop: gone\nCallStack (from HasCallStack):\n  error, called at src/A.hs:21:15 in main:A\n',
  'haskell place': 'shop: src/A.hs:9:1-20: Non-exhaustive patterns in function kind\n',
  ghc: 'src/A.hs:7:12: error:\n    Variable not in scope: x\n',
  ocaml: 'Fatal error: exception Not_found\nRaised at A.f in file "a.ml", line 7, characters 2-9\n',
  'ocaml compiler':
    'File "a.ml", line 7, characters 2-9:\n7 | x y\n      ^\nError: Unbound value y\n',
  powershell7: 'Exception: /srv/a.ps1:9\nLine |\n   9 |  throw "x"\n     |  ~~~~~~~~~\n     | x\n',
  powershell5:
    'Get-Item : gone\nAt C:\\a.ps1:5 char:1\n+ Get-Item x\n+ ~~~~\n    + CategoryInfo          : A: (x:String) [Get-Item], LostException\n    + FullyQualifiedErrorId : Lost\n',
  nim: '/srv/a.nim(7) f\nError: unhandled exception: x [ValueError]\n',
  'nim compiler': "/srv/a.nim(7, 10) Error: undeclared identifier: 'x'\n",
  zig: 'thread 9 panic: x\n/srv/a.zig:8:17: 0x1034 in f (main)\n    x;\n    ^\n',
  'zig error': 'error: Lost\n/srv/a.zig:8:17: 0x1034 in f (main)\n    x;\n    ^\n',
  crystal: "Unhandled exception: x (KeyError)\n  from src/a.cr:7:5 in 'f'\n",
  'crystal compiler': 'In src/a.cr:7:3\n\n 7 | x\n     ^\nError: undefined x\n',
  tcl: 'divide by zero\n    while executing\n"expr 1/0"\n    (file "a.tcl" line 9)\n',
  terraform: '╷\n│ Error: gone\n│ \n│   on main.tf line 14, in locals:\n╵\n',
  valgrind: '==9== Invalid read of size 4\n==9==    at 0x10918D: f (a.c:31)\n==9== \n',
  flutter:
    '══╡ EXCEPTION CAUGHT BY WIDGETS LIBRARY ╞═══════\nThe following StateError was thrown building A:\nBad state: x\n\n#0      A.b (package:shop/a.dart:41:18)\n════════════════════════\n',
  pyright: '  /srv/a.py:6:12 - error: x is not y (reportCallIssue)\n',
  flake8: "a.py:14:1: F821 undefined name 'x'\n",
  'pylint parseable': "a.py:14: [E0602(undefined-variable), f] Undefined variable 'x'\n",
  'flake8 as pylint': "a.py:14: [F821] undefined name 'x'\n",
  behave: '    Then it is 5    # steps/a.py:26\n      Assertion Failed: it is 2\n',
  'pytest-sugar': '―――――――――― test_a ――――――――――\nE   assert 1 == 2\na.py:3: AssertionError\n',
  'asyncio future': 'future: <Future finished exception=Gone(1)>\nGone: 1\n',
  'python launcher': "python: can't open file 'a.py': [Errno 2] No such file or directory\n",
  'python launcher module': '/usr/bin/python3: No module named a.b\n',
  ruff: 'F821 Undefined name `x`\n --> a.py:14:1\n  |\n',
  rubocop: 'a.rb:3:5: E: Lint/Syntax: unexpected token\n',
  oxlint: '  x eslint(eqeqeq): Expected ===\n   ,-[a.js:2:7]\n 2 | a == b\n   `----\n',
  oxlint2: '  × eslint(eqeqeq): Expected ===\n   ╭─[a.js:2:7]\n 2 │ a == b\n   ╰────\n',
  biome: 'a.js:2:7 lint/suspicious/noDoubleEquals ━━━━━━━━━━\n\n  × Use ===\n\n',
  phpstan: ' ------ ------\n  Line   a.php\n ------ ------\n  7      x is not y.\n ------ ------\n',
  'pytest summary':
    'FF [100%]\n\n=== short test summary info ===\nFAILED tests/test_a.py::test_a - LostError: y\n1 failed in 0.12s\n',
  doctest: `${'*'.repeat(70)}\nFile "/srv/a.py", line 5, in a.half\nFailed example:\n    half(5)\nExpected:\n    2.5\nGot:\n    2\n`,
  testdox: ' ✘ Size\n   │\n   │ Failed.\n   │\n   │ /srv/CartTest.php:8\n   │\n',
  pest: '   FAILED  Tests\\CartTest > it adds\n  Failed.\n\n  at tests/CartTest.php:6\n      5▕ x\n',
  teamcity:
    "##teamcity[testFailed name='x' message='y' details=' /srv/CartTest.php:8|n ' duration='1']\n",
  'test-unit':
    "Failure: test_a(CartTest):\n  lost\ntest/a.rb:16:in `test_a'\n=====================================================================\n",
  xunit:
    '    Acme.CartTests.Adds [FAIL]\n      Assert.Equal() Failure\n      Stack Trace:\n        T.cs(6,0): at Acme.CartTests.Adds()\n',
  nextest: "  stderr ───\n\n    thread 'a' (7) panicked at src/lib.rs:3:13:\n    lost\n",
  swift2: 'Fatal error: x: file /srv/Cart.swift, line 14\n',
};

const countIn = (text: string): number => {
  const reader = createLogReader(0, 'bytes');
  reader.feed(Buffer.from(text), 0, 'final');
  return reader.take().length;
};

/** Most lines of a log are only searched for hints; a form without one in the right place is never seen. */
describe('hints', () => {
  for (const [name, sample] of Object.entries(samples)) {
    it(`find ${name} among quiet lines, and as the last thing said`, () => {
      assert.deepEqual([countIn(quiet + sample + quiet), countIn(quiet + sample)], [1, 1]);
    });
  }
});
