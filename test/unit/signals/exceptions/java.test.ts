import assert from 'node:assert/strict';
import { exceptionFingerprint } from '../../../../src/signals/fingerprint.ts';
import { eventsIn, summaries } from '../support/readLines.ts';

const chain = `Exception in thread "main" com.acme.shop.Lost$Order: order 7 lost
	at com.acme.shop.Store.load(Store.java:45)
	at com.acme.shop.Main.main(Main.java:14)
	Suppressed: java.io.IOException: close failed
		at com.acme.shop.Pipe.close(Pipe.java:9)
		... 1 more
Caused by: java.lang.Exception: row 7 unreadable
	at com.acme.shop.Store.read(Store.java:40)
	... 1 more
Caused by: java.io.EOFException
	at java.base/java.io.DataInputStream.readFully(DataInputStream.java:210)
	at com.acme.shop.Store.raw(Store.java:35)
	... 2 more`;

const onTop = (frame: string): string => `java.lang.IllegalStateException: no\n\tat ${frame}\n`;

describe('java grammar', () => {
  it('reads an enum that has no such constant where it was asked for, not where it is declared', () => {
    assert.deepEqual(
      summaries(`java.lang.IllegalArgumentException: No enum constant shop.Cart.State.LOST
	at java.base/java.lang.Enum.valueOf(Enum.java:273)
	at shop.Cart$State.valueOf(Cart.java:5)
	at shop.Cart.advance(Cart.java:30)`),
      [
        'error java.lang.IllegalArgumentException: No enum constant shop.Cart.State.LOST @ shop.Cart.advance shop/Cart.java:30',
      ],
    );
  });

  it('reads a type that says nothing behind other words when a frame stands below', () => {
    const frame = '\tat depot.Shelf.take(Shelf.scala:9)\n';
    const place = '@ depot.Shelf.take depot/Shelf.scala:9';
    assert.deepEqual(summaries(`take failed: depot.Aborted\n${frame}`), [
      `error depot.Aborted:  ${place}`,
    ]);
    assert.deepEqual(summaries(`take failed: depot.Aborted: by Ann\n${frame}`), [
      `error depot.Aborted: by Ann ${place}`,
    ]);
    assert.deepEqual(summaries('loaded first: depot.Shelf\nand: depot.Drawer: 3 of them\n'), []);
  });

  it('reads once what is said and thrown on the same line', () => {
    assert.deepEqual(
      summaries(
        'cannot save: shop.LostException: cart 7 shop.LostException: cart 7\n\tat shop.Cart.save(Cart.java:4)\n',
      ),
      ['error shop.LostException: cart 7 @ shop.Cart.save shop/Cart.java:4'],
    );
  });

  it('reads why Spring Boot could not start, and nothing of what to do about it', () => {
    const header =
      '2026-03-02T10:00:00.123Z ERROR 1 --- [main] o.s.b.d.LoggingFailureAnalysisReporter   : ';
    const stars = '*'.repeat(27);
    const [event, ...others] = eventsIn(`${header}

${stars}
APPLICATION FAILED TO START
${stars}

Description:

Web server failed to start. Port 8080 was already in use.

Action:

Stop the process that listens on port 8080.

bye
`);
    assert.deepEqual(others, []);
    assert.equal(event?.message, 'Web server failed to start. Port 8080 was already in use.');
    assert.deepEqual([event.kind, event.severity], ['log', 'fatal']);
    assert.ok(event.raw.endsWith('port 8080.\n'));
  });

  it('reads a trace that has lost its indentation, and no talk of places', () => {
    assert.deepEqual(
      summaries(`java.lang.IllegalStateException: no price
at shop.Cart.price(Cart.java:7)
at shop.Main.main(Main.java:3)
Caused by: java.io.IOException: no file
at shop.Prices.read(Prices.java:4)
... 2 more`),
      ['error java.lang.IllegalStateException: no price @ shop.Cart.price shop/Cart.java:7'],
    );
    assert.deepEqual(summaries('look at shop.Cart (Cart.java:7)\nat noon (or later)'), []);
  });

  it('reads a chain: the outermost, what was suppressed, and the causes down to the root', () => {
    const [event, ...others] = eventsIn(`${chain}\nnext line`);
    assert.equal(others.length, 0);
    assert.equal(event?.type, 'com.acme.shop.Lost$Order');
    assert.equal(event.message, 'order 7 lost');
    assert.equal(event.severity, 'fatal');
    assert.deepEqual(event.frames[0], {
      file: 'com/acme/shop/Store.java',
      function: 'com.acme.shop.Store.load',
      line: 45,
      inApp: true,
    });
    assert.deepEqual(
      event.causes.map(({ type, message }) => [type, message]),
      [
        ['java.io.IOException', 'close failed'],
        ['java.lang.Exception', 'row 7 unreadable'],
        ['java.io.EOFException', ''],
      ],
    );
    assert.deepEqual(
      event.causes.at(-1)?.frames.map(({ inApp }) => inApp),
      [false, true],
    );
  });

  it('tells traces apart that follow each other without a gap', () => {
    assert.equal(eventsIn(`${chain}\n${chain}\n${onTop('com.acme.A.a(A.java:1)')}`).length, 3);
  });

  it('reads the order in which the root cause comes first', () => {
    const [event, ...others] = eventsIn(`java.io.IOException: broken pipe
	at com.acme.shop.Store.raw(Store.java:35)
	... 2 common frames omitted
Wrapped by: java.lang.Exception: row 7
	at com.acme.shop.Store.read(Store.java:40)
Wrapped by: com.acme.shop.Lost: order 7
	at com.acme.shop.Store.load(Store.java:45)`);
    assert.equal(others.length, 0);
    assert.equal(event?.type, 'com.acme.shop.Lost');
    assert.equal(event.frames[0]?.line, 45);
    assert.deepEqual(
      event.causes.map(({ type }) => type),
      ['java.lang.Exception', 'java.io.IOException'],
    );
  });

  for (const [shown, name] of [
    ['java.base/java.lang.Thread.run(Thread.java:829)', undefined],
    ['java.base@21.0.1/java.util.List.of(List.java:2)', undefined],
    ['app//com.acme.Main.run(Main.java:3)', 'com.acme.Main.run com/acme/Main.java:3'],
    ['com.acme/com.acme.Main.run(Main.java:3)', 'com.acme.Main.run com/acme/Main.java:3'],
    ['com.acme.Main.run(Main.java:3) ~[classes/:na]', 'com.acme.Main.run com/acme/Main.java:3'],
    ['com.acme.Main$Inner$1.run(Main.java:3)', 'com.acme.Main$Inner.run com/acme/Main.java:3'],
    ['com.acme.Main.lambda$run$12(Main.java:3)', 'com.acme.Main.lambda$run com/acme/Main.java:3'],
    ['com.acme.Main$$Lambda$14/0x0000000800c03000.run(Unknown Source)', undefined],
    ['com.acme.Main$$EnhancerBySpringCGLIB$$3f2a1b.run(<generated>)', undefined],
    ['jdk.internal.reflect.GeneratedMethodAccessor12.invoke(Unknown Source)', undefined],
    ['com.sun.proxy.$Proxy42.run(Unknown Source)', undefined],
    ['kotlinx.coroutines.DispatchedTask.run(DispatchedTask.kt:108)', undefined],
    [
      'com.acme.CartKt$main$1.invokeSuspend(Cart.kt:10)',
      'com.acme.CartKt$main.invokeSuspend com/acme/Cart.kt:10',
    ],
    [
      'com.acme.CartTest.adds two items(CartTest.kt:5)',
      'com.acme.CartTest.adds two items com/acme/CartTest.kt:5',
    ],
    [
      'com.acme.Shop$.$anonfun$load$1(Shop.scala:12)',
      'com.acme.Shop$.$anonfun$load com/acme/Shop.scala:12',
    ],
    ['Main.main(Main.java:3)', 'Main.main Main.java:3'],
  ]) {
    it(`reads the frame ${shown}`, () => {
      const head = 'error java.lang.IllegalStateException: no';
      assert.deepEqual(summaries(onTop(shown ?? '')), [name ? `${head} @ ${name}` : head]);
    });
  }

  it('knows Kotlin and Scala by their files', () => {
    const languages = ['A.kt', 'A.scala', 'A.java'].map(
      (file) => eventsIn(onTop(`com.acme.A.a(${file}:1)`))[0]?.language,
    );
    assert.deepEqual(languages, ['kotlin', 'scala', 'java']);
  });

  it('gives one identity whatever the compiler and the virtual machine number anew', () => {
    const hashes = [
      ['lambda$run$0', '14/0x0000000800c03000'],
      ['lambda$run$3', '77/0x0000000801001ab8'],
    ].map(([method, lambda]) => {
      const [event] = eventsIn(
        `java.lang.IllegalStateException: no\n\tat com.acme.Main$$Lambda$${lambda}.run(Unknown Source)\n\tat com.acme.Main.${method}(Main.java:3)`,
      );
      assert.ok(event);
      return exceptionFingerprint(event, () => undefined).hash;
    });
    assert.equal(hashes[0], hashes[1]);
  });

  it('takes level and time from the line of the logger above', () => {
    const [event, ...others] =
      eventsIn(`2026-03-02 10:11:12,740 ERROR [main] com.acme.LogMain:10 - request 9 failed
com.acme.shop.Lost: order 7 lost
	at com.acme.shop.Store.load(Store.java:45)
2026-03-02 10:11:13,740 INFO  [main] com.acme.LogMain:11 - up`);
    assert.equal(others.length, 0);
    assert.equal(event?.type, 'com.acme.shop.Lost');
    assert.match(event.raw, /request 9 failed/);
  });

  it('reads a message of several lines', () => {
    const [event] = eventsIn(`org.acme.ParseException: bad input
  line 1: {
  line 2: ]
	at com.acme.Parser.parse(Parser.java:8)`);
    assert.equal(event?.message, 'bad input\n  line 1: {\n  line 2: ]');
  });

  it('reads what has no stack: out of memory, a main class not found, a crashed machine', () => {
    assert.deepEqual(
      summaries(`Terminating due to java.lang.OutOfMemoryError: Java heap space
Error: Could not find or load main class com.acme.Main
Caused by: java.lang.ClassNotFoundException: com.acme.Main
#
# A fatal error has been detected by the Java Runtime Environment:
#
#  SIGSEGV (0xb) at pc=0x00007f, pid=7, tid=8
#
# Problematic frame:
# C  [libshop.so+0x1a2b]  pick+0x1b
#`),
      [
        'fatal java.lang.OutOfMemoryError: Java heap space',
        'error Error: Could not find or load main class com.acme.Main',
        'fatal SIGSEGV: A fatal error has been detected by the Java Runtime Environment',
      ],
    );
  });

  for (const [runner, head] of [
    ['JUnit 4', '1) wrong(com.acme.CartTest)'],
    ['surefire', '[ERROR] com.acme.CartTest.wrong  Time elapsed: 0.004 s  <<< FAILURE!'],
    ['Gradle', 'CartTest > wrong() FAILED'],
  ]) {
    it(`reads a failed test of ${runner}`, () => {
      const [event, ...others] = eventsIn(
        `${head}\njava.lang.AssertionError: expected:<9> but was:<2>\n\tat org.junit.Assert.fail(Assert.java:89)\n\tat com.acme.CartTest.wrong(CartTest.java:9)\n\nend`,
      );
      assert.equal(others.length, 0);
      assert.equal(event?.kind, 'test');
      assert.equal(event.frames.find(({ inApp }) => inApp)?.line, 9);
    });
  }

  it('reads the place a logger writes before its message', () => {
    const [event] = eventsIn(
      '2026-03-02 10:11:12,745 ERROR [main] com.acme.shop.LogMain:11 - payment 70 declined',
    );
    assert.deepEqual(
      [event?.kind, event?.language, event?.frames[0]?.file, event?.frames[0]?.line],
      ['log', 'java', 'com/acme/shop/LogMain.java', 11],
    );
  });

  it('takes no sentence with a class in it for an exception', () => {
    assert.deepEqual(
      eventsIn(`com.acme.shop.Cart: started
java.lang.IllegalStateException: quoted in the manual
see Caused by: in the docs
	at noon (local time)
done`),
      [],
    );
  });

  it('says nothing of what Maven repeats', () => {
    const text = `[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.05 s <<< FAILURE! -- in com.acme.CartTest
[ERROR] com.acme.CartTest.wrong -- Time elapsed: 0.01 s <<< FAILURE!
org.opentest4j.AssertionFailedError: expected: <9> but was: <2>
	at com.acme.CartTest.wrong(CartTest.java:9)

[INFO] Results:
[INFO]
[ERROR] Failures:
[ERROR]   CartTest.wrong:9 expected: <9> but was: <2>
[INFO]
[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:3.2.5:test (default-test) on project shop: There are test failures.
[ERROR]
[ERROR] Please refer to /srv/app/target/surefire-reports for the individual test results.
`;
    assert.deepEqual(
      eventsIn(text).map(({ kind, type }) => [kind, type]),
      [['test', 'org.opentest4j.AssertionFailedError']],
    );
  });

  it('reads failures as Gradle and JUnit 5 shorten them', () => {
    assert.deepEqual(
      summaries(`CartTest > npe() FAILED
    java.lang.NullPointerException at CartTest.java:12

  JUnit Jupiter:CartTest:wrong()
    MethodSource [className = 'com.acme.CartTest', methodName = 'wrong', methodParameterTypes = '']
    => org.opentest4j.AssertionFailedError: expected: <9> but was: <2>
       org.junit.jupiter.api.AssertionUtils.fail(AssertionUtils.java:55)
       com.acme.CartTest.wrong(CartTest.java:9)
       [...]
`),
      [
        'error java.lang.NullPointerException:  @ - CartTest.java:12',
        'error org.opentest4j.AssertionFailedError: expected: <9> but was: <2> @ com.acme.CartTest.wrong com/acme/CartTest.java:9',
      ],
    );
  });

  it('reads what the launcher says, and what prints itself without a type', () => {
    assert.deepEqual(
      summaries(`Error occurred during initialization of boot layer
java.lang.module.FindException: Module tide.missing not found
Error: LinkageError occurred while loading main class Modern
	java.lang.UnsupportedClassVersionError: Modern has been compiled by a more recent version
Error: Unable to access jarfile nope.jar
Exception in thread "main" Odd gauge {seven}
	at io.tidal.Gauge.odd(Gauge.java:35)
Exception in thread "main" is what it says
Tide.java:4: error: cannot find symbol
error: compilation failed
`),
      [
        'fatal java.lang.module.FindException: Module tide.missing not found',
        'fatal java.lang.UnsupportedClassVersionError: Modern has been compiled by a more recent version',
        'error Error: Unable to access jarfile nope.jar',
        'fatal java.lang.Throwable: Odd gauge {seven} @ io.tidal.Gauge.odd io/tidal/Gauge.java:35',
        'error CompileError: cannot find symbol @ - Tide.java:4',
      ],
    );
  });

  it('goes on below an empty line with Gradle’s causes and the stack of Spark’s driver', () => {
    const [gradle, spark, ...others] = eventsIn(`RepoTest > loads() FAILED
    java.lang.IllegalStateException: tide 9 unavailable
        at com.pier.Repo.fetch(Repo.kt:18)

        Caused by:
        java.io.IOException: unreachable
            at com.pier.Repo.socket(Repo.kt:12)
            ... 85 more

Exception in thread "main" org.apache.spark.SparkException: Job aborted: java.lang.Error: x
	at jobs.Runner$.$anonfun$run$1(Runner.scala:48)

Driver stacktrace:
	at org.apache.spark.rdd.RDD.collect(RDD.scala:1045)
	at jobs.Runner.main(Runner.scala:52)
Caused by: java.lang.Error: x
	at jobs.Runner$.$anonfun$run$1(Runner.scala:48)

2 tests completed`);
    assert.equal(others.length, 0);
    assert.deepEqual(
      gradle?.causes.map(({ type, message }) => `${type}: ${message}`),
      ['java.io.IOException: unreachable'],
    );
    assert.deepEqual(
      spark?.frames.map(({ line }) => line),
      [48, 1045, 52],
    );
    assert.equal(spark?.causes.length, 1);
  });

  it('reads java.util.logging’s XML', () => {
    assert.deepEqual(
      summaries(`<log>
<record>
  <date>2026-03-02T10:00:00Z</date>
  <level>INFO</level>
  <message>up</message>
</record>
<record>
  <level>SEVERE</level>
  <message>disk &lt;data&gt; full</message>
</record>
<record>
  <level>SEVERE</level>
  <message>step failed</message>
  <exception>
    <message>com.acme.Lost: order 7
with more</message>
    <frame>
      <class>com.acme.Store$Row</class>
      <method>load</method>
      <line>45</line>
    </frame>
  </exception>
</record>
`),
      [
        'error LoggedError: disk <data> full',
        'error com.acme.Lost: order 7 @ com.acme.Store$Row.load com/acme/Store.java:45',
      ],
    );
  });

  it('reads stacks of which every line has a level, and those of Android', () => {
    assert.deepEqual(
      summaries(`[error] java.util.NoSuchElementException: None.get
[error] 	at scala.None$.get(Option.scala:529)
[error] 	at com.acme.Shop$.total(Shop.scala:14)
[error] stack trace is suppressed; run last Compile / run for the full output
FATAL EXCEPTION: main
Process: com.acme.app, PID: 1234
java.lang.NullPointerException: x
	at com.acme.app.MainActivity.onCreate(MainActivity.kt:33)
`),
      [
        'error java.util.NoSuchElementException: None.get @ com.acme.Shop$.total com/acme/Shop.scala:14',
        'fatal java.lang.NullPointerException: x @ com.acme.app.MainActivity.onCreate com/acme/app/MainActivity.kt:33',
      ],
    );
  });
});
