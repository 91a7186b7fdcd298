import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('what Scala’s tools print', () => {
  it('reads errors of Scala 2 and 3 within sbt, and nothing of what it says of its run', () => {
    assert.deepEqual(
      summaries(`[info] compiling 3 Scala sources ...
[error] /srv/ws/Runner.scala:14:20: type mismatch;
[error]  found   : String("a")
[error]  required: Int
[error]     val n: Int = run("a")
[error]                    ^
[error] /srv/ws/Runner.scala:20:5: not found: value jobz
[error]     jobz.foreach(println)
[error]     ^
[warn] /srv/ws/Runner.scala:3:8: unused import
[error] two errors found
[error] -- [E007] Type Mismatch Error: /srv/ws/Cart.scala:14:20 
[error] 14 |    val n: Int = run("a")
[error]    |                     ^^^
[error]    |                     Found:    ("a" : String)
[error]    |                     Required: Int
[error]    |
[error]    | longer explanation available when compiling with \`-explain\`
[error] -- Error: /srv/ws/Cart.scala:20:4 
[error] 20 |    jobz.foreach(println)
[error]    |    ^^^^
[error]    |    not a member of Int
[error] 2 errors found
[error] (Compile / compileIncremental) Compilation failed
[error] Total time: 3 s, completed Nov 29, 2026, 10:00:00 AM
-- [E006] Not Found Error: Till.scala:3:2 ---------------
3 |  xs
  |  ^^
  |  Not found: xs
`),
      [
        'error CompileError: type mismatch; @ - /srv/ws/Runner.scala:14',
        'error CompileError: not found: value jobz @ - /srv/ws/Runner.scala:20',
        'error E007: Found:    ("a" : String) @ - /srv/ws/Cart.scala:14',
        'error CompileError: not a member of Int @ - /srv/ws/Cart.scala:20',
        'error E006: Not found: xs @ - Till.scala:3',
      ],
    );
  });

  it('reads failures of ScalaTest, specs2 and MUnit', () => {
    const events = eventsIn(`[info] CartSpec:
[info] - should be empty
[info] - should add up *** FAILED ***
[info]   3 did not equal 4 (CartSpec.scala:12)
[info] - should divide *** FAILED *** (12 milliseconds)
[info]   java.lang.ArithmeticException: / by zero
[info]   at jobs.Runner.div(Runner.scala:33)
[info]   at org.scalatest.OutcomeOf.outcomeOf(OutcomeOf.scala:85)
[info]   ...
[info] Tests: succeeded 1, failed 2, canceled 0
[info] *** 2 TESTS FAILED ***
[error] Failed tests:
[error] 	jobs.CartSpec
[error] (Test / test) sbt.TestsFailedException: Tests unsuccessful
[error] x fails with other output
[error]  List(1) != List(2) (Spec.scala:10)
[info]
==> X jobs.CartSuite.adds  0.03s munit.ComparisonFailException: /srv/ws/CartSuite.scala:9
8:  test("adds") {
9:    assertEquals(1 + 2, 4)
values are not the same
=> Obtained
3
    at munit.FunSuite.assertEquals(FunSuite.scala:11)
`).map(({ kind, language, type, message, frames }) => [
      kind,
      language,
      type,
      message.split('\n')[0],
      frames.find(({ inApp }) => inApp)?.line,
    ]);
    assert.deepEqual(events, [
      ['test', 'scala', 'AssertionError', '3 did not equal 4', 12],
      ['test', 'scala', 'java.lang.ArithmeticException', '/ by zero', 33],
      ['test', 'scala', 'AssertionError', 'List(1) != List(2)', 10],
      ['test', 'scala', 'munit.ComparisonFailException', 'values are not the same', 9],
    ]);
  });

  it('takes no list and no other tool’s error for one of Scala', () => {
    assert.deepEqual(
      summaries('- the till (open)\n- *** FAILED *** is what it says\n==> X marks the spot'),
      [],
    );
    assert.deepEqual(summaries('[error] connect ECONNREFUSED 10.0.0.7:5432'), [
      'error LoggedError: connect ECONNREFUSED 10.0.0.7:5432',
    ]);
  });
});
