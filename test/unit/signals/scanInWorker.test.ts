import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { isPatchwrightError } from '../../../src/core/errors.ts';
import { type FilePosition, occurrencesOf, type Signal } from '../../../src/core/signal.ts';
import type { ScanItem, Scanner } from '../../../src/signals/scan.ts';
import { createScanThread, type ScanThread } from '../../../src/signals/scanInWorker.ts';
import { tempFolder } from '../../support/tempFolder.ts';
import { follow, logSettings } from './support/scanFolder.ts';

const stack = (id: number, place: number) =>
  `2026-03-02T10:11:12.000Z ERROR api - no order\nError: order ${id} lost\n    at load${place} (/srv/app/src/orders.js:${place}:12)\n`;

describe('scanning in a thread of its own', function () {
  this.timeout(30_000);
  const folder = tempFolder();
  const logged: string[] = [];
  let threads: ScanThread[] = [];
  let positions: Map<string, FilePosition>;

  const scannerOf = (file?: string): Scanner => {
    const thread = createScanThread((line) => logged.push(line), file);
    threads.push(thread);
    return scannerIn(thread);
  };
  const scannerIn = (thread: ScanThread): Scanner =>
    thread.scanner({
      folder: folder.path('ws'),
      clock: { now: () => new Date('2026-03-02T10:00:00.000Z') },
      settings: logSettings(),
      readPosition: (name) => positions.get(name),
      positions: () => [...positions.values()],
    });
  const take = async (items: AsyncIterable<ScanItem>): Promise<Signal[]> => {
    const signals: Signal[] = [];
    for await (const item of items) {
      if (item.kind !== 'batch') continue;
      signals.push(...item.batch.signals);
      positions.set(item.batch.position.file, item.batch.position);
    }
    return signals;
  };

  beforeEach(() => {
    mkdirSync(folder.path('ws'), { recursive: true });
    logged.length = 0;
    threads = [];
    positions = new Map();
  });
  afterEach(async () => {
    for (const thread of threads) await thread.dispose();
  });

  it('finds what is found without, and goes on where it has been', async () => {
    const text = Array.from({ length: 3_000 }, (_, i) => stack(i, i % 300)).join('');
    writeFileSync(folder.path('ws', 'app.log'), text);
    const scanner = scannerOf();
    const signals = await take(scanner.scan({ flush: true }));
    const without = await follow(folder.path('ws')).scan(true);
    assert.deepEqual(signals, without.signals);
    assert.equal(
      signals.reduce((sum, signal) => sum + occurrencesOf(signal), 0),
      3_000,
    );
    writeFileSync(folder.path('ws', 'app.log'), text + stack(3_000, 7));
    const more = await take(scanner.scan({ flush: true }));
    assert.deepEqual(
      more.map((signal) => signal.kind === 'exception' && signal.exception.message),
      ['order 3000 lost'],
    );
    assert.deepEqual(logged, []);
  });

  it('ends what nobody wants any more, and serves the next', async () => {
    writeFileSync(
      folder.path('ws', 'app.log'),
      Array.from({ length: 3_000 }, (_, i) => stack(i, i)).join(''),
    );
    const scanner = scannerOf();
    for await (const item of scanner.scan({ flush: true })) if (item.kind === 'batch') break;
    const controller = new AbortController();
    await assert.rejects(
      async () => {
        for await (const _ of scanner.scan({ flush: true }, controller.signal)) controller.abort();
      },
      (error) => isPatchwrightError(error, 'cancelled'),
    );
    const all = await take(scanner.scan({ flush: true }));
    assert.equal(all.length, 3_000);
  });

  it('reads without one where none can be had, and says why', async () => {
    writeFileSync(folder.path('ws', 'app.log'), stack(1, 1));
    const scanner = scannerOf(folder.path('missing.mjs'));
    assert.equal((await take(scanner.scan({ flush: true }))).length, 1);
    positions.clear();
    assert.equal((await take(scanner.scan({ flush: true }))).length, 1);
    assert.equal(logged.length, 1);
    assert.match(logged[0] ?? '', /without a thread of their own: .*missing\.mjs/s);
  });

  it('fails the scan when the thread dies, and begins the next with another', async () => {
    writeFileSync(folder.path('ws', 'app.log'), stack(1, 1));
    const dies = folder.path('dies.mjs');
    writeFileSync(
      dies,
      `import { parentPort } from 'node:worker_threads';
       parentPort.on('message', () => process.exit(1));
       parentPort.postMessage({ kind: 'ready' });`,
    );
    const scanner = scannerOf(dies);
    for (let i = 0; i < 2; i++) {
      await assert.rejects(take(scanner.scan({ flush: true })), /the thread ended/);
    }
  });

  it('needs none after it was disposed', async () => {
    writeFileSync(folder.path('ws', 'app.log'), stack(1, 1));
    const thread = createScanThread((line) => logged.push(line));
    await thread.dispose();
    assert.equal((await take(scannerIn(thread).scan({ flush: true }))).length, 1);
  });
});
