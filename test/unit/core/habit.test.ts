import assert from 'node:assert/strict';
import { nextTime } from '../../../src/core/cron.ts';
import { type Habit, hourBefore, partOf, partsOfDay, untilUsual } from '../../../src/core/habit.ts';

const hour = 3_600_000;
/** 2 March 2026 is a Monday; local time. */
const at = (day: number, hours: number, minutes = 0): Date =>
  new Date(2026, 2, day, hours, minutes);
const weekdays: Habit['days'] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'];

describe('the time at which somebody usually reviews', () => {
  it('has four parts of the day, the night past midnight', () => {
    const parts = [4, 5, 11, 12, 16, 17, 21, 22, 0].map(partOf);
    const [morning, afternoon, evening, night] = partsOfDay;
    assert.deepEqual(parts, [
      night,
      morning,
      morning,
      afternoon,
      afternoon,
      evening,
      evening,
      night,
      night,
    ]);
  });

  it('is now, later today, or on the next usual day', () => {
    const habit: Habit = { part: 'afternoon', days: weekdays };
    assert.equal(untilUsual(habit, at(2, 12)), 0);
    assert.equal(untilUsual(habit, at(2, 16, 59)), 0);
    assert.equal(untilUsual(habit, at(2, 9, 30)), 2.5 * hour);
    assert.equal(untilUsual(habit, at(2, 17)), 19 * hour);
    assert.equal(untilUsual(habit, at(7, 13)), 47 * hour); // a Saturday
    const nights: Habit = { part: 'night', days: ['Mon'] };
    assert.equal(untilUsual(nights, at(2, 23)), 0);
    assert.equal(untilUsual(nights, at(2, 2)), 0);
    assert.equal(untilUsual({ part: 'night', days: [] }, at(2, 2)), 0);
  });

  it('has the daily work done an hour before', () => {
    for (const part of partsOfDay) {
      const pattern = hourBefore({ part, days: weekdays });
      if (pattern === undefined) {
        assert.equal(part, 'morning');
        continue;
      }
      const done = nextTime(pattern, at(2, 4));
      assert.equal(untilUsual({ part, days: weekdays }, done ?? at(2, 0)), hour, part);
    }
  });
});
