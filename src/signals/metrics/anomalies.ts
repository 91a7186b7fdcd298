import {
  meanOf,
  mergeWindows,
  type MetricWindow,
  quantileOf,
  type Series,
  windowMs,
} from '../../core/metric.ts';
import type { Settings } from '../../core/settings.ts';
import type { Anomaly, AnomalyKind } from '../../core/signal.ts';
import { countAbove } from '../../core/sketch.ts';
import { amount, sharePercent, span } from './amounts.ts';
import { binomialTail, median } from '../../core/statistics.ts';
import { findLeak, findLeakMidway, findLeakWatching } from './leak.ts';

export type Limits = Pick<Settings['thresholds'], 'slowEndpointMs' | 'errorRate'>;

/** So many windows of a series are looked at: a day, and the same hours of the week before it. */
export const windowsToJudge = 2_100;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A slow endpoint: more than this share of its calls takes too long. */
const slowShare = 0.05;
/** How sure of it: judged every five minutes, a false alarm must be rare in days. */
const maxChance = 2e-4;
const minRequests = 20;
const minRisingWindows = 10;
const minRise = 1.5;

/**
 * once: a series that came as a whole, or is known to leak. midway: one that is new and still goes on.
 * watching: one that is judged whenever it grows.
 */
export type Look = 'once' | 'midway' | 'watching';

const leakJudges = { once: findLeak, midway: findLeakMidway, watching: findLeakWatching } as const;

/**
 * What is wrong with a series, judged by its newest hour (a leak: by its newest day). Pure; the same
 * windows give the same anomalies.
 * @param windows of one series, oldest first
 */
export function findAnomalies(
  windows: readonly MetricWindow[],
  limits: Limits,
  look: Look = 'once',
): Anomaly[] {
  const newest = windows.at(-1);
  if (!newest) return [];
  const recent = since(windows, newest, hourMs);
  const found = [
    newest.threshold === undefined ? undefined : overThreshold(newest, newest.threshold),
    // With a limit of its own an endpoint is not judged by the general one as well: one thing, one ticket.
    newest.type === 'response_time' && newest.threshold === undefined
      ? slow(recent, limits.slowEndpointMs)
      : undefined,
    newest.type === 'error_rate'
      ? failing(recent, newest.threshold ?? limits.errorRate)
      : undefined,
    mayRise(newest) ? rising(windows, recent) : undefined,
    newest.type === 'memory_usage' ? leaking(since(windows, newest, dayMs), look) : undefined,
  ];
  return found.filter((anomaly) => anomaly !== undefined);
}

function since(
  windows: readonly MetricWindow[],
  newest: MetricWindow,
  ms: number,
): readonly MetricWindow[] {
  const from = Date.parse(newest.start) - ms;
  return windows.filter(({ start }) => Date.parse(start) > from);
}

function mayRise({ type }: Series): boolean {
  return type === 'response_time' || type === 'cost';
}

/** The limit that comes with the metric: half of what was measured in five minutes lies above it. */
function overThreshold(newest: MetricWindow, threshold: number): Anomaly | undefined {
  if (newest.type === 'error_rate') return undefined;
  const value = quantileOf(newest, 0.5);
  if (value <= threshold) return undefined;
  const reason = `${nameOf(newest)} is ${amount(value, newest.unit)}, over its limit of ${amount(threshold, newest.unit)}.`;
  return anomaly('over_threshold', [newest], value, threshold, reason);
}

/** More calls take too long than an endpoint that is just quick enough would have by chance. */
function slow(recent: readonly MetricWindow[], limit: number): Anomaly | undefined {
  const all = sumOf(recent);
  const above = countAbove(all.sketch, limit);
  if (above <= slowShare * all.count) return undefined;
  if (binomialTail(above, all.count, slowShare) > maxChance) return undefined;
  const p95 = quantileOf(all, 0.95);
  const reason = `${nameOf(all)} is slow: ${above} of ${all.count} calls took longer than ${amount(limit, 'ms')}; the 95th percentile is ${amount(p95, 'ms')}.`;
  return anomaly('slow_endpoint', recent, p95, limit, reason);
}

