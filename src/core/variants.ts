import { createHash } from 'node:crypto';
import type { ExceptionSignal, Signal, Trait } from './signal.ts';
import { ticketIdOf } from './ticket.ts';

/**
 * Events of one group are alike by its fingerprint and may differ in everything else: in the words of
 * their message, in who called. A group that holds two bugs is split by such a part. Pure.
 */

/** Events of one group that are alike in every trait. */
export interface Variant {
  readonly traits: readonly Trait[];
  readonly count: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** A part that events of a group differ in, its values the most frequent first. */
export interface Difference {
  readonly part: string;
  readonly values: readonly { readonly value: string; readonly count: number }[];
}

/** Events that have `value` for `part` belong to another ticket. */
export interface Split {
  readonly part: string;
  readonly value: string;
  /** That ticket's id, and the whole hash behind it. */
  readonly into: string;
  readonly hash: string;
}

/** Of more, those with the smallest keys are kept: the same ones in whatever order they come. */
export const maxVariants = 64;

/** What stands for a part that an event does not have: not every stack has a caller. */
export const none = 'none';

export function variantKey(traits: readonly Trait[]): string {
  const text = JSON.stringify(traits.map(({ label, value }) => [label, value]));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

export function valueOf(traits: readonly Trait[], part: string): string {
  return traits.find(({ label }) => label === part)?.value ?? none;
}

export function differencesOf(variants: readonly Variant[]): readonly Difference[] {
  const parts = new Set(variants.flatMap(({ traits }) => traits.map(({ label }) => label)));
  return [...parts]
    .map((part) => ({ part, values: valuesOf(variants, part) }))
    .filter(({ values }) => values.length > 1);
}

function valuesOf(variants: readonly Variant[], part: string): Difference['values'] {
  const counts = new Map<string, number>();
  for (const { traits, count } of variants) {
    const value = valueOf(traits, part);
    counts.set(value, (counts.get(value) ?? 0) + count);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || a.value.localeCompare(b.value));
}

/** As they lie in a ticket's metadata, which another hand may have written. */
export function splitsOf({ splits }: { readonly splits?: unknown }): readonly Split[] {
  return Array.isArray(splits) ? splits.filter(isSplit) : [];
}

function isSplit(value: unknown): value is Split {
  const { part, value: wanted, into, hash } = (value ?? {}) as Record<string, unknown>;
  return [part, wanted, into, hash].every((text) => typeof text === 'string');
}

/** A split-off group can be split again, but not without end. */
const maxDepth = 20;

/** The signal under the group that it belongs to after all splits made by hand. */
export function routed(signal: Signal, splitsFrom: (id: string) => readonly Split[]): Signal {
  if (signal.kind !== 'exception') return signal;
  let current: ExceptionSignal = signal;
  for (let depth = 0; depth < maxDepth; depth++) {
    const { traits = [] } = current;
    const split = splitsFrom(ticketIdOf(current)).find(
      ({ part, value }) => valueOf(traits, part) === value,
    );
    if (!split) break;
    current = { ...current, fingerprint: splitOff(current.fingerprint, split) };
  }
  return current;
}

function splitOff(
  { version, parts }: Signal['fingerprint'],
  { part, value, hash }: Split,
): Signal['fingerprint'] {
  return { version, hash, parts: [...parts, { label: part, value }] };
}
