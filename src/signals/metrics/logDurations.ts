import type { MetricWindow } from '../../core/metric.ts';
import { decodeLine, type Encoding } from '../encoding.ts';
import { lineEnd } from '../lineBreaks.ts';
import { createCollector } from './collect.ts';
import { observationsIn } from './durations.ts';
import { createOpenRequests, type OpenRequests } from './openRequests.ts';
import type { Observation } from '../../core/metric.ts';

/** The times that a log tells of, read beside its errors. */
export interface LogDurations {
  /** Whole lines that were looked through for errors; each comes once. */
  feed(bytes: Buffer, base: number): void;
  /** Windows of what lies before `safe`; the rest waits, since it is read again after a restart. */
  take(safe: number): readonly MetricWindow[];
}

/** So many bytes of a file are read in full in one scan; of what is beyond, samples. */
const fullBytes = 2 << 20;
const sampledLines = 4;
const longestLine = 8_192;

export function createLogDurations(
  file: string,
  start: number,
  encoding: Encoding,
  now: number,
): LogDurations {
  const collector = createCollector(file);
  let waiting: { readonly offset: number; readonly found: readonly Observation[] }[] = [];

  const requests = createOpenRequests();

  const feedSome = (bytes: Buffer, base: number, most: number, open: OpenRequests): void => {
    let at = 0;
    for (let lines = 0; at < bytes.length && lines < most; lines++) {
      const next = lineEnd(bytes, at, encoding);
      const end = next < 0 ? bytes.length : next;
      if (end - at <= longestLine) {
        const found = observationsIn(decodeLine(bytes.subarray(at, end), encoding), now, open);
        if (found.length > 0) waiting.push({ offset: base + at, found });
      }
      at = end;
    }
  };

  return {
    feed(bytes, base) {
      const isWhole = base - start < fullBytes;
      if (isWhole) feedSome(bytes, base, Number.POSITIVE_INFINITY, requests);
      else feedSome(bytes, base, sampledLines, createOpenRequests());
    },
    take(safe) {
      const left: typeof waiting = [];
      for (const one of waiting) {
        if (one.offset >= safe) left.push(one);
        else for (const observation of one.found) collector.add(observation);
      }
      waiting = left;
      return collector.take().windows;
    },
  };
}
