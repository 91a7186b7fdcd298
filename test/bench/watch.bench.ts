import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCli } from '../support/cli.ts';
import { createRepository } from '../support/repository.ts';
import { shopFiles } from '../support/shop.ts';
import type { Bench } from './bench.ts';

const rounds = process.env.PATCHWRIGHT_BENCH_QUICK ? 5 : 25;

/** From a line in the log to a ticket on the screen, through the real `patchwright watch`. */
export const bench: Bench = {
  title: 'Error line written → ticket visible',
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), 'pw-bench-'));
    try {
      await createRepository(folder, shopFiles);
      mkdirSync(join(folder, 'logs'));
      const file = join(folder, 'logs/service.log');
      writeFileSync(file, '');
      const watch = startCli(['watch', '--folder', folder]);
      await watch.until(/Watching/);
      const times: number[] = [];
      for (let i = 0; i < rounds; i++) {
        const type = `Round${'abcdefghijklmnopqrstuvwxyz'.charAt(i)}Error`;
        const started = performance.now();
        appendFileSync(file, fatal(type));
        await watch.until(new RegExp(`new .*${type}`));
        times.push(performance.now() - started);
      }
      watch.kill('SIGINT');
      await watch.ended;
      times.sort((a, b) => a - b);
      report({
        what: 'median',
        value: times[Math.floor(times.length / 2)] ?? 0,
        unit: 'ms',
        target: 300,
      });
      report({ what: 'slowest', value: times.at(-1) ?? 0, unit: 'ms' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** As Node prints an uncaught error: one occurrence makes a ticket. */
function fatal(type: string): string {
  return `/srv/shop/src/cart.js:4\n    throw new ${type}('no price');\n    ^\n\n${type}: no price\n    at total (/srv/shop/src/cart.js:4:11)\n    at Object.<anonymous> (/srv/shop/src/cart.js:9:1)\n\nNode.js v20.20.2\n`;
}
