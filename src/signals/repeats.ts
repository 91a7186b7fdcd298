import { type Assembler, createAssembler, type FoundException } from './exceptions/assemble.ts';
import { epochMs } from './exceptions/jsonLines.ts';
import { timeAt } from './exceptions/loggerPrefix.ts';
import type { ExceptionEvent } from '../core/signal.ts';
import type { ReadText } from './lineMemory.ts';

/** What was found before, but for digits that change nothing of its key: it needs no more than to be counted. */
export interface Repeated {
  readonly offset: number;
  readonly key: string;
  readonly timestamp: string | undefined;
  readonly lines: readonly ReadText[];
}

export type LogFinding = FoundException | Repeated;

export function isRepeated(found: LogFinding): found is Repeated {
  return 'key' in found;
}

/** The whole of it, read again from its lines. */
export function wholeOf(found: LogFinding): FoundException {
  if (!isRepeated(found)) return found;
  const [first] = readAlone(found.lines);
  if (!first) throw new Error('lines that held an exception hold none any more');
  return { event: first.event, offset: found.offset };
}

/** Digits of a line that must be the very same. */
interface Fixed {
  readonly line: number;
  readonly at: number;
  readonly text: string;
}

/** Where a time stands that is the event's. */
interface TimePlace {
  readonly line: number;
  readonly from: number;
  /** Of a number; a date's end is found by reading it. */
  readonly to?: number;
}

/** What lines come to that were read from where nothing was open. */
interface Outcome {
  /** Whether the last line is itself the beginning of what follows. */
  readonly isLastOpen: boolean;
  readonly fixed: readonly Fixed[];
  /** '' when there was nothing to find. */
  readonly key: string;
  readonly time: TimePlace | undefined;
}

/** A line in a row of lines that came before. */
interface Step {
  readonly next: Map<object, Step>;
  /** A known outcome lies on this way. */
  isLive: boolean;
  seen: number;
  readonly outcomes: Outcome[];
}

const maxLines = 300;
const maxSteps = 20_000;
const maxOutcomes = 64;
/** Before that a row of lines is not worth the experiments. */
const minSeen = 3;
const maxRuns = 80;
/** How many outcomes may be worked out ahead of any use, and how many more for each that was of use. */
const firstCredits = 2_000;
const creditsPerHit = 0.2;

/**
 * An assembler with a memory of whole blocks. Logs repeat: what follows on what is the same each time, down to
 * digits that mean nothing. A row of lines whose outcome is known is not read again.
 *
 * That a digit means nothing is not guessed but tried: the row is read with other digits in its place, alone and
 * together with all others, and only where the key stays the same each time do they not count.
 */
