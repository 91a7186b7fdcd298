import assert from 'node:assert/strict';
import {
  comingTogether,
  compareRates,
  isBeyond,
  rateSentence,
  stormOf,
} from '../../../src/release/rates.ts';
import { createRandom } from '../../support/random.ts';
import { poisson } from '../../support/releaseSeries.ts';

describe('rates before and after a release', () => {
  it('sees a fix, and says so with numbers', () => {
    const before = { events: 1_204, lines: 80_000 };
    const after = { events: 31, lines: 70_000 };
    assert.equal(compareRates(before, after).verdict, 'better');
    assert.equal(
      rateSentence('this error', before, after),
      '97 % fewer of this error: 1,204 in 80,000 lines before, 31 in 70,000 lines after.',
    );
  });

  it('sees what became worse, and what is new', () => {
    const before = { events: 40, lines: 40_000 };
    assert.equal(compareRates(before, { events: 30, lines: 5_000 }).verdict, 'worse');
    const none = { events: 0, lines: 40_000 };
    const after = { events: 12, lines: 5_000 };
    assert.equal(compareRates(none, after).verdict, 'worse');
    assert.match(rateSentence('all errors', none, after), /^New: all errors/);
  });

  it('counts by what was logged: twice the errors in twice the lines is no change', () => {
    const before = { events: 50, lines: 10_000 };
    assert.equal(compareRates(before, { events: 100, lines: 20_000 }).verdict, 'same');
    assert.equal(compareRates(before, { events: 100, lines: 2_000 }).verdict, 'worse');
  });

  it('says nothing of next to nothing', () => {
    assert.equal(
      compareRates({ events: 5, lines: 1_000 }, { events: 0, lines: 3 }).verdict,
      'unknown',
    );
    assert.equal(
      compareRates({ events: 0, lines: 0 }, { events: 3, lines: 99 }).verdict,
      'unknown',
    );
  });

  it('does not cry wolf, however often it looks', () => {
    const random = createRandom(7);
    let alarms = 0;
    const runs = 1_000;
    for (let run = 0; run < runs; run++) {
      const rate = 10 ** -(1 + 3 * random.next());
      const linesBefore = Math.round(1_000 + random.next() * 50_000);
      const before = { events: poisson(rate * linesBefore, random), lines: linesBefore };
      let events = 0;
      let lines = 0;
      for (let look = 0; look < 60; look++) {
        const more = Math.round(50 + random.next() * 500);
        lines += more;
        events += poisson(rate * more, random);
        if (compareRates(before, { events, lines }).verdict !== 'worse') continue;
        alarms += 1;
        break;
      }
    }
    assert.ok(alarms / runs <= 0.05, `${alarms} of ${runs}`);
  });

  it('counts errors that come at once as one', () => {
    const hour = Array.from({ length: 12 }, (_, i) => ({ events: i === 3 ? 60 : 0, lines: 400 }));
    const windows = Array.from({ length: 72 }, () => hour).flat();
    assert.equal(Math.round(comingTogether(windows, 12)), 55);
    assert.equal(comingTogether(windows.slice(0, 4), 1), 1, 'too few to say');
    assert.equal(comingTogether([], 1), 1);
    const even = windows.map(({ lines }) => ({ events: 5, lines }));
    assert.equal(comingTogether(even, 288), 1);
    const before = { events: 60 * 72, lines: 400 * 12 * 72 };
    const after = { events: 180, lines: 4_800 };
    assert.equal(compareRates(before, after).verdict, 'worse');
    assert.equal(compareRates({ ...before, together: 55 }, after).verdict, 'same');
    assert.equal(
      compareRates({ ...before, together: 55 }, { events: 1_800, lines: 4_800 }).verdict,
      'worse',
    );
  });

  it('finds a rate that rose to three times, within the hundreds of lines that show it', () => {
    const random = createRandom(11);
    let found = 0;
    for (let run = 0; run < 200; run++) {
      const before = { events: poisson(0.01 * 20_000, random), lines: 20_000 };
      const after = { events: poisson(0.03 * 2_000, random), lines: 2_000 };
      if (compareRates(before, after).verdict === 'worse') found += 1;
    }
    assert.ok(found >= 190, `${found} of 200`);
  });

  it('tells a storm of an error that was never seen, with numbers, where little is known of before', () => {
    const storm = (before: [number, number], after: [number, number]) =>
      stormOf([
        {
          id: 'exception-new',
          before: { events: before[0], lines: before[1] },
          after: { events: after[0], lines: after[1] },
        },
      ]);
    assert.equal(
      storm([0, 120], [60, 1_200]),
      'Possible regression: exception-new was never seen before: 0 in 120 lines before, 60 in 1,200 lines after.',
    );
    assert.equal(storm([1, 120], [60, 1_200]), undefined, 'it was seen');
    assert.equal(storm([0, 40], [60, 1_200]), undefined, 'it may just not have come yet');
    assert.equal(storm([0, 120], [6, 40]), undefined, 'a few at once in a quiet log');
    assert.equal(storm([0, 120], [12, 6_000]), undefined, 'new, and rare');
    assert.equal(stormOf([]), undefined);
  });

  /** Of so many series, in how many a storm is told at a look after five minutes, an hour or a day. */
  function storms(linesBefore: number, lines: number, rates: [number, number], seeds = 300) {
    const random = createRandom(5);
    let told = 0;
    for (let seed = 0; seed < seeds; seed += 1) {
      const before = { events: poisson(rates[0] * linesBefore, random), lines: linesBefore };
      const after = { events: 0, lines: 0 };
      const looks = Array.from({ length: 288 }, (_, window) => {
        after.events += poisson(rates[1] * lines, random);
        after.lines += lines;
        const isDue = [1, 12, 288].includes(window + 1);
        return isDue && stormOf([{ id: 'x', before, after: { ...after } }]) !== undefined;
      });
      if (looks.includes(true)) told += 1;
    }
    return told / seeds;
  }

  it('misses hardly a storm, and takes hardly a rare error for one, over many seeds', () => {
    for (const linesBefore of [100, 400, 2_000]) {
      for (const lines of [4, 20, 400]) {
        for (const rate of [0.0005, 0.005, 0.02, 0.08]) {
          const alarms = storms(linesBefore, lines, [rate, rate]);
          assert.ok(alarms <= 0.03, `${linesBefore} lines, ${lines} more, ${rate}: ${alarms}`);
        }
        const found = storms(linesBefore, lines, [0, 0.1]);
        assert.ok(found >= 0.97, `${linesBefore} lines, ${lines} more: ${found}`);
      }
    }
  });

  it('takes a rate just below a limit for one beyond it by chance only', () => {
    assert.equal(isBeyond({ events: 52, lines: 500 }, 0.1), false);
    assert.equal(isBeyond({ events: 80, lines: 500 }, 0.1), true);
    assert.equal(isBeyond({ events: 80, lines: 500 }, 0.1, 10), false, 'they come together');
  });
});
