import type { MetricWindow } from '../core/metric.ts';
import type { TrendView } from '../shared/protocol.ts';
import { t } from './l10n.ts';

const dayMs = 86_400_000;
const millionths = 1e6;

/** What is older than 13 days is counted for the thirteenth: that one would be a peak of nothing. */
const days = 12;

/** How often a ticket was seen on each of the last days. Of one day there is nothing to be drawn. Pure. */
export function trendOf(windows: readonly MetricWindow[], now: Date): TrendView | undefined {
  const values = Array.from({ length: days }, () => 0);
  for (const { start, sum } of windows) {
    const ago = Math.max(0, Math.floor((now.getTime() - Date.parse(start)) / dayMs));
    const at = days - 1 - ago;
    if (at >= 0) values[at] = (values[at] ?? 0) + Number(sum) / millionths;
  }
  if (values.filter((value) => value > 0).length < 2) return undefined;
  const inAll = values.reduce((sum, value) => sum + value, 0);
  const lately = values.at(-1) ?? 0;
  return {
    values,
    words: t(
      '{0}× in {1} days, {2}× of these in the last one',
      inAll.toLocaleString('en'),
      days,
      lately.toLocaleString('en'),
    ),
  };
}
