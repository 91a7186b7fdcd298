import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import {
  appendFileSync,
  createWriteStream,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultSettings } from '../../src/core/settings.ts';
import type { FilePosition } from '../../src/core/signal.ts';
import { createScanner } from '../../src/signals/scan.ts';
import { watchSources } from '../../src/signals/watch.ts';
import * as traceKinds from '../support/traceKinds.ts';
import type { Bench } from './bench.ts';

const run = promisify(execFile);
const megabytes = Number(
  process.env['PATCHWRIGHT_BENCH_MB'] ?? (process.env['PATCHWRIGHT_BENCH_QUICK'] ? 64 : 1000),
);
const rounds = 3;
const root = join(import.meta.dirname, '../..');

interface Measured {
  readonly ms: number;
  readonly cpuMs: number;
  readonly signals: number;
  readonly rssOverIdleMiB: number;
  /** The longest that the event loop was held. */
  readonly heldMs: number;
}

/** Log reading against a plain read of the same file, its memory, and how soon a written error is seen. */
export const bench: Bench = {
  title: `Reading logs (${megabytes} MB)`,
  async run(report) {
    // The thread runs what is shipped.
    await run(process.execPath, ['esbuild.js'], { cwd: root });
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pw-bench-')));
    try {
      const file = join(folder, 'app.log');
      await writeLog(file, megabytes * 1e6, 200);
      const bare = await best('bare', file);
      const plain = await best('plain', file);
      const scan = await best('scan', file);
      report({
        what: 'log scan, to a plain read with indexOf',
        value: scan.ms / plain.ms,
        unit: '×',
        target: 12,
      });
      report({
        what: 'log scan',
        value: (megabytes * 1000) / scan.ms,
        unit: 'MB/s',
        better: 'larger',
      });
      report({
        what: 'plain read with indexOf',
        value: (megabytes * 1000) / plain.ms,
        unit: 'MB/s',
        better: 'larger',
      });
      report({
        what: 'bare read',
        value: (megabytes * 1000) / bare.ms,
        unit: 'MB/s',
        better: 'larger',
      });
      report({
        what: 'memory of a log scan over idle',
        value: scan.rssOverIdleMiB,
        unit: 'MiB',
        target: 64,
      });
      report({ what: 'occurrences found', value: scan.signals, unit: '' });
      reportThread(report, 'the log', await best('thread', file));

      for (const [name, trace] of Object.entries(dense)) {
        const size = Math.min(name === 'everNew' ? 8 : denseMegabytes, megabytes);
        await writeLog(file, size * 1e6, 1, (i) => trace(i, bugOf(i) % denseBugs));
        const all = await best('scan', file);
        report({
          what: `log scan, every line in a trace (${denseBugs} bugs), ${name}, of CPU time`,
          value: (size * 1000) / all.cpuMs,
          unit: 'MB/s',
          target: name === 'everNew' ? 10 : 60,
          better: 'larger',
        });
        reportThread(report, name, await best('thread', file));
      }
      for (const [name, fill] of [
        ['a line of 10 MB', (at: number) => (at % 3 === 0 ? 69 : 32 + (at % 90))],
        ['a hole of NULs', () => 0],
      ] as const) {
        const bytes = Buffer.from(Uint8Array.from({ length: 10e6 }, (_, at) => fill(at)));
        writeFileSync(
          file,
          Buffer.concat([Buffer.from(lineOf(1)), bytes, Buffer.from(traceOf(1))]),
        );
        const odd = await best('scan', file);
        report({ what: `memory, ${name}`, value: odd.rssOverIdleMiB, unit: 'MiB', target: 64 });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    report({
      what: 'error written → signal yielded',
      value: await latency(),
      unit: 'ms',
      target: 300,
    });
  },
};

/** The same in a thread of its own, as the editor and the command line do it. */
function reportThread(report: Parameters<Bench['run']>[0], name: string, measured: Measured): void {
  report({
    what: `event loop held at most, ${name} in a thread`,
    value: measured.heldMs,
    unit: 'ms',
    target: 20,
  });
  report({ what: 'memory of that', value: measured.rssOverIdleMiB, unit: 'MiB', target: 64 });
}

async function best(mode: 'bare' | 'plain' | 'scan' | 'thread', file: string): Promise<Measured> {
  let best: Measured | undefined;
  for (let i = 0; i < rounds; i++) {
    const { stdout } = await run(process.execPath, [
      join(import.meta.dirname, 'signalsChild.ts'),
      mode,
      file,
    ]);
    const measured = JSON.parse(stdout) as Measured;
    if (!best || measured.ms < best.ms) best = measured;
  }
  if (!best) throw new Error('nothing was measured');
  return best;
}

const said = [
  'GET /cart/1000 200 errors=0 error_rate=0.00 12ms',
  'user 1234 logged in from 10.0.0.7',
  'cache miss for key sku-88213, loading it from the database',
  'order 9912 shipped with carrier dhl in 3 parcels',
  'queue depth 17 of 500, workers 4, no problem in sight',
];

/** 40 bugs with ever other ids; one trace to `gap` lines. */
async function writeLog(
  file: string,
  bytes: number,
  gap: number,
  trace: (i: number) => string = traceOf,
): Promise<void> {
  const out = createWriteStream(file);
  let written = 0;
  for (let i = 0; written < bytes; ) {
    let block = '';
    for (let n = 0; n < 2_000; n++, i++) block += i % gap === 0 ? trace(i) : lineOf(i);
    written += block.length;
    if (!out.write(block)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

function stamp(i: number): string {
  return new Date(1_767_225_600_000 + i * 37).toISOString();
}

function lineOf(i: number): string {
  return `${stamp(i)} INFO  [worker-${i % 8}] shop.api: ${said[i % said.length]} reqId=${(i * 7919) % 1_000_003}\n`;
}

function traceOf(i: number): string {
  const bug = Math.imul(i, 2_654_435_761) >>> 27;
  return bug < 16
    ? `${stamp(i)} ERROR [worker-${i % 8}] shop.api: request ${i} failed\nTypeError: Cannot read properties of undefined (reading 'p${bug}')\n    at priceOf${bug} (/srv/app/src/cart${bug}.js:${bug + 8}:12)\n    at Cart.add (/srv/app/src/cart.js:13:30)\n    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)\n    at async handler (/srv/app/src/server.js:40:3)\n`
    : `${stamp(i)} ERROR [worker-${i % 8}] shop.api: request ${i} failed\nTraceback (most recent call last):\n  File "/srv/app/api.py", line 10, in handle\n    price_of(sku)\n  File "/srv/app/shop/cart${bug}.py", line 7, in price_of\n    return PRICES[sku]\n           ~~~~~~^^^^^\nKeyError: 'sku-${i}'\n`;
}

/** What logs that are all traces hold, with ids, addresses and times of their own each time. */
const { bugOf, stamp: _, ...dense } = traceKinds;
const denseMegabytes = 32;
const denseBugs = 40;

/** From the write of an error to its signal, with the watcher of the command line. Median of several. */
async function latency(): Promise<number> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pw-latency-')));
  const positions = new Map<string, FilePosition>();
  const heard = new EventEmitter();
  const scanner = createScanner({
    folder,
    clock: { now: () => new Date() },
    settings: defaultSettings,
    readPosition: (file) => positions.get(file),
  });
  const file = join(folder, 'app.log');
  writeFileSync(file, '');
  let chain = Promise.resolve();
  const scan = async (): Promise<void> => {
    for await (const item of scanner.scan({ flush: true })) {
      if (item.kind !== 'batch') continue;
      positions.set(item.batch.position.file, item.batch.position);
      if (item.batch.signals.length > 0) heard.emit('signal');
    }
  };
  const watching = watchSources({ folder, settings: defaultSettings, log: () => undefined }, () => {
    chain = chain.then(scan);
  });
  try {
    const times: number[] = [];
    for (let i = 0; i < 9; i++) {
      const next = once(heard, 'signal');
      const started = performance.now();
      appendFileSync(file, traceOf(i));
      await next;
      times.push(performance.now() - started);
    }
    return times.sort((a, b) => a - b)[4] ?? Number.NaN;
  } finally {
    await watching.dispose();
    await chain;
    rmSync(folder, { recursive: true, force: true });
  }
}
