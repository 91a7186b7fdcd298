import { compose } from '../../src/compose.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import { createSchedule } from '../../src/pipeline/run/schedule.ts';
import { createTurn } from '../../src/pipeline/run/turn.ts';

/** An idle process of one kind; says what it took: `[CPU in ms, wake-ups]` of `length` ms after `warmUp`. */
const [kind, folder = '', warmUp = '0', length = '0'] = process.argv.slice(2);
// Nothing is to be due in that time, whatever the clock says now.
const settings = {
  ...defaultSettings,
  schedule: { ...defaultSettings.schedule, hourly: '0 0 1 1 *' },
};
setInterval(() => undefined, 3_600_000); // what keeps a bare process alive

if (kind === 'schedule') {
  const since = new Date();
  createSchedule({
    now: () => new Date(),
    settings: () => settings.schedule,
    since: () => since,
    run: () => Promise.reject(new Error('nothing is due')),
    hold: () => Promise.resolve(undefined),
    after: (ms, work) => {
      const timer = setTimeout(work, ms).unref();
      return { dispose: () => clearTimeout(timer) };
    },
    log: console.error,
  });
}
if (kind === 'all') {
  const app = await compose({
    folder,
    settings: () => settings,
    apiKey: () => Promise.resolve(undefined),
    environment: process.env,
    log: () => undefined,
    trusted: true,
  });
  await app.pipeline.scan();
  app.watch();
  app.pipeline.schedule({ isTyping: () => false, inTurn: createTurn() });
}

setTimeout(() => {
  const cpu = process.cpuUsage();
  const wakeUps = process.resourceUsage().voluntaryContextSwitches;
  setTimeout(() => {
    const { user, system } = process.cpuUsage(cpu);
    const woken = process.resourceUsage().voluntaryContextSwitches - wakeUps;
    console.log(JSON.stringify([(user + system) / 1000, woken]));
    process.exit(0);
  }, Number(length));
}, Number(warmUp));
