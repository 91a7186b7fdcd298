import assert from 'node:assert/strict';
import { describeFailure } from '../../../../src/gates/failure.ts';
import { readTapReport } from '../../../../src/gates/tests/tapReport.ts';

const flat = `TAP version 13
# adds
ok 1 should be strictly equal
not ok 2 sums
  ---
    operator: equal
    expected: 3
    actual:   4
    at: Test.<anonymous> (/work/test/a.js:4:5)
  ...
# later
ok 3 is not ready # SKIP no time
not ok 4 soon # TODO

1..4
# tests 4
# pass  2
# fail  1
`;

const nested = `TAP version 14
# Subtest: test/a.js
    # Subtest: adds
        ok 1 - should be equal
        1..1
    ok 1 - adds # time=2ms
    # Subtest: breaks
        not ok 1 - x is undefined
          ---
          type: TypeError
          stack: |
            total (src/a.js:3:1)
          ...
        1..1
    not ok 2 - breaks
    1..2
not ok 1 - test/a.js
1..1
`;

describe('TAP', () => {
  it('reads flat results below their comments', () => {
    const outcome = readTapReport(flat, '/work');
    assert.deepEqual(
      outcome?.cases.map(({ name, status }) => [name, status]),
      [
        ['adds › should be strictly equal', 'passed'],
        ['adds › sums', 'failed'],
        ['later › is not ready', 'skipped'],
        ['later › soon', 'skipped'],
      ],
    );
    assert.deepEqual(outcome?.broken, []);
    assert.equal(describeFailure(outcome?.cases[1]?.message ?? '').kind, 'assertion');
  });

  it('reads subtests, and which error one threw', () => {
    const outcome = readTapReport(nested, '/work');
    const failed = outcome?.cases.filter(({ status }) => status === 'failed') ?? [];
    assert.ok(outcome?.cases.some(({ name, status }) => /adds/.test(name) && status === 'passed'));
    assert.match(failed[0]?.name ?? '', /test\/a\.js › breaks › x is undefined/);
    assert.equal(describeFailure(failed[0]?.message ?? '').type, 'TypeError');
  });

  it('takes a run that ends before its plan for a broken one', () => {
    assert.equal(readTapReport('TAP version 13\nok 1 a\n', '/work')?.broken.length, 1);
    assert.equal(readTapReport('1..3\nok 1 a\n', '/work')?.broken.length, 1);
    assert.equal(readTapReport('1..2\nok 1\nBail out! no database\n', '/w')?.broken.length, 2);
  });

  it('is not what other runners print', () => {
    assert.equal(readTapReport('ok\nFAIL x\n', '/work'), undefined);
    assert.equal(readTapReport('', '/work'), undefined);
  });
});
