import type { Json } from '../jsonRecord.ts';

/** Lines of one file that tests run, as a report has them. */
export interface FileCoverage {
  /** As it stands in the report: of whatever machine, relative to whatever folder. */
  readonly path: string;
  /** Lines that can be run, and those of them that were. */
  readonly found: number;
  readonly hit: number;
  /** Lines that were not, where the report names them; ascending. */
  readonly missed: readonly number[];
}

/** One finding of a linter. Untrusted text, as it stands in the report. */
export interface LintFinding {
  readonly tool: string;
  readonly path: string;
  readonly line?: number;
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

export interface Report {
  readonly coverage?: readonly FileCoverage[];
  readonly lint?: readonly LintFinding[];
  /** Linters that had their say in it, also those without a finding. */
  readonly tools?: readonly string[];
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own properties only; undefined of anything that is no object. */
export function field(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

export function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A line of a file, or undefined. */
export function lineOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 && number < 1e9
    ? number
    : undefined;
}

/** `{ line }` where there is one. */
export function at(value: unknown): { readonly line?: number } {
  const line = lineOf(value);
  return line === undefined ? {} : { line };
}
