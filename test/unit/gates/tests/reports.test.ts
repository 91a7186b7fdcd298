import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCase } from '../../../../src/core/testRun.ts';
import { describeFailure, isReproduction } from '../../../../src/gates/failure.ts';
import { readJestReport } from '../../../../src/gates/tests/jestReport.ts';
import { readJunitReport } from '../../../../src/gates/tests/junitReport.ts';
import { readMochaReport } from '../../../../src/gates/tests/mochaReport.ts';
import type { Outcome } from '../../../../src/gates/tests/outcome.ts';
import { readCargoOutput, readGoReport } from '../../../../src/gates/tests/textReports.ts';

const folder = join(import.meta.dirname, '../../../fixtures/reports');
const sample = (name: string): string => readFileSync(join(folder, name), 'utf8');
const root = '/repo';

/** One line a case: status, file, name, and how it failed. */
function summary(outcome: Outcome | undefined): string[] {
  assert.ok(outcome);
  return outcome.cases.map(line).sort();
}

function line({ status, file, name, message }: TestCase): string {
  const failure = status === 'failed' ? describeFailure(message ?? '') : undefined;
  const how = failure ? ` [${failure.kind} ${failure.type ?? '-'}]` : '';
  return `${status} ${file ?? '-'} ${name}${how}`;
}

describe('test reports, as real runs wrote them', () => {
  it('mocha', () => {
    assert.deepEqual(summary(readMochaReport(sample('mocha.json'), root)), [
      'failed test/a.test.js adds › dynamic import [import Error]',
      'failed test/a.test.js adds › slow [timeout Error]',
      'failed test/a.test.js adds › throws [exception TypeError]',
      'failed test/a.test.js adds › throws a string [exception Error]',
      'failed test/a.test.js adds › wrong [assertion AssertionError]',
      'failed test/a.test.js hooks › "before all" hook for "never" [exception Error]',
      'passed test/a.test.js adds › right',
      'skipped test/a.test.js adds › pending',
      'skipped test/a.test.js adds › skipped',
    ]);
  });

  it('jest, with and without a file that did not load', () => {
    assert.deepEqual(summary(readJestReport(sample('jest.json'), root)), [
      'failed t/a.test.js adds › throws [exception TypeError]',
      'failed t/a.test.js adds › wrong [assertion Error]',
      'passed t/a.test.js adds › right',
      'skipped t/a.test.js adds › later',
      'skipped t/a.test.js adds › skipped',
    ]);
    const broken = readJestReport(sample('jest-broken.json'), root);
    assert.deepEqual(broken?.cases, []);
    assert.match(broken?.broken.join() ?? '', /Cannot find module '\.\/nope'/);
  });

  it('vitest, with and without a file that did not load', () => {
    assert.deepEqual(summary(readJestReport(sample('vitest.json'), root)), [
      'failed vv/a.spec.js adds › throws [exception TypeError]',
      'failed vv/a.spec.js adds › wrong [assertion AssertionError]',
      'passed vv/a.spec.js adds › right',
      'skipped vv/a.spec.js adds › later',
      'skipped vv/a.spec.js adds › skipped',
    ]);
    assert.equal(readJestReport(sample('vitest-broken.json'), root)?.broken.length, 1);
  });

  for (const version of ['node20', 'node24']) {
    it(`node --test of ${version}`, () => {
      const outcome = readJunitReport(sample(`${version}.xml`), root, { titles: 'suites' });
      const file = version === 'node24' ? 'node/a.test.mjs' : '-';
      assert.deepEqual(summary(outcome), [
        `failed ${file} adds › dynamic import [import Error]`,
        `failed ${file} adds › throws [exception TypeError]`,
        `failed ${file} adds › wrong [assertion AssertionError]`,
        `failed ${file} times out [timeout Error]`,
        `passed ${file} adds › right`,
        `passed ${file} top`,
        `skipped ${file} adds › skipped`,
        `skipped ${file} adds › todo`,
      ]);
    });
  }

  it('node --test: quotes, which it escapes twice, are those of the message, told once', () => {
    const text = 'no &amp;quot;tea&amp;quot;';
    const report = `<testsuites><testcase name="x" file="${root}/a.test.js"><failure type="testCodeFailure" message="${text}">no "tea"</failure></testcase></testsuites>`;
    const outcome = readJunitReport(report, root, { titles: 'suites' });
    assert.equal(outcome?.cases[0]?.message, 'no "tea"');
  });

  it('node --test: a file that ended itself is no passed test, one that did not load is broken', () => {
    const ended = readJunitReport(sample('node24-exit.xml'), root, { titles: 'suites' });
    assert.deepEqual(ended, { cases: [], broken: [] });
    const broken = readJunitReport(sample('node24-broken.xml'), root, { titles: 'suites' });
    assert.equal(broken?.cases.length, 0);
    assert.equal(broken?.broken.length, 1);
  });

  it('pytest', () => {
    const outcome = readJunitReport(sample('pytest.xml'), root, { titles: 'class' });
    assert.deepEqual(summary(outcome), [
      'failed test_a.py test_a › test_fix [exception RuntimeError]',
      'failed test_a.py test_a › test_import [import ModuleNotFoundError]',
      'failed test_a.py test_a › test_p[2] [assertion AssertionError]',
      'failed test_a.py test_a › test_throws [exception KeyError]',
      'failed test_a.py test_a › test_wrong [assertion AssertionError]',
      'failed test_a.py test_a.T › test_u [assertion AssertionError]',
      'failed test_a.py test_a.TestK › test_m [assertion Failed]',
      'passed test_a.py test_a › test_p[1]',
      'passed test_a.py test_a › test_right',
      'skipped test_a.py test_a › test_skipped',
      'skipped test_a.py test_a › test_xfail',
    ]);
    const broken = readJunitReport(sample('pytest-broken.xml'), root, { titles: 'class' });
    assert.deepEqual(summary(broken), [
      'failed test_sysexit.py test_sysexit › test_x [exception SystemExit]',
    ]);
    assert.match(broken?.broken.join() ?? '', /No module named 'nope_nope'/);
  });

  it('surefire', () => {
    const outcome = readJunitReport(sample('surefire.xml'), root, { titles: 'class' });
    assert.deepEqual(summary(outcome), [
      'failed - demo.AddTest › boom [exception java.lang.NullPointerException]',
      'failed - demo.AddTest › wrong [assertion org.opentest4j.AssertionFailedError]',
      'passed - demo.AddTest › right',
      'skipped - demo.AddTest › later',
    ]);
  });

  it('cargo', () => {
    assert.deepEqual(summary(readCargoOutput(sample('cargo.txt'), root)), [
      'failed - tests::boom [exception panic]',
      'failed - tests::wrong [assertion AssertionError]',
      'passed - outer',
      'passed - tests::right',
      'skipped - tests::later',
    ]);
    assert.equal(readCargoOutput(sample('cargo-broken.txt'), root)?.broken.length, 1);
  });

  it('go', () => {
    const outcome = readGoReport(sample('go.jsonl'), root);
    assert.deepEqual(summary(outcome), [
      'failed - example.com/demo › TestBoom [exception panic]',
      'failed - example.com/demo › TestWrong [assertion AssertionError]',
      'passed - example.com/demo › TestRight',
      'skipped - example.com/demo › TestLater',
    ]);
    assert.match(outcome?.broken[0] ?? '', /example\.com\/broken/);
  });

  it('anything else is no report', () => {
    for (const text of ['', '{', '[]', '{"stats":1}', '<testsuites', '<html></html>', 'null']) {
      assert.equal(readMochaReport(text, root), undefined, text);
      assert.equal(readJestReport(text, root), undefined, text);
      assert.equal(readJunitReport(text, root, { titles: 'class' }), undefined, text);
      assert.equal(readCargoOutput(text, root), undefined, text);
      assert.equal(readGoReport(text, root), undefined, text);
    }
  });

  it('declares no entities', () => {
    const bomb =
      '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><testsuites><testcase name="&a;"/></testsuites>';
    assert.equal(readJunitReport(bomb, root, { titles: 'class' }), undefined);
  });

  it('names that occur twice are told apart', () => {
    const xml =
      '<testsuites><testcase classname="a" name="x"/><testcase classname="a" name="x"/></testsuites>';
    const names = readJunitReport(xml, root, { titles: 'class' })?.cases.map(({ name }) => name);
    assert.deepEqual(names, ['a › x', 'a › x (2)']);
  });
});

