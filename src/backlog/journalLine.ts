import { errorMessage } from '../core/errors.ts';
import { crc32 } from './crc32.ts';
import {
  checkChange,
  checkLine,
  type Checked,
  type JournalLine,
  type StoredChange,
} from './schemas.ts';

export const formatVersion = 1;

/** A change is one line, so this also bounds what can be written at once. */
export const maxLineBytes = 32 * 1024 * 1024;

export type Decoded =
  | { readonly kind: 'line'; readonly line: JournalLine }
  | { readonly kind: 'bad'; readonly reason: string }
  /** Of a later version of Patchwright: to be left alone. */
  | { readonly kind: 'newer'; readonly version: number };

/** A line in the making. */
export interface LineMaker {
  /** Throws when another window would refuse the change, or all of them together. */
  add(change: StoredChange): void;
  /** `<crc32 of the JSON, 8 hex digits> <JSON>\n`, and what it says when it is read back. */
  end(): { readonly line: JournalLine; readonly bytes: Buffer };
}

/** Change by change, so that whoever adds many can stop in between. */
export function createLine(head: Omit<JournalLine, 'changes'>): LineMaker {
  const { changes: _, ...rest } = readBack(checkLine({ ...head, changes: [] }));
  const open = Buffer.from(`${JSON.stringify(rest).slice(0, -1)},"changes":[`);
  const parts: Buffer[] = [open];
  const changes: StoredChange[] = [];
  let length = open.length;
  let crc = crc32(open);
  const put = (part: Buffer): void => {
    parts.push(part);
    length += part.length;
    crc = crc32(part, crc);
  };
  return {
    add(change) {
      const text = JSON.stringify(change);
      put(Buffer.from(changes.length === 0 ? text : `,${text}`));
      if (length > maxLineBytes) throw refusal(`${length} bytes at once`, 'it is too long');
      changes.push(readBack(checkChange(JSON.parse(text))));
    },
    end() {
      put(Buffer.from(']}'));
      const bytes = Buffer.concat([Buffer.from(`${inHex(crc)} `), ...parts, Buffer.from('\n')]);
      return { line: { ...rest, changes }, bytes };
    },
  };
}

/** No line leaves that another window would refuse. */
function readBack<T>(checked: Checked<T>): T {
  if ('reason' in checked) throw refusal('a change', checked.reason);
  return checked.value;
}

function refusal(what: string, reason: string): TypeError {
  return new TypeError(`The backlog can't take ${what}: ${reason}.`);
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
  return 'value' in checked
    ? { kind: 'line', line: checked.value }
    : { kind: 'bad', reason: checked.reason };
}

function checksum(json: Uint8Array): string {
  return inHex(crc32(json));
}

function inHex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
