import type { MetricType } from '../../core/metric.ts';

/** How many milliseconds a unit of time has. */
const milliseconds: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['msec', 1],
  ['millis', 1],
  ['milliseconds', 1],
  ['s', 1_000],
  ['sec', 1_000],
  ['secs', 1_000],
  ['second', 1_000],
  ['seconds', 1_000],
  ['m', 60_000],
  ['min', 60_000],
  ['minutes', 60_000],
]);

export function millisecondsPer(unit: string): number | undefined {
  return milliseconds.get(unit.toLowerCase());
}

/** What a metric measures, by its name, where nobody says. */
export function typeOf(name: string): MetricType {
  if (/(?:error|failure|fault)s?[_. -]?(?:rate|ratio|percent)/i.test(name)) return 'error_rate';
  if (/latency|duration|elapsed|(?:response|request)[_. -]?time/i.test(name))
    return 'response_time';
  if (/memory|heap|\brss\b|_rss|rss_/i.test(name)) return 'memory_usage';
  return /\bcost|_cost|spend/i.test(name) ? 'cost' : 'other';
}

/** `latency_ms` is in ms, `duration.seconds` in seconds. */
export function unitInName(name: string): string {
  return /[_.]([a-zµ]{1,12})$/i.exec(name)?.[1] ?? '';
}
