import type { Backlog } from '../backlog/backlog.ts';
import { type MetricWindow, type Series, seriesKey } from '../core/metric.ts';
import type { Settings } from '../core/settings.ts';
import type {
  FeedbackSignal,
  InteractionSignal,
  PerformanceSignal,
  ScanBatch,
  Signal,
} from '../core/signal.ts';
import { ticketIdOf } from '../core/ticket.ts';
import { findPatterns } from '../signals/interactions.ts';
import { findAnomalies, type Look, windowsToJudge } from '../signals/metrics/anomalies.ts';
import {
  performanceFingerprint,
  toPerformanceSignal,
} from '../signals/metrics/toPerformanceSignal.ts';
import { createThemes, type Themes } from '../signals/themes.ts';

/** All series of a workspace; more are most likely names made up as one goes. */
const maxSeries = 1_000;
const maxThemed = 5_000;
const maxInteractions = 2_000;

/** What one scan has to remember of metrics, feedback and conversations beyond the batch at hand. */
export interface Measured {
  /** The batch without feedback that is known already, each piece under its theme, and without too many metrics. */
  prepare(batch: ScanBatch): ScanBatch;
  /** Signals that follow from what has been written down: anomalies, and what goes wrong in conversations. */
  findings(settings: Pick<Settings, 'thresholds'>): readonly Signal[];
}

type Stores = Pick<Backlog, 'feedback' | 'metrics' | 'interactions' | 'groups' | 'tickets'>;

/** A series whose last window is older than that came as a whole. */
const goesOnMs = 3_600_000;

/** @param everything also judges the series that have not grown, for what a crash may have left unjudged */
export function createMeasured(backlog: Stores, everything: boolean, now: Date): Measured {
  let themes: Themes | undefined;
  let known: Set<string> | undefined;
  let talks: string | undefined;
  const touched = new Map<string, Series>();
  /** Not known before this scan. */
  const fresh = new Set<string>();

  const isNew = (() => {
    const seen = new Set<string>();
    return ({ feedback }: FeedbackSignal): boolean => {
      if (seen.has(feedback.id) || backlog.feedback.has(feedback.id)) return false;
      seen.add(feedback.id);
      return true;
    };
  })();

  const place = (signal: Signal): readonly Signal[] => {
    if (signal.kind !== 'feedback') return [signal];
    if (!isNew(signal)) return [];
    themes ??= createThemes(backlog.feedback.themed(maxThemed));
    return [themes.assign(signal)];
  };

  const isAdmitted = (window: MetricWindow): boolean => {
    known ??= new Set(backlog.metrics.series().map(seriesKey));
    const key = seriesKey(window);
    if (!known.has(key) && known.size >= maxSeries) return false;
    if (!known.has(key)) fresh.add(key);
    known.add(key);
    touched.set(key, window);
    return true;
  };

  return {
    prepare(batch) {
      if (batch.interactions) talks = batch.position.file;
      const metrics = batch.metrics?.filter(isAdmitted);
      const left = (batch.metrics?.length ?? 0) - (metrics?.length ?? 0);
      return {
        ...batch,
        signals: batch.signals.flatMap(place),
        ...(metrics ? { metrics } : {}),
        malformed: left === 0 ? batch.malformed : [...batch.malformed, tooMany(batch, left)],
      };
    },
    findings(settings) {
      const series = everything ? backlog.metrics.series() : [...touched.values()];
      const lookAt = (one: Series): Look => {
        if (isKnownToLeak(backlog, one)) return 'once';
        if (!fresh.has(seriesKey(one))) return 'watching';
        const last = backlog.metrics.windows(one, 1).at(-1)?.start ?? '';
        return Date.parse(last) < now.getTime() - goesOnMs ? 'once' : 'midway';
      };
      const anomalies = series.flatMap((one) => judge(backlog, one, settings, lookAt(one)));
      const patterns =
        talks !== undefined || everything
          ? findPatterns(backlog.interactions.recent(maxInteractions))
          : [];
      const from = talks;
      return [
        ...anomalies.filter((signal) => isLater(backlog, signal)),
        ...patterns
          .filter((signal) => hasGrown(backlog, signal))
          .map((signal) => ({ ...signal, source: { file: from ?? 'conversations', offset: 0 } })),
      ];
    },
  };
}

function tooMany({ position }: ScanBatch, left: number) {
  const reason = `${left} five-minute windows of metrics beyond the first ${maxSeries} metrics and endpoints were left out`;
  return { file: position.file, offset: position.offset, reason };
}

function judge(
  backlog: Stores,
  series: Series,
  settings: Pick<Settings, 'thresholds'>,
  look: Look,
): PerformanceSignal[] {
  const windows = backlog.metrics.windows(series, windowsToJudge);
  const file = windows.at(-1)?.file ?? '';
  return findAnomalies(windows, settings.thresholds, look).map((one) =>
    toPerformanceSignal(one, file),
  );
}

/** And not said to be fixed: after a fix it is watched like any other. */
function isKnownToLeak({ tickets }: Stores, { name, endpoint }: Series): boolean {
  const fingerprint = performanceFingerprint({ kind: 'leak', metric: name, endpoint });
  const ticket = tickets.get(ticketIdOf({ kind: 'performance', fingerprint }));
  return ticket !== undefined && ticket.status !== 'applied';
}

/** A window counts once for an anomaly, however often it is looked at. */
function isLater(backlog: Stores, signal: PerformanceSignal): boolean {
  const group = backlog.groups.get(ticketIdOf(signal));
  return group === undefined || signal.at > group.lastSeen;
}

function hasGrown(backlog: Stores, signal: InteractionSignal): boolean {
  const group = backlog.groups.get(ticketIdOf(signal));
  return group === undefined || signal.pattern.count > group.count;
}
