import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Canary } from '../../src/core/canary.ts';
import {
  failing,
  leaking,
  openService,
  requestedFor,
  service,
  serviceSettings,
  slower,
} from '../support/canary.ts';
import { createRandom } from '../support/random.ts';
import type { Bench } from './bench.ts';

const isQuick = process.env.PATCHWRIGHT_BENCH_QUICK === '1';
const each = isQuick ? 2 : 10;

/** How often the canary is wrong: real processes on this machine as it is, with faults that were drawn. */
export const bench: Bench = {
  title: 'Canary: services that are the same, and seeded faults',
  async run(report) {
    const source = createRandom(11);
    const between = (least: number, most: number): number =>
      least + Math.floor(source.next() * (most - least + 1));
    const times = (make: () => string): readonly string[] => Array.from({ length: each }, make);
    const wrongly = await runAll(times(() => `// ${between(1, 1e9)}`));
    report({
      what: `of ${each} patches that change nothing: called worse`,
      value: share(wrongly),
      unit: '%',
      target: 5,
    });
    const kinds = [
      ['slower by 2 to 8 ms', () => slower(between(2, 8)), 'GET /orders, median'],
      ['that fail in one upload of 2 to 10', () => failing(between(2, 10)), 'failed requests'],
      [
        'that keep 0.5 to 2 MB of each search',
        () => leaking(between(500_000, 2_000_000)),
        'memory gained under load',
      ],
    ] as const;
    for (const [what, make, figure] of kinds) {
      const found = await runAll(times(make));
      const named = found.filter(({ figures }) =>
        figures.some((one) => one.name === figure && one.verdict === 'worse'),
      );
      report({
        what: `of ${each} ${what}: called worse, by "${figure}"`,
        value: (100 * named.length) / each,
        unit: '%',
        target: 90,
        better: 'larger',
      });
      const silent = found.filter(({ verdict }) => verdict === 'not_worse').length;
      report({ what: 'of these: called not worse, without a doubt', value: silent, unit: '' });
    }
  },
};

function share(all: readonly Canary[]): number {
  return (100 * all.filter(({ verdict }) => verdict === 'worse').length) / all.length;
}

async function runAll(changes: readonly string[]): Promise<readonly Canary[]> {
  const found: Canary[] = [];
  for (const change of changes) {
    const root = mkdtempSync(join(tmpdir(), 'patchwright-bench-'));
    const house = await openService(join(root, 'service'), join(root, 'cache'), serviceSettings);
    try {
      const id = await requestedFor(house, service(change));
      found.push(await house.app.pipeline.canary(id));
    } finally {
      await house.app.dispose();
      rmSync(root, { recursive: true, force: true });
    }
  }
  return found;
}
