import { wildcard } from './tokens.ts';

/** One or two positions of a shape that may hold a variable, and what all shapes equal but for these share. */
export interface Slot {
  readonly positions: readonly number[];
  /** Hash of the other tokens, their positions and the slot's; 52 bits. */
  readonly key: number;
}

/** More words than this, and pairs of positions would be too many; single ones are still looked at. */
const maxPairWords = 24;

/** @returns single positions first, then pairs */
export function slotsOf(tokens: readonly string[]): readonly Slot[] {
  const hashes = tokens.map(hashAt);
  const all = hashes.reduce(plus, { high: tokens.length, low: 0 });
  const words = tokens.flatMap((token, at) => (isWord(token) ? [at] : []));
  const single = tokens.flatMap((token, at) => (token === wildcard ? [at] : []));
  const without = (positions: readonly number[]): Slot => {
    let sum = all;
    for (const at of positions) {
      sum = plus(minus(sum, hashes[at] ?? zero), hashAt('\0', at));
    }
    return { positions, key: (sum.high >>> 0) * 0x10_0000 + (sum.low & 0xf_ffff) };
  };
  const slots = [...words, ...single].sort((a, b) => a - b).map((at) => without([at]));
  if (words.length > maxPairWords) return slots;
  for (const [i, a] of words.entries()) {
    for (const b of words.slice(i + 1)) slots.push(without([a, b]));
  }
  return slots;
}

export function isWord(token: string): boolean {
  return token !== wildcard && /\p{L}/u.test(token);
}

interface Hash {
  readonly high: number;
  readonly low: number;
}

const zero: Hash = { high: 0, low: 0 };

function plus(a: Hash, b: Hash): Hash {
  return { high: (a.high + b.high) | 0, low: (a.low + b.low) | 0 };
}

function minus(a: Hash, b: Hash): Hash {
  return { high: (a.high - b.high) | 0, low: (a.low - b.low) | 0 };
}

/** FNV-1a, twice; sums of such hashes can be taken apart again, token by token. */
function hashAt(token: string, at: number): Hash {
  let high = 0x811c_9dc5 ^ at;
  let low = 0x1234_5678 ^ Math.imul(at, 0x9e37_79b1);
  for (let i = 0; i < token.length; i++) {
    const code = token.charCodeAt(i);
    high = Math.imul(high ^ code, 0x0100_0193);
    low = Math.imul(low ^ code, 0x85eb_ca6b) ^ (low >>> 13);
  }
  return { high: Math.imul(high ^ (high >>> 15), 0x2c1b_3c6d), low: Math.imul(low, 0xc2b2_ae35) };
}
