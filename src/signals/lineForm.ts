/**
 * What of a line most likely is a variable: digits, hexadecimal ones behind `0x` or in a word of their own, UUIDs.
 * The line without them is its form: lines of programs are many, their forms few.
 */
export interface Run {
  readonly from: number;
  readonly end: number;
  /** Others of its form may have another number of digits. Those of dates, addresses and versions have not. */
  readonly isFree: boolean;
}

const none = 0;
/** What stands in a form for a run: control characters, which no form has otherwise. */
const freeDigits = 1;
const fixedDigit = 2;
const freeHex = 3;
const hexDigit = 4;
const uuid = 5;

const uuidDashes = [8, 13, 18, 23];
const uuidLength = 36;
const minHexDigits = 6;
const maxHexDigits = 64;
/** Longer numbers are ids and times; each length of them is of its own. */
const maxFreeDigits = 12;

/** Kinds of bytes. */
const unprintable = 0;
const other = 1;
const letter = 2;
const hexLetter = 3;
const digit = 4;

const kinds = Uint8Array.from({ length: 256 }, (_, byte) => kindOf(byte));

function kindOf(byte: number): number {
  const char = String.fromCharCode(byte);
  if (/\d/.test(char)) return digit;
  if (/[a-f]/.test(char)) return hexLetter;
  if (/\w/.test(char)) return letter;
  return byte === 9 || (byte >= 32 && byte < 127) ? other : unprintable;
}

function isHex(byte: number | undefined): boolean {
  return byte !== undefined && (kinds[byte] as number) >= hexLetter;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

function isWord(byte: number | undefined): boolean {
  return byte !== undefined && (kinds[byte] as number) >= letter;
}

/** `-`, `.`, `/`, `,` and `:` */
function isSeparator(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 44 && byte <= 47) || byte === 58);
}

/**
 * Writes the form of the bytes in [from, to), which is never longer than they are.
 * @param tell is told of each run
 * @returns the form's length; -1 where a byte is no printable ASCII
 */
export function writeForm(
  bytes: Uint8Array,
  from: number,
  to: number,
  form: Uint8Array,
  tell?: (from: number, end: number, isFree: boolean) => void,
): number {
  let length = 0;
  let at = from;
  let inWord = false;
  while (at < to) {
    const byte = bytes[at] as number;
    const kind = kinds[byte] as number;
    if (kind < hexLetter) {
      if (kind === unprintable) return -1;
      form[length++] = byte;
      at++;
      inWord = kind === letter;
      continue;
    }
    const run = inWord ? none : wordKind(bytes, at, to);
    inWord = true;
    if (run === none && kind === hexLetter) {
      form[length++] = byte;
      at++;
      continue;
    }
    const start = at;
    const isFree = run === none ? hasFreeLength(bytes, from, at, to) : run === freeHex;
    at = run === none ? digitsEnd(bytes, at, to) : wordEnd(bytes, at, to, run);
    const mark = run === none ? (isFree ? freeDigits : fixedDigit) : run;
    const marks = mark === fixedDigit || mark === hexDigit ? at - start : 1;
    for (let i = 0; i < marks; i++) form[length++] = mark;
    tell?.(start, at, isFree);
  }
  return length;
}

function wordEnd(bytes: Uint8Array, at: number, to: number, kind: number): number {
  return kind === uuid ? at + uuidLength : hexEnd(bytes, kind === freeHex ? at + 2 : at, to);
}

export function runsIn(text: string): readonly Run[] {
  const runs: Run[] = [];
  tellRuns(text, (from, end, isFree) => runs.push({ from, end, isFree }));
  return runs;
}

/** Where the runs of a text begin and end, one after the other: the same for less. */
export function placesIn(text: string): readonly number[] {
  const places: number[] = [];
  tellRuns(text, (from, end) => places.push(from, end));
  return places;
}

const scratchBytes = 4_096;
const read = Buffer.alloc(scratchBytes);
const written = Buffer.alloc(scratchBytes);

function tellRuns(text: string, tell: (from: number, end: number, isFree: boolean) => void): void {
  const isLong = text.length > scratchBytes;
  const bytes = isLong ? Buffer.from(text, 'latin1') : read;
  if (!isLong) bytes.write(text, 'latin1');
  writeForm(bytes, 0, text.length, isLong ? Buffer.alloc(text.length) : written, tell);
}

/** What a word that begins here is, if a variable all of it. */
function wordKind(bytes: Uint8Array, at: number, to: number): number {
  if (bytes[at] === 48 && bytes[at + 1] === 120) {
    return at + 2 < to && isHex(bytes[at + 2]) ? freeHex : none;
  }
  const end = hexEnd(bytes, at, to);
  const length = end - at;
  if (length < minHexDigits) return none;
  if (length === 8 && bytes[end] === 45 && isUuid(bytes, at, to)) return uuid;
  if (length > maxHexDigits || (end < to && isWord(bytes[end]))) return none;
  let digits = 0;
  for (let i = at; i < end; i++) if (isDigit(bytes[i])) digits++;
  return digits > 0 && digits < length ? hexDigit : none;
}

function isUuid(bytes: Uint8Array, at: number, to: number): boolean {
  if (at + uuidLength > to) return false;
  for (let i = 0; i < uuidLength; i++) {
    const byte = bytes[at + i];
    if (uuidDashes.includes(i) ? byte !== 45 : !isHex(byte)) return false;
  }
  return at + uuidLength === to || !isWord(bytes[at + uuidLength]);
}

function hexEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = from;
  while (end < to && isHex(bytes[end])) end++;
  return end;
}

function digitsEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = from;
  while (end < to && isDigit(bytes[end])) end++;
  return end;
}

/** Whether the digits that begin at `at` are part of no time, version or address. */
function hasFreeLength(bytes: Uint8Array, from: number, at: number, to: number): boolean {
  const end = digitsEnd(bytes, at, to);
  if (end - at > maxFreeDigits || (bytes[at] === 48 && end - at > 1)) return false;
  const isEnd = at - 2 >= from && isSeparator(bytes[at - 1]) && isDigit(bytes[at - 2]);
  const isStart = end + 1 < to && isSeparator(bytes[end]) && isDigit(bytes[end + 1]);
  return !isEnd && !isStart;
}
