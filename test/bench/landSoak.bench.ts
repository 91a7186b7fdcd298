import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Footprint, soak } from '../support/soak.ts';
import type { Bench } from './bench.ts';

const cycles = Number(process.env['SOAK_CYCLES'] ?? 1_000);

/** What is left after many cycles, against what was after the first tenth. */
export const bench: Bench = {
  title: `${cycles.toLocaleString('en')} cycles of approving, rolling back and cleaning up`,
  async run(report) {
    const root = mkdtempSync(join(tmpdir(), 'pw-bench-soak-'));
    const seen: Footprint[] = [];
    try {
      await soak(root, cycles, (_, footprint) => seen.push(footprint));
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
    const early = seen[Math.floor(cycles / 10)];
    const last = seen.at(-1);
    if (!early || !last) return;
    report({ what: 'branches more', value: last.refs - early.refs, unit: '', target: 0 });
    report({
      what: 'worktrees more',
      value: last.worktrees - early.worktrees,
      unit: '',
      target: 0,
    });
    report({ what: 'open files more', value: last.handles - early.handles, unit: '', target: 0 });
    report({ what: 'heap at the end to early', value: last.heapMb / early.heapMb, unit: '×' });
    const perCycle = (last.diskKib - early.diskKib) / (cycles * 0.9);
    report({ what: 'history kept per cycle', value: perCycle, unit: 'KiB' });
  },
};
