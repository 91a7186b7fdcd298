import type { MetricType, MetricWindow } from './metric.ts';

/** What happened in the workspace, sanitised, with the identity that decides its ticket. */

export type Severity = 'warning' | 'error' | 'fatal';

export interface Frame {
  readonly file: string;
  readonly function?: string;
  readonly line?: number;
  readonly column?: number;
  /** False for frames of a dependency or of the runtime. */
  readonly inApp: boolean;
  /** The line's source text, where the trace prints it. */
  readonly source?: string;
}

/** exception: thrown. test: a failed test. log: an error that was logged without a stack. diagnostic: a compiler's or linter's. */
export type FindingKind = 'exception' | 'test' | 'log' | 'diagnostic';

export interface Cause {
  readonly type: string;
  readonly message: string;
  readonly frames: readonly Frame[];
}

/** One exception as a grammar found it. The outermost one; `causes` ends at the root cause. */
export interface ExceptionEvent {
  readonly kind: FindingKind;
  readonly language: string;
  readonly type: string;
  readonly message: string;
  /** Innermost (where it was thrown) first. */
  readonly frames: readonly Frame[];
  readonly causes: readonly Cause[];
  readonly severity: Severity;
  /** ISO 8601 UTC when the log line said so. */
  readonly timestamp?: string;
  /** The version of the program that wrote it, when the record says so. */
  readonly release?: string;
  /** The text it was read from, bounded. */
  readonly raw: string;
}

/** The identity of a group of signals, and why it is what it is. */
export interface Fingerprint {
  /** Raised when the rules change, so that old groups stay explainable. */
  readonly version: number;
  /** 64 hex digits. */
  readonly hash: string;
  readonly parts: readonly { readonly label: string; readonly value: string }[];
  /** What it was by the rules before, where it has changed: its ticket may be known by that. Not kept. */
  readonly former?: Omit<Fingerprint, 'former'>;
}

/** A part of what one event was like, besides those that make its identity. */
export interface Trait {
  readonly label: string;
  readonly value: string;
}

export interface SourceRef {
  /** Relative to the workspace folder, with `/`. */
  readonly file: string;
  /** Byte offset of the first line in the file. */
  readonly offset: number;
}

interface SignalBase {
  readonly fingerprint: Fingerprint;
  readonly title: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly source: SourceRef;
}

/** Occurrences that are only counted: what they would say was said by those before. */
export interface Repeats {
  readonly count: number;
  /** When the first and the last of them were, ISO 8601 UTC; both in the hour of the signal. */
  readonly firstAt: string;
  readonly lastAt: string;
}

export interface ExceptionSignal extends SignalBase {
  readonly kind: 'exception';
  readonly severity: Severity;
  readonly repeats?: Repeats;
  /** Told before, in full: of its exception only what says which one it is. */
  readonly isOutline?: true;
  readonly exception: ExceptionEvent;
  /** The version of the program, when the log says so. */
  readonly release?: string;
  /** What its group may be split by. */
  readonly traits?: readonly Trait[];
  /** Top in-app frame, resolved to a file of the workspace where one matches. */
  readonly location?: { readonly file: string; readonly line?: number; readonly function?: string };
}

export type Sentiment = 'positive' | 'neutral' | 'negative';

/** What a piece of feedback is: asks for something, says that something is wrong, likes it, or none of these. */
export type Intent = 'request' | 'complaint' | 'praise' | 'other';

export interface FeedbackSignal extends SignalBase {
  readonly kind: 'feedback';
  readonly feedback: Feedback;
  readonly intent?: Intent;
}

