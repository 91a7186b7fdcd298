import { eventsOf, linesRead, type MetricWindow, windowOf, windowStart } from '../core/metric.ts';
import { lastAtOf, occurrencesOf, type Signal } from '../core/signal.ts';

/** Shorter than windows are kept, so that what is counted is not dropped at once. */
const oldestMs = 13 * 86_400_000;
const file = 'patchwright'; // read from none

/** Counts the errors of a batch, ticket by ticket and all together, and the lines that they were among. */
export function createVolume(now: string, landed: () => readonly string[]) {
  const counted = new Map<string, { readonly ticketId: string; at: number; events: number }>();
  const present = Date.parse(now);
  const add = (ticketId: string, at: number, events: number): void => {
    const key = `${windowStart(at)} ${ticketId}`;
    const known = counted.get(key) ?? { ticketId, at, events: 0 };
    counted.set(key, { ...known, events: known.events + events });
  };
  return {
    add(ticketId: string, signal: Signal): void {
      if (signal.kind !== 'exception') return;
      const said = Date.parse(lastAtOf(signal));
      const at = Number.isNaN(said)
        ? present
        : Math.max(present - oldestMs, Math.min(present, said));
      const time = before(at, landed());
      add(ticketId, time, occurrencesOf(signal));
      add('', time, occurrencesOf(signal));
    },
    windows(lines: number): readonly MetricWindow[] {
      const events = [...counted.values()].map(({ ticketId, at, events: value }) =>
        windowOf([{ ...eventsOf(ticketId), unit: '', value, at }], file),
      );
      if (lines === 0) return events;
      return [...events, windowOf([{ ...linesRead, unit: '', value: lines, at: present }], file)];
    },
  };
}

/** What happened before a landing but in the same window counts for the window before. */
function before(at: number, landed: readonly string[]): number {
  const own = windowStart(at);
  const isBefore = (time: string): boolean =>
    at < Date.parse(time) && windowStart(Date.parse(time)) === own;
  return landed.some(isBefore) ? Date.parse(own) - 1 : at;
}
