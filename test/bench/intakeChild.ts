/** Takes a log in as the editor does, and tells what each turn of its event loop took, in ms of CPU time. */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { compose } from '../../src/compose.ts';
import { parseSettings } from '../../src/core/settings.ts';

/** `log` becomes `app.log` of the folder. */
const [folder = '', log = ''] = process.argv.slice(2);
const app = await compose({
  folder,
  settings: () => parseSettings({ 'patchwright.thresholds.exceptionOccurrences': 1 }),
  apiKey: () => Promise.resolve(undefined),
  environment: {},
  log: () => undefined,
  trusted: true,
  scanInWorker: true,
});
await app.pipeline.scan(); // nothing to find: what is started at first is not measured
renameSync(log, join(folder, 'app.log'));

const turns: number[] = [];
let isOver = false;
let last = process.threadCpuUsage();
const look = (): void => {
  const { user, system } = process.threadCpuUsage(last);
  turns.push((user + system) / 1000);
  last = process.threadCpuUsage();
  if (!isOver) setImmediate(look);
};
setImmediate(look);
const { signals } = await app.pipeline.scan();
isOver = true;
await app.dispose();
process.stdout.write(
  JSON.stringify({
    signals,
    longestMs: Math.max(...turns.filter((ms) => ms > 1)),
    long: turns.filter((ms) => ms > 20).length,
  }),
);