export function createRepeats(
  assembler: Assembler,
  keyOf: (event: ExceptionEvent) => string,
): Omit<Assembler<LogFinding>, 'forget'> {
  let root = newStep();
  let steps = 0;
  let credits = firstCredits;
  let found: LogFinding[] = [];
  /** Where we are among rows that came before; undefined while the assembler reads. */
  let at: Step | undefined = root;
  /** The lines since nothing was open; undefined when they are too many to remember. */
  let lines: ReadText[] | undefined = [];
  let offsets: number[] = [];
  let events: FoundException[] = [];

  const restart = (): void => {
    lines = [];
    offsets = [];
    events = [];
  };

  const push = (line: ReadText, offset: number): void => {
    if (at) walk(at, line, offset);
    else read(line, offset);
  };

  const walk = (from: Step, line: ReadText, offset: number): void => {
    const passed = (lines ??= []);
    passed.push(line);
    offsets.push(offset);
    const step = liveStep(from, line);
    const outcome = step?.outcomes.find(({ fixed }) => fixed.every((part) => holds(passed, part)));
    if (outcome) {
      arrive(outcome, passed, line, offset);
    } else if (step && step.next.size > 0 && passed.length < maxLines) {
      at = step;
    } else {
      readAgain();
    }
  };

  const arrive = (outcome: Outcome, passed: ReadText[], line: ReadText, offset: number): void => {
    const { key, time, isLastOpen } = outcome;
    credits += creditsPerHit;
    if (key !== '') {
      const timestamp = time && timeIn(passed[time.line]?.text ?? '', time);
      if (isLastOpen) passed.pop();
      found.push({ offset: offsets[0] ?? offset, key, timestamp, lines: passed });
    }
    restart();
    at = root;
    if (isLastOpen) walk(root, line, offset);
  };

  /** The row goes on as none before: the assembler gets what it was spared. */
  const readAgain = (): void => {
    const passed = lines ?? [];
    const where = offsets;
    at = undefined;
    restart();
    for (const [i, line] of passed.entries()) push(line, where[i] as number);
  };

  const read = (line: ReadText, offset: number): void => {
    assembler.push(line, offset);
    lines?.push(line);
    offsets.push(offset);
    for (const one of assembler.take()) {
      found.push(one);
      events.push(one);
    }
    const open = assembler.openSince();
    if (open === undefined) {
      learn(false);
      restart();
      at = root;
    } else if (open === offset && offsets.length > 1) {
      learn(true);
      restart();
      if (liveStep(root, line)) {
        assembler.forget();
        walk(root, line, offset);
        return;
      }
      lines = [line];
      offsets = [offset];
    } else if (offsets.length > maxLines) {
      lines = undefined;
    }
  };

  const learn = (isLastOpen: boolean): void => {
    if (!lines || lines.length > maxLines || events.length > 1) return;
    if (events[0] && events[0].offset !== offsets[0]) return;
    const way = wayOf(lines);
    const last = way?.at(-1);
    if (!way || !last) return;
    last.seen++;
    if (last.seen < minSeen || last.outcomes.length >= maxOutcomes || credits < 1) return;
    credits--;
    const outcome = workOut(lines, isLastOpen, events[0]?.event, keyOf);
    if (!outcome) {
      last.seen = Number.NEGATIVE_INFINITY;
      return;
    }
    last.outcomes.push(outcome);
    for (const step of way) step.isLive = true;
  };

  const wayOf = (row: readonly ReadText[]): readonly Step[] | undefined => {
    if (steps > maxSteps) {
      root = newStep();
      steps = 0;
    }
    const way: Step[] = [];
    let step = root;
    for (const line of row) {
      const mark = line.known ?? line.shape;
      if (!mark) return undefined;
      let next = step.next.get(mark);
      if (!next) {
        next = newStep();
        step.next.set(mark, next);
        steps++;
      }
      way.push(next);
      step = next;
    }
    return way;
  };

  return {
    push,
    close(force) {
      if (at) readAgain();
      assembler.close(force);
      found.push(...assembler.take());
      restart();
      lines = undefined;
      at = assembler.openSince() === undefined ? root : undefined;
    },
    openSince: () => (at ? offsets[0] : assembler.openSince()),
    take() {
      if (found.length === 0) return nothing;
      const taken = found;
      found = [];
      return taken;
    },
  };
}

const nothing: readonly LogFinding[] = [];

function newStep(): Step {
  return { next: new Map(), isLive: false, seen: 0, outcomes: [] };
}

function liveStep(from: Step, { known, shape }: ReadText): Step | undefined {
  const exact = known && from.next.get(known);
  if (exact?.isLive) return exact;
  const alike = shape && from.next.get(shape);
  return alike?.isLive ? alike : undefined;
}

function holds(lines: readonly ReadText[], { line, at, text }: Fixed): boolean {
  return lines[line]?.text.startsWith(text, at) === true;
}

function readAlone(lines: readonly ReadText[]): readonly FoundException[] {
  const assembler = createAssembler();
  for (const { text } of lines) assembler.push({ text }, 0);
  assembler.close(true);
  return assembler.take();
}

