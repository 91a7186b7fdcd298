import { stripVTControlCharacters } from 'node:util';
import type { ExceptionEvent } from '../../core/signal.ts';
import { type ReadText, shapeOf } from '../lineMemory.ts';
import { hasEscapes, mayEmbed, readEscaped, recordStart } from './embedded.ts';
import { framesInTerms } from './erlang.ts';
import {
  type Follow,
  maxLineChars,
  maxMessageChars,
  type Grammar,
  loggedError,
  type ParsedException,
} from './grammar.ts';
import { grammars } from './grammars.ts';
import { type JsonRecord, readRecord } from './jsonLines.ts';
import { linesOfEslint } from './eslintJson.ts';
import { linesOfList, mayBeList } from './jsonLists.ts';
import { linesOfReport, rustReport } from './jsonReports.ts';
import { isAtLeast, type Level } from './level.ts';
import { type Header, type HeaderCuts, cutHeader, headerCuts, readHeader } from './loggerPrefix.ts';
import { languageOfLogger, type Origin, originOf } from './origin.ts';
import { type Carried, peel, plain } from './transport.ts';

/** A line of a log and where it starts, in bytes. */
export interface LogLine {
  readonly text: string;
  readonly offset: number;
}

export interface FoundException {
  readonly event: ExceptionEvent;
  readonly offset: number;
}

