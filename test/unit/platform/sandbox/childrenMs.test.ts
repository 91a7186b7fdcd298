import assert from 'node:assert/strict';
import { childrenMs } from '../../../../src/platform/sandbox/childrenMs.ts';

describe('what children have computed', () => {
  it('is read from what a shell tells, in bash and dash', () => {
    assert.equal(childrenMs('0m0.002s 0m0.001s\n1m1.250s 0m0.250s\n'), 61_500);
    assert.equal(childrenMs('0m0.000000s 0m0.000000s\n0m1.500000s 0m0.500000s\n'), 2000);
  });

  it('is not known where anything else was written there', () => {
    for (const text of ['', '0m1.0s 0m1.0s', 'x\n0m1.2.3s 0m1s\n', 'x\n0m.s 0m.s\n', 'x\n0m1s'])
      assert.equal(childrenMs(text), undefined, text);
  });
});
