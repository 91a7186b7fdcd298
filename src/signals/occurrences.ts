import type { ExceptionSignal } from '../core/signal.ts';
import type { Signals } from './exceptionSignals.ts';
import { isRepeated, type LogFinding, wholeOf } from './repeats.ts';

/** So many of a kind are told in full: what makes a ticket, and what it shows. */
const minTold = 10;
const maxTold = 100;
const maxKinds = 2_500;
/** Kinds that so many batches held none of are forgotten first. */
const longAgo = 8;
const maxMessageChars = 500;
const hourChars = '2026-03-02T10'.length;

/** Turns what was found into signals; what comes again and again is only counted. */
export interface Occurrences {
  add(found: LogFinding): void;
  /** Signals held that tell of something in full. */
  told(): number;
  /** All signals held. */
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
  seen: number;
  /** As much of one that was told as is needed to count others. */
  outline: ExceptionSignal | undefined;
  /** The last signal of each hour of this batch, so that what is counted by the hour stays right. */
  readonly byHour: Map<string, Counted>;
  /** The number of the last batch with any. */
  batch: number;
}

/**
 * @param wanted occurrences that make a ticket, which needs the whole of one
 */
export function createOccurrences(
  signals: Signals,
  file: string,
  now: string,
  wanted: number,
): Occurrences {
  const alwaysTold = Math.min(maxTold, Math.max(minTold, wanted));
  const kinds = new Map<string, Kind>();
  /** Those that hold signals: what was handed over is held no longer. */
  let holding: Kind[] = [];
  let list: Counted[] = [];
  let told = 0;
  let batch = 0;

  const kindOf = (key: string): Kind => {
    const known = kinds.get(key);
    if (known) return known;
    if (kinds.size >= maxKinds) forget();
    const kind: Kind = { seen: 0, outline: undefined, byHour: new Map(), batch };
    kinds.set(key, kind);
    return kind;
  };

  const forget = (): void => {
    for (const [key, kind] of kinds) if (kind.batch < batch - longAgo) kinds.delete(key);
    if (kinds.size >= maxKinds) kinds.clear();
  };

  const hold = (kind: Kind, hour: string, signal: ExceptionSignal): void => {
    const counted = { signal, count: 0, firstAt: signal.at, lastAt: signal.at };
    list.push(counted);
    if (kind.byHour.size === 0) holding.push(kind);
    kind.byHour.set(hour, counted);
  };

  const tell = (kind: Kind, found: LogFinding): ExceptionSignal => {
    const signal = signals.toSignal(wholeOf(found), file, now);
    told++;
    // Most kinds of a log that is full of different errors never come to it.
    if (kind.seen >= alwaysTold) kind.outline = outlineOf(signal);
    return signal;
  };

  return {
    add(found) {
      const repeated = isRepeated(found);
      const at = (repeated ? found.timestamp : found.event.timestamp) ?? now;
      const kind = kindOf(repeated ? found.key : signals.keyOf(found.event));
      const hour = at.slice(0, hourChars);
      const like = kind.byHour.get(hour);
      kind.seen++;
      kind.batch = batch;
      // Later ones more and more seldom: what a ticket shows shall not grow old.
      if (!kind.outline || kind.seen <= alwaysTold || isPowerOfFour(kind.seen)) {
        hold(kind, hour, tell(kind, found));
      } else if (like) {
        if (like.count === 0 || at < like.firstAt) like.firstAt = at;
        if (like.count === 0 || at > like.lastAt) like.lastAt = at;
        like.count++;
      } else {
        hold(kind, hour, { ...kind.outline, at });
      }
    },
    told: () => told,
    held: () => list.length,
    take() {
      const taken = list.map(({ signal, count, firstAt, lastAt }) =>
        count === 0 ? signal : { ...signal, repeats: { count, firstAt, lastAt } },
      );
      list = [];
      for (const { byHour } of holding) byHour.clear();
      holding = [];
      told = 0;
      batch++;
      return taken;
    },
  };
}

function isPowerOfFour(count: number): boolean {
  return (count & (count - 1)) === 0 && count % 3 === 1;
}

function outlineOf(signal: ExceptionSignal): ExceptionSignal {
  const { exception } = signal;
  const message = exception.message.slice(0, maxMessageChars);
  const short = { ...exception, message, frames: [], causes: [], raw: '' };
  return { ...signal, exception: short, isOutline: true };
}
