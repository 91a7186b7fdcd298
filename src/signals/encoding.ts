/** How a file's bytes become lines. `bytes` is UTF-8 or anything else in which 10 ends a line. */
export type Encoding = 'bytes' | 'utf16le' | 'utf16be';

/** By its byte order mark, or by where the zeros of western text lie. */
export function detectEncoding(head: Buffer): Encoding {
  if (head.length >= 2 && head[0] === 0xff && head[1] === 0xfe) return 'utf16le';
  if (head.length >= 2 && head[0] === 0xfe && head[1] === 0xff) return 'utf16be';
  const pairs = Math.min(head.length >> 1, 256);
  if (pairs < 8) return 'bytes';
  let evenZeros = 0;
  let oddZeros = 0;
  for (let i = 0; i < pairs; i++) {
    if (head[2 * i] === 0) evenZeros++;
    if (head[2 * i + 1] === 0) oddZeros++;
  }
  if (oddZeros > 0.6 * pairs && evenZeros < 0.1 * pairs) return 'utf16le';
  if (evenZeros > 0.6 * pairs && oddZeros < 0.1 * pairs) return 'utf16be';
  return 'bytes';
}

/** One whole line, its end included or not. NULs (holes of truncated files) and byte order marks go. */
export function decodeLine(bytes: Buffer, encoding: Encoding): string {
  let text = encoding === 'bytes' ? decodeBytes(bytes) : decodeWide(bytes, encoding);
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  if (text.includes('\0')) text = text.replaceAll('\0', '');
  return text.slice(0, endOfLine(text));
}

/** Where the line's end begins: `\n`, `\r\n`, `\r`, or what is left of one that was translated twice. */
function endOfLine(text: string): number {
  let end = text.endsWith('\n') ? text.length - 1 : text.length;
  while (text[end - 1] === '\r') end--;
  return end;
}

function decodeBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // What is no UTF-8 was written in some western code page: every byte has a letter there.
  return text.includes('\ufffd') && !bytes.includes('\ufffd') ? bytes.toString('latin1') : text;
}

function decodeWide(bytes: Buffer, encoding: Encoding): string {
  const even = bytes.subarray(0, bytes.length & ~1);
  return (encoding === 'utf16be' ? Buffer.from(even).swap16() : even).toString('utf16le');
}
