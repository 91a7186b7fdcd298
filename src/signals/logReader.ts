import type { ExceptionEvent } from '../core/signal.ts';
import { type Assembler, createAssembler } from './exceptions/assemble.ts';
import type { FoundException } from './exceptions/foundEvents.ts';
import type { Encoding } from './encoding.ts';
import { type Gatherer, gathererFor } from './recordGatherer.ts';
import { findHint } from './hints.ts';
import { type FindMark, findMarkFor } from './levelMarks.ts';
import { lineEnd } from './lineBreaks.ts';
import { createLineMemory, type LineMemory, type ReadText } from './lineMemory.ts';
import { type Carry, carryFor } from './prefixes.ts';
import { createRepeats, type LogFinding } from './repeats.ts';

/** What the bytes handed over so far are: more will come; all there is for now; all that counts. */
export type Ending = 'more' | 'held' | 'final';

/** Turns bytes into findings and knows up to where they are counted. Shared by logs and feedback. */
export interface Reader<T> {
  /**
   * @param bytes the file's bytes from `base` on that were not consumed before
   * @returns how many of them are done with; the rest must come again, with more behind
   */
  feed(bytes: Buffer, base: number, ending: Ending): number;
  /** Everything before this offset is in what `take` has returned or returns now. */
  safeOffset(): number;
  pending(): number;
  take(): T[];
  /** Lines since the last call. */
  takeLines(): number;
}

export interface LogReader<T> extends Reader<T> {
  /** After the last bytes of a log that will never grow: what waits for another line counts as it is. */
  end(): void;
}

/** Of a log's head, what tells how its lines are written. */
export const sniffedBytes = 8 * 1024;

const lookBackLines = 8;
const lookBackBytes = 16 * 1024;
/** Streams that always overlap would never let anything be counted. */
const maxOpenBytes = 4 << 20;

/**
 * Reads a log. Most lines are never made a string of their own: one regular expression looks for hints
 * in whole slices, and only the lines around a hit are decoded and put together.
 */
export function createLogReader(
  start: number,
  encoding: Encoding,
  memory: LineMemory = createLineMemory(),
): LogReader<FoundException> {
  return readWith(createAssembler(), start, encoding, memory);
}

/**
 * The same for who only counts what comes again and again.
 * @param keyOf events of one key are counted as one
 * @param head the log's first bytes, when it is not read from there
 * @param before bytes before `start`: they tell who spoke last
 */
export function createCountingReader(
  start: number,
  encoding: Encoding,
  memory: LineMemory,
  keyOf: (event: ExceptionEvent) => string,
  head?: Buffer,
  before?: Buffer,
): LogReader<LogFinding> {
  const form = head && formOf(head, before);
  return readWith(createRepeats(createAssembler(), keyOf), start, encoding, memory, form);
}

