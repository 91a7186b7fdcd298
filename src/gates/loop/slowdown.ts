import { bootstrap, median } from '../../core/statistics.ts';

/** Whether a patch made something slower, told from interleaved runs. Pure, and the same for the same times. */

/** From where on something counts as slower. */
export interface Bound {
  readonly ratio: number;
  /** What nobody would notice is no slow-down, whatever its ratio. */
  readonly ms: number;
}

/** What lies below drowns in what machines do. */
export const slow: Bound = { ratio: 1.15, ms: 30 };
/** Held against noise as heavy as on a machine with many more processes than cores, see the bench. */
export const confidence = 0.97;

/** With how many pairs it is looked at; most are clear with the first few. */
const looks: readonly number[] = [3, 6, 10, 16, 25];
/** So few can show that something became slower only where it is plain to see. */
const [few, plainRatio] = [3, 1.5];
/** What a decision under noise takes. */
export const usualPairs = 6;

/** Run times of one pair, one after the other on the same machine. */
export interface Pair {
  readonly baseMs: number;
  readonly patchMs: number;
}

export interface TimedPair {
  readonly clock: Pair;
  /** What was computed, where that is known: what else the machine does hardly touches it. */
  readonly cpu?: Pair;
  /** That and how long it waited, without the time that it stood in line for a core. */
  readonly own?: Pair;
}

/** What the numbers are of; `waiting`: of all its time, where no more is computed than before. */
export type Measure = 'clock' | 'cpu' | 'waiting';

export interface Compared {
  /** Median of patch : base. */
  readonly ratio: number;
  /** Bootstrap interval of it. */
  readonly low: number;
  readonly high: number;
  readonly verdict: 'slower' | 'not_slower' | 'unclear';
}

export interface Speed extends Compared {
  readonly by: Measure;
}

/**
 * What is computed tells most. What waits is told by the clock, which goes on while others compute, or,
 * where that is known, by the time that is its own. Either counts as slower only where both halves of the
 * runs say so, each for itself.
 */
export function judgeSpeed(pairs: readonly TimedPair[], bound: Bound = slow): Speed {
  const clocks = pairs.map(({ clock }) => clock);
  const clock = confirmed(compareSpeed(clocks, bound), clocks, bound);
  const computed = pairs.flatMap(({ cpu }) => cpu ?? []);
  if (computed.length < pairs.length) return { by: 'clock', ...clock };
  const cpu = compareSpeed(computed, bound);
  if (cpu.verdict === 'not_slower') {
    const own = pairs.flatMap((pair) => pair.own ?? []);
    const isKnown = own.length === pairs.length;
    const waits = isKnown ? clearer(clock, confirmed(compareSpeed(own, bound), own, bound)) : clock;
    return waits.verdict === 'not_slower' ? { by: 'cpu', ...cpu } : { by: 'waiting', ...waits };
  }
  // More of it at once takes no longer.
  const isFelt = cpu.verdict === 'slower' && clock.verdict !== 'not_slower';
  return { by: 'cpu', ...cpu, verdict: isFelt ? 'slower' : 'unclear' };
}

export function compareSpeed(pairs: readonly Pair[], bound: Bound = slow): Compared {
  const logs = pairs.map(({ baseMs, patchMs }) => Math.log(patchMs / baseMs));
  const [low, high] = bootstrap(logs, median, confidence).map(Math.exp) as [number, number];
  const lost = median(pairs.map(({ baseMs, patchMs }) => patchMs - baseMs));
  const needed = pairs.length > few ? bound.ratio : Math.max(plainRatio, bound.ratio);
  const isSlower = low > needed && lost >= bound.ms;
  const isFine = high <= bound.ratio || lost < bound.ms / 2;
  const verdict = isSlower ? 'slower' : isFine ? 'not_slower' : 'unclear';
  return { ratio: Math.exp(median(logs)), low, high, verdict };
}

/** On a quiet machine that is the clock; what is seen of waiting is a sample. */
function clearer(a: Compared, b: Compared): Compared {
  return b.high / b.low < a.high / a.low ? b : a;
}

function confirmed(found: Compared, pairs: readonly Pair[], bound: Bound): Compared {
  if (found.verdict !== 'slower') return found;
  const half = pairs.length >> 1;
  const isSlower = (part: readonly Pair[]): boolean =>
    part.length > 1 && compareSpeed(part, bound).verdict === 'slower';
  const isTwice = isSlower(pairs.slice(0, half)) && isSlower(pairs.slice(half));
  return isTwice ? found : { ...found, verdict: 'unclear' };
}

/** The answer, once there is one; undefined: another pair is needed. */
export function settled(pairs: readonly TimedPair[], bound: Bound = slow): Speed | undefined {
  if (!looks.includes(pairs.length)) return undefined;
  const speed = judgeSpeed(pairs, bound);
  return speed.verdict === 'unclear' && pairs.length !== looks.at(-1) ? undefined : speed;
}

/** How long it may take to tell: so many times what one run takes, within bounds; longer where it looks slower. */
const [leastMs, timesARun, stretch] = [5_000, 10, 6];
/** Measuring takes no longer than this, give or take a run. */
export const mostMs = 60_000;

/** The same, but for the time it takes: what is unclear by then stays so. */
export function settledWithin(
  spentMs: number,
  pairs: readonly TimedPair[],
  bound: Bound = slow,
): Speed | undefined {
  const speed = settled(pairs, bound);
  if (speed) return speed;
  if (spentMs > mostMs) return judgeSpeed(pairs, bound);
  const run = median(pairs.flatMap(({ clock }) => [clock.baseMs, clock.patchMs]));
  const enoughMs = Math.max(leastMs, timesARun * run);
  if (pairs.length < few || spentMs <= enoughMs) return undefined;
  const now = judgeSpeed(pairs, bound);
  return seemsSlower(now, bound) && spentMs <= stretch * enoughMs ? undefined : now;
}

/** It is not known to be, and most runs say so; of waiting, nearly all: other processes make it, too. */
function seemsSlower({ verdict, by, ratio, low }: Speed, bound: Bound): boolean {
  return verdict === 'unclear' && ratio > bound.ratio && (by !== 'waiting' || low > 1);
}

/** What may be as much slower as everybody would notice. */
const felt = 1.5;

/** Why a reviewer should look: it was not found slower, nor is it known that it is not. */
export function doubt(speed: Speed, bound: Bound = slow): 'maybe' | 'undecided' | undefined {
  if (seemsSlower(speed, bound)) return 'maybe';
  const { verdict, by, high } = speed;
  return verdict === 'unclear' && by !== 'waiting' && high > felt ? 'undecided' : undefined;
}