export interface Feedback {
  readonly id: string;
  readonly timestamp: string;
  /** Hashed; never the name itself. */
  readonly userId?: string;
  /** 1–5; thumbs are 1 and 5. */
  readonly rating?: number;
  readonly text: string;
  readonly sentiment: Sentiment;
  readonly context?: unknown;
  readonly model?: string;
  readonly taskType?: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export const anomalyKinds = [
  'over_threshold',
  'slow_endpoint',
  'error_rate',
  'rising',
  'leak',
] as const;
export type AnomalyKind = (typeof anomalyKinds)[number];

/** What is wrong with a series of measurements. */
export interface Anomaly {
  readonly kind: AnomalyKind;
  readonly metric: string;
  readonly type: MetricType;
  /** Empty when it is not about one. */
  readonly endpoint: string;
  readonly unit: string;
  readonly value: number;
  /** What the value is held against: a limit, or what it was before. */
  readonly threshold: number;
  /** Measurements it rests on. */
  readonly count: number;
  /** First and last five-minute window it rests on, ISO 8601 UTC. */
  readonly from: string;
  readonly to: string;
  /** In words, with the numbers. */
  readonly reason: string;
}

export interface PerformanceSignal extends SignalBase {
  readonly kind: 'performance';
  readonly severity: Severity;
  readonly anomaly: Anomaly;
}

/** One exchange with a user, as a conversation log has it. */
export interface Interaction {
  readonly id: string;
  readonly timestamp: string;
  /** Hashed; never the name itself. */
  readonly customerId?: string;
  readonly type?: string;
  readonly message: string;
  readonly response: string;
  /** −1 to 1. */
  readonly sentiment?: number;
  readonly outcome?: string;
}

/** failure_mode: conversations that end badly in the same way. knowledge_gap: a question answered badly again and again. */
export type PatternKind = 'failure_mode' | 'knowledge_gap';

export interface InteractionPattern {
  readonly kind: PatternKind;
  /** Bad ones among the similar ones. */
  readonly count: number;
  readonly similar: number;
  readonly users: number;
  readonly examples: readonly string[];
  readonly reason: string;
}

export interface InteractionSignal extends SignalBase {
  readonly kind: 'interaction';
  readonly pattern: InteractionPattern;
}

export const qualityKinds = [
  'coverage',
  'duplication',
  'complexity',
  'undocumented',
  'lint',
] as const;
export type QualityKind = (typeof qualityKinds)[number];

/** What could be better about one file: all that is of one kind, of a linter all of one rule. */
export interface QualityFinding {
  readonly kind: QualityKind;
  /** Who says so; empty for what Patchwright counts itself. */
  readonly tool: string;
  /** A linter's; empty for the other kinds. */
  readonly rule: string;
  /** Relative to the workspace folder, with `/`. */
  readonly file: string;
  /** The first place. */
  readonly line?: number;
  readonly severity: Severity;
  /** Places, or lines that no test runs. */
  readonly count: number;
  /** For ranking among those of its kind: the more the worse. */
  readonly weight: number;
  /** In words, with the numbers. */
  readonly reason: string;
  /** The places, the first ones, in words. */
  readonly places: readonly string[];
}

export interface QualitySignal extends SignalBase {
  readonly kind: 'quality';
  readonly finding: QualityFinding;
}

export type Signal =
  | ExceptionSignal
  | FeedbackSignal
  | PerformanceSignal
  | InteractionSignal
  | QualitySignal;

/** How many occurrences a signal stands for. */
export function occurrencesOf(signal: Signal): number {
  return 1 + (signal.kind === 'exception' ? (signal.repeats?.count ?? 0) : 0);
}

/** When the last of them was. */
export function lastAtOf(signal: Signal): string {
  const last = signal.kind === 'exception' ? signal.repeats?.lastAt : undefined;
  return last !== undefined && last > signal.at ? last : signal.at;
}

/** When the first of them was. */
export function firstAtOf(signal: Signal): string {
  const first = signal.kind === 'exception' ? signal.repeats?.firstAt : undefined;
  return first !== undefined && first < signal.at ? first : signal.at;
}

/** How far a file has been read, and how to know it is still the same file. */
export interface FilePosition {
  /** Relative to the workspace folder, with `/`. */
  readonly file: string;
  /** Everything before this byte has been counted, and nothing after it. */
  readonly offset: number;
  readonly inode: string;
  /** SHA-256 of the first `headBytes` bytes: dev and inode alone are no identity, inodes are reused. */
  readonly headHash: string;
  readonly headBytes: number;
  /** SHA-256 of the up to 256 bytes before `offset`: finds a copy-truncate that grew past the offset. */
  readonly tailHash: string;
}

export interface Malformed {
  readonly file: string;
  readonly offset: number;
  readonly reason: string;
}

/** What one file's growth yielded. Committed whole (signals and positions) or not at all. */
export interface ScanBatch {
  readonly position: FilePosition;
  /** Of files whose end was counted with this one's beginning: what was written when they were rotated away. */
  readonly ended?: readonly FilePosition[];
  readonly signals: readonly Signal[];
  readonly malformed: readonly Malformed[];
  readonly lines: number;
  readonly bytes: number;
  /** What was measured, for the windows it belongs to. */
  readonly metrics?: readonly MetricWindow[];
  readonly interactions?: readonly Interaction[];
}

/** All that a batch moves on. */
export function positionsOf(
  batch: Pick<ScanBatch, 'ended'> & { readonly position?: FilePosition },
) {
  return [...(batch.position ? [batch.position] : []), ...(batch.ended ?? [])];
}
