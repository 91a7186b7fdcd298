import assert from 'node:assert/strict';
import { lookOf } from '../../../src/pipeline/monitor.ts';
import { better, type Kind, ratesOf, unchanged, worse } from '../../support/releaseSeries.ts';

const series = 24;
const limit = 0.1;

/** Of so many series: in how many a look after five minutes, an hour or a day says so. */
function saying(kind: Kind, wanted: 'better' | 'worse', daysBefore?: number): number {
  let count = 0;
  for (let seed = 1; seed <= series; seed += 1) {
    const looks = [...ratesOf(kind, seed, daysBefore)].map((rates) =>
      lookOf(rates, 5, limit, new Date(0)),
    );
    if (looks.some(({ verdict }) => verdict === wanted)) count += 1;
  }
  return count;
}

describe('looks at a release, on generated logs', function () {
  this.timeout(120_000);

  it('raise no alarm where nothing changed but the time: bursts, day and night, a wavering share, twice the log', () => {
    const alarms = unchanged.map((kind) => [kind.name, saying(kind, 'worse')] as const);
    for (const [name, count] of alarms) assert.ok(count <= 2, `${name}: ${count} of ${series}`);
    const all = alarms.reduce((sum, [, count]) => sum + count, 0);
    assert.ok(all <= 0.02 * series * unchanged.length, `${all} in all`);
  });

  it('raise few alarms over bursts where only six hours are known of before', () => {
    for (const kind of unchanged.filter(({ name }) => name.startsWith('bursts'))) {
      const count = saying(kind, 'worse', 0.25);
      assert.ok(count <= 3, `${kind.name}: ${count} of ${series}`);
    }
  });

  for (const kind of better) {
    it(`find that it helped: ${kind.name}`, () => {
      assert.equal(saying(kind, 'better'), series);
      assert.equal(saying(kind, 'worse'), 0);
    });
  }

  for (const kind of worse.filter(({ name }) => name !== '10 % more')) {
    it(`find that it did harm: ${kind.name}`, () => {
      assert.equal(saying(kind, 'worse'), series);
    });
  }

  it('say it with the numbers that were counted', () => {
    const sentences = [...better, ...worse].map((kind) => {
      const rates = [...ratesOf(kind, 7)].at(-1);
      assert.ok(rates);
      const { sentence } = lookOf(rates, 5, limit, new Date(0));
      const { before, after } = rates.own;
      const counted = [before.events, before.lines, after.events, after.lines];
      const [own = ''] = sentence.split(' all errors');
      const said = [...own.matchAll(/([\d,]+) in ([\d,]+) lines/g)].flatMap(([, ...numbers]) =>
        numbers.map((text) => Number(text?.replaceAll(',', ''))),
      );
      assert.deepEqual(said.slice(0, 4), counted, sentence);
      const change = after.events / after.lines / (before.events / before.lines);
      const percent = / (\d+) % (?:fewer|more)/.exec(` ${own}`)?.[1];
      if (percent) assert.equal(Number(percent), Math.round(100 * Math.abs(1 - change)), sentence);
      return own;
    });
    assert.match(sentences.join('\n'), /^9\d % fewer of this error: /);
    assert.match(sentences.join('\n'), /^(?:2\.9|3|3\.1) times as many of this error: /m);
    assert.match(sentences.join('\n'), /^New: this error: 0 in /m);
  });
});
