import type { MetricType } from '../../core/metric.ts';

/** How many milliseconds a unit of time has. */
const milliseconds: ReadonlyMap<string, number> = new Map(
  (
    [
      [1e-6, 'ns nanos nanosecond nanoseconds'],
      [1e-3, 'us µs μs micros microsecond microseconds'],
      [1, 'ms msec millis millisecond milliseconds'],
      [1_000, 's sec secs second seconds'],
      [60_000, 'm min mins minute minutes'],
    ] as const
  ).flatMap(([factor, names]) => names.split(' ').map((name) => [name, factor] as const)),
);

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
