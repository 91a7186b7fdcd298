import type { FeedbackSignal, Malformed } from '../core/signal.ts';
import type { Encoding } from './encoding.ts';
import { type Keep, readFeedback } from './feedback.ts';
import type { Reader } from './logReader.ts';
import { createRecordReader, listed } from './recordReader.ts';

export type FeedbackFinding =
  | { readonly kind: 'signal'; readonly signal: FeedbackSignal }
  | { readonly kind: 'malformed'; readonly malformed: Malformed };

export function createFeedbackReader(
  file: string,
  start: number,
  encoding: Encoding,
  now: string,
  keep?: Keep,
): Reader<FeedbackFinding> {
  const read = (text: string, offset: number): FeedbackFinding | undefined => {
    const record = readFeedback(text, { file, offset }, now, keep);
    if (record.kind === 'feedback') return { kind: 'signal', signal: record.signal };
    if (record.kind !== 'malformed') return undefined;
    return { kind: 'malformed', malformed: { file, offset, reason: record.reason } };
  };
  return createRecordReader(start, encoding, listed(read));
}
