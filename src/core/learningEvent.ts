/** One step of learning: what was believed before a decision and after it, or what a person did with it. */
export interface LearningEvent {
  /** UUID. */
  readonly id: string;
  readonly timestamp: string;
  readonly type: LearningEventType;
  readonly before?: unknown;
  readonly after?: unknown;
  /** How much it changed, 0–1. */
  readonly impact: number;
}

export const learningEventTypes = [
  'request.approved',
  'request.rejected',
  'request.rejection_undone',
  'release.rolled_back',
  'attempt.failed',
  'preferences.on',
  'preferences.off',
  'preferences.reset',
] as const;
export type LearningEventType = (typeof learningEventTypes)[number];
