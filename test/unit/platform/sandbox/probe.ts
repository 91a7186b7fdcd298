/** A way out that is tried. It prints ESCAPED when it gets there; what it leaves on the host is looked at, too. */
export interface Probe {
  readonly name: string;
  readonly script: string;
  /** Runs in plain Python, where a shell has no command for it. */
  readonly python?: true;
  /** Harmless enough to be run without a sandbox, where it must succeed; else the probe proves nothing. */
  readonly escapesFree?: true;
  readonly leak?: readonly number[];
  /** Comes first on PATH. */
  readonly path?: (worktree: string) => string;
}

export const escapes = { escapesFree: true } as const;

/** Prints ESCAPED when the file can be written to or made. */
export const writes = (path: string): string => `(echo x >> ${path}) 2>/dev/null && echo ESCAPED`;
