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
  /** The last signal of each hour, so that what is counted by the hour stays right. */
  byHour: Map<string, Counted>;
  batch: number;
}

export function createOccurrences(signals: Signals, file: string, now: string): Occurrences {
  const kinds = new Map<string, Kind>();
  let list: Counted[] = [];
  let batch = 0;

  const kindOf = (key: string): Kind => {
    let kind = kinds.get(key);
    if (!kind) {
      if (kinds.size >= maxKinds) kinds.clear();
      kind = { told: 0, byHour: new Map(), batch };
      kinds.set(key, kind);
    } else if (kind.batch !== batch) {
      kind.byHour = new Map();
      kind.batch = batch;
    }
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
      batch++;
      return taken;
    },
  };
}
