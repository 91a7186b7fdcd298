import { decodeLine, type Encoding } from './encoding.ts';
import { writeForm } from './lineForm.ts';

/**
 * What was found out about lines that differ in their digits only, so that it need not be found out again.
 * Whoever reads lines may leave more notes here, as long as digits never change them.
 */
export interface Shape {
  notes?: object;
}

/** A line's text, with what is remembered of it. */
export interface ReadText {
  readonly text: string;
  readonly shape?: Shape | undefined;
  /** The same object for lines that differ in variables only, however long these are. */
  readonly form?: object | undefined;
  /** The same object each time that the very same line comes: what depends on the text alone may be noted in it. */
  readonly known?: { notes?: object } | undefined;
}

/**
 * Decodes lines and remembers some, by their bytes. Logs are made of few lines: the frames of a trace are the
 * same each time, and most other lines differ from those before in numbers only.
 */
export interface LineMemory {
  read(bytes: Buffer, from: number, end: number, encoding: Encoding): ReadText;
}

const maxBytes = 400;
/** Records hold their stacks; of those only the shape is remembered. */
const maxShapeBytes = 4_096;
const slots = 8_192;
const longSlots = 512;
const digit = 49;
const other = 0;
const hexMark = 1;
const hexDigit = 2;

/** Digits are one class; what is no printable ASCII is none. */
const classes = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 48 && byte <= 57) return digit;
  return byte === 9 || (byte >= 32 && byte < 127) ? byte : other;
});

interface Entry {
  readonly words: DataView;
  readonly line: ReadText;
  isUsed: boolean;
}

interface ShapeEntry {
  readonly bytes: Uint8Array;
  readonly shape: Shape;
}

interface FormEntry {
  readonly bytes: Uint8Array;
  readonly form: object;
}

