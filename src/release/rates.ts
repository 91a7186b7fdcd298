import { logGamma } from '../core/statistics.ts';

/** Events, and how much was read in which they could have been: a rate is told from noise by both. */
export interface Seen {
  readonly events: number;
  /** Lines of log. */
  readonly lines: number;
  /** How many events come at once, on the average; one, if each comes by itself. See `comingTogether`. */
  readonly together?: number;
}

export interface RateChange {
  readonly verdict: 'better' | 'worse' | 'same' | 'unknown';
  /** Rate after ÷ rate before; undefined where there was none before. */
  readonly ratio?: number;
  /** How much likelier the counts are if the rate changed than if it did not. */
  readonly evidence: number;
}

/**
 * By Ville's inequality a Bayes factor passes 1 / α under "nothing changed" with a chance of α at most,
 * however often one looks: so the same number holds for a look each minute and for one a day.
 */
const enough = 20;
/** Below this many lines after the change nothing is said. */
const leastLines = 20;
/** Jeffreys' prior for the rate of a Poisson process. */
const shape = 0.5;
/** What "worse" and "better" are expected to be, as factors of the rate before; wide around it. */
const [worseBy, betterBy] = [4, 0.1] as const;

/**
 * Whether the rate of events changed: a sequential test of two Poisson processes, each measured by the
 * lines read. Compares the chance of the count after under the rate before (its posterior) with that
 * under a rate of its own, a gamma mixture around `worseBy` or `betterBy` times the rate before. Errors
 * that come in bursts are counted by the burst.
 * @param among how many are compared: of many, one looks changed by chance sooner
 */
export function compareRates(before: Seen, after: Seen, among = 1): RateChange {
  if (after.lines < leastLines || before.lines < leastLines) {
    return { verdict: 'unknown', evidence: 1 };
  }
  const rateBefore = before.events / before.lines;
  const rateAfter = after.events / after.lines;
  const rose = rateAfter > rateBefore;
  const together = before.together ?? 1;
  const known = before.events / together + shape;
  const seen = { events: after.events / together, lines: after.lines };
  const same = logPredictive(seen, known, before.lines);
  const centre = (rose ? worseBy : betterBy) * (known / before.lines);
  const changed = logPredictive(seen, shape, shape / centre);
  const evidence = Math.exp(Math.min(700, changed - same));
  const ratio = before.events === 0 ? {} : { ratio: rateAfter / rateBefore };
  if (evidence < enough * among) return { verdict: 'same', evidence, ...ratio };
  return { verdict: rose ? 'worse' : 'better', evidence, ...ratio };
}

/** Fewer stretches than this say nothing of how their counts waver. */
const leastStretches = 6;

/**
 * How much more the counts of windows waver than if each event came by itself (variance ÷ mean, given what
 * was logged), at whichever of some scales it is most: within a window, over an hour, over a part of a day.
 * @param longest in windows: what wavers more slowly than the time that is judged is no matter
 */
export function comingTogether(windows: readonly Seen[], longest: number): number {
  const scales = [1, 12, 72].filter((scale) => scale <= Math.max(1, longest));
  return Math.max(1, ...scales.map((scale) => dispersion(stretches(windows, scale))));
}

function stretches(windows: readonly Seen[], scale: number): readonly Seen[] {
  const count = Math.floor(windows.length / scale);
  // The newest whole ones.
  return Array.from({ length: count }, (_, i) =>
    sumOf(windows.slice(windows.length - (i + 1) * scale, windows.length - i * scale)),
  );
}

function dispersion(counts: readonly Seen[]): number {
  const { events, lines } = sumOf(counts);
  if (events === 0 || counts.length < leastStretches) return 1;
  const squares = counts.map((one) => {
    const expected = (events * one.lines) / lines;
    return expected === 0 ? 0 : (one.events - expected) ** 2 / expected;
  });
  return squares.reduce((sum, square) => sum + square, 0) / (counts.length - 1);
}

function sumOf(counts: readonly Seen[]): Seen {
  const of = (name: 'events' | 'lines') => counts.reduce((sum, one) => sum + one[name], 0);
  return { events: of('events'), lines: of('lines') };
}

/** Chance of so many events when the rate is Gamma(a, b): a negative binomial, as a logarithm. */
function logPredictive({ events, lines }: Seen, a: number, b: number): number {
  return (
    logGamma(events + a) -
    logGamma(a) -
    logGamma(events + 1) +
    a * Math.log(b / (b + lines)) +
    events * Math.log(lines / (b + lines))
  );
}

