import { decodeLine, type Encoding } from './encoding.ts';
import { lineEnd } from './lineBreaks.ts';
import type { Reader } from './logReader.ts';

/** What becomes of the lines of a file in which each is a record of its own. */
export interface Records<T> {
  line(text: string, offset: number): void;
  pending(): number;
  /** What was found since the last call; `safe` is where reading stands. */
  take(safe: number): T[];
}

/** Every line is a record, so every line end is a place to stop. */
export function createRecordReader<T>(
  start: number,
  encoding: Encoding,
  records: Records<T>,
): Reader<T> {
  let safe = start;
  let lines = 0;
  return {
    feed(bytes, base, ending) {
      let at = 0;
      while (at < bytes.length) {
        let end = lineEnd(bytes, at, encoding);
        if (end < 0 && ending !== 'final') break;
        if (end < 0) end = bytes.length;
        records.line(decodeLine(bytes.subarray(at, end), encoding), base + at);
        lines++;
        at = end;
      }
      safe = base + at;
      return at;
    },
    safeOffset: () => safe,
    pending: () => records.pending(),
    take: () => records.take(safe),
    takeLines() {
      const taken = lines;
      lines = 0;
      return taken;
    },
  };
}

/** Records that yield their findings one by one. */
export function listed<T>(read: (text: string, offset: number) => T | undefined): Records<T> {
  let found: T[] = [];
  return {
    line(text, offset) {
      const finding = read(text, offset);
      if (finding !== undefined) found.push(finding);
    },
    pending: () => found.length,
    take() {
      const taken = found;
      found = [];
      return taken;
    },
  };
}
