import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

const onTop = (frame: string): string => `System.InvalidOperationException: no\n   at ${frame}\n`;

describe('.NET grammar', () => {
  const rejected = `Acme.SaveException: not saved
 ---> Npgsql.PostgresException (0x80004005): 23505: duplicate key

DETAIL: Key (id)=(42) already exists.
   at Npgsql.NpgsqlDataReader.NextResult(Boolean async)
  Exception data:
    Severity: ERROR
    SqlState: 23505
    Line: 664
   --- End of inner exception stack trace ---
   at Acme.Store.Save(Booking b) in /srv/cs/Store.cs:line 101
`;
  const saved = ['error Acme.SaveException: not saved @ Acme.Store.Save /srv/cs/Store.cs:101'];

  it('reads on below what Npgsql lists of the server', () => {
    assert.deepEqual(summaries(rejected), saved);
    assert.deepEqual(summaries(`2026-03-02 10:00:00.123 +01:00 [ERR] no\n${rejected}`), saved);
  });

  it('reads on below an empty line in what a console logger prints', () => {
    const indented = rejected.replace(/^(?=.)/gm, '      ');
    assert.deepEqual(summaries(`fail: Acme.Store[7]\n      cannot save\n${indented}`), saved);
    assert.deepEqual(summaries('fail: Acme.Store[7]\n      cannot save\n\ninfo: done\n'), [
      'error LoggedError: cannot save',
    ]);
  });

  it('reads a type that says nothing behind a bar, an arrow and the header of a console', () => {
    const stack = 'Acme.App+Task: too deep\n   at Acme.App.Run() in /srv/App.cs:line 5\n';
    const found = ['error Acme.App+Task: too deep @ Acme.App.Run /srv/App.cs:5'];
    assert.deepEqual(summaries(`2026-03-02 10:00:00.1234|ERROR|Acme.App|failed|${stack}`), found);
    assert.deepEqual(summaries(`failed --> ${stack}`), found);
    const indented = stack.replace(/^(?=.)/gm, '      ');
    assert.deepEqual(summaries(`fail: Acme.App[0]\n      failed\n${indented}`), found);
    assert.deepEqual(summaries('a|Acme.App: told\nb --> Acme.App: told again\n'), []);
  });

  it('reads failed tests of the terminal logger once, and their inner exceptions', () => {
    const text = `[xUnit.net 00:00:00.39]     Acme.CartTests.Pays [FAIL]
[xUnit.net 00:00:00.39]       Stack Trace:
[xUnit.net 00:00:00.39]         /srv/Pay.cs(19,0): at Acme.Pay.Charge(Card card)
  Acme.Tests test failed with 2 error(s) (0.8s)
    /srv/CartTests.cs(28): error TESTERROR: 
      Acme.CartTests.Totals(value: 6) (< 1ms): Error Message: Assert.True() Failure
      Expected: True
      Actual:   False
      Stack Trace:
         at Acme.CartTests.Totals(Int32 value) in /srv/CartTests.cs:line 28
    /srv/Pay.cs(19): error TESTERROR:
      Acme.CartTests.Pays (1s 2ms): Error Message: Acme.PayException : declined
      ---- System.TimeoutException : no answer
      Stack Trace:
         at Acme.Pay.Charge(Card card) in /srv/Pay.cs:line 19
      ----- Inner Stack Trace -----
         at Acme.Bank.Ask() in /srv/Bank.cs:line 7

Test summary: total: 5, failed: 2, succeeded: 3, skipped: 0, duration: 0.8s
Build failed with 2 error(s) in 1.4s
`;
    assert.deepEqual(summaries(text), [
      'error AssertionFailure: Assert.True() Failure @ Acme.CartTests.Totals /srv/CartTests.cs:28',
      'error Acme.PayException: declined @ Acme.Pay.Charge /srv/Pay.cs:19',
    ]);
  });

  it('reads failed tests of older hosts, long ones, and such without a message', () => {
    const stack = '  Stack Trace:\n     at Acme.T.Adds() in /srv/T.cs:line 9\n';
    const message = '  Error Message:\n   Assert.Fail failed.\n';
    const place = '@ Acme.T.Adds /srv/T.cs:9';
    const said = [`error AssertionFailure: Assert.Fail failed. ${place}`];
    assert.deepEqual(summaries(`  X Acme.T.Adds [12ms]\n${message}${stack}`), said);
    assert.deepEqual(summaries(`  Failed Adds [1 m 2 s]\n${message}${stack}`), said);
    assert.deepEqual(summaries(`  Failed Adds [25 ms]\n${stack}`), [
      `error AssertionFailure:  ${place}`,
    ]);
    assert.deepEqual(summaries('  Failed to read [25 ms]\n  and more\n'), []);
  });

  it('reads what was thrown before or behind a test of NUnit', () => {
    for (const step of ['OneTimeSetUp: ', 'SetUp : ', 'TearDown : ']) {
      const text = `  Failed Opens [1 ms]
  Error Message:
   ${step}System.TimeoutException : no database
  Stack Trace:
     at Acme.Fixture.Open() in /srv/Fixture.cs:line 9
`;
      assert.deepEqual(summaries(text), [
        'error System.TimeoutException: no database @ Acme.Fixture.Open /srv/Fixture.cs:9',
      ]);
    }
  });

  it('reads inner exceptions, the outermost first', () => {
    const [event, ...others] = eventsIn(`Unhandled exception. Acme.LostException: order 7 lost
 ---> System.Net.Sockets.SocketException (111): Connection refused
   at System.Net.Sockets.Socket.Connect(EndPoint end)
   at Acme.Store.Read(Int32 id) in /srv/cs/Store.cs:line 21
   --- End of inner exception stack trace ---
   at Acme.Store.Load(Int32 id) in /srv/cs/Store.cs:line 34
--- End of stack trace from previous location ---
   at Acme.Program.Main(String[] args) in /srv/cs/Program.cs:line 9
next`);
    assert.equal(others.length, 0);
    assert.equal(event?.language, 'csharp');
    assert.equal(event.type, 'Acme.LostException');
    assert.equal(event.severity, 'fatal');
    assert.deepEqual(
      event.frames.map(({ file, line }) => [file, line]),
      [
        ['/srv/cs/Store.cs', 34],
        ['/srv/cs/Program.cs', 9],
      ],
    );
    assert.deepEqual(
      event.causes.map(({ type, message, frames }) => [
        type,
        message,
        frames.map(({ inApp }) => inApp),
      ]),
      [['System.Net.Sockets.SocketException', 'Connection refused', [false, true]]],
    );
  });

  it('reads an aggregate with several inner ones', () => {
    const [event] = eventsIn(`System.AggregateException: One or more errors occurred. (a) (b)
 ---> System.Exception: a
   at Acme.A.Run() in /srv/A.cs:line 1
   --- End of inner exception stack trace ---
   at Acme.All.Run() in /srv/All.cs:line 3
 ---> (Inner Exception #1) System.TimeoutException: b
   at Acme.B.Run() in /srv/B.cs:line 2<---
`);
    assert.equal(event?.frames[0]?.file, '/srv/All.cs');
    assert.deepEqual(
      event.causes.map(({ type }) => type),
      ['System.Exception', 'System.TimeoutException'],
    );
  });

  it('reads an aggregate of .NET Framework and mono, which print its first one twice', () => {
    const [event, ...others] =
      eventsIn(`System.AggregateException: Two failed. (a) (lost) ---> System.TimeoutException: a
Parameter name: id
  at Acme.A.Run () [0x00092] in /srv/A.cs:20 
   --- End of inner exception stack trace ---
  at Acme.All.Run (System.Action a) [0x00003] in /srv/All.cs:6 
---> (Inner Exception #0) System.TimeoutException: a
Parameter name: id
  at Acme.A.Run () [0x00092] in /srv/A.cs:20 <---

---> (Inner Exception #1) Acme.VehicleLost: lost ---> System.IO.IOException: gone
  at Acme.B.Read () [0x00092] in /srv/B.cs:21 
   --- End of inner exception stack trace ---
  at Acme.B.Run () [0x000a9] in /srv/B.cs:25 <---

next`);
    assert.equal(others.length, 0);
    assert.equal(event?.message, 'Two failed. (a) (lost)');
    assert.equal(event.frames[0]?.file, '/srv/All.cs');
    assert.deepEqual(
      event.causes.map(({ type, message }) => `${type}: ${message}`),
      [
        'System.TimeoutException: a\nParameter name: id',
        'Acme.VehicleLost: lost',
        'System.IO.IOException: gone',
      ],
    );
  });

  it('reads messages of several lines in a logged line, and mono’s empty line below a seam', () => {
    const [range, aggregate, ...others] =
      eventsIn(`2026-03-02 10:00:00 [ERROR] arg: System.ArgumentOutOfRangeException: too long
Parameter name: s
Actual value was abc.
  at Quay.Lock.Arg (System.String s) [0x0001e] in /srv/Lock.cs:19 
2026-03-02 10:00:01 [ERROR] par: System.AggregateException: One failed. (lane 1) ---> System.NotImplementedException: lane 1
  at Quay.Lock.Lane (System.Int32 i) [0x0001e] in /srv/Lock.cs:21 
--- End of stack trace from previous location where exception was thrown ---

  at System.Threading.Tasks.Replica.Execute () [0x00000] in <12b4>:0 
   --- End of inner exception stack trace ---
  at Quay.Lock.Par () [0x00001] in /srv/Lock.cs:22 
---> (Inner Exception #0) System.NotImplementedException: lane 1
  at Quay.Lock.Lane (System.Int32 i) [0x0001e] in /srv/Lock.cs:21 <---
`);
    assert.equal(others.length, 0);
    assert.deepEqual(
      [range?.type, range?.frames[0]?.line],
      ['System.ArgumentOutOfRangeException', 19],
    );
    assert.deepEqual(
      [aggregate?.type, aggregate?.frames[0]?.line, aggregate?.causes.length],
      ['System.AggregateException', 22, 1],
    );
  });

  it('takes a type for one by the frame below it, whatever its name ends in', () => {
    assert.deepEqual(
      summaries(`Fleet.Core.VehicleLost: vehicle v8 lost ---> System.TimeoutException: timed out
  at Fleet.Core.Probe.Read (System.Int32 id) [0x00092] in /srv/Fleet.cs:20 
   --- End of inner exception stack trace ---
  at Fleet.Core.Probe.Poll (System.Int32 id) [0x000a9] in /srv/Fleet.cs:25 
Fleet.Core.Started: 3 vehicles
  at noon`),
      ['error Fleet.Core.VehicleLost: vehicle v8 lost @ Fleet.Core.Probe.Poll /srv/Fleet.cs:25'],
    );
  });

  it('reads a message of several lines with an inner exception behind the last', () => {
    const [event] = eventsIn(`System.InvalidOperationException: config missing
looked in /nowhere ---> System.IO.IOException: no such path
   at System.IO.File.Open(String path)
   --- End of inner exception stack trace ---
   at Acme.Config.Load(String path) in /srv/Config.cs:line 40`);
    assert.deepEqual(
      [event?.message, event?.frames[0]?.line, event?.causes[0]?.type],
      ['config missing\nlooked in /nowhere', 40, 'System.IO.IOException'],
    );
  });

  it('reads NUnit’s console and the reports of NUnit and Visual Studio', () => {
    const causes = eventsIn(`Errors and Failures:
1) Test Failure : Fleet.TrackerTests.Adds
     sum
  Expected: 4
  But was:  5

at Fleet.TrackerTests.Adds () [0x00001] in /srv/T.cs:5

2) Error : Fleet.TrackerTests.Throws
System.InvalidOperationException : no fleet
  ----> System.ArgumentException : id
   at Fleet.TrackerTests.Throws() in /srv/T.cs:line 6
--ArgumentException

<test-case name="Adds" result="Failed"><failure>
<message><![CDATA[  Expected: 4
  But was:  5
]]></message>
<stack-trace><![CDATA[at Fleet.TrackerTests.Adds() in /srv/T.cs:line 5
]]></stack-trace></failure></test-case>
<UnitTestResult outcome="Failed"><Output><ErrorInfo>
<Message>Test method Fleet.T.Reads threw exception: 
System.FormatException: not &quot;a&quot; number</Message>
<StackTrace>   at Fleet.T.Reads() in C:\\src\\T.cs:line 7</StackTrace>
</ErrorInfo></Output></UnitTestResult>`).map((event) => [
      event.kind,
      event.type,
      event.message.split('\n')[0],
      event.frames.find(({ inApp }) => inApp)?.line,
      event.causes.map(({ message }) => message).join(),
    ]);
    assert.deepEqual(causes, [
      ['test', 'AssertionFailure', 'sum', 5, ''],
      ['test', 'System.InvalidOperationException', 'no fleet', 6, 'id'],
      ['test', 'AssertionFailure', 'Expected: 4', 5, ''],
      ['test', 'System.FormatException', 'not "a" number', 7, ''],
    ]);
  });

  it('reads what stands on one line, in the console loggers’ short forms', () => {
    const stack =
      'pilot call failed System.TimeoutException: no pilot    at Harbor.Berth.Call(TimeSpan t) in /srv/Berth.cs:line 51    at Harbor.Worker.Run() in /srv/P.cs:line 9';
    const thrown = 'error System.TimeoutException: no pilot @ Harbor.Berth.Call /srv/Berth.cs:51';
    assert.deepEqual(
      summaries(`2026-11-29T10:00:00.123Z info: Harbor.Worker[0] running
2026-11-29T10:00:01.123Z fail: Harbor.Worker[3] Berth 4 lost power
2026-11-29T10:00:02.123Z fail: Harbor.Worker[12] ${stack}
<6>Harbor.Worker[0] running
<3>Harbor.Worker[0] Berth 4 lost power
<3>Harbor.Worker[12] ${stack}
<2>Harbor.Worker[0] gate stuck
`),
      [
        'error LoggedError: Berth 4 lost power',
        thrown,
        'error LoggedError: Berth 4 lost power',
        thrown,
        'fatal LoggedError: gate stuck',
      ],
    );
  });

  it('reads what the console logger of older versions does not indent', () => {
    assert.deepEqual(
      summaries(`fail: Microsoft.AspNetCore.Server.Kestrel[13]
      An unhandled exception was thrown by the application.
System.InvalidOperationException: Berth 9 is occupied
   at Harbor.Berth.Reserve(Int32 id) in /srv/Berth.cs:line 41
warn: Microsoft.AspNetCore.Server.Kestrel[0]
      slow`),
      [
        'error System.InvalidOperationException: Berth 9 is occupied @ Harbor.Berth.Reserve /srv/Berth.cs:41',
      ],
    );
  });

  it('reads how a process ends', () => {
    assert.deepEqual(
      summaries(`Stack overflow.
Repeat 24104 times:
--------------------------------
   at Harbor.Berth.Depth(Int32) in /srv/Berth.cs:line 60
--------------------------------
   at Harbor.Program.Main(System.String[]) in /srv/P.cs:line 6
Unhandled exception. System.Exception: gone
   at Harbor.Program.Main(System.String[]) in /srv/P.cs:line 7
Aborted (core dumped)
`),
      [
        'fatal System.StackOverflowException:  @ Harbor.Berth.Depth /srv/Berth.cs:60',
        'fatal System.Exception: gone @ Harbor.Program.Main /srv/P.cs:7',
      ],
    );
  });

  it('reads .NET Framework in French, Russian and Spanish: a seam is no end', () => {
    const speak = (at: string, place: string, inner: string, seam: string): string =>
      `System.Exception: a ---> System.IO.IOException: b
   ${at} Harbor.Berth.Find() ${place} 22
   --- ${inner} ---
   ${at} Harbor.Berth.Reserve() ${place} 41
--- ${seam} ---
   ${at} Harbor.Berth.Main() ${place} 9
`;
    const texts = [
      speak(
        'à',
        'dans C:\\cs\\Berth.cs:ligne',
        'Fin de la trace de la pile d’exception interne',
        'Fin de la trace de la pile à partir de l’emplacement précédent',
      ),
      speak(
        'в',
        'в C:\\cs\\Berth.cs:строка',
        'Конец трассировки внутреннего стека исключений',
        'Конец трассировки стека из предыдущего расположения',
      ),
      speak(
        'en',
        'en C:\\cs\\Berth.cs:línea',
        'Fin del seguimiento de la pila de la excepción interna',
        'Fin del seguimiento de la pila de la ubicación anterior',
      ),
    ];
    for (const text of texts) {
      assert.deepEqual(
        eventsIn(text).map(({ frames, causes }) => [
          frames.map(({ line }) => line),
          causes[0]?.frames.map(({ line }) => line),
        ]),
        [[[41, 9], [22]]],
      );
    }
  });

  it('reads the console of Microsoft’s testing platform', () => {
    assert.deepEqual(
      summaries(`failed Totals (62ms)
  Assert.AreEqual failed. Expected:<1>. Actual:<-5>. 
    at Harbor.Tests.Totals() in /srv/T.cs:28
failed Parses (1s 220ms)
  Test method Harbor.Tests.Parses threw exception: 
  System.FormatException: bad berth
    at Harbor.Berth.Parse(String s) in /srv/Berth.cs:12

failed to start (see above)
`),
      [
        'error AssertionFailure: Assert.AreEqual failed. Expected:<1>. Actual:<-5>. @ Harbor.Tests.Totals /srv/T.cs:28',
        'error System.FormatException: bad berth @ Harbor.Berth.Parse /srv/Berth.cs:12',
      ],
    );
  });

  it('reads .NET Framework: inner heads on one line', () => {
    const [event] =
      eventsIn(`Unhandled Exception: System.Exception: outer ---> System.IO.IOException: inner
   at Acme.Store.Read() in C:\\cs\\Store.cs:line 21
   --- End of inner exception stack trace ---
   at Acme.Store.Load() in C:\\cs\\Store.cs:line 34`);
    assert.deepEqual(
      [event?.type, event?.message, event?.frames[0]?.line],
      ['System.Exception', 'outer', 34],
    );
    assert.deepEqual(
      event?.causes.map(({ message }) => message),
      ['inner'],
    );
  });

  it('counts once what mono prints twice', () => {
    assert.deepEqual(
      summaries(`
Unhandled Exception:
System.NullReferenceException: Object reference not set
  at Acme.Store.Load (System.Int32 id) [0x00012] in /srv/cs/Store.cs:34 
  at Acme.Program.Main (System.String[] args) [0x00001] in <a1b2c3d4>:0 
[ERROR] FATAL UNHANDLED EXCEPTION: System.NullReferenceException: Object reference not set
  at Acme.Store.Load (System.Int32 id) [0x00012] in /srv/cs/Store.cs:34 
  at Acme.Program.Main (System.String[] args) [0x00001] in <a1b2c3d4>:0 
`),
      [
        'fatal System.NullReferenceException: Object reference not set @ Acme.Store.Load /srv/cs/Store.cs:34',
      ],
    );
  });

  for (const [shown, name] of [
    [
      'Acme.Store.<LoadAsync>d__3.MoveNext() in /s/Store.cs:line 3',
      'Acme.Store.LoadAsync /s/Store.cs:3',
    ],
    ['Acme.Program.<>c.<Main>b__0_0(Int32 x) in /s/P.cs:line 3', 'Acme.Program.Main /s/P.cs:3'],
    ['Acme.P.<>c__DisplayClass3_0.<Run>b__1() in /s/P.cs:line 3', 'Acme.P.Run /s/P.cs:3'],
    [
      'Acme.P.<>c__DisplayClass3_0.<<Run>b__0>d.MoveNext() in /s/P.cs:line 3',
      'Acme.P.Run /s/P.cs:3',
    ],
    ['Acme.P.<Main>g__Helper|0_0(Int32 n) in /s/P.cs:line 3', 'Acme.P.Main.Helper /s/P.cs:3'],
    ['Acme.Cache`1.Get[T](T key) in /s/Cache.cs:line 3', 'Acme.Cache`1.Get /s/Cache.cs:3'],
    ['Acme.Store.Load(Int32 id)', 'Acme.Store.Load Acme/Store.cs:-'],
    ['Microsoft.AspNetCore.Routing.EndpointMiddleware.Invoke(HttpContext c)', undefined],
    ['lambda_method5(Closure, Object)', undefined],
  ]) {
    it(`reads the frame ${shown}`, () => {
      const head = 'error System.InvalidOperationException: no';
      assert.deepEqual(summaries(onTop(shown ?? '')), [name ? `${head} @ ${name}` : head]);
    });
  }

  it('reads translated frames', () => {
    assert.deepEqual(
      summaries(
        'System.Exception: nein\n   bei Acme.Store.Load(Int32 id) in C:\\cs\\Store.cs:Zeile 34.',
      ),
      ['error System.Exception: nein @ Acme.Store.Load C:\\cs\\Store.cs:34'],
    );
  });

  it("reads the console logger's indented exceptions, and its messages", () => {
    const text = `info: Acme.Api[0]
      up
fail: Acme.Api[7]
      request 9 failed
      System.InvalidOperationException: order 7 lost
         at Acme.Store.Load(Int32 id) in /srv/cs/Store.cs:line 34
fail: Acme.Api[8]
      mailer bounced
info: Acme.Api[0]
      done`;
    assert.deepEqual(summaries(text), [
      'error System.InvalidOperationException: order 7 lost @ Acme.Store.Load /srv/cs/Store.cs:34',
      'error LoggedError: mailer bounced',
    ]);
    assert.deepEqual(
      eventsIn(text).map(({ kind }) => kind),
      ['exception', 'log'],
    );
  });

  it('reads a failed test', () => {
    const [event] = eventsIn(`  Failed Acme.CartTests.Adds [12 ms]
  Error Message:
   Assert.Equal() Failure
Expected: 3
Actual:   2
  Stack Trace:
     at Acme.CartTests.Adds() in /srv/cs/CartTests.cs:line 9
`);
    assert.deepEqual([event?.kind, event?.frames[0]?.line], ['test', 9]);
    assert.match(event?.message ?? '', /Expected: 3/);
  });

  it('leaves Java and JavaScript to others', () => {
    const languages = eventsIn(
      'java.lang.IllegalStateException: x\n\tat com.acme.A.a(A.java:1)\nTypeError: y\n    at run (/srv/a.js:1:2)\n',
    ).map(({ language }) => language);
    assert.deepEqual(languages, ['java', 'javascript']);
  });

  it('reads what MSTest says was thrown, and xUnit without a test host', () => {
    const text = `  Failed Gone [1 ms]
  Error Message:
   Test method Acme.LidTests.Gone threw exception: 
System.Collections.Generic.KeyNotFoundException: no lid '7'
  Stack Trace:
      at System.Collections.Generic.Dictionary\`2.get_Item(TKey key)
   at Acme.Lids.Take(Int32 id) in C:\\build\\Lids.cs:line 5

  Finished
    Acme.LidTests.Counts [FAIL]
      Assert.Equal() Failure: Values differ
      Expected: 71
      Actual:   70
      Stack Trace:
        Acme.Tests/LidTests.cs(6,0): at Acme.LidTests.Counts()
           at System.RuntimeMethodHandle.InvokeMethod(Object target)
    Acme.LidTests.Lost [FAIL]
      System.IO.IOException : box is shut
      Stack Trace:
           at System.IO.File.Open(String path)
        Acme/Lids.cs(15,0): at Acme.Lids.Load(String path)
  Finished:    Acme.Tests
`;
    assert.deepEqual(summaries(text), [
      "error System.Collections.Generic.KeyNotFoundException: no lid '7' @ Acme.Lids.Take C:\\build\\Lids.cs:5",
      'error AssertionFailure: Assert.Equal() Failure: Values differ @ Acme.LidTests.Counts Acme.Tests/LidTests.cs:6',
      'error System.IO.IOException: box is shut @ Acme.Lids.Load Acme/Lids.cs:15',
    ]);
    assert.ok(eventsIn(text).every(({ kind }) => kind === 'test'));
  });
});
