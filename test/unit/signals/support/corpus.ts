import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { shortType } from '../../../../src/signals/fingerprint.ts';
import type { FindingGroup } from '../../../../src/signals/groups.ts';

export interface Expected {
  readonly id: string;
  readonly kind: string;
  readonly language: string;
  readonly type: string | null;
  readonly message: string | null;
  readonly anchor: string;
  readonly code?: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly lines?: readonly number[];
  readonly mapped?: { readonly file: string; readonly line: number };
  readonly count: number;
  readonly countMin?: number;
  readonly countMax?: number;
  readonly optional?: boolean;
  readonly groupsAccepted?: readonly number[];
}

export interface Entry {
  readonly file?: string;
  readonly files?: readonly string[];
  readonly tier: string;
  readonly language: string;
  readonly groupsAccepted?: readonly number[];
  readonly expected: readonly Expected[];
}

/** Real error output with what should be found in it; not part of the project. */
export const corpus = resolve(import.meta.dirname, '../../../../../shared/corpus');

export function corpusEntries(): readonly Entry[] {
  const manifest = join(corpus, 'manifest.json');
  if (!existsSync(manifest)) return [];
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { files: readonly Entry[] }).files;
}

export interface Judged {
  readonly missing: readonly string[];
  /** Found, but not as often as it happened, or as another language's. */
  readonly inexact: readonly string[];
  /** Found, but not in the very file of the workspace. */
  readonly misplaced: readonly string[];
  readonly expected: number;
  /** Groups that nothing explains. */
  readonly falseAlarms: readonly string[];
}

/** The rules of the corpus's own scorer: same short type, same file name and line, else the same masked message. */
export function judge(entry: Entry, found: readonly FindingGroup[]): Judged {
  const groups = found.filter(({ severity }) => severity !== 'warning');
  const used = new Set<FindingGroup>();
  const missing: string[] = [];
  const inexact: string[] = [];
  const misplaced: string[] = [];
  const wanted = entry.expected.filter(({ optional }) => !optional);
  for (const one of wanted) {
    const free = groups.filter((group) => !used.has(group) && isSame(one, group));
    const close = free.filter(
      (group) => one.message === null || alike(one.message, group.message, true),
    );
    const hits = close.length > 0 ? close : free;
    const accepted = Math.max(...(one.groupsAccepted ?? entry.groupsAccepted ?? [1]));
    const merged =
      hits.length === 0 &&
      entry.groupsAccepted?.includes(1) === true &&
      groups.some((group) => used.has(group) && isSame(one, group));
    for (const hit of hits) used.add(hit);
    if (merged) continue;
    if (hits.length === 0) {
      missing.push(nameOf(entry, one));
      continue;
    }
    if (!hits.slice(0, accepted).some((hit) => isIn(one, hit.file)))
      misplaced.push(nameOf(entry, one));
    const sum = hits.slice(0, accepted).reduce((all, { count }) => all + count, 0);
    const fits =
      (entry.groupsAccepted && entry.expected.length > 1) ||
      (sum >= (one.countMin ?? one.count) && sum <= (one.countMax ?? one.count));
    if (!fits || hits[0]?.language !== one.language) {
      inexact.push(`${nameOf(entry, one)}: ${sum}× ${hits[0]?.language}`);
    }
  }
  return {
    missing,
    inexact,
    misplaced,
    expected: wanted.length,
    falseAlarms: groups
      .filter((group) => !used.has(group))
      .filter((group) => !entry.expected.some((one) => one.optional && isSame(one, group)))
      .map(({ type, message, file, line }) => `${type}: ${message} at ${file}:${line}`),
  };
}

function nameOf(entry: Entry, one: Expected): string {
  return `${one.language} ${entry.file ?? entry.files?.[0]}: ${one.id} ×${one.count}`;
}

function isIn(one: Expected, file: string | null): boolean {
  if (one.file === null) return true;
  return [one.file, ...(one.mapped ? [one.mapped.file] : [])].some(
    (name) => file?.endsWith(name) === true,
  );
}

function isSame(one: Expected, group: FindingGroup): boolean {
  const typed =
    !one.type || shortOf(one.type) === shortOf(group.type) || (one.code ?? '') === group.type;
  if (!typed) return false;
  if (one.file !== null) {
    const places = [
      { file: one.file, line: one.line },
      ...(one.mapped ? [one.mapped] : []),
      ...(one.lines ?? []).map((line) => ({ file: one.file, line })),
    ];
    const isPlace = places.some(
      ({ file, line }) =>
        baseOf(file) === baseOf(group.file) && (line === null || line === group.line),
    );
    if (!isPlace) return false;
    if (one.line !== null) return true;
  }
  if (one.message === null) return new RegExp(one.anchor).test(`${group.message}\n${group.raw}`);
  return alike(one.message, group.message, false);
}

function shortOf(type: string | null): string {
  return type === null ? '' : shortType(type);
}

function baseOf(file: string | null): string | undefined {
  return file?.split(/[\\/]/).at(-1);
}

function alike(a: string, b: string, fromTheStart: boolean): boolean {
  const [one, other] = [masked(a), masked(b)];
  if (fromTheStart) return one.startsWith(other.slice(0, 40)) || other.startsWith(one.slice(0, 40));
  return one === '' || other.includes(one.slice(0, 40)) || one.includes(other.slice(0, 40));
}

function masked(text: string): string {
  return (text.split('\n')[0] ?? '')
    .toLowerCase()
    .replace(/0x[0-9a-f]+|\b[0-9a-f]{6,}\b|\d+/g, '#')
    .replace(/'[^']*'|"[^"]*"/g, '“”')
    .trim();
}
