import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Decoded, decodeLine, maxLineBytes } from './journalLine.ts';

export interface JournalEntry {
  readonly decoded: Decoded;
  /** Offset just after the line's LF. */
  readonly end: number;
}

const chunkBytes = 1024 * 1024;
const lineFeed = 0x0a;

/**
 * The whole lines of a journal from an offset on, a chunk's worth at a time. A last line without its LF
 * is still being written, or was torn by a crash; it is not there yet. Starts at 0 again when the offset
 * is not the start of a line: someone has edited the file.
 */
export async function* readJournal(file: string, from: number): AsyncGenerator<JournalEntry[]> {
  // A hostile workspace may hold a link or a pipe of this name: neither is followed or waited for.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(file, flags);
  try {
    if (!(await handle.stat()).isFile()) return;
    yield* wholeLines(handle, (await startsLine(handle, from)) ? from : 0);
  } finally {
    await handle.close();
  }
}

async function startsLine(handle: FileHandle, offset: number): Promise<boolean> {
  if (offset === 0) return true;
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, offset - 1);
  return bytesRead === 0 || buffer[0] === lineFeed;
}

async function* wholeLines(handle: FileHandle, start: number): AsyncGenerator<JournalEntry[]> {
  const chunk = Buffer.alloc(chunkBytes);
  let offset = start;
  let rest: Buffer[] = [];
  let restBytes = 0;
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, offset);
    if (bytesRead === 0) return;
    const entries: JournalEntry[] = [];
    let from = 0;
    for (let at = next(chunk, from, bytesRead); at >= 0; at = next(chunk, from, bytesRead)) {
      const decoded = finish(rest, restBytes, chunk.subarray(from, at));
      entries.push({ decoded, end: offset + at + 1 });
      rest = [];
      restBytes = 0;
      from = at + 1;
    }
    restBytes += bytesRead - from;
    if (restBytes <= maxLineBytes) rest.push(Buffer.from(chunk.subarray(from, bytesRead)));
    else rest = [];
    offset += bytesRead;
    if (entries.length > 0) yield entries;
  }
}

function next(chunk: Buffer, from: number, end: number): number {
  const at = chunk.subarray(from, end).indexOf(lineFeed);
  return at < 0 ? -1 : from + at;
}

function finish(rest: readonly Buffer[], restBytes: number, last: Buffer): Decoded {
  if (restBytes + last.length > maxLineBytes) return { kind: 'bad', reason: 'it is too long' };
  return decodeLine(rest.length === 0 ? last : Buffer.concat([...rest, last]));
}
