import { Buffer } from 'node:buffer';
import { closeSync, openSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

/** The folder's real path; a missing folder is reported by the walk. */
export function realRoot(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

/**
 * The text of a workspace file, or undefined when it is not there, too large, or its real path lies outside
 * (a link may lead out of the workspace).
 * @param path relative to the root, with `/`
 */
export function readInside(root: string, path: string, maxBytes: number): string | undefined {
  const found = locate(root, path, maxBytes);
  if (!found) return undefined;
  try {
    return readFileSync(found.full, 'utf8');
  } catch {
    return undefined; // not ours to read
  }
}

/** The last `bytes` of a workspace file; empty when it can't be read. */
export function readTail(root: string, path: string, bytes: number, maxBytes: number): string {
  const found = locate(root, path, maxBytes);
  if (!found) return '';
  const tail = Buffer.alloc(Math.min(bytes, found.size));
  try {
    const handle = openSync(found.full, 'r');
    try {
      readSync(handle, tail, 0, tail.length, found.size - tail.length);
    } finally {
      closeSync(handle);
    }
  } catch {
    return ''; // not ours to read
  }
  return tail.toString('utf8');
}

function locate(
  root: string,
  path: string,
  maxBytes: number,
): { full: string; size: number } | undefined {
  if (path.startsWith('..') || path.includes('\0') || path.length > 2_000) return undefined;
  try {
    const full = realpathSync(join(root, path));
    const stat = statSync(full);
    const fits = full.startsWith(root + sep) && stat.isFile() && stat.size <= maxBytes;
    return fits ? { full, size: stat.size } : undefined;
  } catch {
    return undefined; // it is not there
  }
}
