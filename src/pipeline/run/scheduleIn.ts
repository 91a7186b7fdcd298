import { errorMessage } from '../../core/errors.ts';
import { localTime } from '../../core/localTime.ts';
import { type Habit, hourBefore } from '../../core/habit.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { audit } from '../changes.ts';
import type { House } from '../house.ts';
import { habitIn } from '../learning.ts';
import type { RunReport, RunType } from './report.ts';
import { lastRun, type RunOptions } from './run.ts';
import {
  createSchedule,
  dueAfter,
  type Schedule,
  type ScheduledType,
  scheduledTypes,
} from './schedule.ts';
import type { Turn } from './turn.ts';

export interface ScheduleOptions {
  /** Nothing heavy begins then. */
  readonly isTyping: () => boolean;
  /** Shared by the folders of a window. */
  readonly inTurn: Turn;
}

/** The schedule of this folder. */
export function scheduleIn(
  house: House,
  run: (type: RunType, options: RunOptions, signal: AbortSignal) => Promise<RunReport>,
  { isTyping, inTurn }: ScheduleOptions,
): Schedule {
  const settings = () => byHabit(house.settings().schedule, habit());
  let known: { readonly habit: Habit | undefined } | undefined;
  const habit = (): Habit | undefined => (known ??= { habit: habitIn(house) }).habit;
  const listening = house.backlog.onDidChange(() => {
    known = undefined;
  });
  const note = (): void => {
    noteBeginning(house).catch((error: unknown) => house.log(errorMessage(error)));
  };
  note();
  const schedule = createSchedule({
    now: () => house.clock.now(),
    settings,
    since: (type) => since(house, type),
    run: (type, due, signal) => {
      const { autoExecute } = settings();
      return inTurn(() => run(type, { dryRun: false, autoExecute, due }, signal));
    },
    hold: async ({ onBattery }) => {
      if (isTyping()) return 'somebody is typing';
      return !onBattery && (await house.isOnBattery()) ? 'the machine is on battery' : undefined;
    },
    after: (ms, work) => {
      const timer = setTimeout(work, ms).unref();
      return { dispose: () => clearTimeout(timer) };
    },
    log: house.log,
  });
  return {
    ...schedule,
    changed() {
      known = undefined;
      note();
      schedule.changed();
    },
    async dispose() {
      await listening.dispose();
      await schedule.dispose();
    },
  };
}

/** The daily work is there when they usually review, unless they said when it is to be done. */
function byHabit(settings: Settings['schedule'], habit: Habit | undefined): Settings['schedule'] {
  const daily = habit && hourBefore(habit);
  const isTheirs = settings.daily !== defaultSettings.schedule.daily;
  return daily === undefined || isTheirs ? settings : { ...settings, daily };
}

const began = 'schedule.began';

/** What was never done has been missed since then. */
async function noteBeginning(house: House): Promise<void> {
  if (!house.settings().schedule.enabled || beginning(house) !== undefined) return;
  await house.backlog.write([audit({ actor: 'patchwright', action: began, subject: 'run' })]);
}

function beginning({ backlog }: Pick<House, 'backlog'>): string | undefined {
  return backlog.audit.list({ action: began, limit: 1 })[0]?.timestamp;
}

function since(house: Pick<House, 'backlog' | 'clock'>, type: ScheduledType): Date {
  const at = lastRun(house, type) ?? beginning(house);
  return at === undefined ? house.clock.now() : new Date(at);
}

/** For a person. @param schedule left out: this process does nothing by itself */
export function scheduleText(
  house: Pick<House, 'backlog' | 'clock' | 'settings'>,
  said: Settings['schedule'],
  schedule?: Pick<Schedule, 'waitsFor'>,
): string {
  const settings = byHabit(said, habitIn(house));
  if (!settings.enabled) return 'Switched off (patchwright.schedule.enabled).';
  const each = scheduledTypes.flatMap((type) => {
    const next = dueAfter(settings, type, since(house, type));
    const last = lastRun(house, type);
    return next
      ? [`${type} ${localTime(next)} (last ${last ? localTime(new Date(last)) : 'never'})`]
      : [];
  });
  const drafts = settings.autoExecute ? 'Drafts too, within the limits.' : 'Drafts nothing.';
  const waits = schedule?.waitsFor();
  return [
    `Next: ${each.join('; ') || 'nothing'}.`,
    drafts,
    ...(settings.daily === said.daily ? [] : ['Daily before you usually review.']),
    ...(waits ? [`Waits now: ${waits}.`] : []),
    ...(schedule ? [] : ['Done while a window is open on this folder, or by `patchwright run`.']),
  ].join(' ');
}
