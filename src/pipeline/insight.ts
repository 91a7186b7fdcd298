import type { Backlog } from '../backlog/backlog.ts';
import { type Health, healthOf } from '../learning/health.ts';
import { dayMs, together } from '../learning/history.ts';
import { type Metrics, metricsOf } from '../learning/metrics.ts';
import { type Calibration, calibrationOf, outcomesOf } from '../learning/odds.ts';
import { historyIn } from './learning.ts';

/** How the workspace is doing, from the tables alone. */
export interface Insight extends Metrics {
  readonly health: Health;
  /** How good the odds of all drafts so far were. */
  readonly odds: Calibration;
}

/** Of the last days, today included; of several folders as of one. */
export function insightOf(backlogs: readonly Backlog[], days: number, now: Date): Insight {
  const period = {
    from: new Date(now.getTime() - days * dayMs).toISOString(),
    to: new Date(now.getTime() + 1).toISOString(), // what happened this very moment counts
  };
  const history = together(backlogs.map(historyIn));
  return {
    ...metricsOf(history, period),
    health: healthOf(history, period),
    odds: calibrationOf(outcomesOf(history)),
  };
}
