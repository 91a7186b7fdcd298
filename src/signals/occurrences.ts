import type { ExceptionSignal } from '../core/signal.ts';
import type { Signals } from './exceptionSignals.ts';
import { isRepeated, type LogFinding, wholeOf } from './repeats.ts';

/** So many of a kind are told in full: what makes a ticket, and what it shows. Then one an hour and batch is. */
const maxTold = 10;
const maxKinds = 2_000;
const hourChars = '2026-03-02T10'.length;

/** Turns what was found into signals; what comes again and again is only counted. */
export interface Occurrences {
  add(found: LogFinding): void;
  /** Signals held. */
  held(): number;
  take(): ExceptionSignal[];
}

/** A signal to be, and those that are counted with it. */
interface Counted {
  readonly signal: ExceptionSignal;
  count: number;
  firstAt: string;
  lastAt: string;
}

/** Occurrences with one key. */
interface Kind {
  told: number;
  /** The last signal of each hour of this batch, so that what is counted by the hour stays right. */
  readonly byHour: Map<string, Counted>;
}

export function createOccurrences(signals: Signals, file: string, now: string): Occurrences {
  const kinds = new Map<string, Kind>();
  /** Those that hold signals: what was handed over is held no longer. */
  let holding: Kind[] = [];
  let list: Counted[] = [];

  const kindOf = (key: string): Kind => {
    const known = kinds.get(key);
    if (known) return known;
    if (kinds.size >= maxKinds) kinds.clear();
    const kind: Kind = { told: 0, byHour: new Map() };
    kinds.set(key, kind);
    return kind;
  };

  return {
    add(found) {
      const repeated = isRepeated(found);
      const at = (repeated ? found.timestamp : found.event.timestamp) ?? now;
      const kind = kindOf(repeated ? found.key : signals.keyOf(found.event));
      const hour = at.slice(0, hourChars);
      const like = kind.byHour.get(hour);
      if (kind.told < maxTold || !like) {
        const counted = {
          signal: signals.toSignal(wholeOf(found), file, now),
          count: 0,
          firstAt: at,
          lastAt: at,
        };
        list.push(counted);
        kind.told++;
        if (kind.byHour.size === 0) holding.push(kind);
        kind.byHour.set(hour, counted);
        return;
      }
      if (like.count === 0 || at < like.firstAt) like.firstAt = at;
      if (like.count === 0 || at > like.lastAt) like.lastAt = at;
      like.count++;
    },
    held: () => list.length,
    take() {
      const taken = list.map(({ signal, count, firstAt, lastAt }) =>
        count === 0 ? signal : { ...signal, repeats: { count, firstAt, lastAt } },
      );
      list = [];
      for (const { byHour } of holding) byHour.clear();
      holding = [];
      return taken;
    },
  };
}
