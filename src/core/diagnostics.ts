/** What compilers and linters say of code. */

export interface Diagnostic {
  /** Relative to the folder, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** `TS2345`, `no-unused-vars`. */
  readonly code?: string;
  /** `tsc`, `eslint`. */
  readonly source: string;
}

/** The workspace's own checkers. */
export interface Diagnostics {
  /** What they say of the folder as it is now and did not say of the commit `base`. */
  introduced(root: string, base: string, signal?: AbortSignal): Promise<readonly Diagnostic[]>;
}