/** One of several errors that a patch may have changed as well, or brought. */
export interface NeighbourRates {
  readonly id: string;
  readonly before: Seen;
  readonly after: Seen;
}

export interface NeighbourChange {
  readonly isWorse: boolean;
  /** With its numbers, for a person. */
  readonly sentence: string;
}

/** Names the one that rose most, if any did; otherwise says how all of them together changed. */
export function compareNeighbours(
  neighbours: readonly [NeighbourRates, ...NeighbourRates[]],
): NeighbourChange {
  const among = neighbours.length;
  const evidenceOf = ({ before, after }: NeighbourRates): number => {
    const { verdict, evidence } = compareRates(before, after, among);
    return verdict === 'worse' ? evidence : 0;
  };
  const worst = neighbours.reduce((a, b) => (evidenceOf(b) > evidenceOf(a) ? b : a));
  if (evidenceOf(worst) > 0) {
    const { id, before, after } = worst;
    const what = `${id}, which is about the same code`;
    return { isWorse: true, sentence: rateSentence(what, before, after, among) };
  }
  const sum = (side: 'before' | 'after'): Seen => ({
    events: neighbours.reduce((total, one) => total + one[side].events, 0),
    lines: neighbours[0][side].lines,
    together: Math.max(...neighbours.map((one) => one[side].together ?? 1)),
  });
  const what =
    among === 1 ? '1 other error of the same code' : `${among} other errors of the same code`;
  return { isWorse: false, sentence: rateSentence(what, sum('before'), sum('after')) };
}

/** How rare an error is taken to be where nothing is known of it: as if so many lines had been without it. */
const linesWithout = 200;
/** Where less was logged before, what was never seen may just not have come yet. */
const leastLinesBefore = 100;
/** Fewer are no storm. */
const leastStorm = 10;
/** New errors often come a few at once, and too little is known of these to say how many. */
const newTogether = 2;

/**
 * A sentence on the error that came in a storm and never before, if one did. Where little was logged before,
 * its rate then could have been any by the counts alone; that errors are rare is what tells.
 * @param fresh errors that were first seen since
 */
export function stormOf(fresh: readonly NeighbourRates[]): string | undefined {
  const storms = fresh.filter(({ before, after }) => {
    if (before.events > 0 || before.lines < leastLinesBefore) return false;
    if (after.events < leastStorm) return false;
    const together = Math.max(newTogether, before.together ?? 1);
    const known = { events: 0, lines: before.lines + linesWithout, together };
    return compareRates(known, after, fresh.length).verdict === 'worse';
  });
  const [first, ...others] = storms;
  if (!first) return undefined;
  const { id, before, after } = others.reduce(
    (a, b) => (b.after.events > a.after.events ? b : a),
    first,
  );
  return `Possible regression: ${id} was never seen before: ${seenText(before)} before, ${seenText(after)} after.`;
}

/** Whether so many events are more than chance makes of a rate at the limit. */
export function isBeyond({ events, lines }: Seen, limit: number, together = 1): boolean {
  const expected = limit * lines;
  return events > expected + sureBy * Math.sqrt(expected * together);
}

/** In standard deviations; one in a hundred passes it by chance. */
const sureBy = 2.33;

/** `97 % fewer of this error: 1,204 in 80,000 lines before, 31 in 70,000 after`. */
export function rateSentence(what: string, before: Seen, after: Seen, among = 1): string {
  return `${changeText(what, before, after, among)}: ${seenText(before)} before, ${seenText(after)} after.`;
}

function changeText(what: string, before: Seen, after: Seen, among: number): string {
  const { verdict, ratio } = compareRates(before, after, among);
  if (verdict === 'unknown') return `Too little was logged to say anything of ${what}`;
  if (verdict === 'same') return `No change that is more than chance of ${what}`;
  if (ratio === undefined) return `New: ${what}`;
  if (ratio > 2) return `${count(Math.round(ratio * 10) / 10)} times as many of ${what}`;
  const percent = Math.round(Math.abs(1 - ratio) * 100);
  return `${percent} % ${verdict === 'better' ? 'fewer' : 'more'} of ${what}`;
}

function seenText({ events, lines }: Seen): string {
  return `${count(events)} in ${count(lines)} lines`;
}

function count(n: number): string {
  return n.toLocaleString('en');
}