/** Where digits stand together, and what else stands for digits behind `0x`. */
const digits = /0x[0-9a-f]{1,40}|\d{1,400}/g;

function workOut(
  lines: readonly ReadText[],
  isLastOpen: boolean,
  event: ExceptionEvent | undefined,
  keyOf: (event: ExceptionEvent) => string,
): Outcome | undefined {
  const texts = lines.map(({ text }) => text);
  const keyWith = (changed: readonly string[]): string | undefined => {
    const assembler = createAssembler();
    for (const [at, text] of changed.entries()) assembler.push({ text }, at);
    const open = assembler.openSince();
    const found = assembler.take();
    const endsSo = open === (isLastOpen ? changed.length - 1 : undefined);
    if (!endsSo || found.length > 1 || (found[0] && found[0].offset !== 0)) return undefined;
    return found[0] ? keyOf(found[0].event) : '';
  };
  const key = event ? keyOf(event) : '';
  if (keyWith(texts) !== key) return undefined;
  const time = timePlace(event?.timestamp, texts);
  // A date that is none (the 31st of June) would hide that others are.
  const isDated =
    event?.timestamp !== undefined ||
    (event && texts.some((text) => /\d{4}[-/]\d\d[-/]\d\d/.test(text)));
  if (isDated && !time) return undefined;
  const runs = lines.flatMap(({ text, known }, line) =>
    known
      ? []
      : Array.from(text.matchAll(digits), ({ 0: run, index }) => ({ line, at: index, text: run })),
  );
  const staysWithout = (some: readonly Fixed[]): boolean =>
    [3, 7].every((by) => keyWith(withOther(texts, some, by)) === key);
  if (staysWithout(runs)) return { isLastOpen, fixed: [], key, time };
  if (runs.length > maxRuns) return undefined;
  const fixed = runs.filter((run) => !staysWithout([run]));
  const free = runs.filter((run) => !fixed.includes(run));
  return staysWithout(free) ? { isLastOpen, fixed, key, time } : undefined;
}

function withOther(texts: readonly string[], runs: readonly Fixed[], by: number): string[] {
  const changed = [...texts];
  for (const { line, at, text } of runs) {
    const whole = changed[line] ?? '';
    changed[line] = whole.slice(0, at) + otherDigits(text, by) + whole.slice(at + text.length);
  }
  return changed;
}

/** As many others; none begins with a zero that did not, for then it might be no number any more. */
function otherDigits(run: string, by: number): string {
  if (run.startsWith('0x')) {
    const moved = (digit: string) => ((Number.parseInt(digit, 16) + by) % 16).toString(16);
    return `0x${run.slice(2).replace(/[0-9a-f]/g, moved)}`;
  }
  const moved = run.replace(/\d/g, (digit) => `${(Number(digit) + by) % 10}`);
  return moved.startsWith('0') && run.length > 1 ? `5${moved.slice(1)}` : moved;
}

const numbers = /\b\d{10,19}(?:\.\d{1,9})?\b/g;
const dates = /\d{4}[-/]\d\d[-/]\d\d[T ]/g;

/** Where a text stands that gives the very time when it is read. */
function timePlace(timestamp: string | undefined, texts: readonly string[]): TimePlace | undefined {
  if (timestamp === undefined) return undefined;
  for (const [line, text] of texts.entries()) {
    const places: readonly TimePlace[] = [
      ...Array.from(text.matchAll(dates), ({ index }) => ({ line, from: index })),
      ...Array.from(text.matchAll(numbers), ({ 0: number, index }) => ({
        line,
        from: index,
        to: index + number.length,
      })),
    ];
    const place = places.find((one) => timeIn(text, one) === timestamp);
    if (place) return place;
  }
  return undefined;
}

function timeIn(text: string, { from, to }: TimePlace): string | undefined {
  if (to === undefined) return timeAt(text, from);
  const date = new Date(epochMs(Number(text.slice(from, to))));
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
