import { keptKinds } from '../core/secrets.ts';
import type { Clock } from '../core/ports.ts';
import type { Settings } from '../core/settings.ts';
import type { ScanBatch } from '../core/signal.ts';
import { createDocumentReader } from './documentReader.ts';
import type { Encoding } from './encoding.ts';
import type { Signals } from './exceptionSignals.ts';
import type { Keep } from './feedback.ts';
import { documentFormat } from './feedbackFormats.ts';
import { createFeedbackReader, type FeedbackFinding } from './feedbackReader.ts';
import { createInteractionReader, type InteractionFinding } from './interactionReader.ts';
import type { LineMemory } from './lineMemory.ts';
import { createCountingReader, type Reader } from './logReader.ts';
import { createLogDurations } from './metrics/logDurations.ts';
import { createMetricReader, type MetricFinding } from './metrics/metricReader.ts';
import { createOccurrences } from './occurrences.ts';
import type { Plan } from './plan.ts';

/** What all files of one scan share. */
export interface ReaderDeps {
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'sources' | 'privacy' | 'thresholds'>;
  readonly signals: Signals;
  readonly memory: LineMemory;
}

/** One file, and where its reading begins. */
export interface Source {
  readonly plan: Plan;
  /** Up to `sniffedBytes` bytes from the file's start, wherever the reading begins. */
  readonly head: Buffer;
  /** Up to as many from before `start`. */
  readonly before: Buffer;
  readonly start: number;
  readonly encoding: Encoding;
}

/** What a batch holds of what was found. */
export type Taken = Pick<ScanBatch, 'signals' | 'malformed' | 'metrics' | 'interactions'>;

/** Signals that are held. */
interface Pending {
  readonly told: number;
  /** Of what was told before. */
  readonly counted: number;
}

/** What reads one file, and what it has found up to where it is safe. */
export interface SourceReader {
  readonly reader: Reader<unknown>;
  pending(): Pending;
  take(): Taken;
  /** Bytes that are done with; for what is read beside. */
  passed(bytes: Buffer, base: number): void;
}

export function createSourceReader(deps: ReaderDeps, source: Source): SourceReader {
  const { plan, start, encoding } = source;
  const now = deps.clock.now();
  const keep = keptKinds(deps.settings.privacy);
  switch (plan.kind) {
    case 'feedback':
      return feedbackSource(plan.file, start, encoding, now.toISOString(), keep);
    case 'metrics':
      return recordSource(createMetricReader(plan.file, start, encoding, now.getTime()));
    case 'interactions':
      return recordSource(createInteractionReader(plan.file, start, encoding, now.getTime(), keep));
    case 'log':
      return logSource(deps, source, now);
  }
}

function feedbackSource(file: string, start: number, encoding: Encoding, now: string, keep: Keep) {
  const format = documentFormat(file);
  return recordSource(
    format === undefined
      ? createFeedbackReader(file, start, encoding, now, keep)
      : createDocumentReader(file, start, encoding, format, now, keep),
  );
}

function recordSource(reader: Reader<Finding>): SourceReader {
  return {
    reader,
    pending: () => ({ told: reader.pending(), counted: 0 }),
    take: () => sorted(reader.take()),
    passed: () => undefined,
  };
}

function logSource(deps: ReaderDeps, source: Source, now: Date): SourceReader {
  const { plan, head, before, start, encoding } = source;
  const reader = createCountingReader(
    start,
    encoding,
    deps.memory,
    deps.signals.keyOf,
    head,
    before,
  );
  const occurrences = createOccurrences(
    deps.signals,
    plan.file,
    now.toISOString(),
    deps.settings.thresholds.exceptionOccurrences,
  );
  const durations = deps.settings.sources.enabled.metrics
    ? createLogDurations(plan.file, start, encoding, now.getTime())
    : undefined;
  const count = (): void => {
    // What began in the file before it is told of at this one's beginning.
    for (const found of reader.take())
      occurrences.add(found.offset < 0 ? { ...found, offset: 0 } : found);
  };
  return {
    reader,
    pending: () => ({
      told: occurrences.told(),
      counted: occurrences.held() - occurrences.told(),
    }),
    passed(bytes, base) {
      count();
      durations?.feed(bytes, base);
    },
    take() {
      count();
      return {
        signals: occurrences.take(),
        malformed: [],
        ...some('metrics', durations?.take(reader.safeOffset()) ?? []),
      };
    },
  };
}

type Finding = FeedbackFinding | MetricFinding | InteractionFinding;

function sorted(found: readonly Finding[]): Taken {
  return {
    signals: found.flatMap((item) => (item.kind === 'signal' ? [item.signal] : [])),
    malformed: found.flatMap((item) => (item.kind === 'malformed' ? [item.malformed] : [])),
    ...some(
      'metrics',
      found.flatMap((item) => (item.kind === 'window' ? [item.window] : [])),
    ),
    ...some(
      'interactions',
      found.flatMap((item) => (item.kind === 'interaction' ? [item.interaction] : [])),
    ),
  };
}

function some<K extends string, T>(
  key: K,
  list: readonly T[],
): { readonly [P in K]?: readonly T[] } {
  return (list.length === 0 ? {} : { [key]: list }) as { readonly [P in K]?: readonly T[] };
}
