import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createRepository } from '../support/repository.ts';
import type { Bench } from './bench.ts';

const events = process.env['PATCHWRIGHT_BENCH_QUICK'] ? 1_000 : 12_000;

interface Measured {
  readonly signals: number;
  readonly longestMs: number;
  readonly long: number;
}

/** What the thread that the editor waits for has to do while new errors are written down. */
export const bench: Bench = {
  title: `Writing down ${events} errors, each another bug`,
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), 'pw-bench-'));
    try {
      const root = join(folder, 'repo');
      await createRepository(root, {});
      const log = join(folder, 'new.log');
      writeFileSync(log, Array.from({ length: events }, (_, i) => errorOf(i)).join(''));
      const child = join(import.meta.dirname, 'intakeChild.ts');
      const { stdout } = await promisify(execFile)(process.execPath, [child, root, log]);
      const { signals, longestMs, long } = JSON.parse(stdout) as Measured;
      report({ what: 'written down', value: signals, unit: '' });
      report({
        what: 'longest turn of the event loop, CPU time',
        value: longestMs,
        unit: 'ms',
        target: 20,
      });
      report({ what: 'turns over 20 ms', value: long, unit: '', target: 0 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function errorOf(i: number): string {
  const frames = [0, 1, 2, 3, 4, 5].map(
    (at) => `    at call${at}of${i} (/srv/app/m${i % 53}/f${(i * 3 + at) % 211}.js:${at + 9}:7)\n`,
  );
  const at = new Date(1_767_225_600_000 + i * 37).toISOString();
  return `${at} ERROR shop.api: request ${i} failed\nTypeError: no price of ${i.toString(36)}\n${frames.join('')}`;
}
