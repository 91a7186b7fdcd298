import {
  type Habit,
  type PartOfDay,
  partOf,
  partsOfDay,
  type Weekday,
  weekdays,
} from '../core/habit.ts';

/** When a person usually reviews, by their own clock. */

/** Local time of a decision. */
export interface LocalTime {
  /** 0–23. */
  readonly hour: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

export interface ReviewTimes {
  readonly decisions: number;
  /** Shares of late, which add up to 1; empty of nothing. */
  readonly parts: Readonly<Partial<Record<PartOfDay, number>>>;
  readonly days: Readonly<Partial<Record<Weekday, number>>>;
}

export function localTimeOf(at: string): LocalTime {
  const date = new Date(at);
  return { hour: date.getHours(), weekday: date.getDay() };
}

export function learnReviews(times: readonly LocalTime[], rate: number): ReviewTimes {
  return {
    decisions: times.length,
    parts: sharesOf(
      times.map(({ hour }) => partOf(hour)),
      rate,
    ),
    days: sharesOf(
      times.map(({ weekday }) => weekdays[weekday] ?? 'Sun'),
      rate,
    ),
  };
}

/** A moving average of each name's share: the plain shares of the first 1/rate values. */
function sharesOf<T extends string>(names: readonly T[], rate: number): Partial<Record<T, number>> {
  const shares = new Map<T, number>();
  for (const [index, name] of names.entries()) {
    const step = Math.max(rate, 1 / (index + 1));
    for (const [one, share] of shares) shares.set(one, share * (1 - step));
    shares.set(name, (shares.get(name) ?? 0) + step);
  }
  return Object.fromEntries(shares) as Partial<Record<T, number>>;
}

/** Fewer decisions than this say nothing of a habit. */
const leastDecisions = 5;
/** A day counts as usual from this part of an even share on. */
const usualDay = 0.4 / 7;

/** undefined: too little is known. */
export function habitOf({ decisions, parts, days }: ReviewTimes): Habit | undefined {
  if (decisions < leastDecisions) return undefined;
  const part = partsOfDay.toSorted((a, b) => (parts[b] ?? 0) - (parts[a] ?? 0))[0] ?? 'morning';
  const usual = weekdays.filter((day) => (days[day] ?? 0) >= usualDay);
  return {
    part,
    days: [...usual.slice(Number(usual[0] === 'Sun')), ...usual.filter((d) => d === 'Sun')],
  };
}
