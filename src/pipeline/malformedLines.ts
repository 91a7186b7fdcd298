import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Malformed } from '../core/signal.ts';

/** Beyond, counting its lines takes longer than it is worth; then the byte is named. */
const maxCountedBytes = 64 << 20;

/** Says of records that were skipped where they stand: file and line, as an editor opens them. */
export async function placesOf(
  folder: string,
  records: readonly Malformed[],
): Promise<readonly string[]> {
  const places: string[] = [];
  for (const file of new Set(records.map((record) => record.file))) {
    const ofFile = records.filter((record) => record.file === file);
    const offsets = ofFile.map(({ offset }) => offset);
    const lines = await linesAt(join(folder, file), offsets);
    for (const { offset, reason } of ofFile) {
      const line = lines.get(offset);
      const place = line === undefined ? `${file} at byte ${offset}` : `${file}:${line}`;
      places.push(`${place}: skipped, ${reason}`);
    }
  }
  return places;
}

/** Line numbers from 1, of a file's offsets; none where it can't be read any more. */
async function linesAt(
  path: string,
  offsets: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const wanted = [...new Set(offsets)].sort((a, b) => a - b);
  const last = wanted.at(-1) ?? 0;
  const found = new Map<number, number>();
  if (last > maxCountedBytes || path.endsWith('.gz')) return found;
  let line = 1;
  let base = 0;
  let at = 0;
  try {
    for await (const chunk of createReadStream(path, { end: last }) as AsyncIterable<Buffer>) {
      let next = chunk.indexOf(10);
      for (; at < wanted.length && (wanted[at] as number) < base + chunk.length; at++) {
        const offset = wanted[at] as number;
        for (; next >= 0 && base + next < offset; next = chunk.indexOf(10, next + 1)) line++;
        found.set(offset, line);
      }
      for (; next >= 0; next = chunk.indexOf(10, next + 1)) line++;
      base += chunk.length;
    }
  } catch {
    return new Map(); // gone meanwhile
  }
  return found;
}
