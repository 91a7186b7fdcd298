import { isAtLeast, type Level } from './level.ts';
import { cutHeader, type Header, type HeaderCuts, headerCuts, readHeader } from './loggerPrefix.ts';
import { languageOfLogger, type Origin, originOf } from './origin.ts';
import type { Carried } from './transport.ts';

/** What carries a line knows of it. */
export interface Told {
  readonly level?: Level;
  /** Where the record that carries the line says it was logged. */
  readonly origin?: Origin;
  readonly timestamp?: string;
}

export interface Piece {
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

/** What lines that differ in their digits only have in common. */
export interface ShapeNotes {
  /** No carrier has put anything around it. */
  isPlain?: boolean;
  /** Where its header is cut; null where it has none of the usual form. */
  cuts?: HeaderCuts | null;
  /** The first grammar that takes it for the beginning of a block, or how many there are. */
  grammar?: number;
}

/** What the inner carrier was told goes first. */
export function withTold({ level, timestamp }: Carried, told: Told): Told {
  return {
    ...told,
    ...(level === undefined ? {} : { level }),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}

/** The header of a line like others whose header is known. */
export function headerLike(line: string, shape: ShapeNotes): Header {
  if (shape.cuts === undefined) shape.cuts = headerCuts(line) ?? null;
  return shape.cuts === null ? readHeader(line) : cutHeader(line, shape.cuts);
}

export function pieceOf(
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

/** Columns and terminals fill lines up; one blank at the end may be of the message. */
function withoutPadding(text: string): string {
  return text.endsWith('  ') ? text.trimEnd() : text;
}

/** What a carrier knows of a line counts where the line itself says nothing; of a trace, its first line alone. */
export function completed(piece: Piece, told: Told, isOpen: boolean): Piece {
  if (told.level === undefined && told.timestamp === undefined) return piece;
  const isError = isAtLeast(told.level, 'error') && !isOpen && !/^\s/.test(piece.text);
  return {
    ...piece,
    timestamp: piece.timestamp ?? told.timestamp,
    origin: piece.origin ?? told.origin,
    ...(piece.level === undefined && isError ? { level: told.level, isTold: true } : {}),
  };
}
