import type { ReadText } from '../lineMemory.ts';
import type { Follow, Grammar, ParsedException } from './grammar.ts';
import { grammars } from './grammars.ts';
import { isAtLeast } from './headers/level.ts';
import { isLeveled, type Piece } from './pieces.ts';
import { headerLike, isPlain, notesOn, type ShapeNotes } from './shapeNotes.ts';
import { peel } from './headers/transport.ts';

/** The lines that a grammar takes for a report, as far as they have come, with what stands above them. */
export interface Block {
  readonly grammar: Grammar;
  readonly follow: Follow;
  readonly pieces: Piece[];
  /** The logged message above, and its continuation lines. */
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

/** A fence of Markdown that names a language can only open what it quotes; a bare one may close it. */
const openingFence = /^\s{0,16}(?:`{3,}|~{3,}) ?[A-Za-z]/;
const bareFence = /^\s{0,16}`{3,}\s{0,16}$/;
/** Python's prompts, the names it has for what was typed there, and the stack that a document leaves out. */
const prompt = /^\s{0,16}(?:>>> |\.\.\. {2})/;
const typedIn = /File "<(?:stdin|python-input-\d{1,9})>"|^\s{2,20}\.\.\.$/;
/** What only stands in a trace. */
const frameLike =
  /^\s+(?:at |File "|from |\.{3} \d|\/\S{1,500}:\d)|^(?:Caused by: |#\d{1,4} |\S{1,300}\(.{0,300}\)$)/;
/** A type and its message, for instance `shop.StockError: none left`. */
export const namedType =
  /^(?:[\w.]{0,100}\.)?((?:[A-Z]\w{0,80}(?:::|\\)){0,8}(?:[A-Z_$]\w{0,80}(?:Error|Exception|Fault|Rejection|Interrupt)|Error|Exception)): (.+)$/s;
export const maxBlockLines = 4_000;
export const maxBlockChars = 256 * 1024;
/** How many lines of others may interrupt a trace at a time. */
const maxBetween = 3;

export function textFor(grammar: Grammar, piece: Piece): string {
  return grammar.standsAlone ? piece.spoken : piece.text;
}

/** @param from the first grammar to ask whether a block begins here */
export function openingOf(
  piece: Piece,
  from: number,
): Pick<Block, 'grammar' | 'follow'> | undefined {
  const { shape } = piece;
  for (let at = Math.max(from, shape?.grammar ?? 0); at < grammars.length; at++) {
    const grammar = grammars[at] as Grammar;
    const follow = grammar.begin(textFor(grammar, piece));
    if (!follow) continue;
    if (shape && from === 0) shape.grammar ??= at;
    return { grammar, follow };
  }
  if (shape && from === 0) shape.grammar ??= grammars.length;
  return undefined;
}

/** Whether what begins here has nothing to do with the message that was logged so many lines of any kind above. */
export function standsApart(grammar: Grammar, piece: Piece, loose: number): boolean {
  const isHeaded = isLeveled(piece) && !piece.isTold;
  if (grammar.standsAlone || (isHeaded && !grammar.isOfMessage)) return true;
  return !mayFollow(grammar, piece.text, loose) || grammar.isApart?.(piece.text) === true;
}

function mayFollow(grammar: Grammar, first: string, loose: number): boolean {
  if (loose === 0) return true;
  if (grammar.takesLineAbove?.(first) === true) return loose === 1;
  return grammar.isLogged !== undefined;
}

/** A warning is the head of what stands right below it, not of what an empty line parts from it. */
export function isParted(said: readonly Piece[]): boolean {
  return said[0]?.level === 'warning' && said.length > 1 && said.at(-1)?.text.trim() === '';
}

/** Its lines, with the one above where that is its message. */
export function withAbove({ grammar, above, pieces }: Block): readonly Piece[] {
  const first = pieces[0]?.text ?? '';
  return above && grammar.takesLineAbove?.(first) === true ? [above, ...pieces] : pieces;
}

export function blockStart(block: Block): number | undefined {
  return (block.said[0] ?? block.pieces[0])?.offset;
}

/** Whether a logger gave the line a level, and that ends the block, whatever the line says. */
export function isForeign(piece: Piece, { grammar, pieces }: Block): boolean {
  if (!isLeveled(piece) || grammar.standsAlone) return false;
  return grammar.keepsLeveled?.(piece.text, pieces[0]?.level !== undefined) !== true;
}

/** Whether a line of others may have interrupted the block. */
export function mayInterrupt(piece: Piece, block: Block): boolean {
  // What is whole without a further line ends there: most often nothing has interrupted it.
  if (block.complete || block.between.length >= maxBetween) return false;
  return !isAtLeast(piece.level, 'error') && !opensReport(piece);
}

/** A report that stands for itself begins with it, whatever level it calls itself: `WARNING: DATA RACE`. */
function opensReport({ spoken }: Piece): boolean {
  return grammars.some((grammar) => grammar.standsAlone && grammar.begin(spoken) !== undefined);
}

/** Whether a line goes on with a trace that another thread's line has interrupted. */
export function resumes({ text, level }: Piece, { complete, grammar }: Block): boolean {
  if (level !== undefined) return false;
  if (frameLike.test(text)) return true;
  return !complete && (/^\s+\S/.test(text) || (grammar.namesLast === true && namedType.test(text)));
}

/** What is around it shows that an exception is only quoted. */
export function isQuoted({ above, pieces }: Block, below: Piece | undefined): boolean {
  if (above === undefined) return false;
  if (openingFence.test(above.text)) return true;
  if (prompt.test(above.text)) return pieces.some(({ text }) => typedIn.test(text));
  return below !== undefined && bareFence.test(above.text) && bareFence.test(below.text);
}

/** Whether what stands below such a line may be only quoted. */
export function mayQuote(text: string): boolean {
  return openingFence.test(text) || bareFence.test(text) || prompt.test(text);
}

/** Whether what such a line begins may have its message, whatever that says, in the line right above. */
export function mayTakeAbove(line: ReadText): boolean {
  const notes = notesOn(line);
  if (!notes) return takesAbove(line.text);
  return (notes.takesAbove ??= takesAbove(line.text));
}

function takesAbove(text: string): boolean {
  const first = peel(text).text;
  return grammars.some((one) => one.takesLineAbove?.(first) && one.begin(first) !== undefined);
}

/** A line that only names an exception, and that its logger thought nothing of. */
export function isHandled({ frames }: ParsedException, { pieces, said }: Block): boolean {
  const [only, ...more] = pieces;
  const isAlone = more.length === 0 && said.length === 0 && frames.length === 0;
  return isAlone && only?.level === 'none' && !only.wrapped;
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
  return !bareFence.test(rest) && !grammars.some((grammar) => grammar.keepsLeveled?.(rest, false));
}
