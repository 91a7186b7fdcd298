import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('fortran grammar', () => {
  it('reads runtime errors where they happened, with and without a stack', () => {
    const head =
      "At line 10 of file /srv/depot/bins.f90\nFortran runtime error: Index '4' above upper bound of 3\n";
    const stack = `\nError termination. Backtrace:
#0  0x7ffae54218c2 in ???
#1  0x55672c1126e4 in __bins_MOD_fill
	at /srv/depot/bins.f90:10
#2  0x55672c112a4b in depot
	at /srv/depot/depot.f90:43
`;
    const found = "Fortran runtime error: Index '4' above upper bound of 3";
    assert.deepEqual(summaries(head + stack), [
      `fatal ${found} @ bins::fill /srv/depot/bins.f90:10`,
    ]);
    assert.deepEqual(summaries(head), [`fatal ${found} @ - /srv/depot/bins.f90:10`]);
    assert.deepEqual(summaries(`ERROR STOP did not converge\n${stack}`), [
      'fatal ERROR STOP: did not converge @ bins::fill /srv/depot/bins.f90:10',
    ]);
    assert.deepEqual(summaries('At line 10 of file notes.txt\nall is well\n'), []);
  });

  it('reads signals, and what Intel’s runtime says', () => {
    assert.deepEqual(
      summaries(
        'Program received signal SIGSEGV: Segmentation fault - invalid memory reference.\n\nBacktrace for this error:\n#0  0x7ffae54218c2 in ???\n#1  0x55672c112a4b in depot\n\tat /srv/depot/depot.f90:43\n',
      ),
      [
        'fatal SIGSEGV: Segmentation fault - invalid memory reference. @ depot /srv/depot/depot.f90:43',
      ],
    );
    assert.deepEqual(summaries('forrtl: severe (24): end-of-file during read, unit 5\n'), [
      'fatal Fortran runtime error: end-of-file during read, unit 5',
    ]);
  });
});

describe('ada grammar', () => {
  it('reads exceptions that nothing handled, their place in the message or the stack', () => {
    assert.deepEqual(summaries('\nraised CONSTRAINT_ERROR : bins.adb:11 range check failed\n'), [
      'fatal CONSTRAINT_ERROR: range check failed @ - bins.adb:11',
    ]);
    assert.deepEqual(
      summaries(
        'raised DEPOT.OUT_OF_STOCK : bin 4 is empty\nCall stack traceback locations:\n0x401f2c in Depot.Take at depot.adb:22\n0x401f3c in Main at main.adb:3\n',
      ),
      ['fatal DEPOT.OUT_OF_STOCK: bin 4 is empty @ Depot.Take depot.adb:22'],
    );
    assert.deepEqual(summaries('raised HANDS\nraised the price : 4\n'), []);
  });
});

describe('pascal grammar', () => {
  it('reads exceptions and numbered errors', () => {
    assert.deepEqual(
      summaries(
        'An unhandled exception occurred at $00000000004010A8:\nETill: till 7 is closed\n  $00000000004010A8  OPEN,  line 11 of till.pas\n  $0000000000401210  main,  line 19 of till.pas\n',
      ),
      ['fatal ETill: till 7 is closed @ OPEN till.pas:11'],
    );
    assert.deepEqual(
      summaries(
        'Runtime error 204 at $000000000040138D\n  $000000000040138D  main,  line 28 of till.pas\n  $000000000042318C\n',
      ),
      ['fatal Runtime error: Runtime error 204 @ main till.pas:28'],
    );
  });
});

describe('D grammar', () => {
  it('reads exceptions with their chain, without the frames of the runtime', () => {
    const [only, ...more] = eventsIn(`object.Exception@source/app.d(29): posting failed
----------------
source/app.d:29 _Dmain [0x564d6ae39887]
??:? _d_run_main [0x7fc0615e87ed]
usr/lib/ldc/x86_64-linux-gnu/include/d/core/internal/entrypoint.d:42 [0x564d6ae39b81]
app.LedgerException@source/app.d(7): entry 4 is locked
----------------
source/app.d:7 void app.book(int) [0x564d6ae3958b]
source/app.d:26 _Dmain [0x564d6ae397f4]
`);
    assert.equal(more.length, 0);
    assert.equal(`${only?.type}: ${only?.message}`, 'object.Exception: posting failed');
    assert.deepEqual(
      only?.frames.map(({ line, inApp }) => [line, inApp]),
      [
        [29, true],
        [42, false],
      ],
    );
    assert.deepEqual(
      only?.causes.map(({ type, message }) => [type, message]),
      [['app.LedgerException', 'entry 4 is locked']],
    );
    assert.deepEqual(summaries('mail to ann@depot.d(7) bounced\n'), []);
  });
});

describe('what compilers of these complain of', () => {
  it('is not what a comment quotes of it', () => {
    const lines = ['/** `till.pas(4,8) Error: …`, then more */', '// see `app.d(2): Error: …`'];
    assert.deepEqual(summaries(lines.join('\n')), []);
  });

  it('is found with its place', () => {
    const text = `/srv/bins.f90:4:12:

    4 |   call nope(
      |            1
Error: Syntax error in argument list at (1)
/srv/bins.f90:9:2:

    9 |   x = 1.0d0
      |  1
Warning: Possible change of value
till.pas(4,8) Error: Incompatible types: got "Char" expected "SmallInt"
till.pas(7) Fatal: There were 2 errors compiling module, stopping
Fatal: Compilation aborted
Error: /usr/bin/ppcx64 returned an error exitcode
source/app.d(2): Error: undefined identifier \`foo\`
go: acme.test/gone@v1.2.3: reading https://proxy.test/gone: 404 Not Found
go: downloading acme.test/here v1.0.0
`;
    assert.deepEqual(
      eventsIn(text).map(({ language }) => language),
      ['fortran', 'pascal', 'd', 'go'],
    );
    assert.deepEqual(summaries(text), [
      'error CompileError: Syntax error in argument list at (1) @ - /srv/bins.f90:4',
      'error CompileError: Incompatible types: got "Char" expected "SmallInt" @ - till.pas:4',
      'error CompileError: undefined identifier `foo` @ - source/app.d:2',
      'error CompileError: acme.test/gone@v1.2.3: reading https://proxy.test/gone: 404 Not Found',
    ]);
  });
});
