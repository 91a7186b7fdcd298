import { Cron } from 'croner';

/** Five fields, as in a crontab: minute, hour, day of the month, month, weekday. */
function patternOf(pattern: string, timezone?: string): Cron {
  return new Cron(pattern, { mode: '5-part', ...(timezone ? { timezone } : {}) });
}

/** Whether there is a time that it names; `0 0 30 2 *` never comes. */
export function isCronPattern(pattern: string): boolean {
  try {
    return patternOf(pattern).nextRun() !== null;
  } catch {
    return false;
  }
}

/**
 * The first time after `after`, by the clock on the wall. In the night when clocks go forward a time of
 * day that is left out comes right after the gap; when they go back, one that is there twice comes once.
 * Patterns of every hour follow the hours that pass. @param timezone left out: the machine's
 */
export function nextTime(pattern: string, after: Date, timezone?: string): Date | undefined {
  return patternOf(pattern, timezone).nextRun(after) ?? undefined;
}
