import {
  type MetricWindow,
  type Observation,
  seriesKey,
  windowOf,
  windowStart,
} from '../../core/metric.ts';

/** Puts measurements into windows, without ever holding more than a bounded number of them. */
export interface Collector {
  add(observation: Observation): void;
  /** Windows and values held. */
  held(): { readonly windows: number; readonly values: number };
  /** What has been collected since the last call; `dropped` are measurements of series beyond the limit. */
  take(): { readonly windows: readonly MetricWindow[]; readonly dropped: number };
}

/** Of one file, between two calls of `take`. Names that are made up as one goes are no metrics. */
export const maxSeriesAtOnce = 300;

export function createCollector(file: string): Collector {
  const held = new Map<string, [Observation, ...Observation[]]>();
  const series = new Set<string>();
  let values = 0;
  let dropped = 0;
  return {
    add(observation) {
      const key = seriesKey(observation);
      if (!series.has(key)) {
        if (series.size >= maxSeriesAtOnce) {
          dropped++;
          return;
        }
        series.add(key);
      }
      const window = `${windowStart(observation.at)} ${key}`;
      const known = held.get(window);
      if (known) known.push(observation);
      else held.set(window, [observation]);
      values++;
    },
    held: () => ({ windows: held.size, values }),
    take() {
      const windows = [...held.values()].map((observations) => windowOf(observations, file));
      const taken = { windows, dropped };
      held.clear();
      series.clear();
      values = 0;
      dropped = 0;
      return taken;
    },
  };
}