function readWith<T extends { readonly offset: number }>(
  assembler: Pick<Assembler<T>, 'push' | 'close' | 'openSince' | 'take'>,
  start: number,
  encoding: Encoding,
  memory: LineMemory,
  knownForm?: LineForm,
): LogReader<T> {
  const counter = createLineCounter(Math.max(0, start));
  let found: T[] = [];
  let safeCount = 0;
  let safe = start;
  /** Without the head, known when the first bytes were seen. */
  let form = knownForm;

  const markSafe = (offset: number): void => {
    safe = offset;
    safeCount = found.length;
  };

  const collect = (): void => {
    for (const one of assembler.take()) found.push(one);
  };

  /** Where the record begins of which only some lines were seen. */
  let gathered: number | undefined;
  const gather = (gatherer: Gatherer, line: ReadText, offset: number): void => {
    const start = gathered ?? offset;
    const taken = gatherer.take(line.text);
    gathered = gatherer.isOpen ? (taken === undefined ? start : offset) : undefined;
    if (taken === line.text) assembler.push(carried(line), offset);
    else if (taken !== undefined) assembler.push({ text: taken }, start);
  };

  const carried = (line: ReadText): ReadText =>
    form?.carry ? { text: form.carry(line.text) } : line;

  /** Whether something is open behind the line. */
  const push = (bytes: Buffer, from: number, end: number, base: number): boolean => {
    const offset = base + from;
    counter.line(base + end);
    const line = memory.read(bytes, from, end, encoding);
    if (form?.gatherer) gather(form.gatherer, line, offset);
    else assembler.push(carried(line), offset);
    collect();
    const open = assembler.openSince() ?? gathered;
    if (open === undefined) {
      markSafe(base + end);
      return false;
    }
    if (open === offset && (found.at(-1)?.offset ?? -1) < offset) markSafe(offset);
    else if (base + end - safe > maxOpenBytes) {
      form?.gatherer?.end();
      gathered = undefined;
      assembler.close(true);
      collect();
      markSafe(base + end);
      return false;
    }
    return true;
  };

  /** Line by line past `until` and on while something is open; all there is when `until` is the end. */
  const readLines = (bytes: Buffer, from: number, until: number, base: number, ending: Ending) => {
    let at = from;
    let isOpen = assembler.openSince() !== undefined;
    while (at <= until || isOpen) {
      let end = lineEnd(bytes, at, encoding);
      if (end < 0) {
        if (ending !== 'final' || at >= bytes.length) return { at, more: false };
        end = bytes.length;
      }
      isOpen = push(bytes, at, end, base);
      at = end;
    }
    return { at, more: true };
  };

  const skim = (bytes: Buffer, base: number, ending: Ending): number => {
    form ??= formOf(bytes);
    if (form.gatherer) return readLines(bytes, 0, bytes.length, base, ending).at;
    const search = createSearch(bytes, base, counter, form.findMark);
    const whole = bytes.lastIndexOf(10) + 1;
    let at = 0;
    for (;;) {
      let until = at;
      if (assembler.openSince() === undefined) {
        const limit = ending === 'final' ? bytes.length : wholeEnd(bytes, at, whole, encoding);
        const hit = search(at, limit);
        const from = lookBack(bytes, at, hit ?? limit, hit === undefined && ending === 'more');
        markSafe(base + from);
        if (hit === undefined && ending === 'more') return from;
        until = hit ?? bytes.length;
        at = from;
      }
      const read = readLines(bytes, at, until, base, ending);
      if (!read.more) return read.at;
      at = read.at;
    }
  };

  /** Gives back where a record begins that was cut, and waits for its end. */
  const endRecord = (): number | undefined => {
    if (gathered === undefined) return undefined;
    const record = form?.gatherer?.end();
    if (record === undefined) return gathered;
    assembler.push({ text: record }, gathered);
    gathered = undefined;
    return undefined;
  };

  /** What needs another line to mean anything waits for it, unless others were counted meanwhile. */
  const finish = (end: number): void => {
    const cut = endRecord();
    collect();
    const waiting = safe;
    assembler.close(false);
    collect();
    if (assembler.openSince() === waiting && found.length === safeCount) return;
    assembler.close(true);
    collect();
    markSafe(cut ?? end);
  };

  return {
    feed(bytes, base, ending) {
      const done =
        encoding === 'bytes'
          ? skim(bytes, base, ending)
          : readLines(bytes, 0, bytes.length, base, ending).at;
      if (ending === 'final') finish(base + done);
      return done;
    },
    end() {
      assembler.close(true);
      collect();
      safeCount = found.length;
    },
    safeOffset: () => safe,
    pending: () => safeCount,
    take() {
      const taken = found.slice(0, safeCount);
      found = found.slice(safeCount);
      safeCount = 0;
      return taken;
    },
    takeLines: () => counter.take(),
  };
}

interface LineForm {
  readonly findMark: FindMark | undefined;
  readonly carry: Carry | undefined;
  readonly gatherer: Gatherer | undefined;
}

function formOf(bytes: Buffer, before?: Buffer): LineForm {
  const head = bytes.subarray(0, sniffedBytes);
  const gatherer = gathererFor(head.toString('utf8'));
  return { findMark: findMarkFor(head), carry: carryFor(head, before), gatherer };
}

interface LineCounter {
  /** A line that ends before `end` was read. */
  line(end: number): void;
  /** The bytes from `from` to `to` were looked through; `base` is the offset of the first of `bytes`. */
  bytes(bytes: Buffer, from: number, to: number, base: number): void;
  take(): number;
}

/** Counts each line once, though the search looks at some of them twice. */
function createLineCounter(start: number): LineCounter {
  let lines = 0;
  let countedTo = start;
  return {
    line(end) {
      if (end <= countedTo) return;
      lines++;
      countedTo = end;
    },
    bytes(bytes, from, to, base) {
      const part = bytes.subarray(Math.max(from, countedTo - base), Math.max(from, to));
      for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) lines++;
      countedTo = Math.max(countedTo, base + to);
    },
    take() {
      const taken = lines;
      lines = 0;
      return taken;
    },
  };
}

