import type { Encoding } from './encoding.ts';

/** A longer line is read as several: nothing longer is ever held, parsed or joined. */
export const maxLineBytes = 1 << 20;

/**
 * Where the line that begins at `from` ends (the index after its end), or -1 when its end is not in
 * `bytes` yet. The answer depends on the file's bytes alone, never on how they were cut into reads.
 */
export function lineEnd(bytes: Buffer, from: number, encoding: Encoding): number {
  const end = encoding === 'bytes' ? bytes.indexOf(10, from) + 1 : wideEnd(bytes, from, encoding);
  if (end > 0 && end - from <= maxLineBytes + 1) return end;
  if (bytes.length - from <= maxLineBytes + 1) return -1;
  return forcedEnd(bytes, from);
}

function wideEnd(bytes: Buffer, from: number, encoding: Encoding): number {
  const mark = encoding === 'utf16le' ? '\n\0' : '\0\n';
  let at = bytes.indexOf(mark, from, 'latin1');
  while (at >= 0 && ((at - from) & 1) === 1) at = bytes.indexOf(mark, at + 1, 'latin1');
  return at < 0 ? 0 : at + 2;
}

/** A hole of NULs ends a line, too, so that the text behind it stays whole. */
function forcedEnd(bytes: Buffer, from: number): number {
  const end = from + maxLineBytes;
  const hole = bytes.subarray(from, end).lastIndexOf(0);
  return hole > 0 && hole < maxLineBytes - 1 && maxLineBytes % 2 === 0
    ? from + ((hole + 1) & ~1)
    : end;
}