export const maxBlockLines = 4_000;
export const maxBlockChars = 256 * 1024;
/** More than is kept, so that masking sees whole what the final cut would part. */
const maxRawChars = 10_000;
const maxStreams = 64;
/** Lines of what was no block after all that are read once more, for each line that comes; and how many may add up. */
const rereadPerLine = 20;
const maxReread = 20_000;
const maxXmlChars = 4_000;
/** How many carriers may lie around a line. */
const maxCarriers = 3;
/** Indented, blank or a rule; what asyncio says of the task that failed, and Phoenix of the request. */
const saysMore = /^(?:\s|$|[-=_*#~]{3,}$|[a-z]\w{1,30}: <.{1,4000}>$|(?:Server|Request): \S)/;
/** A fence of Markdown that names a language can only open what it quotes; a bare one may close it. */
const openingFence = /^\s{0,16}(?:`{3,}|~{3,}) ?[A-Za-z]/;
const bareFence = /^\s{0,16}`{3,}\s{0,16}$/;
/** Python's prompts, the names it has for what was typed there, and the stack that a document leaves out. */
const prompt = /^\s{0,16}(?:>>> |\.\.\. {2})/;
const typedIn = /File "<(?:stdin|python-input-\d{1,9})>"|^\s{2,20}\.\.\.$/;
/** What only stands in a trace. */
const frameLike =
  /^\s+(?:at |File "|from |\.{3} \d|\/\S{1,500}:\d)|^(?:Caused by: |#\d{1,4} |\S{1,300}\(.{0,300}\)$)/;
/** How many lines of others may interrupt a trace at a time. */
const maxBetween = 3;
/** Continuation lines kept with a logged message that turns out to have no stack. */
const maxMessageTail = 20;
/** Lines of any kind that only a report below them can show to be a message's. */
const maxLoose = 5;

/** Puts lines together to exceptions, each stream for itself. Knows at any time what is still open. */
export interface Assembler<T = FoundException> {
  push(line: ReadText, offset: number): void;
  /** Ends what is open. `force: false` leaves blocks that say nothing without a further line. */
  close(force: boolean): void;
  /** Offset of the first line that is still open; undefined when nothing is. */
  openSince(): number | undefined;
  /** Whether the level that a logger gave to the last line ended what was open, whatever the line says. */
  wasCut(): boolean;
  /** Whether the line at the offset is nothing by itself, and kept for what may come below it. */
  isAbove(offset: number): boolean;
  /** Drops what is open, uncounted. */
  forget(): void;
  /** What was found since the last call, in the order it ended. */
  take(): readonly T[];
}

/** Lines in, exceptions out. */
export function* exceptionsOf(lines: Iterable<LogLine>): Generator<FoundException> {
  const assembler = createAssembler();
  for (const line of lines) {
    assembler.push(line, line.offset);
    yield* assembler.take();
  }
  assembler.close(true);
  yield* assembler.take();
}

interface Told {
  readonly level?: Level;
  /** Where the record that carries the line says it was logged. */
  readonly origin?: Origin;
  readonly timestamp?: string;
}

interface Piece {
  readonly text: string;
  /** The text with its level word, for grammars whose reports stand alone. */
  readonly spoken: string;
  readonly raw: string;
  readonly offset: number;
  readonly level: Level | undefined;
  readonly timestamp: string | undefined;
  /** Its carrier alone gave it a level: what a logger said above may be its head all the same. */
  readonly isTold?: boolean;
  /** Every line of a stack is a record of its own, so a level does not end a block. */
  readonly wrapped: boolean;
  readonly language: string;
  /** Where its logger says it was logged. */
  readonly origin?: Origin | undefined;
  /** The version of the program, where the record names it. */
  readonly release?: string | undefined;
  /** Of its line, where no carrier has put anything around it. */
  readonly shape?: ShapeNotes | undefined;
}

interface KnownNotes {
  piece?: Piece;
}

/** What lines that differ in their digits only have in common. */
interface ShapeNotes {
  /** No carrier has put anything around it. */
  isPlain?: boolean;
  /** Where its header is cut; null where it has none of the usual form. */
  cuts?: HeaderCuts | null;
  /** The first grammar that takes it for the beginning of a block, or how many there are. */
  grammar?: number;
  /** An error that its logger told in full: it ends what is open, whatever it says. */
  endsAll?: boolean;
}

interface Block {
  readonly grammar: Grammar;
  readonly follow: Follow;
  readonly pieces: Piece[];
  readonly said: readonly Piece[];
  /** Lines between what was said and the block. */
  readonly loose: readonly Piece[];
  /** The line right above, which nothing begins with. */
  readonly above: Piece | undefined;
  chars: number;
  complete: boolean;
  /** What another thread may have logged in the middle of it; only the next line tells. */
  between: Piece[];
}

interface Stream {
  block?: Block | undefined;
  /** A logged message that a stack may follow, and its continuation lines. */
  said: Piece[];
  /** Lines of any kind below it. */
  loose: Piece[];
  /** The line before, when it belongs to nothing. */
  above?: Piece | undefined;
  partial?: { text: string; offset: number } | undefined;
}

export function createAssembler(): Assembler {
  const streams = new Map<string, Stream>();
  let found: FoundException[] = [];
  /** What ended something at the last line: its level alone, or what it says. */
  let cut: 'level' | 'text' | undefined;
  /** How many lines may be read again: lines that all begin what never comes would be read as often as they are many. */
  let reread = maxReread;

  const emit = (event: ExceptionEvent, offset: number): void => {
    found.push({ event, offset });
  };

  const stream = (name: string): Stream => {
    let known = streams.get(name);
    if (!known) {
      if (streams.size >= maxStreams) dropIdle(streams);
      if (streams.size >= maxStreams) closeAll(true);
      known = { said: [], loose: [] };
      streams.set(name, known);
    }
    return known;
  };

  const closeAll = (force: boolean): void => {
    for (const [name, one] of streams) {
      // What a block was not after all may open others.
      while (one.block) {
        if (!force && !one.block.complete && one.block.between.length === 0) break;
        endBlock(one);
      }
      if (!one.block) endSaid(one);
      if (force) one.partial = undefined;
      if (isIdle(one)) streams.delete(name);
    }
  };

  const endSaid = (one: Stream): void => {
    const [first] = one.said;
    const pieces = one.said;
    [one.said, one.loose] = [[], []];
    if (first && isAtLeast(first.level, 'error') && saysAnything(pieces)) {
      emit(loggedEvent(pieces), first.offset);
    }
  };

  /** When the block was none after all, its lines get another chance: its first with the other grammars. */
  const endBlock = (one: Stream, below?: Piece): void => {
    const block = one.block;
    if (!block) return;
    one.block = undefined;
    finishBlock(one, block, block.between[0] ?? below);
    for (const piece of block.between) accept(one, piece);
  };

  const finishBlock = (one: Stream, block: Block, below: Piece | undefined): void => {
    const pieces = withAbove(block);
    const texts = pieces.map((piece) => textFor(block.grammar, piece));
    let any = false;
    let said = block.said;
    for (const parsed of block.grammar.parse(texts, textsOf(said))) {
      if (!any && block.loose.length > 0) said = keptOf(one, parsed, block);
      any = true;
      if (parsed.silent || isQuoted(block, below) || isHandled(parsed, block)) continue;
      const first = said[0] ?? block.pieces[0];
      if (first) emit(blockEvent(parsed, { ...block, said }), first.offset);
    }
    if (any) return;
    [one.said, one.loose] = [[...block.said], [...block.loose]];
    one.above = block.above;
    const [first, ...rest] = block.pieces;
    if (first) consider(one, first, grammars.indexOf(block.grammar) + 1);
    if (rest.length > reread) return;
    reread -= rest.length;
    for (const piece of rest) accept(one, piece);
  };

  /** What was said above lines of any kind, with them where the report was logged; else it is told by itself. */
  const keptOf = (one: Stream, parsed: ParsedException, block: Block): readonly Piece[] => {
    const { grammar, said, loose } = block;
    if (grammar.isLogged?.(parsed, textsOf(loose)) === true) return [...said, ...loose];
    one.said = [...said];
    endSaid(one);
    return [];
  };

  const accept = (one: Stream, piece: Piece): void => {
    const block = one.block;
    if (block) {
      const leveled = isLeveled(piece);
      const ends = leveled && !block.grammar.standsAlone;
      const foreign = ends && !repeatsHeader(block) && !block.grammar.keepsLeveled?.(piece.text);
      if (foreign && mayStandBetween(piece, block) && !opensReport(piece)) {
        block.between.push(piece);
        return;
      }
      const isPart = !foreign && (block.between.length === 0 || resumes(piece, block));
      const verdict = isPart ? block.follow(textFor(block.grammar, piece), leveled) : 'no';
      if (verdict !== 'no') {
        block.between = [];
        block.pieces.push(piece);
        block.chars += piece.text.length;
        block.complete = verdict !== 'more';
        const full = block.pieces.length >= maxBlockLines || block.chars >= maxBlockChars;
        if (verdict === 'last' || full) endBlock(one);
        return;
      }
      cut = foreign && cut !== 'text' ? 'level' : 'text';
      endBlock(one, piece);
      accept(one, piece); // what ended the block, or its own leftovers, decides anew
      return;
    }
    consider(one, piece, 0);
  };

  /** @param from the first grammar to ask whether a block begins here */
  const consider = (one: Stream, piece: Piece, from: number): void => {
    const { above } = one;
    one.above = undefined;
    if (isLeveled(piece) && one.said.length > 0) cut ??= 'level';
    if (begin(one, piece, from, above)) return;
    if (piece.level !== undefined) {
      endSaid(one);
      if (isAtLeast(piece.level, 'warning')) one.said = [piece];
      if (piece.wrapped) endSaid(one); // a record holds its own stack, or none follows
      return;
    }
    const goesOn = one.said.length > 0 && saysMore.test(piece.text);
    if (goesOn && !above && one.said.length <= maxMessageTail) {
      one.said.push(piece);
      return;
    }
    // What wraps an error may stand between the message and the stack, and more of the message.
    if (one.said.length > 0 && one.loose.length < maxLoose) one.loose.push(piece);
    else endSaid(one);
    one.above = piece;
  };

  const begin = (one: Stream, piece: Piece, from: number, above: Piece | undefined): boolean => {
    const { shape } = piece;
    for (let at = Math.max(from, shape?.grammar ?? 0); at < grammars.length; at++) {
      const grammar = grammars[at] as Grammar;
      const follow = grammar.begin(textFor(grammar, piece));
      if (!follow) continue;
      if (shape && from === 0) shape.grammar ??= at;
      const leveled = isLeveled(piece) && !piece.isTold;
      const isBelow =
        mayFollow(grammar, piece.text, one.loose.length) && grammar.isApart?.(piece.text) !== true;
      const own = grammar.standsAlone || !isBelow || (leveled && !grammar.isOfMessage);
      if (own) endSaid(one);
      const isTaken = own || isParted(one.said);
      const said = isTaken ? [] : one.said;
      const loose = isTaken || grammar.takesLineAbove?.(piece.text) ? [] : one.loose;
      [one.said, one.loose] = [[], []];
      one.block = {
        grammar,
        follow,
        pieces: [piece],
        said,
        loose,
        above,
        chars: piece.text.length,
        complete: grammar.saysEnough?.(textFor(grammar, piece)) === true,
        between: [],
      };
      return true;
    }
    if (shape && from === 0) shape.grammar ??= grammars.length;
    return false;
  };

  /** A line without a carrier that came before, most likely a frame: all but its place is known. */
  const pushKnown = (text: string, notes: KnownNotes, shape: ShapeNotes, offset: number): void => {
    notes.piece ??= pieceOf(headerLike(text, shape), text, offset, shape);
    accept(stream(''), { ...notes.piece, offset });
  };

  /** @param shape of a line that no carrier has been found around yet */
  const pushText = (line: string, offset: number, shape?: ShapeNotes): void => {
    const carried = shape?.isPlain === true ? plain(line) : peel(line);
    if (shape) shape.isPlain ??= isPlain(carried, line) && !mayEmbed(line);
    if (carried.text === line) {
      route(carried.stream, line, offset, carried, shape?.isPlain ? shape : undefined);
    } else unpack('', carried, offset, {}, 1);
  };

  /** What a carrier has carried may be of another: a container's log of a process manager's output. */
  const pushCarried = (
    outer: string,
    line: string,
    offset: number,
    told: Told,
    depth: number,
  ): void => {
    const inner = depth < maxCarriers ? peel(line) : plain(line);
    if (inner.text === line) route(outer, line, offset, told);
    else unpack(outer, inner, offset, told, depth + 1);
  };

  const unpack = (
    outer: string,
    carried: Carried,
    offset: number,
    told: Told,
    depth: number,
  ): void => {
    const name = [outer, carried.stream].filter((part) => part !== '').join('/');
    const one = name === '' ? undefined : stream(name);
    const known = withTold(carried, told);
    if (!one || (!carried.partial && !one.partial)) {
      pushCarried(name, carried.text, offset, known, depth);
      return;
    }
    const text = ((one.partial?.text ?? '') + carried.text).slice(0, maxLineChars * 4);
    const from = one.partial?.offset ?? offset;
    one.partial = carried.partial ? { text, offset: from } : undefined;
    if (!carried.partial) pushCarried(name, text, from, known, depth);
  };

  const route = (
    name: string,
    text: string,
    offset: number,
    told: Told = {},
    shape?: ShapeNotes,
  ): void => {
    const start = recordStart(text);
    const record = start < 0 ? undefined : readRecord(text.slice(start), readStack);
    const before = start > 0 ? readHeader(text.slice(0, start)) : undefined;
    if (!record || (before && !isTagged(before, record))) {
      routeText(name, text, offset, told, shape);
      return;
    }
    if (record.carrier !== undefined) {
      joinCarried(record.carrier, record, offset);
      return;
    }
    if (isCollected(record)) {
      const lines = strip(record.message).split(/\r?\n/, maxBlockLines);
      const source = `${name}{${record.source ?? ''}}`;
      for (const line of lines) pushCarried(source, line, offset, record, 1);
      return;
    }
    const message = record.message.slice(0, maxLineChars);
    const piece: Piece = {
      text: message,
      spoken: message,
      raw: text.slice(0, maxRawChars),
      offset,
      level: record.level ?? before?.level,
      timestamp: record.timestamp ?? before?.timestamp,
      wrapped: true,
      language: record.language,
      origin: record.origin,
      release: record.release,
    };
    const exception = record.exception ?? readInner(message);
    if (exception) emit(recordEvent(exception, piece), offset);
    else accept(stream(`${name}{${record.source ?? ''}}`), piece);
  };

  const routeText = (
    name: string,
    text: string,
    offset: number,
    told: Told,
    shape: ShapeNotes | undefined,
  ): void => {
    const cut = text.slice(0, maxLineChars);
    const header = shape ? headerLike(cut, shape) : readHeader(cut);
    const piece = pieceOf(header, cut, offset, shape);
    // Dumps and documents hold such texts, too.
    const mayHold = hasEscapes(text) && isLogged(header);
    const escaped = mayHold ? readEscaped(text, readStack) : undefined;
    if (escaped) emit(recordEvent(escaped, piece), offset);
    else accept(stream(name), completed(piece, told, stream(name).block !== undefined));
  };

  /** Docker's json-file cuts lines at 16 KiB; the pieces without a line end belong to the next. */
  const joinCarried = (carrier: string, record: JsonRecord, offset: number): void => {
    const name = carrier.replace(/\+$/, '');
    const one = stream(`${name}:`);
    const joined = ((one.partial?.text ?? '') + record.message).slice(0, maxLineChars * 64);
    const from = one.partial?.offset ?? offset;
    if (carrier.endsWith('+')) {
      one.partial = { text: joined, offset: from };
      return;
    }
    one.partial = undefined;
    const clean = strip(joined);
    if (clean.startsWith('{"log":')) return;
    for (const line of clean.split('\n', maxBlockLines)) pushCarried(name, line, from, record, 1);
  };

  /** Where the last line began that was read as several. */
  let parted: number | undefined;
  const pushParts = (parts: readonly string[], offset: number): void => {
    parted = offset;
    for (const part of parts) pushText(part, offset);
  };

  return {
    push(line, offset) {
      cut = undefined;
      reread = Math.min(maxReread, reread + rereadPerLine);
      const shape = notesOn(line);
      if (shape?.isPlain && line.known && line.text.charCodeAt(0) !== 123) {
        return pushKnown(line.text, (line.known.notes ??= {}), shape, offset);
      }
      const isWhole = shape && !mayBeList(line.text) && !rustReport.test(line.text);
      if (isWhole) return pushText(line.text, offset, shape);
      const text = strip(line.text);
      if (text.length > maxXmlChars && text.includes('<testcase ')) {
        // XML has no lines of its own: pytest writes all that passed into one.
        return pushParts(text.split(/(?=<testcase )/), offset);
      }
      const report = linesOfReport(text) ?? linesOfEslint(text) ?? linesOfList(text);
      if (report) return pushParts(report, offset);
      if (!text.includes('\r')) return pushText(text, offset);
      pushParts(text.split(/\r+/), offset);
    },
    close: closeAll,
    wasCut: () => cut === 'level',
    isAbove: (offset) =>
      offset !== parted && [...streams.values()].some(({ above }) => above?.offset === offset),
    forget: () => streams.clear(),
    openSince() {
      let since = Number.POSITIVE_INFINITY;
      for (const one of streams.values()) {
        since = Math.min(
          since,
          one.said[0]?.offset ?? since,
          (one.block && blockStart(one.block)) ?? since,
          one.partial?.offset ?? since,
        );
      }
      return since === Number.POSITIVE_INFINITY ? undefined : since;
    },
    take() {
      if (found.length === 0) return nothing;
      const taken = found;
      found = [];
      return taken;
    },
  };
}

const nothing: readonly FoundException[] = [];

/** What the inner carrier was told goes first. */
function withTold({ level, timestamp }: Carried, told: Told): Told {
  return {
    ...told,
    ...(level === undefined ? {} : { level }),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}

function dropIdle(streams: Map<string, Stream>): void {
  for (const [name, one] of streams) if (isIdle(one)) streams.delete(name);
}

function isIdle(one: Stream): boolean {
  return !one.block && one.said.length === 0 && !one.partial;
}

/** Whether what begins here may belong to what was said so many lines of any kind above. */
function mayFollow(grammar: Grammar, first: string, loose: number): boolean {
  if (loose === 0) return true;
  if (grammar.takesLineAbove?.(first) === true) return loose === 1;
  return grammar.isLogged !== undefined;
}

function textsOf(pieces: readonly Piece[]): readonly string[] {
  return pieces.map(({ text }) => text);
}

function withAbove({ grammar, above, pieces }: Block): readonly Piece[] {
  const first = pieces[0]?.text ?? '';
  return above && grammar.takesLineAbove?.(first) === true ? [above, ...pieces] : pieces;
}

/** What is whole without a further line ends there: most often nothing has interrupted it. */
function mayStandBetween({ level }: Piece, { between, complete }: Block): boolean {
  return !complete && !isAtLeast(level, 'error') && between.length < maxBetween;
}

/** A report that stands for itself begins with it, whatever level it calls itself: `WARNING: DATA RACE`. */
function opensReport({ spoken }: Piece): boolean {
  return grammars.some((grammar) => grammar.standsAlone && grammar.begin(spoken) !== undefined);
}

/** Whether a line goes on with a trace that another thread's line has interrupted. */
function resumes({ text, level }: Piece, { complete, grammar }: Block): boolean {
  if (level !== undefined) return false;
  if (frameLike.test(text)) return true;
  return !complete && (/^\s+\S/.test(text) || (grammar.namesLast === true && namedType.test(text)));
}

/** What is around it shows that an exception is only quoted. */
function isQuoted({ above, pieces }: Block, below: Piece | undefined): boolean {
  if (above === undefined) return false;
  if (openingFence.test(above.text)) return true;
  if (prompt.test(above.text)) return pieces.some(({ text }) => typedIn.test(text));
  return below !== undefined && bareFence.test(above.text) && bareFence.test(below.text);
}

/** A line that only names an exception, and that its logger thought nothing of. */
function isHandled({ frames }: ParsedException, { pieces, said }: Block): boolean {
  const [only, ...more] = pieces;
  const isAlone = more.length === 0 && said.length === 0 && frames.length === 0;
  return isAlone && only?.level === 'none' && !only.wrapped;
}

/** Whether each line of the block may have the header that its first one has. */
function repeatsHeader({ grammar, pieces }: Block): boolean {
  return grammar.repeatsHeaders === true && pieces[0]?.level !== undefined;
}

/** A level alone is a word that stood on a line of its own. */
function saysAnything(pieces: readonly Piece[]): boolean {
  return pieces.some(({ text }) => text.replace(placeholders, '').trim() !== '');
}

/** `%o` and the like, where nobody put the values in: React's errors in the log of a page's console. */
const placeholders = /%[cdfijoOs]/g;

/** A warning is the head of what stands right below it, not of what an empty line parts from it. */
function isParted(said: readonly Piece[]): boolean {
  return said[0]?.level === 'warning' && said.length > 1 && said.at(-1)?.text.trim() === '';
}

function blockStart(block: Block): number | undefined {
  return (block.said[0] ?? block.pieces[0])?.offset;
}

/** What is said to the program around a terminal (APC, DCS, PM, SOS), as Buildkite's agent says when. */
const aside = /\x1b[_PX^][^\x07\x1b]{0,1000}(?:\x07|\x1b\\)/g; // oxlint-disable-line no-control-regex

function strip(text: string): string {
  if (!text.includes('\x1b') && !text.includes('\x9b')) return text;
  return stripVTControlCharacters(text.replace(aside, ''));
}

function isPlain({ stream, text, partial, level, timestamp }: Carried, line: string): boolean {
  return (
    stream === '' && text === line && !partial && level === undefined && timestamp === undefined
  );
}

function notesOn(line: ReadText): ShapeNotes | undefined {
  const shape = shapeOf(line);
  return shape && (shape.notes ??= {});
}

/** The header of a line like others whose header is known. */
function headerLike(line: string, shape: ShapeNotes): Header {
  if (shape.cuts === undefined) shape.cuts = headerCuts(line) ?? null;
  return shape.cuts === null ? readHeader(line) : cutHeader(line, shape.cuts);
}

function pieceOf(
  header: Header,
  raw: string,
  offset: number,
  shape: ShapeNotes | undefined,
): Piece {
  const { rest, spoken = rest, level, timestamp } = header;
  // Only what may become a finding of its own is worth the look.
  const between = isAtLeast(level, 'error') ? header.between : undefined;
  const origin = between === undefined ? undefined : originOf(between);
  const language = header.language ?? (between ? languageOfLogger(between) : undefined) ?? 'text';
  return {
    text: withoutPadding(rest),
    spoken: withoutPadding(spoken),
    raw,
    offset,
    level,
    timestamp,
    wrapped: false,
    language,
    origin,
    shape,
  };
}

function isLeveled({ level, wrapped }: Piece): boolean {
  return level !== undefined && !wrapped;
}

/**
 * Whether its logger called the line an error, without a carrier around it: then it ends what is open in its stream,
 * all but the reports of some grammars, and whatever it says. (Quieter ones may stand in the middle of a trace.)
 */
export function isLeveledLine(line: ReadText): boolean {
  const { text } = line;
  const notes = text.charCodeAt(0) === 123 ? undefined : notesOn(line);
  if (!notes) return false;
  return (notes.endsAll ??= endsAll(text, notes));
}

function endsAll(text: string, notes: ShapeNotes): boolean {
  notes.isPlain ??= isPlain(peel(text), text);
  const { level, rest } = headerLike(text, notes);
  if (!notes.isPlain || !isAtLeast(level, 'error')) return false;
  return !bareFence.test(rest) && !grammars.some((grammar) => grammar.keepsLeveled?.(rest));
}

/** Whether what stands below such a line may be only quoted. */
export function mayQuote(text: string): boolean {
  return openingFence.test(text) || bareFence.test(text) || prompt.test(text);
}

/** Columns and terminals fill lines up; one blank at the end may be of the message. */
function withoutPadding(text: string): string {
  return text.endsWith('  ') ? text.trimEnd() : text;
}

function textFor(grammar: Grammar, piece: Piece): string {
  return grammar.standsAlone ? piece.spoken : piece.text;
}

/** What a carrier knows of a line counts where the line itself says nothing; of a trace, its first line alone. */
function completed(piece: Piece, told: Told, isOpen: boolean): Piece {
  if (told.level === undefined && told.timestamp === undefined) return piece;
  const isError = isAtLeast(told.level, 'error') && !isOpen && !/^\s/.test(piece.text);
  return {
    ...piece,
    timestamp: piece.timestamp ?? told.timestamp,
    origin: piece.origin ?? told.origin,
    ...(piece.level === undefined && isError ? { level: told.level, isTold: true } : {}),
  };
}

/** A record behind a time and a tag is what the line is about; behind a message only when it holds a stack. */
function isTagged(before: Header, record: JsonRecord): boolean {
  if (record.exception) return isLogged(before);
  const rest = before.rest.trim();
  if (before.level !== undefined) return rest === '' && record.message !== '';
  return /^(?:[\w.@/-]{1,100}:?\s{0,4})?$/.test(rest);
}

function isLogged({ level, timestamp }: Header): boolean {
  return level !== undefined || timestamp !== undefined;
}

/** A line that a collector has put into a record of its own; what the line says of itself counts. */
function isCollected(record: JsonRecord): boolean {
  const isNamed = record.source !== undefined || record.timestamp !== undefined;
  return isNamed && record.level === undefined && !record.exception && record.message !== '';
}

/** Of a record that another carries as its message. */
function readInner(message: string): ParsedException | undefined {
  return message.startsWith('{"') ? readRecord(message, readStack)?.exception : undefined;
}

/** The first exception in a stack that a record holds. */
function readStack(text: string): ParsedException | undefined {
  const lines = strip(text.slice(0, maxBlockChars)).split(/\r?\n/, maxBlockLines);
  for (let at = 0; at < Math.min(lines.length, 20); at++) {
    for (const grammar of grammars) {
      if (!grammar.begin(lines[at] ?? '')) continue;
      for (const parsed of grammar.parse(lines.slice(at))) return parsed;
    }
  }
  return undefined;
}

function rawOf(pieces: readonly Piece[]): string {
  let raw = '';
  for (const piece of pieces) {
    if (raw.length >= maxRawChars) break;
    raw += (raw === '' ? '' : '\n') + piece.raw;
  }
  return raw.slice(0, maxRawChars);
}

function blockEvent({ isUnhandled, ...parsed }: ParsedException, block: Block): ExceptionEvent {
  const pieces = [...block.said, ...withAbove(block)];
  const [first] = block.pieces;
  const isOwn = first !== undefined && block.grammar.isUncaught?.(first.text) === true;
  const level = block.grammar.standsAlone
    ? undefined
    : (isOwn ? block.pieces : pieces).find((piece) => piece.level !== undefined)?.level;
  const timestamp = pieces.find((piece) => piece.timestamp !== undefined)?.timestamp;
  const origin = parsed.frames.length === 0 ? block.said[0]?.origin : undefined;
  return {
    kind: 'exception',
    ...parsed,
    ...(origin === undefined ? {} : { frames: [origin.frame] }),
    severity: severityOf(parsed, isUnhandled && level === 'warning' ? 'error' : level),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...releaseOf(pieces),
    raw: rawOf(pieces),
  };
}

function releaseOf(pieces: readonly Piece[]): { readonly release?: string } {
  const release = pieces.find((piece) => piece.release !== undefined)?.release;
  return release === undefined ? {} : { release };
}

function severityOf(
  parsed: ParsedException,
  level: Level | undefined,
): ParsedException['severity'] {
  if (level === 'fatal' || parsed.severity === 'fatal') return 'fatal';
  return level === 'warning' ? 'warning' : parsed.severity;
}

function recordEvent(parsed: ParsedException, piece: Piece): ExceptionEvent {
  const quiet = piece.level === 'none' || piece.level === 'warning';
  return {
    kind: 'exception',
    ...parsed,
    language: parsed.language === 'text' ? piece.language : parsed.language,
    severity: quiet ? 'warning' : severityOf(parsed, piece.level),
    ...(piece.timestamp === undefined ? {} : { timestamp: piece.timestamp }),
    ...releaseOf([piece]),
    raw: piece.raw,
  };
}

const namedType =
  /^(?:[\w.]{0,100}\.)?((?:[A-Z]\w{0,80}(?:::|\\)){0,8}(?:[A-Z_$]\w{0,80}(?:Error|Exception|Fault|Rejection|Interrupt)|Error|Exception)): (.+)$/s;

function loggedEvent(pieces: readonly Piece[]): ExceptionEvent {
  const [first] = pieces;
  const said = (first?.text ?? '').trim();
  const named = namedType.exec(said);
  const below = /^ {4}at (\S{1,500}\.rs):(\d{1,9})$/.exec(pieces[1]?.text ?? '');
  const frames = first?.origin
    ? [first.origin.frame]
    : below
      ? [{ file: below[1] ?? '', line: Number(below[2]), inApp: true }]
      : framesInTerms(said);
  return {
    kind: 'log',
    language: first?.origin?.language ?? first?.language ?? 'text',
    type: named?.[1] ?? loggedError,
    message: (named?.[2] ?? said).slice(0, maxMessageChars),
    frames,
    causes: [],
    severity: first?.level === 'fatal' ? 'fatal' : 'error',
    ...(first?.timestamp === undefined ? {} : { timestamp: first.timestamp }),
    ...releaseOf(pieces),
    raw: rawOf(pieces),
  };
}