function failing(recent: readonly MetricWindow[], limit: number): Anomaly | undefined {
  const all = sumOf(recent);
  const rate = meanOf(all);
  if (rate <= limit) return undefined;
  const isCounted = recent.every(({ sketch, min, max, count }) => {
    const ones = sketch.positive.reduce((sum, [, n]) => sum + n, 0);
    return (min === 0 || min === 1) && (max === 0 || max === 1) && sketch.zero + ones === count;
  });
  // A rate as such has been counted by whoever wrote it; single requests are counted here.
  if (isCounted) {
    const failed = Math.round(rate * all.count);
    if (all.count < minRequests || binomialTail(failed, all.count, limit) > 0.001) return undefined;
    const reason = `${failed} of ${all.count} requests to ${nameOf(all)} failed: ${sharePercent(rate)}, over the limit of ${sharePercent(limit)}.`;
    return anomaly('error_rate', recent, rate, limit, reason);
  }
  const what = all.endpoint === '' ? all.name : `The error rate of ${all.endpoint}`;
  const reason = `${what} is ${sharePercent(rate)}, over the limit of ${sharePercent(limit)}.`;
  return anomaly('error_rate', recent, rate, limit, reason);
}

/** Nearly all of the last hour lies above all of the same hour before: of earlier days, or just before it. */
function rising(
  windows: readonly MetricWindow[],
  recent: readonly MetricWindow[],
): Anomaly | undefined {
  if (recent.length < minRisingWindows) return undefined;
  const before = earlier(windows, recent);
  if (!before) return undefined;
  const value = median(recent.map(meanOf));
  const usual = median(before.windows.map(meanOf));
  const highest = before.windows.map(meanOf).reduce((a, b) => Math.max(a, b));
  if (usual <= 0 || value < minRise * usual) return undefined;
  const above = recent.filter((window) => meanOf(window) > highest).length;
  if (above < 0.8 * recent.length) return undefined;
  const unit = recent[0]?.unit ?? '';
  const all = sumOf(recent);
  const reason = `${nameOf(all)} has risen to ${amount(value, unit)}; ${before.when} it was ${amount(usual, unit)}.`;
  return anomaly('rising', recent, value, usual, reason);
}

interface Earlier {
  readonly windows: readonly MetricWindow[];
  readonly when: string;
}

/** The same hour of at least two of the seven days before; else, where there is nothing of the days, two hours before. */
function earlier(
  windows: readonly MetricWindow[],
  recent: readonly MetricWindow[],
): Earlier | undefined {
  const start = Date.parse(recent[0]?.start ?? '');
  const end = start + hourMs;
  const days = [1, 2, 3, 4, 5, 6, 7].map((day) =>
    windows.filter((window) => {
      const at = Date.parse(window.start) + day * dayMs;
      return at >= start && at < end;
    }),
  );
  const full = days.filter((day) => day.length >= minRisingWindows);
  if (full.length >= 2) {
    return { windows: full.flat(), when: `at this hour of the ${full.length} days before` };
  }
  const oldest = Date.parse(windows[0]?.start ?? '');
  if (oldest <= start - dayMs) return undefined;
  const just = windows.filter((window) => {
    const at = Date.parse(window.start);
    return at < start - windowMs && at >= start - 3 * hourMs;
  });
  return just.length >= 2 * minRisingWindows ? { windows: just, when: 'just before' } : undefined;
}

function leaking(day: readonly MetricWindow[], look: Look): Anomaly | undefined {
  const leak = leakJudges[look](
    day.map((window) => ({ x: Date.parse(window.start) / windowMs, y: quantileOf(window, 0.5) })),
  );
  if (!leak) return undefined;
  const unit = day[0]?.unit ?? '';
  const all = sumOf(day);
  const end = leak.level + leak.growth;
  const hours = ((leak.to - leak.from) * windowMs) / hourMs;
  const reason = `${nameOf(all)} grows all the time: from ${amount(leak.level, unit)} to ${amount(end, unit)} in ${span(hours)}, ${amount(leak.growth / Math.max(hours, 1 / 12), unit)} an hour, without ever coming back.`;
  return anomaly('leak', day, end, leak.level, reason);
}

function sumOf(windows: readonly MetricWindow[]): MetricWindow {
  return windows.reduce(mergeWindows);
}

function nameOf({ name, type, endpoint }: Series): string {
  if (endpoint === '') return name;
  return type === 'error_rate' || name === 'response_time' ? endpoint : `${name} of ${endpoint}`;
}

function anomaly(
  kind: AnomalyKind,
  windows: readonly MetricWindow[],
  value: number,
  threshold: number,
  reason: string,
): Anomaly {
  const all = sumOf(windows);
  const { name, type, endpoint, unit, count, start } = all;
  const to = windows.at(-1)?.start ?? start;
  return {
    kind,
    metric: name,
    type,
    endpoint,
    unit,
    value,
    threshold,
    count,
    from: start,
    to,
    reason,
  };
}
