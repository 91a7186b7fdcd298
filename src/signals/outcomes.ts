import type { ExceptionEvent } from '../core/signal.ts';
import { createAssembler } from './exceptions/assemble.ts';
import { epochMs } from './exceptions/records/jsonLines.ts';
import { timeAt } from './exceptions/headers/loggerPrefix.ts';
import { placesIn, type Run, runsIn } from './lineForm.ts';
import type { ReadText } from './lineMemory.ts';
import { fewVariants, variants, withOtherRuns } from './otherRuns.ts';

/** A variable of a line that must be the very same, or at least as long. */
interface Fixed {
  readonly line: number;
  /** The how manieth of the line. */
  readonly run: number;
  readonly length: number;
  readonly text?: string;
}

/** Where a time stands that is the event's. */
export interface TimePlace {
  readonly line: number;
  /** The first of its numbers, among those of the line. */
  readonly run: number;
  /** The last, of a time in seconds or parts of them; a date's end is found by reading it. */
  readonly last?: number;
}

/** What lines come to that were read from where nothing was open. */
export interface Outcome {
  /** Whether the last line is itself the beginning of what follows. */
  readonly isLastOpen: boolean;
  /** Whether the last line is nothing by itself, and may belong to what follows. */
  readonly isLastAbove: boolean;
  readonly fixed: readonly Fixed[];
  /** '' when there was nothing to find. */
  readonly key: string;
  readonly time: TimePlace | undefined;
}

const maxRuns = 80;

/** Lines whose variables are looked for once at most, and only where they are asked for. */
export interface Passed {
  text(line: number): string;
  places(line: number): readonly number[];
}

export function passedLines(lines: readonly ReadText[]): Passed {
  const places: (readonly number[])[] = [];
  const text = (line: number): string => lines[line]?.text ?? '';
  return { text, places: (line) => (places[line] ??= placesIn(text(line))) };
}

/** The one of the outcomes known of a row of lines of these forms that is of these very lines. */
export function fitting(outcomes: readonly Outcome[], passed: Passed): Outcome | undefined {
  const holds = ({ line, run, length, text }: Fixed): boolean => {
    const places = passed.places(line);
    const from = places[2 * run] ?? 0;
    if ((places[2 * run + 1] ?? -1) - from !== length) return false;
    return text === undefined || passed.text(line).startsWith(text, from);
  };
  return outcomes.find(({ fixed }) => fixed.every(holds));
}

/** A variable of a line, and its place among the others. */
interface Varied extends Run {
  readonly line: number;
  readonly run: number;
}

/**
 * What a row of lines comes to, whatever its variables are. That one means nothing is not guessed but tried: the
 * row is read with others in its place, alone and together with all others, and only where the key stays the
 * same each time does it not count.
 */
export function workOut(
  lines: readonly ReadText[],
  { isLastOpen, isLastAbove }: Pick<Outcome, 'isLastOpen' | 'isLastAbove'>,
  event: ExceptionEvent | undefined,
  keyOf: (event: ExceptionEvent) => string,
): Outcome | undefined {
  const texts = lines.map(({ text }) => text);
  const key = event ? keyOf(event) : '';
  const keyWith = createTrial(isLastOpen, keyOf);
  if (keyWith(texts) !== key) return undefined;
  const time = timePlace(event?.timestamp, lines);
  // A date that is none (the 31st of June) would hide that others are.
  const isDated =
    event?.timestamp !== undefined ||
    (event && texts.some((text) => /\d{4}[-/]\d\d[-/]\d\d/.test(text)));
  if (isDated && !time) return undefined;
  const stays = (some: readonly Varied[], wanted: readonly number[]): boolean =>
    wanted.every((variant) => keyWith(withOthers(texts, some, variant)) === key);
  const runs = lines.flatMap(({ text, known }, line) =>
    known ? [] : runsIn(text).map((run, at): Varied => ({ ...run, line, run: at })),
  );
  if (stays(runs, variants)) return { isLastOpen, isLastAbove, fixed: [], key, time };
  if (runs.length > maxRuns) return undefined;
  const fixed = new Map<Varied, Fixed>();
  const moved: Varied[] = [];
  const counting = new Set(sensitive(runs, (some) => stays(some, fewVariants)));
  for (const run of runs) {
    const asLong = { ...run, isFree: false };
    if (!counting.has(run)) moved.push(run);
    else if (run.isFree && stays([asLong], fewVariants)) {
      moved.push(asLong);
      fixed.set(run, { line: run.line, run: run.run, length: run.end - run.from });
    } else {
      const text = texts[run.line]?.slice(run.from, run.end) ?? '';
      fixed.set(run, { line: run.line, run: run.run, length: text.length, text });
    }
  }
  if (!stays(moved, variants)) return undefined;
  return { isLastOpen, isLastAbove, fixed: [...fixed.values()], key, time };
}

