import type { SecretKind } from '../core/secrets.ts';
import type { Interaction, Malformed } from '../core/signal.ts';
import type { Encoding } from './encoding.ts';
import { readInteraction } from './interactions.ts';
import type { Reader } from './logReader.ts';
import { createRecordReader, listed } from './recordReader.ts';

export type InteractionFinding =
  | { readonly kind: 'interaction'; readonly interaction: Interaction }
  | { readonly kind: 'malformed'; readonly malformed: Malformed };

export function createInteractionReader(
  file: string,
  start: number,
  encoding: Encoding,
  now: number,
  keep?: ReadonlySet<SecretKind>,
): Reader<InteractionFinding> {
  const read = (text: string, offset: number): InteractionFinding | undefined => {
    const record = readInteraction(text, offset, now, keep);
    if (record.kind === 'interaction') return record;
    if (record.kind !== 'malformed') return undefined;
    return { kind: 'malformed', malformed: { file, offset, reason: record.reason } };
  };
  return createRecordReader(start, encoding, listed(read));
}
