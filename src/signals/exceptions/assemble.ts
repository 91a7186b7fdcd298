import type { ReadText } from '../lineMemory.ts';
import { stripControls } from './headers/controls.ts';
import type { FoundException } from './foundEvents.ts';
import { linesIn, mayHoldLines } from './lineParts.ts';
import { createRouter } from './router.ts';
import { notesOn } from './shapeNotes.ts';
import { createStreams, type WhatIsOpen } from './streams.ts';

/** A line of a log and where it starts, in bytes. */
export interface LogLine {
  readonly text: string;
  readonly offset: number;
}

/** Puts lines together to exceptions, each stream for itself. Knows at any time what is still open. */
export interface Assembler<T = FoundException> extends WhatIsOpen {
  push(line: ReadText, offset: number): void;
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

/**
 * A line is told apart into those it holds (lineParts.ts), each is taken out of its carriers and records (router.ts),
 * and what is left of it continues or ends what is open in its stream (streams.ts).
 */
export function createAssembler(): Assembler {
  let found: FoundException[] = [];
  const keep = (exception: FoundException): void => void found.push(exception);
  const streams = createStreams(keep);
  const router = createRouter(streams, keep);
  /** Where the last line began that was read as several. */
  let parted: number | undefined;

  return {
    push(line, offset) {
      streams.nextLine();
      const { text, known } = line;
      const shape = notesOn(line);
      if (shape?.isPlain && known && text.charCodeAt(0) !== 123) {
        router.routeKnown(text, (known.notes ??= {}), shape, offset);
        return;
      }
      if (shape && !mayHoldLines(text)) {
        router.route(text, offset, shape);
        return;
      }
      const clean = stripControls(text);
      const parts = linesIn(clean);
      if (parts) parted = offset;
      for (const part of parts ?? [clean]) router.route(part, offset);
    },
    close: (force) => streams.close(force),
    openSince: () => streams.openSince(),
    wasCut: () => streams.wasCut(),
    isAbove: (offset) => offset !== parted && streams.isAbove(offset),
    forget: () => streams.forget(),
    take() {
      if (found.length === 0) return nothing;
      const taken = found;
      found = [];
      return taken;
    },
  };
}

const nothing: readonly FoundException[] = [];
