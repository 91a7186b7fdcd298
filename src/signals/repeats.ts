import { type Assembler, createAssembler } from './exceptions/assemble.ts';
import { isLeveledLine, mayQuote, mayTakeAbove } from './exceptions/block.ts';
import type { FoundException } from './exceptions/foundEvents.ts';
import type { ExceptionEvent } from '../core/signal.ts';
import type { ReadText } from './lineMemory.ts';
import { fitting, type Outcome, type Passed, passedLines, timeOf, workOut } from './outcomes.ts';

/** What was found before, but for variables that change nothing of its key: it needs no more than to be counted. */
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

/** A line in a row of lines that came before. */
interface Step {
  /** Most go on in one way only, and a map for each would take most of the memory. */
  mark: object | undefined;
  only: Step | undefined;
  /** The others. */
  more: Map<object, Step> | undefined;
  /** A known outcome lies on this way. */
  isLive: boolean;
  seen: number;
  /** How often one of its outcomes spared a reading. */
  uses: number;
  outcomes: readonly Outcome[];
}

/** Stands in a row for any line that ends it by the level that it has. */
const cutter = {};
const cutterText = 'ERROR it ends';

const opening = { isLastOpen: true, isLastAbove: false };

const maxLines = 300;
const maxSteps = 30_000;
const maxLiveSteps = 24_000;
const maxOutcomes = 64;
/** Before that a row of lines is not worth the experiments. */
const minSeen = 3;
/** Readings that may be tried ahead of any use, and how many more for each use: about what it spares. */
const firstTrials = 12_000;
const trialsPerUse = 2;
/** So many outcomes of one row that nobody has asked for yet are enough. */
const maxUnused = 4;

/**
 * An assembler with a memory of whole blocks. Logs repeat: what follows on what is the same each time, down to
 * variables that mean nothing. A row of lines whose outcome is known is not read again.
 */
