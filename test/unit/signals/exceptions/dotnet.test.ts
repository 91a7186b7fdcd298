import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

const onTop = (frame: string): string => `System.InvalidOperationException: no\n   at ${frame}\n`;

describe('.NET grammar', () => {
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
