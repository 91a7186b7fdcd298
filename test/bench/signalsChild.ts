/** Runs one reading of a log in a process of its own, so that its memory can be measured. */
import { closeSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { defaultSettings } from '../../src/core/settings.ts';
import { createScanner } from '../../src/signals/scan.ts';

const [mode = '', file = ''] = process.argv.slice(2);
const mib = 1 << 20;
// The scanner's code is loaded, nothing of it has run: the idle process.
const idle = process.memoryUsage.rss();
let peak = idle;
const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
const started = performance.now();
const signals = mode === 'scan' ? await scan() : readPlainly();
const ms = performance.now() - started;
clearInterval(timer);
peak = Math.max(peak, process.memoryUsage.rss(), process.resourceUsage().maxRSS * 1024);
process.stdout.write(JSON.stringify({ ms, signals, rssOverIdleMiB: (peak - idle) / mib }));

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

async function scan(): Promise<number> {
  const scanner = createScanner({
    folder: dirname(file),
    clock: { now: () => new Date() },
    settings: defaultSettings,
    readPosition: () => undefined,
  });
  let found = 0;
  for await (const item of scanner.scan({ flush: true })) {
    if (item.kind === 'batch') found += item.batch.signals.length;
  }
  return found;
}
