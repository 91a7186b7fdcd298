import { stripVTControlCharacters } from 'node:util';
import type { ExceptionEvent } from '../../core/signal.ts';
import type { ReadText } from '../lineMemory.ts';
import { framesInTerms } from './erlang.ts';
import {
  type Follow,
  maxLineChars,
  maxMessageChars,
  type Grammar,
  type ParsedException,
} from './grammar.ts';
import { grammars } from './grammars.ts';
import { type JsonRecord, readRecord } from './jsonLines.ts';
import { linesOfReport } from './jsonReports.ts';
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

/** The type given to a message that a logger called an error but that names no exception. */
export const loggedError = 'LoggedError';

export const maxBlockLines = 4_000;
export const maxBlockChars = 256 * 1024;
/** More than is kept, so that masking sees whole what the final cut would part. */
const maxRawChars = 10_000;
const maxStreams = 64;
const maxXmlChars = 4_000;
/** Indented, blank or a rule; what asyncio says of the task that failed, and Phoenix of the request. */
const saysMore = /^(?:\s|$|[-=_*#~]{3,}$|[a-z]\w{1,30}: <.{1,4000}>$|(?:Server|Request): \S)/;
/** A fence of Markdown that names a language can only open what it quotes; a bare one may close it. */
const openingFence = /^\s{0,16}(?:`{3,}|~{3,}) ?[A-Za-z]/;
const bareFence = /^\s{0,16}`{3,}\s{0,16}$/;
/** Python's prompts, the names it has for what was typed there, and the stack that a document leaves out. */
const prompt = /^\s{0,16}(?:>>> |\.\.\. {2})/;
const typedIn = /File "<(?:stdin|python-input-\d{1,9})>"|^\s{2,20}\.\.\.$/;
/** Continuation lines kept with a logged message that turns out to have no stack. */
const maxMessageTail = 20;
/** Lines that only a report below them can show to be a message's. */
const maxLoose = 5;

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
}

interface Block {
  readonly grammar: Grammar;
  readonly follow: Follow;
  readonly pieces: Piece[];
  readonly said: readonly Piece[];
  /** How many of the last of what was said only count where the report was logged. */
  readonly loose: number;
  /** The line right above, which nothing begins with. */
  readonly above: Piece | undefined;
  chars: number;
  complete: boolean;
}

interface Stream {
  block?: Block | undefined;
  /** A logged message that a stack may follow, and its continuation lines. */
  said: Piece[];
  /** How many of its last lines may be no part of it. */
  loose: number;
  /** The line before, when it belongs to nothing. */
  above?: Piece | undefined;
  partial?: { text: string; offset: number } | undefined;
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
      known = { said: [], loose: 0 };
      streams.set(name, known);
    }
    return known;
  };

  const closeAll = (force: boolean): void => {
    for (const [name, one] of streams) {
      // What a block was not after all may open others.
      while (one.block) {
        if (!force && !one.block.complete) break;
        endBlock(one);
      }
      if (!one.block) endSaid(one);
      if (force) one.partial = undefined;
      if (isIdle(one)) streams.delete(name);
    }
  };

  const endSaid = (one: Stream): void => {
    const pieces = one.said.slice(0, one.said.length - one.loose);
    const [first] = pieces;
    one.said = [];
    one.loose = 0;
    if (first && isAtLeast(first.level, 'error') && saysAnything(pieces)) {
      emit(loggedEvent(pieces), first.offset);
    }
  };

  /** When the block was none after all, its lines get another chance: its first with the other grammars. */
  const endBlock = (one: Stream, below?: Piece): void => {
    const block = one.block;
    if (!block) return;
    one.block = undefined;
    const pieces = withAbove(block);
    const texts = pieces.map((piece) => textFor(block.grammar, piece));
    let any = false;
    let { said } = block;
    for (const parsed of block.grammar.parse(texts, textsOf(said))) {
      if (!any && !belongs(parsed, block)) {
        [one.said, one.loose, said] = [[...said], block.loose, []];
        endSaid(one);
      }
      any = true;
      if (parsed.silent || isQuoted(block, below) || isHandled(parsed, block)) continue;
      const first = said[0] ?? block.pieces[0];
      if (first) emit(blockEvent(parsed, { ...block, said }), first.offset);
    }
    if (any) return;
    one.said = [...block.said];
    one.loose = block.loose;
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
      const foreign = ends && !repeatsHeader(block) && !block.grammar.keepsLeveled?.(piece.text);
      const verdict = foreign ? 'no' : block.follow(textFor(block.grammar, piece), leveled);
      if (verdict !== 'no') {
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
    const isLoose = one.loose > 0 || !saysMore.test(piece.text);
    if (isLoose) one.above = piece;
    if (one.said.length > maxMessageTail || (isLoose && one.loose >= maxLoose)) {
      endSaid(one);
      return;
    }
    if (isLoose) one.loose++;
    one.said.push(piece);
  };

  const begin = (one: Stream, piece: Piece, from: number, above: Piece | undefined): boolean => {
    const { shape } = piece;
    for (let at = Math.max(from, shape?.grammar ?? 0); at < grammars.length; at++) {
      const grammar = grammars[at] as Grammar;
      const follow = grammar.begin(textFor(grammar, piece));
      if (!follow) continue;
      if (shape && from === 0) shape.grammar ??= at;
      const own = grammar.standsAlone || (piece.level !== undefined && !piece.wrapped);
      if (own || (one.loose > 0 && !grammar.isLogged)) endSaid(one);
      const { said, loose } = one;
      [one.said, one.loose] = [[], 0];
      one.block = {
        grammar,
        follow,
        pieces: [piece],
        said,
        loose,
        above,
        chars: piece.text.length,
        complete: grammar.saysEnough?.(textFor(grammar, piece)) === true,
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

  const pushText = (line: string, offset: number, shape?: ShapeNotes): void => {
    const carried = shape?.isPlain === true ? plain(line) : peel(line);
    if (shape) shape.isPlain ??= isPlain(carried, line);
    const one = carried.stream === '' ? undefined : stream(carried.stream);
    if (one && (carried.partial || one.partial)) {
      const text = ((one.partial?.text ?? '') + carried.text).slice(0, maxLineChars * 4);
      const from = one.partial?.offset ?? offset;
      one.partial = carried.partial ? { text, offset: from } : undefined;
      if (!carried.partial) route(carried.stream, text, from);
      return;
    }
    route(carried.stream, carried.text, offset, carried, shape?.isPlain ? shape : undefined);
  };

  const route = (
    name: string,
    text: string,
    offset: number,
    told: Told = {},
    shape?: ShapeNotes,
  ): void => {
    const record = text.charCodeAt(0) === 123 ? readRecord(text, readStack) : undefined;
    if (record?.carrier !== undefined) {
      joinCarried(record.carrier, record, offset);
      return;
    }
    if (!record) {
      const cut = text.slice(0, maxLineChars);
      const header = shape ? headerLike(cut, shape) : readHeader(cut);
      const inner = recordBehind(header);
      if (inner) {
        pushRecord(name, inner, text, offset);
        return;
      }
      const piece = pieceOf(header, cut, offset, shape);
      accept(stream(name), completed(piece, told, stream(name).block !== undefined));
      return;
    }
    pushRecord(name, record, text, offset);
  };

  const pushRecord = (name: string, record: JsonRecord, text: string, offset: number): void => {
    const message = record.message.slice(0, maxLineChars);
    const piece: Piece = {
      text: message,
      spoken: message,
      raw: text.slice(0, maxRawChars),
      offset,
      level: record.level,
      timestamp: record.timestamp,
      wrapped: true,
      language: record.language,
      origin: record.origin,
      release: record.release,
    };
    if (record.exception) emit(recordEvent(record.exception, piece), offset);
    else accept(stream(`${name}{}`), piece);
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
    for (const line of clean.split('\n', maxBlockLines)) route(name, line, from, record);
  };

  return {
    push(line, offset) {
      const shape: ShapeNotes | undefined = line.shape && (line.shape.notes ??= {});
      if (shape?.isPlain && line.known && !mayHoldRecord(line.text)) {
        return pushKnown(line.text, (line.known.notes ??= {}), shape, offset);
      }
      if (shape) return pushText(line.text, offset, shape);
      const text = strip(line.text);
      if (text.length > maxXmlChars && text.includes('<testcase ')) {
        // XML has no lines of its own: pytest writes all that passed into one.
        for (const part of text.split(/(?=<testcase )/)) pushText(part, offset);
        return;
      }
      const report = linesOfReport(text);
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

function mayHoldRecord(line: string): boolean {
  return line.charCodeAt(0) === 123 || line.endsWith('}');
}

/** A record that a logger of text was given as its message. */
function recordBehind({ level, timestamp, rest }: Header): JsonRecord | undefined {
  if (level === undefined || !rest.startsWith('{"') || !rest.endsWith('}')) return undefined;
  const record = readRecord(rest, readStack);
  const says =
    record && record.carrier === undefined && (record.message !== '' || record.exception);
  if (!says) return undefined;
  return { level, ...(timestamp === undefined ? {} : { timestamp }), ...record };
}

function dropIdle(streams: Map<string, Stream>): void {
  for (const [name, one] of streams) if (isIdle(one)) streams.delete(name);
}

function isIdle(one: Stream): boolean {
  return !one.block && one.said.length === 0 && !one.partial;
}

function textsOf(pieces: readonly Piece[]): readonly string[] {
  return pieces.map(({ text }) => text);
}

/** Whether what was logged above belongs to the report, over lines of any kind between them. */
function belongs(parsed: ParsedException, { grammar, said, loose }: Block): boolean {
  if (loose === 0) return true;
  return grammar.isLogged?.(parsed, textsOf(said.slice(said.length - loose))) === true;
}

function withAbove({ grammar, above, pieces }: Block): readonly Piece[] {
  return above && grammar.takesLineAbove ? [above, ...pieces] : pieces;
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
  return pieces.some(({ text }) => text.trim() !== '');
}

function blockStart(block: Block): number | undefined {
  return (block.said[0] ?? block.pieces[0])?.offset;
}

function strip(text: string): string {
  return text.includes('\x1b') || text.includes('\x9b') ? stripVTControlCharacters(text) : text;
}

function isPlain({ stream, text, partial, level, timestamp }: Carried, line: string): boolean {
  return (
    stream === '' && text === line && !partial && level === undefined && timestamp === undefined
  );
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
    text: rest,
    spoken,
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
    level: piece.level ?? (isError ? told.level : undefined),
  };
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

function blockEvent(parsed: ParsedException, block: Block): ExceptionEvent {
  const pieces = [...block.said, ...withAbove(block)];
  const level = block.grammar.standsAlone
    ? undefined
    : pieces.find((piece) => piece.level !== undefined)?.level;
  const timestamp = pieces.find((piece) => piece.timestamp !== undefined)?.timestamp;
  const origin = parsed.frames.length === 0 ? block.said[0]?.origin : undefined;
  return {
    kind: 'exception',
    ...parsed,
    ...(origin === undefined ? {} : { frames: [origin.frame] }),
    severity: severityOf(parsed, level),
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
  /^(?:[\w.]{0,100}\.)?([A-Z_$]\w{0,80}(?:Error|Exception|Fault|Rejection|Interrupt)|Error|Exception): (.+)$/s;

function loggedEvent(pieces: readonly Piece[]): ExceptionEvent {
  const [first] = pieces;
  const said = (first?.text ?? '').trim();
  const named = namedType.exec(said);
  const frames = first?.origin ? [first.origin.frame] : framesInTerms(said);
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
