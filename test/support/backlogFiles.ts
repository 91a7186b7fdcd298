import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Backlog } from '../../src/backlog/backlog.ts';

/** Names in `.patchwright`. */
export function filesIn(folder: string): string[] {
  return readdirSync(join(folder, '.patchwright')).sort();
}

export function journalsIn(folder: string): string[] {
  const journal = join(folder, '.patchwright', 'journal');
  return readdirSync(journal).map((name) => join(journal, name));
}

/** The only journal there is. */
export function journalOf(folder: string): string {
  const [file, ...others] = journalsIn(folder);
  if (file === undefined || others.length > 0) throw new Error('there is not exactly one journal');
  return file;
}

export type Line = { seq: number; changes: { event?: Record<string, unknown> }[] } & Record<
  string,
  unknown
>;

export function readLines(file: string): Line[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line.slice(9)) as Line);
}

/** Rewrites a journal with checksums that match: the work of someone who knows the format. */
export function writeLines(file: string, lines: readonly unknown[]): void {
  writeFileSync(file, lines.map((line) => withChecksum(JSON.stringify(line))).join(''));
}

export function withChecksum(json: string): string {
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

/** All that can be asked of a backlog, to compare two. */
export function contentOf(backlog: Backlog) {
  return {
    tickets: backlog.tickets.list(),
    groups: ['g', 'h'].map((id) => backlog.groups.get(id)),
    positions: ['p', 'q'].map((file) => backlog.positions.get(file)),
    requests: backlog.requests.list(),
    feedback: backlog.feedback.negativeSince('', 1000),
    audit: backlog.audit.list(),
  };
}
