import { stripVTControlCharacters } from 'node:util';
import type { ExceptionEvent } from '../../core/signal.ts';
import type { ReadText } from '../lineMemory.ts';
import {
  type Block,
  blockStart,
  isHandled,
  isQuoted,
  mayStandBetween,
  resumes,
  withAbove,
} from './blocks.ts';
import { mayEmbed, readEscaped, recordStart } from './embedded.ts';
import { blockEvent, loggedEvent, maxRawChars, recordEvent } from './events.ts';
import { type Grammar, maxLineChars, type ParsedException } from './grammar.ts';
import { grammars } from './grammars.ts';
import { type JsonRecord, readRecord } from './jsonLines.ts';
import { linesOfList, mayBeList } from './jsonLists.ts';
import { linesOfReport } from './jsonReports.ts';
import { isAtLeast } from './level.ts';
import { type Header, readHeader } from './loggerPrefix.ts';
import {
  completed,
  headerLike,
  type Piece,
  pieceOf,
  type ShapeNotes,
  type Told,
  withTold,
} from './pieces.ts';
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

export const maxBlockLines = 1_000;
export const maxBlockChars = 256 * 1024;
const maxStreams = 64;
const maxXmlChars = 4_000;
/** How many carriers may lie around a line. */
const maxCarriers = 3;
/** Indented, blank or a rule; what asyncio says of the task that failed, and Phoenix of the request. */
const saysMore = /^(?:\s|$|[-=_*#~]{3,}$|[a-z]\w{1,30}: <.{1,4000}>$|(?:Server|Request): \S)/;
/** Continuation lines kept with a logged message that turns out to have no stack. */
const maxMessageTail = 20;

/** Puts lines together to exceptions, each stream for itself. Knows at any time what is still open. */
export interface Assembler<T = FoundException> {
  push(line: ReadText, offset: number): void;
  /** Ends what is open. `force: false` leaves blocks that say nothing without a further line. */
  close(force: boolean): void;
  /** Offset of the first line that is still open; undefined when nothing is. */
  openSince(): number | undefined;
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

interface KnownNotes {
  piece?: Piece;
}

interface Stream {
  block?: Block | undefined;
  /** A logged message that a stack may follow, and its continuation lines. */
  said: Piece[];
  /** The line before, when it belongs to nothing. */
  above?: Piece | undefined;
  partial?: { text: string; offset: number } | undefined;
  /** Of the exceptions so far: one process has one. `text` when they differ. */
  language?: string;
}

export function createAssembler(): Assembler {
  const streams = new Map<string, Stream>();
  let found: FoundException[] = [];

  const emit = (event: ExceptionEvent, offset: number): void => {
    found.push({ event, offset });
  };

  const stream = (name: string): Stream => {
    let known = streams.get(name);
    if (!known) {
      if (streams.size >= maxStreams) dropIdle(streams);
      if (streams.size >= maxStreams) closeAll(true);
      known = name === '' ? { said: [], language: 'text' } : { said: [] };
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
    one.said = [];
    // A word in brackets alone is the head of a section, not a message.
    const isSaid = pieces.some(({ text }) => text.trim() !== '');
    if (first && isSaid && isAtLeast(first.level, 'error')) {
      emit(loggedEvent(pieces, one.language), first.offset);
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
    const said = block.said.map((piece) => piece.text);
    for (const parsed of block.grammar.parse(texts, said)) {
      any = true;
      if (parsed.silent || isQuoted(block, below) || isHandled(parsed, block)) continue;
      const first = block.said[0] ?? block.pieces[0];
      if (first) emit(blockEvent(parsed, block), first.offset);
      one.language =
        (one.language ?? parsed.language) === parsed.language ? parsed.language : 'text';
    }
    if (any) return;
    one.said = [...block.said];
    one.above = block.above;
    const [first, ...rest] = block.pieces;
    if (first) consider(one, first, grammars.indexOf(block.grammar) + 1);
    for (const piece of rest) accept(one, piece);
  };

  const accept = (one: Stream, piece: Piece): void => {
    const block = one.block;
    if (block) {
      const leveled = piece.level !== undefined && !piece.wrapped;
      const ends = leveled && !block.grammar.standsAlone;
      const foreign = ends && block.grammar.keepsLeveled?.(piece.text) !== true;
      if (foreign && mayStandBetween(piece, block)) {
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
    if (begin(one, piece, from, above)) return;
    if (piece.level !== undefined) {
      endSaid(one);
      if (isAtLeast(piece.level, 'warning')) one.said = [piece];
      if (piece.wrapped) endSaid(one); // a record holds its own stack, or none follows
      return;
    }
    if (one.said.length === 0) {
      one.above = piece;
      return;
    }
    const goesOn = saysMore.test(piece.text) && one.said.length <= maxMessageTail;
    if (goesOn) one.said.push(piece);
    else endSaid(one);
  };

  const begin = (one: Stream, piece: Piece, from: number, above: Piece | undefined): boolean => {
    const { shape } = piece;
    for (let at = Math.max(from, shape?.grammar ?? 0); at < grammars.length; at++) {
      const grammar = grammars[at] as Grammar;
      const follow = grammar.begin(textFor(grammar, piece));
      if (!follow) continue;
      if (shape && from === 0) shape.grammar ??= at;
      const leveled = piece.level !== undefined && !piece.wrapped && !piece.isTold;
      const own = grammar.standsAlone || leveled;
      if (own) endSaid(one);
      const said = own ? [] : one.said;
      one.said = [];
      one.block = {
        grammar,
        follow,
        pieces: [piece],
        said,
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
    const mayHold = text.includes('\\n') && isLogged(header);
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

  return {
    push(line, offset) {
      const shape: ShapeNotes | undefined = line.shape && (line.shape.notes ??= {});
      if (shape?.isPlain && line.known && line.text.charCodeAt(0) !== 123) {
        return pushKnown(line.text, (line.known.notes ??= {}), shape, offset);
      }
      if (shape && !mayBeList(line.text)) return pushText(line.text, offset, shape);
      const text = strip(line.text);
      if (text.length > maxXmlChars && text.includes('<testcase ')) {
        // XML has no lines of its own: pytest writes all that passed into one.
        for (const part of text.split(/(?=<testcase )/)) pushText(part, offset);
        return;
      }
      const report = linesOfReport(text) ?? linesOfList(text);
      if (report) {
        for (const part of report) pushText(part, offset);
        return;
      }
      if (!text.includes('\r')) return pushText(text, offset);
      for (const part of text.split('\r')) pushText(part, offset);
    },
    close: closeAll,
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

function dropIdle(streams: Map<string, Stream>): void {
  for (const [name, one] of streams) if (isIdle(one)) streams.delete(name);
}

function isIdle(one: Stream): boolean {
  return !one.block && one.said.length === 0 && !one.partial;
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

function textFor(grammar: Grammar, piece: Piece): string {
  return grammar.standsAlone ? piece.spoken : piece.text;
}

/** A record behind a time and a tag is what the line is about; behind a message only when it holds a stack. */
function isTagged(before: Header, record: JsonRecord): boolean {
  if (record.exception) return isLogged(before);
  return before.level === undefined && /^(?:[\w.@/-]{1,100}:?\s{0,4})?$/.test(before.rest.trim());
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
