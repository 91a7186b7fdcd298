import type { Follow, Grammar, ParsedException } from './grammar.ts';
import { isAtLeast } from './level.ts';
import type { Piece } from './pieces.ts';

/** Lines that may be of one exception. */
export interface Block {
  readonly grammar: Grammar;
  readonly follow: Follow;
  readonly pieces: Piece[];
  readonly said: readonly Piece[];
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
/** How many lines of others may interrupt a trace at a time. */
const maxBetween = 3;
/** How errors are named where type and message stand in one line. */
export const namedType =
  /^(?:[\w.]{0,100}\.)?([A-Z_$]\w{0,80}(?:Error|Exception|Fault|Rejection|Interrupt)|Error|Exception): (.+)$/s;

export function withAbove({ grammar, above, pieces }: Block): readonly Piece[] {
  return above && grammar.takesLineAbove ? [above, ...pieces] : pieces;
}

export function mayStandBetween({ level }: Piece, { between }: Block): boolean {
  return !isAtLeast(level, 'error') && between.length < maxBetween;
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

/** A line that only names an exception, and that its logger thought nothing of. */
export function isHandled({ frames }: ParsedException, { pieces, said }: Block): boolean {
  const [only, ...more] = pieces;
  const isAlone = more.length === 0 && said.length === 0 && frames.length === 0;
  return isAlone && only?.level === 'none' && !only.wrapped;
}

export function blockStart(block: Block): number | undefined {
  return (block.said[0] ?? block.pieces[0])?.offset;
}
