/** Runs one reading of a log in a process of its own, so that its memory can be measured. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { closeSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defaultSettings } from '../../src/core/settings.ts';
import { occurrencesOf } from '../../src/core/signal.ts';
import { createScanner, type ScannerDeps } from '../../src/signals/scan.ts';
import { createScanThread } from '../../src/signals/scanInWorker.ts';

const [mode = '', file = ''] = process.argv.slice(2);
const mib = 1 << 20;
const worker = join(import.meta.dirname, '../../dist/scanWorker.cjs');
// The scanner's code is loaded, nothing of it has run: the idle process.
const idle = process.memoryUsage.rss();
const cpu = process.cpuUsage();
const started = performance.now();
// Timers tell delays in whole milliseconds at best: 10 of them are the least it can see.
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
const signals = mode === 'scan' || mode === 'thread' ? await scan() : readPlainly();
delay.disable();
const ms = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
const peak = Math.max(idle, process.resourceUsage().maxRSS * 1024);
process.stdout.write(
  JSON.stringify({
    ms,
    cpuMs: (user + system) / 1000,
    signals,
    rssOverIdleMiB: (peak - idle) / mib,
    heldMs: Math.max(0, delay.max / 1e6 - 10),
  }),
);

/** Every line end found with indexOf, as a reader must that looks at lines; `bare`: nothing looked at. */
function readPlainly(): number {
  const handle = openSync(file, 'r');
  const buffer = Buffer.allocUnsafe(mib);
  let lines = 0;
  for (let read = readSync(handle, buffer); read > 0; read = readSync(handle, buffer)) {
    if (mode === 'bare') continue;
    const bytes = buffer.subarray(0, read);
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  }
  closeSync(handle);
  return lines;
}

/** `thread`: in a thread of its own, as in the editor. */
async function scan(): Promise<number> {
  const deps: ScannerDeps = {
    folder: dirname(file),
    clock: { now: () => new Date() },
    settings: defaultSettings,
    readPosition: () => undefined,
  };
  const thread = createScanThread((line) => process.stderr.write(`${line}\n`), worker);
  const scanner =
    mode === 'thread' ? thread.scanner({ ...deps, positions: () => [] }) : createScanner(deps);
  let found = 0;
  for await (const item of scanner.scan({ flush: true })) {
    if (item.kind === 'batch')
      found += item.batch.signals.reduce((sum, signal) => sum + occurrencesOf(signal), 0);
  }
  await thread.dispose();
  return found;
}
