import { lookOf } from '../../src/pipeline/monitor.ts';
import { better, type Kind, ratesOf, unchanged, worse } from '../support/releaseSeries.ts';
import type { Bench } from './bench.ts';

const series = Number(process.env['MONITOR_SERIES'] ?? 200);

/** Of each kind of series the share in which some look at the release says so. */
function share(kind: Kind, wanted: 'better' | 'worse'): number {
  let count = 0;
  for (let seed = 1; seed <= series; seed += 1) {
    for (const rates of ratesOf(kind, seed)) {
      if (lookOf(rates, 5, 0.1, new Date(0)).verdict !== wanted) continue;
      count += 1;
      break;
    }
  }
  return (100 * count) / series;
}

export const bench: Bench = {
  title: `Looks at a release after five minutes, an hour and a day, ${series} series of each kind`,
  async run(report) {
    const alarms = unchanged.map((kind) => ({ ...kind, value: share(kind, 'worse') }));
    for (const { name, value } of alarms) {
      report({ what: `alarm, ${name}`, value, unit: '%', target: 5 });
    }
    const mean = alarms.reduce((sum, { value }) => sum + value, 0) / alarms.length;
    report({ what: 'alarm, all of these', value: mean, unit: '%', target: 2 });
    for (const kind of better) {
      report({ what: `helped, ${kind.name}`, value: share(kind, 'better'), unit: '%' });
    }
    for (const kind of worse) {
      report({ what: `did harm, ${kind.name}`, value: share(kind, 'worse'), unit: '%' });
    }
  },
};
