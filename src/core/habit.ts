export const partsOfDay = ['morning', 'afternoon', 'evening', 'night'] as const;
export type PartOfDay = (typeof partsOfDay)[number];
export const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
export type Weekday = (typeof weekdays)[number];

/** The hour at which it begins; each lasts until the next. */
const begins: Readonly<Record<PartOfDay, number>> = {
  morning: 5,
  afternoon: 12,
  evening: 17,
  night: 22,
};

export function partOf(hour: number): PartOfDay {
  return partsOfDay.findLast((part) => hour >= begins[part]) ?? 'night';
}

/** When a person usually reviews, by their own clock. */
export interface Habit {
  readonly part: PartOfDay;
  readonly days: readonly Weekday[];
}

/** `in the morning, Mon, Tue`. */
export function habitText({ part, days }: Habit): string {
  const when = part === 'night' ? 'at night' : `in the ${part}`;
  return days.length === 7 ? `${when}, on any day` : `${when}, ${days.join(', ')}`;
}

const hourMs = 3_600_000;

/** Milliseconds until they usually review; 0 while they do. */
export function untilUsual({ part, days }: Habit, now: Date): number {
  const isUsual = (at: Date): boolean =>
    partOf(at.getHours()) === part && days.includes(weekdays[at.getDay()] ?? 'Sun');
  if (isUsual(now)) return 0;
  const next = now.getTime() - (now.getTime() % hourMs) + hourMs;
  for (let hours = 0; hours < 7 * 24; hours++) {
    const at = next + hours * hourMs;
    if (isUsual(new Date(at))) return at - now.getTime();
  }
  return 0; // a habit of no day at all
}

/** An hour before they usually begin, as in a crontab; undefined where the night leaves time enough. */
export function hourBefore({ part }: Habit): string | undefined {
  return part === 'morning' ? undefined : `0 ${begins[part] - 1} * * *`;
}
