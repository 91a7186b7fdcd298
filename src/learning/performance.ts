import { meanOf, mergeWindows, type MetricWindow, quantileOf } from '../core/metric.ts';
import type { Figure } from './health.ts';
import { isWithin, type Period, periodBefore } from './history.ts';
import { rounded } from './metrics.ts';

/** How the program itself is doing, from what was measured of it; field names of `report --json`. */
export interface PerformanceReport {
  readonly period: Period;
  readonly health: Figure;
  /** Where most of the time goes, first. */
  readonly bottlenecks: readonly Endpoint[];
  /** Slower than the target, the slowest first. */
  readonly slow: readonly Endpoint[];
  readonly errorRates: readonly Measured[];
  readonly leaks: readonly Leak[];
  /** Of each feature, the dearest first. */
  readonly costs: readonly Measured[];
}

export interface Endpoint {
  readonly name: string;
  readonly calls: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Of the time that all endpoints took together. */
  readonly shareOfTime: number;
  /** p95 of the period before, where it was called then. */
  readonly p95MsBefore?: number;
}

/** A mean (of error rates) or a sum (of costs), and that of the period before. */
export interface Measured {
  readonly name: string;
  readonly count: number;
  readonly value: number;
  readonly before?: number;
}

export interface Leak {
  readonly ticketId: string;
  readonly reason: string;
}

/** p95 of an endpoint should stay below this. */
export const targetMs = 100;
/** An error rate from which all points for errors are lost. */
const worstErrorRate = 0.1;
const [slowPoints, errorPoints, leakPoints] = [40, 40, 20];
const shown = 10;

export function performanceOf(
  series: readonly (readonly MetricWindow[])[],
  leaks: readonly Leak[],
  period: Period,
): PerformanceReport {
  const of = (type: MetricWindow['type']): readonly Compared[] =>
    series.filter(([first]) => first?.type === type).flatMap((one) => compared(one, period));
  const timed = of('response_time');
  const total = timed.reduce((sum, { now }) => sum + sumOf(now), 0);
  const endpoints = timed.map((one) => endpointOf(one, total));
  const errorRates = of('error_rate').map((one) => measuredOf(one, meanOf));
  return {
    period,
    health: healthOf(endpoints, errorRates, leaks),
    bottlenecks: endpoints.toSorted((a, b) => b.shareOfTime - a.shareOfTime).slice(0, shown),
    slow: endpoints
      .filter(({ p95Ms }) => p95Ms > targetMs)
      .sort((a, b) => b.p95Ms - a.p95Ms)
      .slice(0, shown),
    errorRates: errorRates
      .filter(({ value }) => value > 0)
      .sort((a, b) => b.value - a.value)
      .slice(0, shown),
    leaks,
    costs: of('cost')
      .map((one) => measuredOf(one, sumOf))
      .sort((a, b) => b.value - a.value)
      .slice(0, shown),
  };
}

/** A series within the period, and within the one before. */
interface Compared {
  readonly now: MetricWindow;
  readonly before: MetricWindow | undefined;
}

function compared(windows: readonly MetricWindow[], period: Period): readonly Compared[] {
  const within = (one: Period): MetricWindow | undefined =>
    windows
      .filter(({ start }) => isWithin(start, one))
      .reduce<MetricWindow | undefined>(
        (sum, next) => (sum ? mergeWindows(sum, next) : next),
        undefined,
      );
  const now = within(period);
  return now ? [{ now, before: within(periodBefore(period)) }] : [];
}

function sumOf(window: MetricWindow): number {
  return meanOf(window) * window.count;
}

function nameOf({ endpoint, name }: MetricWindow): string {
  return endpoint || name;
}

function endpointOf({ now, before }: Compared, total: number): Endpoint {
  const ms = (window: MetricWindow, q: number): number => rounded(quantileOf(window, q), 1);
  return {
    name: nameOf(now),
    calls: now.count,
    p50Ms: ms(now, 0.5),
    p95Ms: ms(now, 0.95),
    p99Ms: ms(now, 0.99),
    shareOfTime: total === 0 ? 0 : rounded(sumOf(now) / total),
    ...(before ? { p95MsBefore: ms(before, 0.95) } : {}),
  };
}

function measuredOf(
  { now, before }: Compared,
  valueOf: (window: MetricWindow) => number,
): Measured {
  return {
    name: nameOf(now),
    count: now.count,
    value: rounded(valueOf(now)),
    ...(before ? { before: rounded(valueOf(before)) } : {}),
  };
}

const formula = `100 − ${slowPoints} × share of calls to endpoints whose p95 is over ${targetMs} ms − ${errorPoints} × mean error rate ÷ ${worstErrorRate} (at most ${errorPoints}) − ${leakPoints} with a leak; at least 0`;

function healthOf(
  endpoints: readonly Endpoint[],
  errors: readonly Measured[],
  leaks: readonly Leak[],
): Figure {
  const calls = (of: readonly Endpoint[]): number => of.reduce((sum, one) => sum + one.calls, 0);
  const unit = 'of 100';
  if (endpoints.length + errors.length + leaks.length === 0) return { unit, formula, parts: [] };
  const all = calls(endpoints);
  const slow = all === 0 ? 0 : calls(endpoints.filter(({ p95Ms }) => p95Ms > targetMs)) / all;
  const seen = errors.reduce((sum, { count }) => sum + count, 0);
  const rate =
    seen === 0 ? 0 : errors.reduce((sum, { value, count }) => sum + value * count, 0) / seen;
  const losses = [
    slowPoints * slow,
    errorPoints * Math.min(1, rate / worstErrorRate),
    leaks.length > 0 ? leakPoints : 0,
  ];
  const [slowLoss = 0, errorLoss = 0, leakLoss = 0] = losses;
  const lost = (points: number): string => (points === 0 ? '0' : `−${rounded(points, 1)}`);
  return {
    value: Math.round(100 - slowLoss - errorLoss - leakLoss),
    unit,
    formula,
    parts: [
      `${Math.round(100 * slow)} % of calls to slow endpoints: ${lost(slowLoss)}`,
      `mean error rate ${rounded(100 * rate, 2)} %: ${lost(errorLoss)}`,
      `${leaks.length} leaks: ${lost(leakLoss)}`,
    ],
  };
}
