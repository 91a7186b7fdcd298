import { createHash } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FilePosition } from '../core/signal.ts';

/** How many bytes from the start say which file it is. */
export const maxHeadBytes = 1024;
export const maxTailBytes = 256;

/** An open file and what it can be recognised by. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly size: number;
  readonly inode: string;
  /** Up to {@link maxHeadBytes} bytes. */
  readonly head: Buffer;
}

/** Undefined for what is no regular file. Never waits for a pipe's writer. */
export async function openSource(path: string): Promise<OpenFile | undefined> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = await handle.stat({ bigint: true });
    if (!stat.isFile()) {
      await handle.close();
      return undefined;
    }
    const size = Number(stat.size);
    const head = await readAt(handle, 0, Math.min(size, maxHeadBytes));
    return { handle, size, inode: await inodeOf(stat, path), head };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The inode, and the time the file was made where the file system keeps that: inodes are reused. */
async function inodeOf(stat: BigIntStats, path: string): Promise<string> {
  const kept = stat.birthtimeNs > 0n && (await keepsBirth(stat, path));
  return kept ? `${stat.ino}.${stat.birthtimeNs}` : `${stat.ino}`;
}

const devicesThatKeepBirth = new Set<bigint>();

/**
 * Where the system has no birth time, Node gives the time of the last change instead, always.
 * One file or folder on the device where the two differ proves that birth times are real.
 */
async function keepsBirth(stat: BigIntStats, path: string): Promise<boolean> {
  if (devicesThatKeepBirth.has(stat.dev)) return true;
  let current = stat;
  for (let at = path; current.dev === stat.dev; at = dirname(at)) {
    if (current.birthtimeNs > 0n && current.birthtimeNs !== current.ctimeNs) {
      devicesThatKeepBirth.add(stat.dev);
      return true;
    }
    if (dirname(at) === at) return false;
    current = await lstat(dirname(at), { bigint: true });
  }
  return false;
}

export async function readAt(
  handle: FileHandle,
  position: number,
  length: number,
): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export async function tailHashOf(file: OpenFile, offset: number): Promise<string> {
  const from = Math.max(0, offset - maxTailBytes);
  return hashOf(await readAt(file.handle, from, offset - from));
}

/** Whether the file still begins, and reads before the offset, as it did when the position was saved. */
export async function holdsContent(file: OpenFile, position: FilePosition): Promise<boolean> {
  if (file.size < position.offset || file.head.length < position.headBytes) return false;
  if (hashOf(file.head.subarray(0, position.headBytes)) !== position.headHash) return false;
  return (
    position.tailHash === '' || (await tailHashOf(file, position.offset)) === position.tailHash
  );
}

/** False when both say when they were made, and differ: then equal content is a coincidence. */
export function mayBeSameFile(inode: string, position: FilePosition): boolean {
  const [, here] = inode.split('.');
  const [, there] = position.inode.split('.');
  return here === undefined || there === undefined || here === there;
}

/** The names a rotated file had before: `app.log.2.gz` was `app.log.2`, `app.log.1` and `app.log`. */
export function formerNames(file: string): readonly string[] {
  const names: string[] = [];
  let name = file;
  const plain = name.replace(/\.(?:gz|gzip|z)$/i, '');
  if (plain !== name) names.push((name = plain));
  const numbered = /^(.+?)\.(\d{1,4})$/.exec(name) ?? /^(.+?)[-_](\d{1,3})(\.\w+)?$/.exec(name);
  if (numbered) {
    const number = Number(numbered[2]);
    const [, stem = '', digits = '', rest = ''] = numbered;
    const divider = name[stem.length] ?? '.';
    for (let i = number - 1; i >= Math.max(0, number - 3); i--) {
      names.push(`${stem}${divider}${String(i).padStart(digits.length, '0')}${rest}`);
    }
    names.push(`${stem}${rest}`);
  }
  const undated = name.replace(/[.-]\d{4}-?\d{2}-?\d{2}(?:[-_T.]?\d{1,6})?(?=\.|$)/, '');
  if (undated !== name) names.push(undated);
  const kept = name.replace(/\.(?:old|bak|prev|previous)$|-(?:old|prev|previous)(?=\.)/, '');
  if (kept !== name) names.push(kept);
  return [...new Set(names)].filter((other) => other !== file && other !== '');
}

/** Where the position of content that has left `file` is kept, until it shows up under another name. */
export function retiredName(file: string, headHash: string): string {
  return `${file}@${headHash.slice(0, 16)}`;
}
