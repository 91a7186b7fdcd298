import type { ExceptionEvent, FindingKind } from '../../core/signal.ts';

/**
 * What a line is to the block that is open:
 * - `no`: it does not belong, the block ends before it
 * - `more`: it belongs, and without a further line the block says nothing yet
 * - `enough`: it belongs; the block could end here, or go on
 * - `last`: it belongs, and nothing can follow
 */
export type Verdict = 'no' | 'more' | 'enough' | 'last';
/** @param leveled whether a logger gave the line a level; only blocks of grammars that stand alone see such lines */
export type Follow = (line: string, leveled?: boolean) => Verdict;

/** What a grammar reads from a block; the transport adds time, level and raw text. */
export type ParsedException = Omit<ExceptionEvent, 'raw' | 'timestamp' | 'release' | 'kind'> & {
  /** Default: exception. */
  readonly kind?: FindingKind;
  /** It repeats what is counted elsewhere, or says nothing of its own: its lines are taken, and nothing is told. */
  readonly silent?: boolean;
  /** Nobody caught it but who reports it: no mere warning, whatever its logger thought. */
  readonly isUnhandled?: boolean;
};

/**
 * How one language prints its exceptions. Pure. A new language is one file and one line in grammars.ts.
 * Lines are without colour codes, transport prefixes and line ends, and never longer than `maxLineChars`.
 */
export interface Grammar extends Hinted, Extent, Surroundings {
  readonly language: string;
  /**
   * The block's lines in, its exceptions out (none when it only looked like one).
   * @param said the logged message right above the block and its continuation lines, if there was one
   */
  parse(lines: readonly string[], said?: readonly string[]): Iterable<ParsedException>;
}

/** Which parts of a log need be read at all. */
interface Hinted {
  /**
   * Literal texts of five characters at least, of which every exception holds one: in its first line, in
   * the line behind it, or behind a few lines that begin with one ending in `:<line number>`.
   * (`Error` and the level words of loggers are looked for anyway.)
   */
  readonly hints: readonly string[];
  /** The same of texts that ordinary lines have, too: they count where `<line>:<column>`, or a `<line>` that ends the line, stands in the word behind. */
  readonly placeHints?: readonly string[];
}

/** Which lines are a block's. */
interface Extent {
  /** Whether a block may begin with this line; if so, the judge of the lines that follow. */
  begin(line: string): Follow | undefined;
  /** Whether this first line says enough by itself; without it, a block waits for a second one. */
  saysEnough?(line: string): boolean;
  /**
   * Whether a line to which a logger gave a level may belong to an open block all the same; most end it.
   * @param isHeaded whether the block's first line has a level, too: some loggers write their header before each line
   */
  keepsLeveled?(line: string, isHeaded: boolean): boolean;
  /** Type and message stand below the frames: a line with them goes on with a block that others interrupted. */
  readonly namesLast?: boolean;
}

/** What a message that was logged above a block, or any other line there, is to it: by default its head. */
interface Surroundings {
  /**
   * Its reports stand for themselves (test runners, compilers, sanitizers): a message logged above is not their
   * head, no level ends them, and words like `ERROR:` and `WARNING:` at the start of their lines are theirs.
   */
  readonly standsAlone?: boolean;
  /** The same of reports with this first line alone, as far as the message goes. */
  isApart?(first: string): boolean;
  /** What it takes belongs to the message logged right above, even with a header of its own. */
  readonly isOfMessage?: boolean;
  /** Whether the runtime itself begins so when nobody caught it: however mild what a logger said above. */
  isUncaught?(first: string): boolean;
  /** Whether a report with this first line stands below its message, which may be any line; that comes first in `parse`. */
  takesLineAbove?(first: string): boolean;
  /**
   * Whether a report was rather written by a logger than by the runtime as the program died: then lines of any
   * kind between a logged message and the report are the message's. Without it they end the message.
   */
  isLogged?(parsed: ParsedException, between: readonly string[]): boolean;
}

/** The type given to a message that a logger called an error but that names no exception. */
export const loggedError = 'LoggedError';

/** What grammars see of a line; the rest of a longer one is cut. */
export const maxLineChars = 16_384;
export const maxMessageChars = 4_000;
export const maxFrames = 250;
