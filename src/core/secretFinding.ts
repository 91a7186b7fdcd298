export interface SecretFinding {
  /** What was found, for people: `github`, `password`, `private-key`. */
  readonly rule: string;
  readonly start: number;
  readonly end: number;
}

/** Told of each finding; the offsets are of the text that was handed in. */
export type Found = (rule: string, start: number, end: number) => void;