describe('what counts as a reproduction', () => {
  const counts = (message: string, exception?: string): boolean =>
    isReproduction(describeFailure(message), exception ? { exceptionType: exception } : {}, [
      'test/a.test.js',
      'tests/test_a.py',
    ]);
  const inSource =
    '\n    at total (file:///w/src/a.js:3:9)\n    at Context.<anonymous> (file:///w/test/a.test.js:4:2)';
  const inTest = '\n    at Context.<anonymous> (file:///w/test/a.test.js:4:2)';

  it("the test's own assertion", () => {
    assert.ok(counts(`AssertionError [ERR_ASSERTION]: 2 !== 3${inTest}`));
    assert.ok(counts(`Error: expect(received).toBe(expected)${inTest}`));
    assert.ok(counts('assert 1 == 2\nE   assert 1 == 2\n\ntests/test_a.py:3: AssertionError'));
    assert.ok(counts(`Error: the total is wrong${inTest}`), 'a plain throw in the test');
  });

  it("the ticket's exception, raised by the code under test", () => {
    assert.ok(counts(`TypeError: x is undefined${inSource}`, 'TypeError'));
    assert.ok(counts("KeyError: 'x'\nE   KeyError: 'x'\n\nsrc/shop.py:9: KeyError", 'KeyError'));
    assert.ok(
      counts(
        'java.lang.NullPointerException: x\n\tat a.B.c(B.java:1)',
        'java.lang.NullPointerException',
      ),
    );
  });

  it('not another exception, nor one of the test itself, nor an import, nor a time-out', () => {
    assert.ok(!counts(`TypeError: x is undefined${inSource}`));
    assert.ok(!counts(`RangeError: x${inSource}`, 'TypeError'));
    assert.ok(!counts(`TypeError: fixed is not a function${inTest}`, 'TypeError'));
    assert.ok(
      !counts("KeyError: 'x'\nE   KeyError: 'x'\n\ntests/test_a.py:9: KeyError", 'KeyError'),
    );
    assert.ok(!counts(`Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/w/src/new.js'${inTest}`));
    assert.ok(
      !counts(
        `AssertionError [ERR_ASSERTION]: Got unwanted exception.\nActual message: "Cannot find module './new'"${inTest}`,
      ),
    );
    assert.ok(!counts('Error: Timeout of 2000ms exceeded. For async tests…'));
    assert.ok(!counts('ReferenceError: describe is not defined'));
    assert.ok(!counts(''));
  });
});
