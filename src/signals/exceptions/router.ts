import { maxBlockLines } from './block.ts';
import { stripControls } from './headers/controls.ts';
import { readEscaped } from './records/embedded.ts';
import { type FoundException, recordEvent } from './foundEvents.ts';
import { maxLineChars } from './grammar.ts';
import type { JsonRecord } from './records/jsonLines.ts';
import { readHeader } from './headers/loggerPrefix.ts';
import { completed, type Piece, pieceOf, type Told, withTold } from './pieces.ts';
import {
  exceptionIn,
  isCollected,
  isLogged,
  pieceOfRecord,
  readStack,
  recordIn,
} from './records/records.ts';
import { headerLike, isPlain, type ShapeNotes } from './shapeNotes.ts';
import type { Stream, Streams } from './streams.ts';
import { type Carried, peel, plain } from './headers/transport.ts';

/** How many carriers may lie around a line. */
const maxCarriers = 3;
/** Of a line that its carrier cut, put together: what a container wrote, and what Docker's json-file holds. */
const maxJoinedText = maxLineChars * 4;
const maxJoinedRecord = maxLineChars * 64;

/** Takes lines out of their carriers and records, and brings each to the stream of the process that wrote it. */
export interface Router {
  /** @param shape of a line that no carrier has been found around yet */
  route(line: string, offset: number, shape?: ShapeNotes): void;
  /** The same of a line without a carrier that came before, most likely a frame: all but its place is known. */
  routeKnown(line: string, notes: KnownNotes, shape: ShapeNotes, offset: number): void;
}

export interface KnownNotes {
  piece?: Piece;
}

export function createRouter(streams: Streams, found: (exception: FoundException) => void): Router {
  /** What a carrier has carried may be of another: a container's log of a process manager's output. */
  const routeCarried = (
    outer: string,
    line: string,
    offset: number,
    told: Told,
    depth: number,
  ): void => {
    const inner = depth < maxCarriers ? peel(line) : plain(line);
    if (inner.text === line) routeText(outer, line, offset, told);
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
    const one = name === '' ? undefined : streams.named(name);
    const isWhole = !one || (!carried.partial && !one.partial);
    const whole = isWhole
      ? { text: carried.text, offset }
      : join(one, carried.text, offset, carried.partial, maxJoinedText);
    if (whole) routeCarried(name, whole.text, whole.offset, withTold(carried, told), depth);
  };

  const routeText = (
    name: string,
    line: string,
    offset: number,
    told: Told = {},
    shape?: ShapeNotes,
  ): void => {
    const held = recordIn(line);
    if (!held) {
      routePlain(name, line, offset, told, shape);
      return;
    }
    const { record } = held;
    if (record.carrier !== undefined) {
      unpackRecord(record.carrier, record, offset);
      return;
    }
    const source = `${name}{${record.source ?? ''}}`;
    if (isCollected(record)) {
      const lines = stripControls(record.message).split(/\r?\n/, maxBlockLines);
      for (const one of lines) routeCarried(source, one, offset, record, 1);
      return;
    }
    const piece = pieceOfRecord(held, line, offset);
    const exception = exceptionIn(record);
    if (exception) found({ event: recordEvent(exception, piece), offset });
    else streams.accept(streams.named(source), piece);
  };

  const routePlain = (
    name: string,
    line: string,
    offset: number,
    told: Told,
    shape: ShapeNotes | undefined,
  ): void => {
    const text = line.slice(0, maxLineChars);
    const header = shape ? headerLike(text, shape) : readHeader(text);
    const piece = pieceOf(header, text, offset, shape);
    // Dumps and documents hold escaped stacks, too.
    const escaped = isLogged(header) ? readEscaped(line, readStack) : undefined;
    if (escaped) {
      found({ event: recordEvent(escaped, piece), offset });
      return;
    }
    const one = streams.named(name);
    streams.accept(one, completed(piece, told, one.block !== undefined));
  };

  /** Docker's json-file cuts lines at 16 KiB; the pieces without a line end belong to the next. */
  const unpackRecord = (carrier: string, record: JsonRecord, offset: number): void => {
    const name = carrier.replace(/\+$/, '');
    const one = streams.named(`${name}:`);
    const whole = join(one, record.message, offset, carrier.endsWith('+'), maxJoinedRecord);
    if (!whole) return;
    const text = stripControls(whole.text);
    if (text.startsWith('{"log":')) return;
    for (const line of text.split('\n', maxBlockLines)) {
      routeCarried(name, line, whole.offset, record, 1);
    }
  };

  return {
    route(line, offset, shape) {
      const carried = shape?.isPlain === true ? plain(line) : peel(line);
      if (shape) shape.isPlain ??= isPlain(carried, line);
      if (carried.text !== line) unpack('', carried, offset, {}, 1);
      else routeText(carried.stream, line, offset, carried, shape?.isPlain ? shape : undefined);
    },
    routeKnown(line, notes, shape, offset) {
      notes.piece ??= pieceOf(headerLike(line, shape), line, offset, shape);
      streams.accept(streams.named(''), { ...notes.piece, offset });
    },
  };
}

/** A line that its carrier has cut, once its last piece has come. */
function join(
  one: Stream,
  text: string,
  offset: number,
  goesOn: boolean,
  maxChars: number,
): Stream['partial'] {
  const joined = {
    text: ((one.partial?.text ?? '') + text).slice(0, maxChars),
    offset: one.partial?.offset ?? offset,
  };
  one.partial = goesOn ? joined : undefined;
  return goesOn ? undefined : joined;
}
