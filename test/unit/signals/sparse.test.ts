import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createScanner } from '../../../src/signals/scan.ts';
import type { FilePosition } from '../../../src/core/signal.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { logSettings } from './support/scanFolder.ts';

/** Beyond what a signed 32-bit number holds. */
const holeBytes = 2 ** 31;
const maxGrowthBytes = 128 * 2 ** 20;
const stack = (id: number) =>
  `Error: order ${id} lost\n    at load (/srv/app/src/orders.js:8:12)\n`;

describe('a log with a hole of 2 GB', function () {
  this.timeout(120_000);
  const folder = tempFolder('pw-sparse');

  it('is read to its end, each occurrence once, in little memory', async function () {
    const file = folder.path('app.log');
    mkdirSync(folder.path(), { recursive: true });
    writeFileSync(file, stack(1));
    truncateSync(file, holeBytes);
    if (statSync(file).blocks * 512 > holeBytes / 2) {
      console.log('      skipped: this disk stores holes, and 2 GB would be written');
      this.skip();
    }
    appendFileSync(file, `\n${stack(2)}`);
    const positions = new Map<string, FilePosition>();
    const before = process.memoryUsage.rss();
    let growth = 0;
    const scan = async () => {
      const found: [number, string][] = [];
      const scanner = createScanner({
        folder: folder.path(),
        clock: { now: () => new Date('2026-03-02T10:00:00.000Z') },
        settings: logSettings(),
        readPosition: (name) => positions.get(name),
      });
      for await (const item of scanner.scan({ flush: true })) {
        assert.ok(item.kind === 'batch');
        positions.set(item.batch.position.file, item.batch.position);
        growth = Math.max(growth, process.memoryUsage.rss() - before);
        for (const signal of item.batch.signals) {
          assert.ok(signal.kind === 'exception');
          found.push([signal.source.offset, signal.exception.message]);
        }
      }
      return found;
    };
    assert.deepEqual(await scan(), [
      [0, 'order 1 lost'],
      [holeBytes + 1, 'order 2 lost'],
    ]);
    assert.ok(growth < maxGrowthBytes, `grew by ${growth} bytes`);
    assert.deepEqual(await scan(), []);
    const end = statSync(file).size;
    appendFileSync(file, stack(3));
    assert.deepEqual(await scan(), [[end, 'order 3 lost']]);
  });
});
