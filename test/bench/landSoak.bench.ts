import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Footprint, soak } from '../support/soak.ts';
import type { Bench } from './bench.ts';

const cycles = Number(process.env['SOAK_CYCLES'] ?? 1_000);
/** A cycle a day: what goes with age is in balance after the 90 days that backups and events are kept. */
const hours = 24;
const settled = 100;
/** Running tests takes several times as long as all the rest of a cycle. */
const allGatesEach = 10;
const withoutTests = Object.fromEntries(
  ['reproduction', 'suite', 'coverage', 'loop'].map((id) => [
    `patchwright.gates.${id}.enabled`,
    false,
  ]),
);

/** What is left after many cycles, against what was when as much came as went. */
export const bench: Bench = {
  title: `${cycles.toLocaleString('en')} cycles of drafting, approving, rolling back and cleaning up, each tenth with the gates that run tests`,
  async run(report) {
    const root = mkdtempSync(join(tmpdir(), 'pw-bench-soak-'));
    const seen: Footprint[] = [];
    try {
      const settings = (cycle: number): Readonly<Record<string, unknown>> =>
        cycle % allGatesEach === 0 ? {} : withoutTests;
      await soak(root, cycles, { hours, settings }, (_, footprint) => seen.push(footprint));
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
    const start = Math.min(settled, Math.floor(cycles / 2));
    const [early, last] = [seen[start], seen.at(-1)];
    if (!early || !last) return;
    for (const what of ['refs', 'worktrees', 'handles', 'children', 'files'] as const) {
      report({ what: `${what} more`, value: last[what] - early[what], unit: '', target: 0 });
    }
    const events = last.audit.events - early.audit.events;
    report({ what: 'audit events more', value: events, unit: '' });
    const perCycle = (name: 'heapMb' | 'cacheKib' | 'diskKib'): number =>
      (last[name] - early[name]) / (cycles - 1 - start);
    report({ what: 'heap per cycle', value: perCycle('heapMb') * 1024, unit: 'KiB' });
    report({ what: 'cache per cycle', value: perCycle('cacheKib'), unit: 'KiB', target: 0 });
    report({ what: 'history kept per cycle', value: perCycle('diskKib'), unit: 'KiB' });
  },
};
