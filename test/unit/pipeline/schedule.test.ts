import assert from 'node:assert/strict';
import type { Backlog } from '../../../src/backlog/backlog.ts';
import { PatchwrightError } from '../../../src/core/errors.ts';
import { defaultSettings, type Settings } from '../../../src/core/settings.ts';
import type { House } from '../../../src/pipeline/house.ts';
import type { RunReport, RunType } from '../../../src/pipeline/run/report.ts';
import { lastRun, run } from '../../../src/pipeline/run/run.ts';
import {
  createSchedule,
  type Schedule,
  type ScheduledType,
} from '../../../src/pipeline/run/schedule.ts';
import { scheduleIn, scheduleText } from '../../../src/pipeline/run/scheduleIn.ts';
import { createTurn } from '../../../src/pipeline/run/turn.ts';
import { open, sampleRequest } from '../../support/backlog.ts';
import { tempFolder } from '../../support/tempFolder.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A clock that is turned by hand, and the timers that hang on it. */
function createTime(start: string) {
  let now = Date.parse(start);
  let timers: { readonly at: number; readonly work: () => void }[] = [];
  return {
    now: () => new Date(now),
    timers: () => timers.length,
    after(ms: number, work: () => void) {
      const timer = { at: now + ms, work };
      timers.push(timer);
      return { dispose: () => void (timers = timers.filter((one) => one !== timer)) };
    },
    /** Lets the time pass, each timer at its moment, and what it starts come to its end. */
    async pass(ms: number) {
      const end = now + ms;
      for (;;) {
        await new Promise(setImmediate);
        const next = timers.toSorted((a, b) => a.at - b.at)[0];
        if (!next || next.at > end) break;
        timers = timers.filter((one) => one !== next);
        now = Math.max(now, next.at);
        next.work();
      }
      now = end;
    },
  };
}

const report = (type: RunType): RunReport => ({
  type,
  dryRun: false,
  startedAt: '',
  endedAt: '',
  found: [],
  done: [],
  skipped: [],
  failed: [],
});

