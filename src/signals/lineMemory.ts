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
  /** Finds the shape of its text. Most lines are never asked for it. */
  readonly toShape?: ((text: string) => Shape) | undefined;
  /** The same object for lines that differ in variables only, however long these are. */
  readonly form?: object | undefined;
  /** The same object each time that the very same line comes: what depends on the text alone may be noted in it. */
  readonly known?: { notes?: object; shape?: Shape } | undefined;
}

/** undefined where one of its characters is no printable ASCII. */
export function shapeOf({ text, known, toShape }: ReadText): Shape | undefined {
  if (!known) return toShape?.(text);
  const found = known.shape ?? toShape?.(text);
  if (found) known.shape = found;
  return found;
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
const slots = 16_384;
const formSlots = 8_192;
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
  readonly hash: number;
  readonly line: ReadText;
  /** Of a line whose text does not tell them. */
  readonly bytes: Uint8Array | undefined;
  isUsed: boolean;
}

export function createLineMemory(): LineMemory {
  // Keyed with numbers that nobody knows who writes logs: lines that meet in a slot can't be made up.
  const seed = Math.floor(Math.random() * 2 ** 31) | 1;
  const exact: (Entry | undefined)[] = Array.from({ length: slots });
  const shapes = createInterned(formSlots, seed);
  const longShapes = createInterned(longSlots, seed);
  const forms = createInterned(formSlots, seed);
  const longForms = createInterned(longSlots, seed);
  const seenOnce = new Int32Array(slots);
  const written = Buffer.alloc(maxShapeBytes);
  const read = Buffer.alloc(maxShapeBytes);

  const toShape = (text: string): Shape => {
    read.write(text, 'latin1');
    writeShape(read, text.length, written);
    return (text.length > maxBytes ? longShapes : shapes)(written, text.length);
  };

  /** undefined where a byte is no printable ASCII. */
  const formOf = (bytes: Buffer, from: number, to: number): object | undefined => {
    const length = writeForm(bytes, from, to, written);
    if (length < 0) return undefined;
    return (to - from > maxBytes ? longForms : forms)(written, length);
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
        const form = formOf(bytes, from, to);
        return form
          ? { text: bytes.toString('latin1', from, to), form, toShape }
          : { text: decodeLine(bytes.subarray(from, end), encoding) };
      }
      const words = viewOf(bytes);
      const hash = hashOf(words, bytes.byteOffset + from, bytes.byteOffset + to, seed);
      const [first, second] = [hash & (slots - 1), (hash >>> 16) & (slots - 1)];
      for (let slot = first; ; slot = second) {
        const entry = exact[slot];
        if (entry?.hash === hash && isSame(bytes, from, to, entry)) {
          entry.isUsed = true;
          return entry.line;
        }
        if (slot === second) break;
      }
      const form = formOf(bytes, from, to);
      const text = form
        ? bytes.toString('latin1', from, to)
        : decodeLine(bytes.subarray(from, end), encoding);
      if (seenOnce[first] !== hash && seenOnce[second] !== hash) {
        seenOnce[turn ? first : second] = hash;
        turn = !turn;
        return { text, form, toShape: form && toShape };
      }
      const slot = freeSlot(first, second);
      if (slot === undefined) return { text, form, toShape: form && toShape };
      const line = { text, form, toShape: form && toShape, known: {} };
      const kept = form ? undefined : Uint8Array.from(bytes.subarray(from, to));
      exact[slot] = { hash, line, bytes: kept, isUsed: false };
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

function isSame(bytes: Buffer, from: number, to: number, { line, bytes: known }: Entry): boolean {
  if (known) return bytes.compare(known, 0, known.length, from, to) === 0;
  return holds(bytes, from, to, line.text);
}

interface Interned {
  /** As a text: an array of bytes takes several times as much memory. */
  readonly bytes: string;
  readonly value: Shape;
  isUsed: boolean;
}

/** One object for the same bytes, as long as they are remembered. Of two places the one goes that was not asked for of late. */
function createInterned(count: number, seed: number) {
  const entries: (Interned | undefined)[] = Array.from({ length: count });
  return (bytes: Buffer, length: number): Shape => {
    let hash = seed;
    for (let at = 0; at < length; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    const first = (hash ^ (hash >>> 15)) & (count - 1);
    const second = first ^ 1;
    const known = entries[first];
    if (known && holds(bytes, 0, length, known.bytes)) {
      known.isUsed = true;
      return known.value;
    }
    const other = entries[second];
    if (other && holds(bytes, 0, length, other.bytes)) {
      other.isUsed = true;
      return other.value;
    }
    const value = {};
    const slot = known && !(other?.isUsed ?? false) ? second : first;
    if (known) known.isUsed = false;
    if (other) other.isUsed = false;
    entries[slot] = { bytes: bytes.toString('latin1', 0, length), value, isUsed: false };
    return value;
  };
}

function holds(bytes: Uint8Array, from: number, to: number, text: string): boolean {
  if (text.length !== to - from) return false;
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) !== bytes[from + at]) return false;
  }
  return true;
}

function writeShape(bytes: Buffer, length: number, shape: Uint8Array): void {
  let kind = other;
  for (let at = 0; at < length; at++) shape[at] = kind = classAfter(kind, bytes, at);
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
