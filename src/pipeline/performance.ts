import type { Backlog } from '../backlog/backlog.ts';
import { windowMs } from '../core/metric.ts';
import type { Anomaly } from '../core/signal.ts';
import { dayMs } from '../learning/history.ts';
import { type PerformanceReport, performanceOf } from '../learning/performance.ts';

/** Windows are kept for 14 days, and the period before is to be compared. */
const maxDays = 7;

/** Of the last days in which something was measured. */
export function performanceIn(backlog: Backlog, days: number): PerformanceReport {
  const length = Math.min(days, maxDays);
  const limit = (2 * length * dayMs) / windowMs;
  const { metrics, tickets } = backlog;
  const series = metrics.series().map((one) => metrics.windows(one, limit));
  const newest = series
    .map((windows) => windows.at(-1)?.start ?? '')
    .reduce((a, b) => (a > b ? a : b), '');
  const end = newest === '' ? 0 : Date.parse(newest) + windowMs;
  const period = {
    from: new Date(Math.max(0, end - length * dayMs)).toISOString(),
    to: new Date(end).toISOString(),
  };
  const leaks = tickets
    .list({ statuses: ['open', 'in_progress', 'testing', 'ready'] })
    .flatMap(({ id, metadata }) => {
      const anomaly = metadata.anomaly as Anomaly | undefined;
      return anomaly?.kind === 'leak' ? [{ ticketId: id, reason: anomaly.reason }] : [];
    });
  return performanceOf(series, leaks, period);
}
