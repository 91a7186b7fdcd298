import type { Interaction, Malformed } from '../core/signal.ts';
import { decodeLine, type Encoding } from './encoding.ts';
import { readInteraction } from './interactions.ts';
import { lineEnd } from './lineBreaks.ts';
import type { Reader } from './logReader.ts';

export type InteractionFinding =
  | { readonly kind: 'interaction'; readonly interaction: Interaction }
  | { readonly kind: 'malformed'; readonly malformed: Malformed };

/** Every line is a record, so every line end is a place to stop. */
export function createInteractionReader(
  file: string,
  start: number,
  encoding: Encoding,
  now: number,
): Reader<InteractionFinding> {
  let found: InteractionFinding[] = [];
  let safe = start;
  let lines = 0;
  return {
    feed(bytes, base, ending) {
      let at = 0;
      while (at < bytes.length) {
        let end = lineEnd(bytes, at, encoding);
        if (end < 0 && ending !== 'final') break;
        if (end < 0) end = bytes.length;
        const offset = base + at;
        const text = decodeLine(bytes.subarray(at, end), encoding);
        const record = readInteraction(text, offset, now);
        if (record.kind === 'interaction') found.push(record);
        else if (record.kind === 'malformed') {
          found.push({ kind: 'malformed', malformed: { file, offset, reason: record.reason } });
        }
        lines++;
        at = end;
      }
      safe = base + at;
      return at;
    },
    safeOffset: () => safe,
    pending: () => found.length,
    take() {
      const taken = found;
      found = [];
      return taken;
    },
    takeLines() {
      const taken = lines;
      lines = 0;
      return taken;
    },
  };
}
