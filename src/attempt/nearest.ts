/** What a refused edit tells the model: the nearest text there is, with its line numbers. */

const maxLineChars = 400;
const maxShownLines = 20;
const maxComparedLines = 60;
const candidates = 24;
const minLikeness = 0.4;

export function describeNearest(content: string, old: string): string {
  const lines = content.split('\n');
  const wanted = cutLastBreak(old).split('\n');
  const best = findNearest(lines, wanted);
  if (!best) return '`old` is not in the file, nor anything like it. Read the file again.';
  const place = best.from === best.to ? `line ${best.from}` : `lines ${best.from}–${best.to}`;
  return (
    `\`old\` is not in the file. ${differenceOf(best, wanted)} The nearest text is at ${place} ` +
    `(${Math.floor(best.likeness * 100)} % alike); copy it exactly if it is what you mean:\n` +
    numbered(lines, best.from, Math.min(best.to, best.from + maxShownLines - 1))
  );
}

/** Lines `from`–`to` (from 1), each after its number and a tab. */
export function numbered(lines: readonly string[], from: number, to: number): string {
  return lines
    .slice(from - 1, to)
    .map((line, index) => `${from + index}\t${shorten(line)}`)
    .join('\n');
}

interface Nearest {
  readonly from: number;
  readonly to: number;
  readonly likeness: number;
  readonly lines: readonly string[];
}

/** Compares the longest wanted line with every line, then whole blocks around the best of those. */
function findNearest(lines: readonly string[], wanted: readonly string[]): Nearest | undefined {
  const compared = wanted.slice(0, maxComparedLines);
  const anchor = longestIndex(compared);
  const anchorPairs = pairsOf(compared[anchor] ?? '');
  if (anchorPairs.size === 0) return undefined;
  const scored = lines.map((line, index) => ({ index, likeness: likeness(anchorPairs, line) }));
  const best = scored
    .filter((line) => line.likeness > 0)
    .sort((a, b) => b.likeness - a.likeness || a.index - b.index)
    .slice(0, candidates)
    .map(({ index }) => blockAt(lines, index - anchor, compared, wanted.length))
    .sort((a, b) => b.likeness - a.likeness || a.from - b.from)[0];
  return best && best.likeness >= minLikeness ? best : undefined;
}

function blockAt(
  lines: readonly string[],
  start: number,
  wanted: readonly string[],
  length: number,
): Nearest {
  let shared = 0;
  let total = 0;
  for (const [offset, line] of wanted.entries()) {
    const weight = Math.max(1, Math.min(line.length, maxLineChars));
    const found = lines[start + offset];
    total += weight;
    if (found !== undefined)
      shared += weight * (found === line ? 1 : likeness(pairsOf(line), found));
  }
  const from = Math.max(0, start);
  const to = Math.min(lines.length, start + length);
  return { from: from + 1, to, likeness: shared / total, lines: lines.slice(from, to) };
}

function longestIndex(lines: readonly string[]): number {
  return lines.reduce(
    (best, line, index) => (line.trim().length > (lines[best]?.trim().length ?? 0) ? index : best),
    0,
  );
}

/** Pairs of neighbouring characters with their counts; white space at the ends and case do not matter. */
function pairsOf(line: string): Map<string, number> {
  const text = line.slice(0, maxLineChars).trim().toLowerCase();
  const pairs = new Map<string, number>();
  if (text.length === 1) pairs.set(text, 1);
  for (let i = 0; i + 1 < text.length; i++) {
    const pair = text.slice(i, i + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}

/** Sørensen–Dice coefficient of character pairs, 0–1. */
function likeness(pairs: ReadonlyMap<string, number>, line: string): number {
  const other = pairsOf(line);
  let shared = 0;
  for (const [pair, count] of pairs) shared += Math.min(count, other.get(pair) ?? 0);
  const total = sum(pairs) + sum(other);
  return total === 0 ? 1 : (2 * shared) / total;
}

function sum(pairs: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of pairs.values()) total += count;
  return total;
}

function differenceOf(best: Nearest, wanted: readonly string[]): string {
  const there = best.lines.join('\n');
  const sought = wanted.join('\n');
  if (there === sought) return 'The file ends there without a line break.';
  if (asSeen(there) === asSeen(sought)) {
    return 'They look the same, but characters are composed another way or invisible: choose `old` without those.';
  }
  if (there.toLowerCase() === sought.toLowerCase())
    return 'It differs only in upper and lower case.';
  if (squeeze(there) === squeeze(sought))
    return 'It differs only in white space (indentation, tabs).';
  return 'The file may have changed since you read it.';
}

/** What an eye can tell apart: one form of composed characters, and none that has no shape. */
function asSeen(text: string): string {
  return text.normalize('NFC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
}

function squeeze(text: string): string {
  return text.replace(/\s/g, '');
}

function cutLastBreak(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

function shorten(line: string): string {
  return line.length > maxLineChars ? `${line.slice(0, maxLineChars)}…` : line;
}
