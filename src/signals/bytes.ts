import { createReadStream } from 'node:fs';
import { constants, createGunzip } from 'node:zlib';
import type { OpenFile } from './identity.ts';

/** A file's content, read in order into buffers of the reader's. */
export interface Content {
  /** Up to `length` bytes into `buffer` at `at`; 0 at the end. */
  read(buffer: Buffer, at: number, length: number): Promise<number>;
  /** Why it ended early, if it did. */
  problem(): string | undefined;
  close(): Promise<void>;
}

/** From `start` to the size the file had when it was opened; what is written meanwhile is for later. */
export function plainContent(file: OpenFile, start: number): Content {
  let position = start;
  return {
    async read(buffer, at, length) {
      const wanted = Math.min(length, file.size - position);
      if (wanted <= 0) return 0;
      const { bytesRead } = await file.handle.read(buffer, at, wanted, position);
      position += bytesRead;
      return bytesRead;
    },
    problem: () => undefined,
    close: async () => undefined,
  };
}

export function isGzip(head: Buffer): boolean {
  return head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

/** An archive may claim to hold far more than a disk would. */
const maxUnpackedBytes = 8 * 2 ** 30;

/** What the archive holds; of a cut or damaged one, what can be had. */
export function gzipContent(path: string): Content {
  const source = createReadStream(path, { highWaterMark: 64 * 1024 });
  // A sync flush hands out what a cut archive still holds, where a finish would be an error.
  const gunzip = createGunzip({ chunkSize: 64 * 1024, finishFlush: constants.Z_SYNC_FLUSH });
  let problem: string | undefined;
  const fail = (error: Error): void => {
    problem ??= `the archive is damaged (${error.message}); what could be read was`;
  };
  source.on('error', (error) => {
    fail(error);
    gunzip.destroy();
  });
  gunzip.on('error', fail);
  source.pipe(gunzip);
  const chunks = gunzip[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer = Buffer.alloc(0);
  let unpacked = 0;
  const next = async (): Promise<Buffer | undefined> => {
    try {
      const { value, done } = await chunks.next();
      return done ? undefined : value;
    } catch (error) {
      fail(error as Error);
      return undefined;
    }
  };
  return {
    async read(buffer, at, length) {
      if (rest.length === 0) {
        const chunk = unpacked > maxUnpackedBytes ? undefined : await next();
        if (!chunk) return 0;
        unpacked += chunk.length;
        rest = chunk;
      }
      const count = rest.copy(buffer, at, 0, length);
      rest = rest.subarray(count);
      return count;
    },
    problem: () => problem,
    async close() {
      source.destroy();
      gunzip.destroy();
    },
  };
}

/** The first bytes of what an archive holds. */
export async function gzipHead(path: string, length: number): Promise<Buffer> {
  const content = gzipContent(path);
  const buffer = Buffer.alloc(length);
  let filled = 0;
  try {
    while (filled < length) {
      const count = await content.read(buffer, filled, length - filled);
      if (count === 0) break;
      filled += count;
    }
  } finally {
    await content.close();
  }
  return buffer.subarray(0, filled);
}

/** Passes over `count` bytes; returns the last of them, up to `keep`, or undefined when there are fewer. */
export async function skipBytes(
  content: Content,
  count: number,
  keep: number,
): Promise<Buffer | undefined> {
  const scratch = Buffer.alloc(Math.max(1, Math.min(64 * 1024, count)));
  let tail = Buffer.alloc(0);
  let left = count;
  while (left > 0) {
    const read = await content.read(scratch, 0, Math.min(scratch.length, left));
    if (read === 0) return undefined;
    left -= read;
    tail = Buffer.concat([tail, scratch.subarray(Math.max(0, read - keep), read)]);
    tail = tail.subarray(Math.max(0, tail.length - keep));
  }
  return tail;
}
