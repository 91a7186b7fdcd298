import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import * as z from 'zod/mini';
import { redactFile } from '../redactCode.ts';
import { maxResultChars, takeLines } from './output.ts';
import { locateForReading, unreadable } from './paths.ts';
import { defineTool, done, failed } from './tool.ts';

const maxReadBytes = 1_000_000;
const defaultLines = 400;
const maxLineChars = 2_000;

export const read = defineTool({
  name: 'read',
  description: `Reads a text file, or lines from–to of it (from 1). Each line comes after its number and a tab. At most ${defaultLines} lines unless to is given.`,
  readOnly: true,
  input: z.object({
    path: z.string().check(z.minLength(1)),
    from: z.optional(z.int().check(z.minimum(1))).check(z.describe('First line; default 1.')),
    to: z.optional(z.int().check(z.minimum(1))).check(z.describe('Last line.')),
  }),
  detail: ({ path, from, to }) => (from || to ? `${path}:${from ?? 1}-${to ?? ''}` : path),

  async run({ path, from = 1, to = from + defaultLines - 1 }, { root, isHidden }, signal) {
    const place = await locateForReading(root, path);
    if (!place.ok) return unreadable(path, place.reason);
    // As it was named, and where links lead.
    const names = [place.path, relative(root, place.absolute).split(sep).join('/')];
    for (const name of new Set(names)) {
      if (await isHidden?.(name, signal)) return unreadable(path, 'missing');
    }
    if (place.stats.isDirectory()) return failed(`${path} is a folder. Use list.`);
    if (!place.stats.isFile()) return failed(`${path} is not a regular file.`);
    if (place.stats.size > maxReadBytes) {
      return failed(`${path} has ${place.stats.size} bytes, too many to read. Use search.`);
    }
    const content = await readWithoutLinks(place.absolute);
    if (content.includes(0)) return failed(`${path} is binary (or UTF-16), not text.`);
    return done(show(place.path, content.toString('utf8'), from, to));
  },
});

/** The path has no link left in it; should one appear meanwhile, opening fails. */
export async function readWithoutLinks(absolute: string): Promise<Buffer> {
  const file = await open(absolute, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function show(path: string, text: string, from: number, to: number): string {
  const all = redactFile(path, text.replace(/^\uFEFF/, '')).split(/\r?\n/);
  if (all.at(-1) === '') all.pop();
  if (all.length === 0) return `${path} is empty.`;
  if (from > all.length) return `${path} has only ${all.length} lines.`;
  const wanted = all
    .slice(from - 1, Math.max(from, to))
    .map((line, index) => `${from + index}\t${cutLine(line)}`);
  const { text: shown, taken } = takeLines(wanted, maxResultChars - 300);
  const last = from + taken - 1;
  const crlf = text.includes('\r\n') ? '; CRLF line endings, which edits keep' : '';
  const rest = last < all.length ? `; go on with from: ${last + 1}` : '';
  return `${path}, lines ${from}–${last} of ${all.length}${crlf}${rest}\n${shown}`;
}

function cutLine(line: string): string {
  if (line.length <= maxLineChars) return line;
  return `${line.slice(0, maxLineChars)}… [${line.length - maxLineChars} more characters]`;
}
