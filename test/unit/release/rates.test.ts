import assert from 'node:assert/strict';
import { compareRates, rateSentence } from '../../../src/release/rates.ts';
import { createRandom } from '../../support/random.ts';

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
    const source = createRandom(7);
    const random = (): number => source.next();
    let alarms = 0;
    const runs = 1_000;
    for (let run = 0; run < runs; run++) {
      const rate = 10 ** -(1 + 3 * random());
      const linesBefore = Math.round(1_000 + random() * 50_000);
      const before = { events: poisson(rate * linesBefore, random), lines: linesBefore };
      let events = 0;
      let lines = 0;
      for (let look = 0; look < 60; look++) {
        const more = Math.round(50 + random() * 500);
        lines += more;
        events += poisson(rate * more, random);
        if (compareRates(before, { events, lines }).verdict !== 'worse') continue;
        alarms += 1;
        break;
      }
    }
    assert.ok(alarms / runs <= 0.05, `${alarms} of ${runs}`);
  });

  it('finds a rate that rose to three times, within the hundreds of lines that show it', () => {
    const source = createRandom(11);
    const random = (): number => source.next();
    let found = 0;
    for (let run = 0; run < 200; run++) {
      const before = { events: poisson(0.01 * 20_000, random), lines: 20_000 };
      const after = { events: poisson(0.03 * 2_000, random), lines: 2_000 };
      if (compareRates(before, after).verdict === 'worse') found += 1;
    }
    assert.ok(found >= 190, `${found} of 200`);
  });
});

/** Knuth's; by a normal where the mean is large. */
function poisson(mean: number, random: () => number): number {
  if (mean > 50) {
    const z = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * z));
  }
  const limit = Math.exp(-mean);
  let product = random();
  let k = 0;
  while (product > limit) {
    product *= random();
    k += 1;
  }
  return k;
}
