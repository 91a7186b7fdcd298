import {
  type Block,
  blockStart,
  standsApart,
  isForeign,
  isHandled,
  isParted,
  isQuoted,
  maxBlockChars,
  maxBlockLines,
  mayInterrupt,
  openingOf,
  resumes,
  textFor,
  withAbove,
} from './block.ts';
import { blockEvent, type FoundException, loggedEvent } from './foundEvents.ts';
import type { ParsedException } from './grammar.ts';
import { grammars } from './grammars.ts';
import { isAtLeast } from './headers/level.ts';
import { isLeveled, type Piece, saysAnything, textsOf } from './pieces.ts';

const maxStreams = 64;
/** Lines of what was no block after all that are read once more, for each line that comes; and how many may add up. */
const rereadPerLine = 20;
const maxReread = 20_000;
/** Indented, blank or a rule; what asyncio says of the task that failed, and Phoenix of the request. */
const saysMore = /^(?:\s|$|[-=_*#~]{3,}$|[a-z]\w{1,30}: <.{1,4000}>$|(?:Server|Request): \S)/;
/** Continuation lines kept with a logged message that turns out to have no stack. */
const maxMessageTail = 20;
/** Lines of any kind that only a report below them can show to be a message's. */
const maxLoose = 5;

/** What one process writes, as far as it is still open: a block, or a message that one may follow. */
export interface Stream {
  block?: Block | undefined;
  /** A logged message that a stack may follow, and its continuation lines. */
  said: Piece[];
  /** Lines of any kind below it. */
  loose: Piece[];
  /** The line before, when it belongs to nothing. */
  above?: Piece | undefined;
  /** The beginning of a line that its carrier has cut. */
  partial?: { readonly text: string; readonly offset: number } | undefined;
}

/** What of a log is still open, and its end. */
export interface WhatIsOpen {
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
}

/** Pieces in, exceptions out: each stream goes from no block to an open one and back. */
export interface Streams extends WhatIsOpen {
  /** Another line of the log comes, whatever stream it is of. */
  nextLine(): void;
  named(name: string): Stream;
  accept(stream: Stream, piece: Piece): void;
}

export function createStreams(found: (exception: FoundException) => void): Streams {
  const streams = new Map<string, Stream>();
  /** What ended something at the last line: its level alone, or what it says. */
  let cut: 'level' | 'text' | undefined;
  /** How many lines may be read again: lines that all begin what never comes would be read as often as they are many. */
  let reread = maxReread;

  const named = (name: string): Stream => {
    let known = streams.get(name);
    if (!known) {
      if (streams.size >= maxStreams) dropIdle(streams);
      if (streams.size >= maxStreams) close(true);
      known = { said: [], loose: [] };
      streams.set(name, known);
    }
    return known;
  };

  const close = (force: boolean): void => {
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
    if (first && isAtLeast(first.level, 'error') && (first.wrapped || saysAnything(pieces))) {
      found({ event: loggedEvent(pieces), offset: first.offset });
    }
  };

  const endBlock = (one: Stream, below?: Piece): void => {
    const block = one.block;
    if (!block) return;
    one.block = undefined;
    if (!tell(one, block, block.between[0] ?? below)) readAgain(one, block);
    for (const piece of block.between) accept(one, piece);
  };

  /** false when the block was none after all. */
  const tell = (one: Stream, block: Block, below: Piece | undefined): boolean => {
    const texts = withAbove(block).map((piece) => textFor(block.grammar, piece));
    let any = false;
    let said = block.said;
    for (const parsed of block.grammar.parse(texts, textsOf(said))) {
      if (!any && block.loose.length > 0) said = keptOf(one, parsed, block);
      any = true;
      if (parsed.silent || isQuoted(block, below) || isHandled(parsed, block)) continue;
      const first = said[0] ?? block.pieces[0];
      if (first) found({ event: blockEvent(parsed, { ...block, said }), offset: first.offset });
    }
    return any;
  };

  /** What was said above lines of any kind, with them where the report was logged; else it is told by itself. */
  const keptOf = (one: Stream, parsed: ParsedException, block: Block): readonly Piece[] => {
    const { grammar, said, loose } = block;
    if (grammar.isLogged?.(parsed, textsOf(loose)) === true) return [...said, ...loose];
    one.said = [...said];
    endSaid(one);
    return [];
  };

  /** The lines of what was no block get another chance: its first with the other grammars. */
  const readAgain = (one: Stream, block: Block): void => {
    [one.said, one.loose] = [[...block.said], [...block.loose]];
    one.above = block.above;
    const [first, ...rest] = block.pieces;
    if (first) consider(one, first, grammars.indexOf(block.grammar) + 1);
    if (rest.length > reread) return;
    reread -= rest.length;
    for (const piece of rest) accept(one, piece);
  };

  const accept = (one: Stream, piece: Piece): void => {
    const { block } = one;
    if (!block) {
      consider(one, piece, 0);
      return;
    }
    const foreign = isForeign(piece, block);
    if (foreign && mayInterrupt(piece, block)) {
      block.between.push(piece);
      return;
    }
    const isPart = !foreign && (block.between.length === 0 || resumes(piece, block));
    const verdict = isPart ? block.follow(textFor(block.grammar, piece), isLeveled(piece)) : 'no';
    if (verdict === 'no') {
      cut = foreign && cut !== 'text' ? 'level' : 'text';
      endBlock(one, piece);
      accept(one, piece); // what ended the block, or its own leftovers, decides anew
      return;
    }
    block.between = [];
    block.pieces.push(piece);
    block.chars += piece.text.length;
    block.complete = verdict !== 'more';
    const full = block.pieces.length >= maxBlockLines || block.chars >= maxBlockChars;
    if (verdict === 'last' || full) endBlock(one);
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
    const opening = openingOf(piece, from);
    if (!opening) return false;
    const { grammar } = opening;
    if (standsApart(grammar, piece, one.loose.length)) endSaid(one);
    const isTaken = isParted(one.said);
    const said = isTaken ? [] : one.said;
    const loose = isTaken || grammar.takesLineAbove?.(piece.text) ? [] : one.loose;
    [one.said, one.loose] = [[], []];
    const complete = grammar.saysEnough?.(textFor(grammar, piece)) === true;
    const chars = piece.text.length;
    one.block = { ...opening, pieces: [piece], said, loose, above, chars, complete, between: [] };
    return true;
  };

  return {
    nextLine() {
      cut = undefined;
      reread = Math.min(maxReread, reread + rereadPerLine);
    },
    named,
    accept,
    close,
    wasCut: () => cut === 'level',
    isAbove: (offset) => [...streams.values()].some(({ above }) => above?.offset === offset),
    openSince() {
      let since = Number.POSITIVE_INFINITY;
      for (const one of streams.values()) since = Math.min(since, startOf(one));
      return since === Number.POSITIVE_INFINITY ? undefined : since;
    },
    forget: () => streams.clear(),
  };
}

/** Infinity when nothing is open. */
function startOf({ said, block, partial }: Stream): number {
  const never = Number.POSITIVE_INFINITY;
  const begun = block && blockStart(block);
  return Math.min(said[0]?.offset ?? never, begun ?? never, partial?.offset ?? never);
}

function dropIdle(streams: Map<string, Stream>): void {
  for (const [name, one] of streams) if (isIdle(one)) streams.delete(name);
}

function isIdle(one: Stream): boolean {
  return !one.block && one.said.length === 0 && !one.partial;
}
