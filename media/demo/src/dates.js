'use strict';

const dayMs = 24 * 60 * 60 * 1000;

/** First millisecond of a day given as `YYYY-MM-DD`, in UTC. */
function startOfDay(day) {
  const [year, month, date] = day.split('-').map(Number);
  return Date.UTC(year, month - 1, date);
}

/** Last millisecond of it. */
function endOfDay(day) {
  return startOfDay(day) + dayMs - 1;
}

/** The day of a time in milliseconds, as `YYYY-MM-DD`. */
function dayOf(time) {
  return new Date(time).toISOString().slice(0, 10);
}

module.exports = { startOfDay, endOfDay, dayOf };