describe('the schedule', () => {
  // A Monday, local time: the schedule goes by the clock on the wall.
  const start = new Date(2026, 2, 2, 9, 15).toISOString();
  let time: ReturnType<typeof createTime>;
  let settings: Settings['schedule'];
  let ran: { type: ScheduledType; at: Date }[];
  let since: Map<ScheduledType, Date>;
  let hold: string | undefined;
  let failure: Error | undefined;
  let lines: string[];
  let schedule: Schedule;

  beforeEach(() => {
    time = createTime(start);
    settings = { ...defaultSettings.schedule };
    ran = [];
    since = new Map();
    hold = undefined;
    failure = undefined;
    lines = [];
  });
  afterEach(() => schedule.dispose());

  function begin(
    over: (type: ScheduledType, signal: AbortSignal) => Promise<RunReport> = async (type) => {
      if (failure) throw failure;
      ran.push({ type, at: time.now() });
      since.set(type, time.now());
      return report(type);
    },
  ): void {
    schedule = createSchedule({
      now: time.now,
      after: (ms, work) => time.after(ms, work),
      settings: () => settings,
      since: (type) => since.get(type) ?? new Date(start),
      run: (type, _, signal) => over(type, signal),
      hold: async () => hold,
      log: (line) => lines.push(line),
    });
  }
  const count = (type: ScheduledType): number => ran.filter((one) => one.type === type).length;

  it('does each kind when it is due, one after the other', async () => {
    begin();
    await time.pass(44 * minute);
    assert.equal(ran.length, 0);
    await time.pass(2 * minute);
    assert.deepEqual(
      ran.map(({ type, at }) => [type, at.getHours(), at.getMinutes()]),
      [['hourly', 10, 0]],
    );
    await time.pass(7 * day);
    assert.deepEqual([count('hourly'), count('daily'), count('weekly')], [169, 7, 1]);
    assert.ok(ran.filter(({ type }) => type === 'daily').every(({ at }) => at.getHours() === 2));
    assert.equal(time.timers(), 1);
  });

  it('makes up once for what was missed, however long that was', async () => {
    for (const type of ['hourly', 'daily', 'weekly', 'monthly'] as const)
      since.set(type, new Date(time.now().getTime() - 100 * day));
    begin();
    await time.pass(minute);
    assert.deepEqual(
      ran.map(({ type }) => type),
      ['hourly', 'daily', 'weekly', 'monthly'],
    );
    await time.pass(30 * minute);
    assert.equal(ran.length, 4);
  });

  it('finds what was due while the machine slept within ten minutes', async () => {
    begin();
    await time.pass(minute); // its timer would now stand still until 10:00
    since.set('hourly', new Date(time.now().getTime() - 5 * hour));
    await time.pass(10 * minute);
    assert.equal(count('hourly'), 1);
  });

  it('waits while somebody types, and says so', async () => {
    hold = 'somebody is typing';
    begin();
    await time.pass(3 * hour);
    assert.equal(ran.length, 0);
    assert.equal(schedule.waitsFor(), hold);
    hold = undefined;
    await time.pass(minute);
    assert.equal(count('hourly'), 1);
    assert.equal(schedule.waitsFor(), undefined);
  });

  it('comes back to what another run kept it from', async () => {
    failure = new PatchwrightError('busy', { what: 'Busy.', why: '', remedy: '' });
    begin();
    await time.pass(50 * minute);
    assert.equal(ran.length, 0);
    failure = undefined;
    await time.pass(minute);
    assert.equal(count('hourly'), 1);
  });

  it('works in one folder of a window at a time', async () => {
    const inTurn = createTurn();
    let end = (): void => undefined;
    begin(() =>
      inTurn(async () => {
        await new Promise<void>((done) => (end = done));
        return report('hourly');
      }),
    );
    const first = schedule;
    begin((type) =>
      inTurn(async () => {
        ran.push({ type, at: time.now() });
        return report(type);
      }),
    );
    await time.pass(50 * minute);
    assert.equal(ran.length, 0);
    assert.equal(schedule.waitsFor(), 'another run is under way');
    end();
    await time.pass(minute);
    assert.equal(count('hourly'), 1);
    assert.equal(schedule.waitsFor(), undefined);
    await first.dispose();
  });

  it('tries what failed again when it is next due, and does the rest', async () => {
    let tries = 0;
    begin(async (type) => {
      if (type === 'hourly') {
        tries += 1;
        throw new Error('The disk is full.');
      }
      since.set(type, time.now());
      ran.push({ type, at: time.now() });
      return report(type);
    });
    since.set('daily', new Date(time.now().getTime() - 2 * day));
    await time.pass(3 * hour);
    assert.equal(tries, 3);
    assert.equal(count('daily'), 1);
    assert.equal(lines.filter((line) => line.includes('The disk is full.')).length, 3);
  });

  it('does nothing and wakes for nothing while it is off, and goes on when it is switched on', async () => {
    settings = { ...settings, enabled: false };
    begin();
    await time.pass(3 * hour);
    assert.deepEqual([ran.length, time.timers()], [0, 0]);
    settings = { ...settings, enabled: true, hourly: '' };
    schedule.changed();
    await time.pass(3 * day);
    assert.deepEqual([count('hourly'), count('daily')], [0, 3]);
  });

  it('ends the run that is under way when it is switched off or closed', async () => {
    const signals: AbortSignal[] = [];
    begin(
      (_, signal) =>
        new Promise((_done, fail) => {
          signals.push(signal);
          signal.addEventListener('abort', () => fail(new Error('ended')), { once: true });
        }),
    );
    await time.pass(hour);
    schedule.changed(); // of another setting
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [false],
    );
    settings = { ...settings, enabled: false };
    schedule.changed();
    await time.pass(hour);
    settings = { ...settings, enabled: true };
    schedule.changed();
    await time.pass(2 * hour);
    assert.equal(signals.length, 2);
    await schedule.dispose();
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, true],
    );
    assert.deepEqual([time.timers(), lines], [0, []]);
  });

  it('survives settings that are not valid', async () => {
    begin();
    const good = settings;
    Object.defineProperty(good, 'enabled', {
      get: () => {
        throw new Error('not valid');
      },
      configurable: true,
    });
    await time.pass(hour);
    assert.deepEqual([ran.length, lines], [0, ['not valid']]);
    settings = { ...defaultSettings.schedule };
    schedule.changed();
    await time.pass(hour);
    assert.ok(count('hourly') >= 1);
  });
});

