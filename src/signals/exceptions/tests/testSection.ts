import type { Follow, ParsedException } from '../grammar.ts';

/** A part of a runner's report: its first line, how far it goes, and what it says. */
export interface Section {
  readonly head: RegExp;
  follow(head: string): Follow;
  parse(lines: readonly string[]): Iterable<ParsedException>;
}

export function* some(parsed: ParsedException | undefined): Iterable<ParsedException> {
  if (parsed) yield parsed;
}