/** The key that lines would have; '' without a finding, undefined when they end otherwise. */
function createTrial(isLastOpen: boolean, keyOf: (event: ExceptionEvent) => string) {
  return (texts: readonly string[]): string | undefined => {
    const assembler = createAssembler();
    for (const [at, text] of texts.entries()) assembler.push({ text }, at);
    const open = assembler.openSince();
    const found = assembler.take();
    const endsSo = open === (isLastOpen ? texts.length - 1 : undefined);
    if (!endsSo || found.length > 1 || (found[0] && found[0].offset !== 0)) return undefined;
    return found[0] ? keyOf(found[0].event) : '';
  };
}

/** Those that count, found by halves: most of them never do. */
function sensitive(
  runs: readonly Varied[],
  stays: (some: readonly Varied[]) => boolean,
): readonly Varied[] {
  if (runs.length === 0 || stays(runs)) return [];
  if (runs.length === 1) return runs;
  const middle = runs.length >> 1;
  return [...sensitive(runs.slice(0, middle), stays), ...sensitive(runs.slice(middle), stays)];
}

function withOthers(texts: readonly string[], runs: readonly Varied[], variant: number): string[] {
  return texts.map((text, line) => {
    const here = runs.filter((run) => run.line === line);
    return here.length === 0 ? text : withOtherRuns(text, here, variant);
  });
}

const numbers = /\b\d{10,19}(?:\.\d{1,9})?\b/g;
const dates = /\d{4}[-/]\d\d[-/]\d\d[T ]/g;

/** Where numbers stand that give the very time when they are read. */
function timePlace(
  timestamp: string | undefined,
  lines: readonly ReadText[],
): TimePlace | undefined {
  if (timestamp === undefined) return undefined;
  const passed = passedLines(lines);
  for (const [line, { text }] of lines.entries()) {
    const runs = runsIn(text);
    const runAt = (place: number) => runs.findIndex(({ from }) => from === place);
    const places: readonly TimePlace[] = [
      ...Array.from(text.matchAll(dates), ({ index }) => ({ line, run: runAt(index) })),
      ...Array.from(text.matchAll(numbers), ({ 0: number, index }) => ({
        line,
        run: runAt(index),
        last: runs.findIndex(({ end }) => end === index + number.length),
      })),
    ];
    const place = places.find((one) => timeOf(passed, one) === timestamp);
    if (place) return place;
  }
  return undefined;
}

export function timeOf(passed: Passed, { line, run, last }: TimePlace): string | undefined {
  const text = passed.text(line);
  // Most lines begin with it.
  if (run === 0 && last === undefined && isDigit(text.charCodeAt(0))) return timeAt(text, 0);
  const places = passed.places(line);
  const from = places[2 * run];
  if (from === undefined) return undefined;
  if (last === undefined) return timeAt(text, from);
  const date = new Date(epochMs(Number(text.slice(from, places[2 * last + 1]))));
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