describe('the schedule of a folder', () => {
  const temp = tempFolder('schedule');
  const opened: Backlog[] = [];
  afterEach(async () => {
    for (const backlog of opened.splice(0)) await backlog.dispose();
  });
  const verbs = {
    scan: async () => ({
      files: 1,
      lines: 2,
      bytes: 3,
      signals: 0,
      created: [],
      updated: [],
      previewsWanted: [],
      malformed: 0,
      problems: [],
    }),
    draft: () => Promise.reject(new Error('nobody asked for it')),
    specify: () => Promise.reject(new Error('nobody asked for it')),
  };
  const { signal } = new AbortController();
  const options = { dryRun: false, autoExecute: false };

  async function houseOf(): Promise<House> {
    const backlog = await open(temp.path());
    opened.push(backlog);
    return {
      backlog,
      trusted: true,
      clock: { now: () => new Date() },
      settings: () => defaultSettings,
      isOnBattery: async () => false,
      saveReport: async () => undefined,
      log: () => undefined,
    } as unknown as House;
  }

  it('is done by one of two windows that wake at the same moment', async () => {
    const houses = [await houseOf(), await houseOf()];
    const due = new Date();
    let scans = 0;
    const counted = {
      ...verbs,
      scan: () => {
        scans += 1;
        return verbs.scan();
      },
    };
    const results = await Promise.allSettled(
      houses.map((house) => run(house, counted, 'hourly', { ...options, due }, signal)),
    );
    const codes = results.map((one) => (one.status === 'rejected' ? one.reason.code : 'done'));
    assert.equal(scans, 1, codes.join());
    assert.ok(codes.includes('done'));
    assert.ok(
      codes.every((code) => ['done', 'nothing_to_do', 'busy'].includes(code)),
      codes.join(),
    );
  });

  it('counts what the command line has done, and a full run for each', async () => {
    const house = await houseOf();
    const other = await houseOf();
    await run(other, verbs, 'full', options, signal);
    await house.backlog.refresh();
    for (const type of ['hourly', 'weekly'] as const) assert.ok(lastRun(house, type), type);
    const due = new Date(Date.now() - minute);
    await assert.rejects(run(house, verbs, 'daily', { ...options, due }, signal), {
      code: 'nothing_to_do',
    });
  });

  it('does the daily work before they usually review, where they left that open', async () => {
    const house = await houseOf();
    const habitual = Array.from({ length: 6 }, (_, i) => ({
      kind: 'request' as const,
      id: `r${i}`,
      fields: {
        ...sampleRequest,
        id: `r${i}`,
        status: 'DENIED' as const,
        reviewedAt: new Date(2026, 2, 2 + i, 14).toISOString(),
      },
    }));
    await house.backlog.write(habitual);
    const { schedule: said } = defaultSettings;
    assert.match(scheduleText(house, said), /daily \S+ 11:00 .* Daily before you usually review\./);
    assert.match(scheduleText(house, { ...said, daily: '30 3 * * *' }), /daily \S+ 03:30/);
    const off = { ...defaultSettings.learning, reviewTimes: false };
    const unmoved = { ...house, settings: () => ({ ...defaultSettings, learning: off }) };
    assert.match(scheduleText(unmoved, said), /daily \S+ 02:00/);
  });

  it('begins to count when a window is first opened, once, and says when what is due', async () => {
    const house = await houseOf();
    for (let i = 0; i < 2; i++) {
      const schedule = scheduleIn(house, () => Promise.reject(new Error('not due')), {
        isTyping: () => false,
        inTurn: createTurn(),
      });
      while (house.backlog.audit.list({ action: 'schedule.began' }).length === 0)
        await new Promise(setImmediate);
      await schedule.dispose();
    }
    assert.equal(house.backlog.audit.list({ action: 'schedule.began' }).length, 1);
    const text = scheduleText(house, defaultSettings.schedule, {
      waitsFor: () => 'it is on battery',
    });
    assert.match(text, /^Next: hourly \d{4}-\d\d-\d\d \d\d:00 \(last never\); daily .* 02:00/);
    assert.match(text, /Drafts nothing\. Waits now: it is on battery\.$/);
    const off = { ...defaultSettings.schedule, enabled: false };
    assert.match(scheduleText(house, off), /^Switched off/);
  });
});