/** Finds the start of the next line with a hint in [from, limit). */
function createSearch(
  bytes: Buffer,
  base: number,
  counter: LineCounter,
  findMark: FindMark | undefined,
) {
  let mark = -1;
  let markLimit = -1;
  const hintedLine = (from: number, limit: number): number | undefined => {
    // The line end before a line belongs to it: some hints begin with one.
    let hit = findHint(bytes, Math.max(0, from - 1), limit);
    if (hit >= 0 && hit < from && bytes[hit] !== 10) hit = findHint(bytes, from, limit);
    if (hit < 0) return undefined;
    const where = bytes[hit] === 10 ? hit + 1 : hit;
    return startOfLine(bytes, where, from);
  };
  const markedLine = (from: number, limit: number): number | undefined => {
    if (!findMark) return undefined;
    // What was found stays true until it is passed: there may be many hints before it.
    if (mark < from || limit !== markLimit) {
      const found = findMark(bytes, from, limit);
      mark = found < 0 ? limit : found;
      markLimit = limit;
    }
    return mark < limit ? mark : undefined;
  };
  return (from: number, limit: number): number | undefined => {
    const marked = markedLine(from, limit);
    const line = hintedLine(from, marked ?? limit) ?? marked;
    counter.bytes(bytes, from, line ?? limit, base);
    return line;
  };
}

/** A line without an end that is too long ends by force; then that is where the whole lines end. */
function wholeEnd(bytes: Buffer, from: number, whole: number, encoding: Encoding): number {
  let end = Math.max(from, whole);
  for (let next = lineEnd(bytes, end, encoding); next >= 0; next = lineEnd(bytes, end, encoding))
    end = next;
  return end;
}

function startOfLine(bytes: Buffer, at: number, floor: number): number {
  return at === 0 ? 0 : Math.max(floor, bytes.lastIndexOf(10, at - 1) + 1);
}

/**
 * Where to begin so that the head of what was hit is seen: the two lines before (a warning above its
 * traceback, an error above the call and the place of a frame) and, up to eight lines back, `file:line` lines,
 * with which the report of an uncaught error begins.
 * @param keepAll keeps all that a hit in the bytes to come may need
 */
function lookBack(bytes: Buffer, floor: number, hit: number, keepAll: boolean): number {
  let from = hit;
  let at = hit;
  for (let i = 0; i <= lookBackLines && at > floor; i++) {
    const start = startOfLine(bytes, at - 1, floor);
    if (hit - start > lookBackBytes) break;
    if (keepAll || i <= 1 || endsWithLineNumber(bytes, start, at - 1)) from = start;
    at = start;
  }
  return from;
}

function endsWithLineNumber(bytes: Buffer, start: number, newline: number): boolean {
  let at = endOfText(bytes, start, newline);
  let digits = 0;
  while (at > start && isDigit(bytes[at]) && digits < 9) {
    at--;
    digits++;
  }
  return digits > 0 && bytes[at] === 58;
}

/** What Fluent Bit and others have read, with more fields behind it. */
const collected = /^\{"(?:log|message)":"[^"\\]{1,500}:\d{1,7}"/;
const quotedEnd = Buffer.from('\\n"');

/** Index of the last byte that was said, before what a carrier puts around or behind it. */
function endOfText(bytes: Buffer, start: number, newline: number): number {
  let at = newline - 1;
  if (bytes[at] === 13) at--;
  while (at > start && bytes[at] === 32) at--;
  const last = bytes[at];
  const isRecord = last === 125 && bytes[start] === 123;
  // docker's and pm2's records: `…\n","stream":…}`; the journal's: `…"}`
  // Within the line: the search must not run back through all there is.
  const line = bytes.subarray(start, at + 1);
  // Colours end in `m`, and in `K` where the rest of the line was cleared.
  const isColoured = last === 109 || last === 75;
  const end = isRecord ? line.lastIndexOf(quotedEnd) : isColoured ? colourAt(line) : -1;
  if (end > 0) return start + end - 1;
  const said = isRecord ? collected.exec(line.toString('latin1')) : null;
  if (said) return start + said[0].length - 2;
  return isRecord && bytes[at - 1] === 34 ? at - 2 : at;
}

/** Where the last colour code begins; syslog escapes what begins it. */
function colourAt(line: Buffer): number {
  return Math.max(line.lastIndexOf(27), line.lastIndexOf('#033['));
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}
