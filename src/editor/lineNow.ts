/**
 * Where a line of a text has gone in another version of it: along with what is the same at both ends, else to
 * the nearest line that reads the same, else to where it was. Pure.
 * @param line from 1
 */
export function lineNow(before: readonly string[], now: readonly string[], line: number): number {
  const shorter = Math.min(before.length, now.length);
  let head = 0;
  while (head < shorter && before[head] === now[head]) head += 1;
  if (line <= head) return line;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  if (line > before.length - tail) return line + now.length - before.length;
  const same = now.flatMap((text, index) => (text === before[line - 1] ? [index + 1] : []));
  const nearest = same.toSorted((a, b) => Math.abs(a - line) - Math.abs(b - line))[0];
  return nearest ?? Math.max(1, Math.min(line, now.length));
}
