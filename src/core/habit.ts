export const partsOfDay = ['morning', 'afternoon', 'evening', 'night'] as const;
export type PartOfDay = (typeof partsOfDay)[number];
export const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
export type Weekday = (typeof weekdays)[number];

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
