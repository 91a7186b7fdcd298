import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createRepository } from '../support/repository.ts';
import { shopFiles, shopLog } from '../support/shop.ts';
import type { Bench } from './bench.ts';

const kinds = ['bare', 'schedule', 'all'] as const;
/** Longer than the schedule waits before it looks for the first time. */
const warmUpMs = 40_000;
const minuteMs = 60_000;

/** Idle processes side by side for a minute: a bare one, the schedule in it, and a house with everything on. */
export const bench: Bench = {
  title: 'The schedule while nothing is due: what a minute takes over a bare idle process',
  async run(report) {
    const root = mkdtempSync(join(tmpdir(), 'pw-bench-schedule-'));
    try {
      const folder = join(root, 'shop');
      await createRepository(folder, shopFiles);
      mkdirSync(join(folder, 'logs'));
      writeFileSync(join(folder, 'logs/service.log'), shopLog(6));
      const [bare, schedule, all] = await Promise.all(kinds.map((kind) => idle(kind, folder)));
      if (!bare || !schedule || !all) throw new Error('A process said nothing.');
      report({ what: 'a bare idle process: CPU', value: bare.cpu, unit: 'ms' });
      report({ what: 'a bare idle process: wake-ups', value: bare.wakeUps, unit: '' });
      const cpu = schedule.cpu - bare.cpu;
      const wakeUps = schedule.wakeUps - bare.wakeUps;
      report({ what: 'the schedule: CPU more', value: cpu, unit: 'ms', target: 10 });
      report({ what: 'the schedule: wake-ups more', value: wakeUps, unit: '', target: 10 });
      report({
        what: 'everything on: CPU more',
        value: all.cpu - bare.cpu,
        unit: 'ms',
        target: 60,
      });
      report({ what: 'everything on: wake-ups more', value: all.wakeUps - bare.wakeUps, unit: '' });
    } finally {
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

interface Idle {
  /** In ms. */
  readonly cpu: number;
  readonly wakeUps: number;
}

async function idle(kind: (typeof kinds)[number], folder: string): Promise<Idle> {
  const child = join(import.meta.dirname, 'scheduleChild.ts');
  const args = [child, kind, folder, String(warmUpMs), String(minuteMs)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const [cpu, wakeUps] = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as [number, number];
  return { cpu, wakeUps };
}
