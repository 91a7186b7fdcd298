import { nextTime } from '../../core/cron.ts';
import { errorMessage, isPatchwrightError } from '../../core/errors.ts';
import type { Log } from '../../core/ports.ts';
import type { Settings } from '../../core/settings.ts';
import type { RunReport, RunType } from './report.ts';

export type ScheduledType = Exclude<RunType, 'full'>;
/** In the order in which they are done when several are due. */
export const scheduledTypes = ['hourly', 'daily', 'weekly', 'monthly'] as const;

export interface ScheduleDeps {
  readonly now: () => Date;
  /** Live. Throws `invalid_settings`. */
  readonly settings: () => Settings['schedule'];
  /** When a run of the type was last done, by whomever; where there was none, since when they are counted. */
  readonly since: (type: ScheduledType) => Date;
  /** Throws `busy` while another is under way, `nothing_to_do` where one was done since `due`. */
  readonly run: (type: ScheduledType, due: Date, signal: AbortSignal) => Promise<RunReport>;
  /** Why to wait: somebody types, or the machine is on battery. */
  readonly hold: (settings: Settings['schedule']) => Promise<string | undefined>;
  readonly after: (ms: number, work: () => void) => { dispose(): void };
  readonly log: Log;
}

export interface Schedule {
  /** Settings were changed. */
  changed(): void;
  /** Why something that is due is not done yet. */
  waitsFor(): string | undefined;
  /** Ends a run that is under way, and waits for that. */
  dispose(): Promise<void>;
}

/** A window that has just been opened has other things to do. */
export const startMs = 30_000;
/** When to look again for what could not be done. */
const againMs = 60_000;
/** A timer stands still while the machine sleeps: what was due meanwhile is found after this at the latest. */
const longestMs = 10 * 60_000;

/**
 * Does what is due by the settings, one run at a time, and what was missed once. One timer, which wakes for
 * what is due next.
 */
export function createSchedule(deps: ScheduleDeps): Schedule {
  /** Whatever came of it: what failed is not tried again before it is due again. */
  const triedAt = new Map<ScheduledType, Date>();
  let timer: { dispose(): void } | undefined;
  let turn: { readonly done: Promise<void>; readonly controller: AbortController } | undefined;
  let hold: string | undefined;
  let isDisposed = false;

  const dueOf = (type: ScheduledType, settings: Settings['schedule']): Date | undefined => {
    const tried = triedAt.get(type)?.getTime() ?? 0;
    const since = Math.max(deps.since(type).getTime(), tried);
    return dueAfter(settings, type, new Date(since));
  };

  /** False while another run is under way. */
  const attempt = async (type: ScheduledType, due: Date, signal: AbortSignal): Promise<boolean> => {
    try {
      const { found, done, skipped, failed } = await deps.run(type, due, signal);
      deps.log(
        `The ${type} run: ${found.length} found, ${done.length} done, ${skipped.length} skipped, ${failed.length} failed.`,
      );
    } catch (error) {
      if (isPatchwrightError(error, 'busy')) return false;
      if (!signal.aborted && !isPatchwrightError(error, 'nothing_to_do')) {
        deps.log(`The ${type} run failed: ${errorMessage(error)}`);
      }
    }
    triedAt.set(type, deps.now());
    return true;
  };

  /** Resolves with how long there is nothing to do; undefined: until something is changed. */
  const work = async (signal: AbortSignal): Promise<number | undefined> => {
    hold = undefined;
    for (const type of scheduledTypes) {
      const settings = deps.settings();
      const due = dueOf(type, settings);
      if (!due || due > deps.now()) continue;
      hold = await deps.hold(settings);
      if (hold !== undefined) return againMs;
      if (signal.aborted) return againMs;
      if (!(await attempt(type, due, signal))) {
        hold = 'another run is under way';
        return againMs;
      }
    }
    const settings = deps.settings();
    const next = scheduledTypes.flatMap((type) => dueOf(type, settings)?.getTime() ?? []);
    return next.length === 0 ? undefined : Math.min(...next) - deps.now().getTime();
  };

  const isOff = (): boolean => {
    try {
      return !deps.settings().enabled;
    } catch {
      return false; // half typed
    }
  };

  const arm = (ms: number | undefined): void => {
    timer?.dispose();
    timer = undefined;
    if (isDisposed || ms === undefined) return;
    timer = deps.after(Math.min(Math.max(0, ms), longestMs), look);
  };

  function look(): void {
    if (turn || isDisposed) return;
    const controller = new AbortController();
    const done = work(controller.signal)
      .catch((error: unknown) => {
        deps.log(errorMessage(error)); // settings that are not valid: their change wakes us
        return undefined;
      })
      .then((ms) => {
        turn = undefined;
        arm(controller.signal.aborted ? againMs : ms);
      });
    turn = { done, controller };
  }

  arm(startMs);
  return {
    changed() {
      if (!turn) look();
      else if (isOff()) turn.controller.abort();
    },
    waitsFor: () => hold,
    async dispose() {
      isDisposed = true;
      timer?.dispose();
      turn?.controller.abort();
      await turn?.done;
    },
  };
}

/** undefined: never. */
export function dueAfter(
  settings: Settings['schedule'],
  type: ScheduledType,
  since: Date,
): Date | undefined {
  const pattern = settings[type];
  return settings.enabled && pattern !== '' ? nextTime(pattern, since) : undefined;
}
