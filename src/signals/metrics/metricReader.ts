import type { Malformed } from '../../core/signal.ts';
import type { MetricWindow } from '../../core/metric.ts';
import type { Encoding } from '../encoding.ts';
import type { Reader } from '../logReader.ts';
import { createRecordReader } from '../recordReader.ts';
import { createCollector, maxSeriesAtOnce } from './collect.ts';
import { readMetric } from './record.ts';

export type MetricFinding =
  | { readonly kind: 'window'; readonly window: MetricWindow }
  | { readonly kind: 'malformed'; readonly malformed: Malformed };

export function createMetricReader(
  file: string,
  start: number,
  encoding: Encoding,
  now: number,
): Reader<MetricFinding> {
  const collector = createCollector(file);
  let malformed: Malformed[] = [];
  return createRecordReader(start, encoding, {
    line(text, offset) {
      const record = readMetric(text, now);
      if (record.kind === 'metric') collector.add(record.observation);
      else if (record.kind === 'malformed') {
        malformed.push({ file, offset, reason: record.reason });
      }
    },
    pending: () => malformed.length + collector.held().windows,
    take(safe) {
      const { windows, dropped } = collector.take();
      const skipped = malformed;
      malformed = [];
      if (dropped > 0) {
        const reason = `${dropped} records of metrics beyond the first ${maxSeriesAtOnce} were left out`;
        skipped.push({ file, offset: safe, reason });
      }
      return [
        ...windows.map((window) => ({ kind: 'window' as const, window })),
        ...skipped.map((one) => ({ kind: 'malformed' as const, malformed: one })),
      ];
    },
  });
}
