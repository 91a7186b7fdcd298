import { median, quantileIn } from '../../core/statistics.ts';
import {
  type Point,
  pooledTrendScore,
  residualsOf,
  theilSen,
  trendScore,
  autocorrelationFactor,
} from './trend.ts';

export interface Leak {
  /** By how much it grew over the time looked at. */
  readonly growth: number;
  /** Where it began. */
  readonly level: number;
  readonly from: number;
  readonly to: number;
}

/** Fewer points say nothing. */
export const minLeakPoints = 24;
const maxPoints = 96;
/** In a second half that rises far above the first. */
const minLatePoints = 12;
const minShare = 0.05;
/**
 * Chosen on generated series (test/bench/anomalies.bench.ts): of many kinds without a leak under one in a
 * hundred is called one, of those with one at least 95 in a hundred.
 */
const minScore = 2.8;
const minPooledScore = 1.7;
/** Of the whole slope, in the last third; and of the growth, from quarter to quarter. */
const minLateSlope = 0.33;
const minFloorRise = 0.05;
const quarters = 4;

/**
 * A series that is looked at as it grows is seen while a slow tooth rises, or a cache fills: for hours it
 * cannot be told from a leak. So it is judged when it has nearly a day, and must have leaked an hour ago too.
 */
const watchedSpan = 240;
const confirmedBy = 12;

/**
 * The same for a series that is judged again and again: so that, over a day of looks, hardly ever one without
 * a leak is called one (test/bench/anomalies.bench.ts).
 * @param points by time, in windows of five minutes
 */
export function findLeakWatching(points: readonly Point[]): Leak | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || last.x - first.x < watchedSpan - 1) return undefined;
  const leak = findLeak(points);
  if (!leak) return undefined;
  return findLeak(points.filter(({ x }) => x <= last.x - confirmedBy)) ? leak : undefined;
}

/** What has more than doubled in six hours is told at once: hardly a tooth or a cache does. */
const floodSpan = 72;
const floodGrowth = 1.2;

/**
 * The same for a series that is seen for the first time while it still goes on: one look at a part of a
 * day, in which the rise of a slow tooth is no other than that of a leak.
 */
export function findLeakMidway(points: readonly Point[]): Leak | undefined {
  const watched = findLeakWatching(points);
  if (watched) return watched;
  const leak = findLeak(points);
  if (!leak || leak.to - leak.from < floodSpan) return undefined;
  return leak.growth >= floodGrowth * leak.level ? leak : undefined;
}

/**
 * Whether memory leaks: it has grown all along, it still does, and it never goes back to where it was.
 * A saw-tooth goes back, a step or a warming cache stops growing, and noise shows no trend.
 * @param points by time
 */
export function findLeak(points: readonly Point[]): Leak | undefined {
  const whole = leakIn(thinned(points), minLeakPoints);
  if (whole) return whole;
  const half = points.slice(Math.floor(points.length / 2));
  const late = leakIn(thinned(half), minLatePoints);
  return late && exceeds(late, points.slice(0, -half.length)) ? late : undefined;
}

/** A leak that began late rises far above all that was before; a tooth of a saw does not. */
function exceeds({ level, growth }: Leak, before: readonly Point[]): boolean {
  return Math.max(...before.map(({ y }) => y)) < level + growth / 3;
}

function leakIn(points: readonly Point[], least: number): Leak | undefined {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || points.length < least) return undefined;
  const slope = theilSen(points);
  const growth = slope * (last.x - first.x);
  const middle = median(points.map(({ y }) => y));
  if (growth <= 0 || growth < minShare * Math.abs(middle)) return undefined;
  if (trendScore(points, slope) < minScore) return undefined;
  if (!growsThroughout(points, slope) || !floorsRise(points, growth)) return undefined;
  return { growth, level: middle - growth / 2, from: first.x, to: last.x };
}

/** In each quarter, and still in the last third: else it was a step, or has come to rest. */
function growsThroughout(points: readonly Point[], slope: number): boolean {
  const factor = autocorrelationFactor(residualsOf(points, slope));
  if (pooledTrendScore(split(points, quarters), factor) < minPooledScore) return false;
  return theilSen(points.slice(-Math.floor(points.length / 3))) > minLateSlope * slope;
}

/** What memory falls back to has risen from quarter to quarter. */
function floorsRise(points: readonly Point[], growth: number): boolean {
  const floors = split(points, quarters).map((part) =>
    quantileIn(
      part.map(({ y }) => y),
      0.1,
    ),
  );
  const rises = floors.slice(1).map((floor, i) => floor - (floors[i] as number));
  return rises.every((rise) => rise > minFloorRise * growth);
}

function split(points: readonly Point[], parts: number): (readonly Point[])[] {
  return Array.from({ length: parts }, (_, i) =>
    points.slice(
      Math.floor((i * points.length) / parts),
      Math.floor(((i + 1) * points.length) / parts),
    ),
  );
}

/** Neighbours put together, so that a long series costs no more than a short one. */
function thinned(points: readonly Point[]): readonly Point[] {
  const size = Math.ceil(points.length / maxPoints);
  if (size <= 1) return points;
  const groups = split(points, Math.floor(points.length / size));
  return groups.map((group) => ({
    x: (group[0] as Point).x,
    y: median(group.map(({ y }) => y)),
  }));
}
