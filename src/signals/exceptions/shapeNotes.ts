import { type ReadText, shapeOf } from '../lineMemory.ts';
import { mayEmbed } from './records/embedded.ts';
import {
  type Header,
  type HeaderCuts,
  cutHeader,
  headerCuts,
  readHeader,
} from './headers/loggerPrefix.ts';
import type { Carried } from './headers/transport.ts';

/** What lines that differ in their digits only have in common, so that it is found out once. */
export interface ShapeNotes {
  /** No carrier has put anything around it, and it holds no more than its own text shows. */
  isPlain?: boolean;
  /** Where its header is cut; null where it has none of the usual form. */
  cuts?: HeaderCuts | null;
  /** The first grammar that takes it for the beginning of a block, or how many there are. */
  grammar?: number;
  /** An error that its logger told in full: it ends what is open, whatever it says. */
  endsAll?: boolean;
  /** What begins with it may be about the line right above. */
  takesAbove?: boolean;
}

export function notesOn(line: ReadText): ShapeNotes | undefined {
  const shape = shapeOf(line);
  return shape && (shape.notes ??= {});
}

/** @param carried what was found in the line */
export function isPlain(carried: Carried, line: string): boolean {
  const { stream, text, partial, level, timestamp } = carried;
  const isBare = stream === '' && text === line && !partial;
  return isBare && level === undefined && timestamp === undefined && !mayEmbed(line);
}

/** The header of a line like others whose header is known. */
export function headerLike(line: string, shape: ShapeNotes): Header {
  if (shape.cuts === undefined) shape.cuts = headerCuts(line) ?? null;
  return shape.cuts === null ? readHeader(line) : cutHeader(line, shape.cuts);
}
