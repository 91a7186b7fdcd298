import type { Git } from '../core/ports.ts';

const maxOutputBytes = 512 << 20;

/** Contents by name (`<commit>:<path>` or an id), read by one process; what is not there, or no blob, is left out. */
export async function readBlobs(
  git: Git,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Buffer>> {
  const readable = [...new Set(names)].filter((name) => !name.includes('\n'));
  if (readable.length === 0) return new Map();
  const input = readable.map((name) => `${name}\n`).join('');
  const out = await git.bytes(['cat-file', '--batch'], { input, signal, maxOutputBytes });
  return blobsIn(readable, out);
}

/** `<id> blob <size>\n<content>\n` for each, in the order asked for. */
function blobsIn(names: readonly string[], out: Buffer): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  let at = 0;
  for (const name of names) {
    const end = out.indexOf(10, at);
    const [, kind, size] = out.toString('utf8', at, end).split(' ').slice(-3);
    at = end + 1;
    if (kind === undefined || !/^\d+$/.test(size ?? '')) continue; // missing
    const bytes = Number(size);
    if (kind === 'blob') found.set(name, out.subarray(at, at + bytes));
    at += bytes + 1;
  }
  return found;
}
