import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('reports of failed Java tests', () => {
  it('takes several failures of one test for one, and Maven’s list of results for none', () => {
    const text = `[ERROR] com.acme.CartTest.all -- Time elapsed: 0.02 s <<< FAILURE!
org.opentest4j.MultipleFailuresError: 
cart (2 failures)
	org.opentest4j.AssertionFailedError: too few ==> expected: <true> but was: <false>
	org.opentest4j.AssertionFailedError: expected: <null> but was: <[1]>
	at org.junit.jupiter.api.AssertAll.assertAll(AssertAll.java:80)
	at com.acme.CartTest.all(CartTest.java:14)
	Suppressed: org.opentest4j.AssertionFailedError: too few ==> expected: <true> but was: <false>
		at com.acme.CartTest.lambda$all$1(CartTest.java:13)

[ERROR] com.acme.CartTest.fine -- Time elapsed: 0.001 s
[ERROR] com.acme.CartTest skipped
[INFO] Results:
[INFO]
[ERROR] Failures:
[ERROR]   CartTest.all:14 cart (2 failures)
	org.opentest4j.AssertionFailedError: too few ==> expected: <true> but was: <false>
	org.opentest4j.AssertionFailedError: expected: <null> but was: <[1]>
[ERROR]   CartTest.lists:19 iterable contents differ at index [1], expected: <2> but was: <3>
[ERROR]   CartTest.init:4->BaseTest.open:9 » IllegalState no database
[INFO]
`;
    const [event, ...others] = eventsIn(text);
    assert.equal(others.length, 0);
    assert.deepEqual(
      [event?.kind, event?.type, event?.message.split('\n')[0]],
      ['test', 'org.opentest4j.MultipleFailuresError', 'cart (2 failures)'],
    );
    assert.equal(event?.frames.find(({ inApp }) => inApp)?.line, 14);
  });

  it('reads JUnit 5’s console: of classes, with causes whose frames name modules', () => {
    assert.deepEqual(
      summaries(`  JUnit Jupiter:SetupTest
    ClassSource [className = 'com.acme.SetupTest', filePosition = null]
    => java.lang.IllegalStateException: no database
       com.acme.SetupTest.init(SetupTest.java:4)
       [...]
     Caused by: java.net.ConnectException: refused
       java.base@17.0.15/java.net.Socket.connect(Native Method)
       app//com.acme.Pool.open(Pool.java:18)
       [...]
  JUnit Jupiter:CartTest:all()
    MethodSource [className = 'com.acme.CartTest', methodName = 'all', methodParameterTypes = '']
    => org.opentest4j.MultipleFailuresError: cart (1 failure)
	org.opentest4j.AssertionFailedError: too few
       com.acme.CartTest.all(CartTest.java:14)
       [...]
`),
      [
        'error java.lang.IllegalStateException: no database @ com.acme.SetupTest.init com/acme/SetupTest.java:4',
        'error org.opentest4j.MultipleFailuresError: cart (1 failure) @ com.acme.CartTest.all com/acme/CartTest.java:14',
      ],
    );
  });

  it('reads failures that print no type', () => {
    assert.deepEqual(
      summaries(`There were 2 failures:
1) arrays(com.acme.OldTest)
arrays first differed at element [1]; expected:<2> but was:<3>
	at org.junit.Assert.assertArrayEquals(Assert.java:418)
	at com.acme.OldTest.arrays(OldTest.java:7)
	... 32 trimmed
Caused by: java.lang.AssertionError: expected:<2> but was:<3>
	at org.junit.Assert.fail(Assert.java:89)
	... 38 more
CartSpec > adds up FAILED
    Condition not satisfied:

    cart.total == 4
    |    |     |
    |    3     false

        at CartSpec.adds up(CartSpec.groovy:9)
`),
      [
        'error AssertionError: arrays first differed at element [1]; expected:<2> but was:<3> @ com.acme.OldTest.arrays com/acme/OldTest.java:7',
        'error AssertionError: Condition not satisfied: @ CartSpec.adds up CartSpec.groovy:9',
      ],
    );
  });

  it('says nothing of tests that were not run', () => {
    assert.deepEqual(
      eventsIn(`SKIPPED: ships
java.lang.Throwable: Method CartTest.ships()[pri:0, instance:CartTest@5f375618] depends on not successfully finished methods
	at org.testng.internal.Invoker.invokeTestMethods(Invoker.java:1028)
	at com.acme.Run.main(Run.java:9)
org.opentest4j.TestAbortedException: Assumption failed: no network
	at com.acme.CartTest.net(CartTest.java:30)
<testcase classname="CartTest" name="ships"><error message="Method CartTest.ships() depends on not successfully finished methods" type="java.lang.Throwable"><![CDATA[java.lang.Throwable: Method
	at org.testng.internal.Invoker.invokeTestMethods(Invoker.java:1028)]]></error></testcase>
`),
      [],
    );
  });

  it('reads Groovy’s assert, which draws what it knows', () => {
    const [event, ...others] = eventsIn(`Assertion failed: 

assert n.size() == 2 && n[0] > n[1]
       | |      |
       | 2      true

	at org.codehaus.groovy.runtime.InvokerHelper.assertFailed(InvokerHelper.java:420)
	at pricing.Pricing.checked(Pricing.groovy:17)
`);
    assert.equal(others.length, 0);
    assert.deepEqual(
      [event?.language, event?.type, event?.message.split('\n')[0], event?.frames[1]?.line],
      [
        'groovy',
        'org.codehaus.groovy.runtime.powerassert.PowerAssertionError',
        'assert n.size() == 2 && n[0] > n[1]',
        17,
      ],
    );
    assert.deepEqual(eventsIn('Assertion failed: \nassert me, said the guest\nand left'), []);
  });

  it('reads what groovyc says is wrong', () => {
    assert.deepEqual(
      summaries(`org.codehaus.groovy.control.MultipleCompilationErrorsException: startup failed:
src/Calc.groovy: 5: [Static type checking] - Cannot find matching method Calc#add(int)
 @ line 5, column 19.
       String go() { add(1) }
                     ^

1 error
see build.groovy: 5: the number of tries
`),
      [
        'error CompileError: [Static type checking] - Cannot find matching method Calc#add(int) @ - src/Calc.groovy:5',
      ],
    );
  });
});
