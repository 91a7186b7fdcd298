import { errorMessage } from '../core/errors.ts';
import { crc32 } from './crc32.ts';
import { checkLine, type JournalLine } from './schemas.ts';

export const formatVersion = 1;

/** A change is one line, so this also bounds what can be written at once. */
export const maxLineBytes = 32 * 1024 * 1024;

export type Decoded =
  | { readonly kind: 'line'; readonly line: JournalLine }
  | { readonly kind: 'bad'; readonly reason: string }
  /** Of a later version of Patchwright: to be left alone. */
  | { readonly kind: 'newer'; readonly version: number };

/** `<crc32 of the JSON, 8 hex digits> <JSON>\n` */
export function encodeLine(line: JournalLine): Buffer {
  const json = Buffer.from(JSON.stringify(line));
  return Buffer.concat([Buffer.from(`${checksum(json)} `), json, Buffer.from('\n')]);
}

/** Takes a line without its LF. Never throws. */
export function decodeLine(bytes: Buffer): Decoded {
  if (bytes.length > maxLineBytes) return { kind: 'bad', reason: 'it is too long' };
  const json = bytes.subarray(9);
  if (bytes.toString('latin1', 0, 9) !== `${checksum(json)} `) {
    return { kind: 'bad', reason: 'its checksum does not match' };
  }
  try {
    return read(JSON.parse(json.toString('utf8')));
  } catch (error) {
    return { kind: 'bad', reason: errorMessage(error) };
  }
}

function read(value: unknown): Decoded {
  const version = (value as { v?: unknown } | null)?.v;
  if (typeof version === 'number' && version > formatVersion) return { kind: 'newer', version };
  const checked = checkLine(value);
  return 'line' in checked
    ? { kind: 'line', line: checked.line }
    : { kind: 'bad', reason: checked.reason };
}

function checksum(json: Uint8Array): string {
  return crc32(json).toString(16).padStart(8, '0');
}