export function createLineMemory(): LineMemory {
  // Keyed with numbers that nobody knows who writes logs: lines that meet in a slot can't be made up.
  const seed = Math.floor(Math.random() * 2 ** 31) | 1;
  const exact: (Entry | undefined)[] = Array.from({ length: slots });
  const shapes: (ShapeEntry | undefined)[] = Array.from({ length: slots });
  const longShapes: (ShapeEntry | undefined)[] = Array.from({ length: longSlots });
  const seenOnce = new Int32Array(slots);
  const forms: (FormEntry | undefined)[] = Array.from({ length: slots });
  const written = new Uint8Array(maxShapeBytes);

  const formOf = (bytes: Buffer, from: number, to: number): object => {
    const length = writeForm(bytes, from, to, written);
    let hash = seed;
    for (let at = 0; at < length; at++) hash = Math.imul(hash ^ (written[at] ?? 0), 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (slots - 1);
    const entry = forms[slot];
    if (entry && isWritten(entry.bytes, written, length)) return entry.form;
    const made = { bytes: written.slice(0, length), form: {} };
    forms[slot] = made;
    return made.form;
  };

  /** undefined where a byte is no printable ASCII. */
  const shapeOf = (bytes: Buffer, from: number, to: number): Shape | undefined => {
    let hash = seed;
    let kind = other;
    for (let at = from; at < to; at++) {
      kind = classAfter(kind, bytes, at);
      if (kind === other) return undefined;
      hash = Math.imul(hash ^ kind, 0x01000193);
    }
    const [known, count] = to - from > maxBytes ? [longShapes, longSlots] : [shapes, slots];
    const slot = (hash ^ (hash >>> 15)) & (count - 1);
    const entry = known[slot];
    if (entry && hasShape(bytes, from, to, entry.bytes)) return entry.shape;
    const made = { bytes: classesOf(bytes, from, to), shape: {} };
    known[slot] = made;
    return made.shape;
  };

  let turn = false;

  /** One of two places; what was asked for since the last try stays, so that it is the same object each time. */
  const freeSlot = (first: number, second: number): number | undefined => {
    const here = exact[first];
    if (!here) return first;
    const there = exact[second];
    if (!there) return second;
    if (!here.isUsed) return first;
    if (!there.isUsed) return second;
    here.isUsed = false;
    there.isUsed = false;
    return undefined;
  };

  let view: DataView = new DataView(new ArrayBuffer(0));
  const viewOf = (bytes: Buffer): DataView =>
    view.buffer === bytes.buffer ? view : (view = new DataView(bytes.buffer));

  return {
    read(bytes, from, end, encoding) {
      if (encoding !== 'bytes' || end - from > maxShapeBytes) {
        return { text: decodeLine(bytes.subarray(from, end), encoding) };
      }
      let to = end;
      if (to > from && bytes[to - 1] === 10) to--;
      if (to > from && bytes[to - 1] === 13) to--;
      if (to - from > maxBytes) {
        const shape = shapeOf(bytes, from, to);
        return shape
          ? { text: bytes.toString('latin1', from, to), shape, form: formOf(bytes, from, to) }
          : { text: decodeLine(bytes.subarray(from, end), encoding) };
      }
      const words = viewOf(bytes);
      const hash = hashOf(words, bytes.byteOffset + from, bytes.byteOffset + to, seed);
      const [first, second] = [hash & (slots - 1), (hash >>> 16) & (slots - 1)];
      for (let slot = first; ; slot = second) {
        const entry = exact[slot];
        if (entry && isSame(words, bytes.byteOffset + from, to - from, entry)) {
          entry.isUsed = true;
          return entry.line;
        }
        if (slot === second) break;
      }
      const shape = shapeOf(bytes, from, to);
      const form = shape && formOf(bytes, from, to);
      const text = shape
        ? bytes.toString('latin1', from, to)
        : decodeLine(bytes.subarray(from, end), encoding);
      if (seenOnce[first] !== hash && seenOnce[second] !== hash) {
        seenOnce[turn ? first : second] = hash;
        turn = !turn;
        return { text, shape, form };
      }
      const slot = freeSlot(first, second);
      if (slot === undefined) return { text, shape, form };
      const line = { text, shape, form, known: {} };
      const kept = Uint8Array.from(bytes.subarray(from, to));
      exact[slot] = { words: new DataView(kept.buffer), line, isUsed: false };
      return line;
    },
  };
}

function hashOf(words: DataView, from: number, to: number, seed: number): number {
  let hash = seed ^ (to - from);
  let at = from;
  for (; at + 4 <= to; at += 4) {
    hash = Math.imul(hash ^ words.getInt32(at, true), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  for (; at < to; at++) hash = Math.imul(hash ^ words.getUint8(at), 0x01000193);
  return hash ^ (hash >>> 13);
}

function isSame(words: DataView, from: number, length: number, entry: Entry): boolean {
  const known = entry.words;
  if (known.byteLength !== length) return false;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    if (words.getInt32(from + at, true) !== known.getInt32(at, true)) return false;
  }
  for (; at < length; at++) if (words.getUint8(from + at) !== known.getUint8(at)) return false;
  return true;
}

function isWritten(known: Uint8Array, written: Uint8Array, length: number): boolean {
  if (known.length !== length) return false;
  for (let at = 0; at < length; at++) if (known[at] !== written[at]) return false;
  return true;
}

function classesOf(bytes: Buffer, from: number, to: number): Uint8Array {
  const found = new Uint8Array(to - from);
  let kind = other;
  for (let i = 0; i < found.length; i++) found[i] = kind = classAfter(kind, bytes, from + i);
  return found;
}

function hasShape(bytes: Buffer, from: number, to: number, known: Uint8Array): boolean {
  const length = to - from;
  if (known.length !== length) return false;
  let kind = other;
  for (let i = 0; i < length; i++) {
    kind = classAfter(kind, bytes, from + i);
    if (kind !== known[i]) return false;
  }
  return true;
}

/** What follows on `0x` are digits of another class, letters too; what may stand before the line does not matter. */
function classAfter(before: number, bytes: Buffer, at: number): number {
  const byte = bytes[at] as number;
  const kind = classes[byte] as number;
  if (before === hexMark || before === hexDigit) {
    return kind === digit || (byte >= 97 && byte <= 102) ? hexDigit : kind;
  }
  return byte === 120 && before === digit && bytes[at - 1] === 48 ? hexMark : kind;
}
