/** One figure of a benchmark: what was measured, and the target it is held against, if there is one. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | '×' | 'MiB' | 'MB/s' | 'KiB' | '%' | '';
  readonly target?: number;
  /** Whether smaller is better (default) or larger. */
  readonly better?: 'smaller' | 'larger';
}

/** A benchmark measures and reports; it never asserts. Ratios are against a baseline of the same run. */
export interface Bench {
  readonly title: string;
  run(report: (figure: Figure) => void): Promise<void>;
}
