import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { TestCase, TestStatus } from '../../core/testRun.ts';

/** What a runner's report says. */
export interface Outcome {
  readonly cases: readonly TestCase[];
  /** Files that broke before their tests could run, each with the reason. */
  readonly broken: readonly string[];
}

/** A case as a report has it: the file as the runner wrote it, names not yet unique. */
export interface RawCase {
  readonly titles: readonly string[];
  readonly file?: string | undefined;
  readonly status: TestStatus;
  readonly message?: string | undefined;
}

const maxMessageChars = 4_000;
const maxCases = 200_000;

/** Files become relative to root, names unique by a count. */
export function toCases(raw: readonly RawCase[], root: string): TestCase[] {
  const seen = new Map<string, number>();
  return raw.slice(0, maxCases).map(({ titles, file, status, message }) => {
    const path = file === undefined ? undefined : relativeTo(root, file);
    const name = titles.filter((title) => title !== '').join(' › ') || '(no name)';
    const key = `${path ?? ''}\0${name}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return {
      name: count === 1 ? name : `${name} (${count})`,
      status,
      ...(path === undefined ? {} : { file: path }),
      ...(message ? { message: message.slice(0, maxMessageChars) } : {}),
    };
  });
}

/** With `/`; left absolute when it lies outside of root. */
export function relativeTo(root: string, file: string): string {
  const absolute = isAbsolute(file) ? file : resolve(root, file);
  for (const base of new Set([root, realPath(root)])) {
    for (const path of new Set([absolute, realPath(absolute)])) {
      const short = relative(base, path);
      if (short !== '' && !short.startsWith('..') && !isAbsolute(short)) {
        return short.split(sep).join('/');
      }
    }
  }
  return absolute.split(sep).join('/');
}

/** The path itself when it does not exist. */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** Parsed JSON as a record, or undefined when it is anything else. */
export function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** Those entries of a list that are records. */
export function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return list(value).flatMap((entry) => {
    const one = record(entry);
    return one ? [one] : [];
  });
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}
