import type { Grammar, ParsedException } from './grammar.ts';

/** How far down a text its first exception may begin. */
const maxLinesAbove = 20;

/** The first exception of a text, by the first of the grammars that reads one. */
export function firstException(
  lines: readonly string[],
  grammars: readonly Grammar[],
): ParsedException | undefined {
  for (let at = 0; at < Math.min(lines.length, maxLinesAbove); at++) {
    for (const grammar of grammars) {
      if (!grammar.begin(lines[at] ?? '')) continue;
      for (const parsed of grammar.parse(lines.slice(at))) return parsed;
    }
  }
  return undefined;
}
