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

const isPrintable = mark((byte) => byte === 9 || (byte >= 32 && byte < 127));
const isDigit = mark((byte) => byte >= 48 && byte <= 57);
const isHex = mark((byte) => isDigit[byte] === 1 || (byte >= 97 && byte <= 102));
const isWord = mark((byte) => isDigit[byte] === 1 || byte === 95 || /[a-z]/i.test(toChar(byte)));
const isSeparator = mark((byte) => '-:./,'.includes(toChar(byte)));

function toChar(byte: number): string {
  return String.fromCharCode(byte);
}

function mark(is: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (is(byte) ? 1 : 0));
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
  while (at < to) {
    const byte = bytes[at] as number;
    if (isHex[byte] === 0) {
      if (isPrintable[byte] === 0) return -1;
      form[length++] = byte;
      at++;
      continue;
    }
    const isStart = at === from || isWord[bytes[at - 1] as number] === 0;
    const kind = isStart ? wordKind(bytes, at, to) : none;
    if (kind !== none) {
      const end = hexEnd(bytes, kind === freeHex ? at + 2 : at, to);
      const isUuid = kind === uuid;
      const until = isUuid ? at + uuidLength : end;
      const marks = kind === hexDigit ? until - at : 1;
      form.fill(kind, length, length + marks);
      length += marks;
      tell?.(at, until, kind === freeHex);
      at = until;
    } else if (isDigit[byte] === 1) {
      const end = digitsEnd(bytes, at, to);
      const isFree = hasFreeLength(bytes, from, at, end, to);
      const marks = isFree ? 1 : end - at;
      form.fill(isFree ? freeDigits : fixedDigit, length, length + marks);
      length += marks;
      tell?.(at, end, isFree);
      at = end;
    } else {
      form[length++] = byte;
      at++;
    }
  }
  return length;
}

export function runsIn(text: string): readonly Run[] {
  const bytes = Buffer.from(text, 'latin1');
  const runs: Run[] = [];
  const add = (from: number, end: number, isFree: boolean) => runs.push({ from, end, isFree });
  writeForm(bytes, 0, bytes.length, new Uint8Array(bytes.length), add);
  return runs;
}

/** What a word that begins here is, if a variable all of it. */
function wordKind(bytes: Uint8Array, at: number, to: number): number {
  if (bytes[at] === 48 && bytes[at + 1] === 120) {
    return at + 2 < to && isHex[bytes[at + 2] as number] === 1 ? freeHex : none;
  }
  const end = hexEnd(bytes, at, to);
  const length = end - at;
  if (length < minHexDigits) return none;
  if (length === 8 && bytes[end] === 45 && isUuid(bytes, at, to)) return uuid;
  if (length > maxHexDigits || (end < to && isWord[bytes[end] as number] === 1)) return none;
  let digits = 0;
  for (let i = at; i < end; i++) digits += isDigit[bytes[i] as number] as number;
  return digits > 0 && digits < length ? hexDigit : none;
}

function isUuid(bytes: Uint8Array, at: number, to: number): boolean {
  if (at + uuidLength > to) return false;
  for (let i = 0; i < uuidLength; i++) {
    const byte = bytes[at + i] as number;
    if (uuidDashes.includes(i) ? byte !== 45 : isHex[byte] === 0) return false;
  }
  return at + uuidLength === to || isWord[bytes[at + uuidLength] as number] === 0;
}

function hexEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = from;
  while (end < to && isHex[bytes[end] as number] === 1) end++;
  return end;
}

function digitsEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = from;
  while (end < to && isDigit[bytes[end] as number] === 1) end++;
  return end;
}

function hasFreeLength(
  bytes: Uint8Array,
  from: number,
  at: number,
  end: number,
  to: number,
): boolean {
  if (end - at > maxFreeDigits || (bytes[at] === 48 && end - at > 1)) return false;
  return !isPart(bytes, at - 1, at - 2, from, to) && !isPart(bytes, end, end + 1, from, to);
}

/** Whether a separator and a digit stand beside. */
function isPart(bytes: Uint8Array, near: number, next: number, from: number, to: number): boolean {
  if (Math.min(near, next) < from || Math.max(near, next) >= to) return false;
  return isSeparator[bytes[near] as number] === 1 && isDigit[bytes[next] as number] === 1;
}