export function createRepeats(
  assembler: Assembler,
  keyOf: (event: ExceptionEvent) => string,
): Omit<Assembler<LogFinding>, 'forget' | 'wasCut' | 'isAbove'> {
  let root = newStep();
  let steps = 0;
  let trials = firstTrials;
  let found: LogFinding[] = [];
  /** Where we are among rows that came before; undefined while the assembler reads. */
  let at: Step | undefined = root;
  /** The lines since nothing was open; undefined when they are too many to remember. */
  let lines: ReadText[] | undefined = [];
  let offsets: number[] = [];
  let events: FoundException[] = [];
  /** The line right above, when it is nothing by itself. */
  let above: { readonly line: ReadText; readonly offset: number } | undefined;

  const countedKeyOf = (event: ExceptionEvent): string => {
    trials--;
    return keyOf(event);
  };

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
    if (from === root && above && countsFor(line, above.line.text)) return readAgain();
    const step = liveStep(from, line) ?? cutStep(from, line);
    const known = step && step.outcomes.length > 0 ? passedLines(passed) : undefined;
    const outcome = step && known && fitting(step.outcomes, known);
    if (outcome) {
      step.uses++;
      arrive(outcome, passed, known);
    } else if (step?.only && passed.length < maxLines) {
      at = step;
    } else {
      readAgain();
    }
  };

  const arrive = (outcome: Outcome, passed: ReadText[], known: Passed): void => {
    const line = passed.at(-1) as ReadText;
    const offset = offsets.at(-1) as number;
    const { key, time, isLastOpen, isLastAbove } = outcome;
    trials += trialsPerUse;
    if (key !== '') {
      const timestamp = time && timeOf(known, time);
      if (isLastOpen) passed.pop();
      found.push({ offset: offsets[0] as number, key, timestamp, lines: passed });
    }
    // The assembler saw none of it.
    assembler.forget();
    above = isLastAbove ? { line, offset } : undefined;
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
    if (above) assembler.push(above.line, above.offset);
    above = undefined;
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
      const isLastAbove = assembler.isAbove(offset);
      learn({ isLastOpen: false, isLastAbove });
      above = isLastAbove ? { line, offset } : undefined;
      restart();
      at = root;
    } else if (open === offset && offsets.length > 1) {
      learn(opening);
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

  const learn = (ends: Pick<Outcome, 'isLastOpen' | 'isLastAbove'>): void => {
    if (!lines || lines.length > maxLines || events.length > 1) return;
    if (events[0] && events[0].offset !== offsets[0]) return;
    const isCut = assembler.wasCut() && isLeveledLine(lines.at(-1) as ReadText);
    const way = wayOf(lines, isCut);
    const last = way?.at(-1);
    if (!way || !last) return;
    last.seen++;
    const { length } = last.outcomes;
    if (last.seen < minSeen || length >= maxOutcomes || trials < 0) return;
    if (length >= maxUnused && last.uses < 2 * length) return;
    const row = isCut ? [...lines.slice(0, -1), { text: cutterText, known: cutter }] : lines;
    const outcome = workOut(row, isCut ? opening : ends, events[0]?.event, countedKeyOf);
    if (!outcome) {
      last.seen = Number.NEGATIVE_INFINITY;
      return;
    }
    last.outcomes = [...last.outcomes, outcome];
    for (const step of way) step.isLive = true;
  };

  const wayOf = (row: readonly ReadText[], isCut: boolean): readonly Step[] | undefined => {
    if (steps > maxSteps) {
      steps = liveSteps(root);
      if (steps > maxLiveSteps) [root, steps] = [newStep(), 0];
    }
    const way: Step[] = [];
    let step = root;
    for (const [i, line] of row.entries()) {
      const mark = isCut && i === row.length - 1 ? cutter : (line.known ?? line.form);
      if (!mark) return undefined;
      let next = nextStep(step, mark);
      if (!next) {
        next = newStep();
        addStep(step, mark, next);
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

/** Whether a row that begins with the line may come to something else below the one above. */
function countsFor(line: ReadText, above: string): boolean {
  return mayQuote(above) || (above.trim() !== '' && mayTakeAbove(line));
}

const nothing: readonly LogFinding[] = [];

const noOutcomes: readonly Outcome[] = [];

function newStep(): Step {
  const none = { mark: undefined, only: undefined, more: undefined };
  return { ...none, isLive: false, seen: 0, uses: 0, outcomes: noOutcomes };
}

function nextStep({ mark, only, more }: Step, wanted: object): Step | undefined {
  return mark === wanted ? only : more?.get(wanted);
}

function addStep(step: Step, mark: object, next: Step): void {
  if (step.only) (step.more ??= new Map()).set(mark, next);
  else [step.mark, step.only] = [mark, next];
}

/** Drops the ways that lead to nothing known, and counts the others. */
function liveSteps(step: Step): number {
  let count = 0;
  const ways = [
    ...(step.only ? [[step.mark as object, step.only] as const] : []),
    ...(step.more ?? []),
  ];
  step.mark = undefined;
  step.only = undefined;
  step.more = undefined;
  for (const [mark, next] of ways) {
    if (!next.isLive) continue;
    addStep(step, mark, next);
    count += 1 + liveSteps(next);
  }
  return count;
}

function liveStep(from: Step, { known, form }: ReadText): Step | undefined {
  const exact = known && nextStep(from, known);
  if (exact?.isLive) return exact;
  const alike = form && nextStep(from, form);
  return alike?.isLive ? alike : undefined;
}

function cutStep(from: Step, line: ReadText): Step | undefined {
  const step = nextStep(from, cutter);
  return step?.isLive && isLeveledLine(line) ? step : undefined;
}

function readAlone(lines: readonly ReadText[]): readonly FoundException[] {
  const assembler = createAssembler();
  for (const { text } of lines) assembler.push({ text }, 0);
  assembler.close(true);
  return assembler.take();
}
