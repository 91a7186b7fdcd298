import { isAtLeast, type Level } from './headers/level.ts';
import type { Header } from './headers/loggerPrefix.ts';
import { languageOfLogger, type Origin, originOf } from './headers/origin.ts';
import type { ShapeNotes } from './shapeNotes.ts';

/** A line as grammars see it, without carriers and header, and what these said of it. */
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

/** What a carrier knows of a line. */
export interface Told {
  readonly level?: Level;
  /** Where the record that carries the line says it was logged. */
  readonly origin?: Origin;
  readonly timestamp?: string;
}

/** What the inner carrier was told goes first. */
export function withTold({ level, timestamp }: Told, outer: Told): Told {
  return {
    ...outer,
    ...(level === undefined ? {} : { level }),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
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

/** Whether a logger wrote the line anew, and gave it a level. */
export function isLeveled({ level, wrapped }: Piece): boolean {
  return level !== undefined && !wrapped;
}

export function textsOf(pieces: readonly Piece[]): readonly string[] {
  return pieces.map(({ text }) => text);
}

/** A level alone is a word that stood on a line of its own. */
export function saysAnything(pieces: readonly Piece[]): boolean {
  return pieces.some(({ text }) => text.replace(placeholders, '').trim() !== '');
}

/** `%o` and the like, where nobody put the values in: React's errors in the log of a page's console. */
const placeholders = /%[cdfijoOs]/g;
