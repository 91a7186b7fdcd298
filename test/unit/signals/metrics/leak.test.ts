import assert from 'node:assert/strict';
import {
  findLeak,
  findLeakMidway,
  findLeakWatching,
} from '../../../../src/signals/metrics/leak.ts';
import { leakFree, leaks, seeded } from '../../../support/series.ts';

const seeds = 60;

/** How often a leak is seen in series of one kind, of 30 to 280 windows. */
function share(generate: (random: ReturnType<typeof seeded>, n: number) => number[]): number {
  let found = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const random = seeded(seed * 7919);
    const series = generate(random, Math.floor(random.between(30, 280)));
    if (findLeak(series.map((y, x) => ({ x, y })))) found++;
  }
  return found / seeds;
}

describe('memory leaks', () => {
  for (const [kind, generate] of Object.entries(leaks)) {
    it(`are found: ${kind}`, () => assert.ok(share(generate) >= 0.8, `${share(generate)}`));
  }
  it('are found in 95 of 100 series', () => {
    const shares = Object.values(leaks).map(share);
    assert.ok(shares.reduce((a, b) => a + b) / shares.length >= 0.95);
  });

  for (const [kind, generate] of Object.entries(leakFree)) {
    it(`are not seen in ${kind}`, () => assert.ok(share(generate) <= 0.04, `${share(generate)}`));
  }
  it('are seen in less than one of 100 series without', () => {
    const shares = Object.values(leakFree).map(share);
    assert.ok(shares.reduce((a, b) => a + b) / shares.length < 0.01);
  });

  it('are seen in less than one of 100 without, of which a part of a day is seen first', () => {
    const shares = Object.values(leakFree).map((generate) => {
      const days = Array.from({ length: seeds }, (_, i) => {
        const random = seeded((i + 1) * 7_907);
        const day = generate(random, 288).map((y, x) => ({ x, y }));
        return findLeakMidway(day.slice(0, Math.floor(random.between(24, 288))));
      });
      return days.filter(Boolean).length / seeds;
    });
    assert.ok(shares.reduce((a, b) => a + b) / shares.length < 0.01);
  });

  it('need enough points, and are told with level and growth', () => {
    const line = (n: number) => Array.from({ length: n }, (_, x) => ({ x, y: 100 + 2 * x }));
    assert.equal(findLeak(line(10)), undefined);
    assert.deepEqual(findLeak(line(51)), { growth: 100, level: 100, from: 0, to: 50 });
  });

  describe('in a series that is judged again and again through a day', () => {
    const looks = 24; // of the 264 there are: each costs a millisecond, and they are much alike
    const days = 12;

    /** How often a leak is seen at any look. */
    function everShare(generate: (random: ReturnType<typeof seeded>, n: number) => number[]) {
      let found = 0;
      for (let seed = 1; seed <= days; seed++) {
        const series = generate(seeded(seed * 7_907), 288).map((y, x) => ({ x, y }));
        const isSeen = Array.from({ length: looks }, (_, i) => 288 - 11 * i).some((end) =>
          findLeakWatching(series.slice(0, end)),
        );
        if (isSeen) found++;
      }
      return found / days;
    }
    const mean = (shares: readonly number[]) => shares.reduce((a, b) => a + b) / shares.length;

    it('are found in 95 of 100', () => {
      assert.ok(mean(Object.values(leaks).map(everShare)) >= 0.95);
    });
    it('are seen in less than one of 100 without', () => {
      assert.ok(mean(Object.values(leakFree).map(everShare)) < 0.01);
    });
  });
});
