import type { Malformed } from '../../core/signal.ts';
import type { MetricWindow } from '../../core/metric.ts';
import { decodeLine, type Encoding } from '../encoding.ts';
import { lineEnd } from '../lineBreaks.ts';
import type { Reader } from '../logReader.ts';
import { createCollector, maxSeriesAtOnce } from './collect.ts';
import { readMetric } from './record.ts';

export type MetricFinding =
  | { readonly kind: 'window'; readonly window: MetricWindow }
  | { readonly kind: 'malformed'; readonly malformed: Malformed };

/** Every line is a record, so every line end is a place to stop. */
export function createMetricReader(
  file: string,
  start: number,
  encoding: Encoding,
  now: number,
): Reader<MetricFinding> {
  const collector = createCollector(file);
  let malformed: Malformed[] = [];
  let safe = start;
  let lines = 0;
  return {
    feed(bytes, base, ending) {
      let at = 0;
      while (at < bytes.length) {
        let end = lineEnd(bytes, at, encoding);
        if (end < 0 && ending !== 'final') break;
        if (end < 0) end = bytes.length;
        const record = readMetric(decodeLine(bytes.subarray(at, end), encoding), now);
        if (record.kind === 'metric') collector.add(record.observation);
        else if (record.kind === 'malformed') {
          malformed.push({ file, offset: base + at, reason: record.reason });
        }
        lines++;
        at = end;
      }
      safe = base + at;
      return at;
    },
    safeOffset: () => safe,
    pending: () => malformed.length + collector.held().windows,
    take() {
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
    takeLines() {
      const taken = lines;
      lines = 0;
      return taken;
    },
  };
}
