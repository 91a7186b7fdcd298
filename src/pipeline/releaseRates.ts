import type { Backlog } from '../backlog/backlog.ts';
import { eventsOf, linesRead, type Series, windowStart } from '../core/metric.ts';
import type { Release, ReleaseBaseline } from '../core/patchRequest.ts';
import { comingTogether, type NeighbourRates, type Seen } from '../release/rates.ts';

/** All that are kept. */
const allWindows = 5_000;
const millionths = 1e6;

/** What was counted before a release and since, of its ticket's errors, of those near it and of all. */
export interface ReleaseRates {
  readonly own: { readonly before: Seen; readonly after: Seen };
  readonly all: { readonly before: Seen; readonly after: Seen };
  readonly neighbours: readonly NeighbourRates[];
  /** Errors that were not seen before. */
  readonly fresh: readonly NeighbourRates[];
}

type Metrics = Pick<Backlog['metrics'], 'windows'>;

export function releaseRates(
  metrics: Metrics,
  release: Release,
  neighbours: readonly string[],
  fresh: readonly string[] = [],
): ReleaseRates {
  const { ticketId, appliedAt, baseline = { events: 0, allEvents: 0, lines: 0 } } = release;
  const landed = windowStart(Date.parse(appliedAt));
  const lines = sums(metrics, linesRead);
  const since = (windows: readonly Sum[], counted: number): number =>
    Math.max(0, total(windows.filter(({ start }) => start >= landed)) - counted);
  const linesBefore = lines.filter(({ start }) => start < landed);
  const linesAfter = lines.slice(linesBefore.length);
  const rates = (series: Series, counted: number) => {
    const events = sums(metrics, series);
    const at = new Map(events.map(({ start, value }) => [start, value]));
    const wavering = (side: readonly Sum[]): number =>
      comingTogether(
        side.map(({ start, value }) => ({ events: at.get(start) ?? 0, lines: value })),
        linesAfter.length,
      );
    // A time before that is shorter than that after has not shown all there is.
    const isShort = linesBefore.length < linesAfter.length;
    return {
      before: {
        events: total(events.filter(({ start }) => start < landed)) + counted,
        lines: total(linesBefore) + baseline.lines,
        together: Math.max(wavering(linesBefore), isShort ? wavering(linesAfter) : 1),
      },
      after: { events: since(events, counted), lines: since(lines, baseline.lines) },
    };
  };
  return {
    own: rates(eventsOf(ticketId), baseline.events),
    all: rates(eventsOf(), baseline.allEvents),
    neighbours: neighbours.map((id) => ({
      id,
      ...rates(eventsOf(id), baseline.neighbours?.[id] ?? 0),
    })),
    fresh: fresh.map((id) => ({ id, ...rates(eventsOf(id), 0) })),
  };
}

/** What lies in the five minutes of a landing at its moment, so that it can be told from what comes after. */
export function baselineAt(
  metrics: Metrics,
  { ticketId, appliedAt }: Pick<Release, 'ticketId' | 'appliedAt'>,
  neighbours: readonly string[],
  now: Date,
): ReleaseBaseline {
  const start = windowStart(Date.parse(appliedAt));
  // Noted only later: what was counted meanwhile came after.
  const isNow = windowStart(now.getTime()) === start;
  const counted = (series: Series): number =>
    isNow ? total(sums(metrics, series).filter((one) => one.start === start)) : 0;
  const near = neighbours
    .map((id) => [id, counted(eventsOf(id))] as const)
    .filter(([, events]) => events > 0);
  return {
    ...(near.length > 0 ? { neighbours: Object.fromEntries(near) } : {}),
    events: counted(eventsOf(ticketId)),
    allEvents: counted(eventsOf()),
    lines: counted(linesRead),
  };
}

interface Sum {
  readonly start: string;
  readonly value: number;
}

function sums(metrics: Metrics, series: Series): readonly Sum[] {
  return metrics
    .windows(series, allWindows)
    .map(({ start, sum }) => ({ start, value: Number(BigInt(sum)) / millionths }));
}

function total(windows: readonly Sum[]): number {
  return windows.reduce((sum, { value }) => sum + value, 0);
}
