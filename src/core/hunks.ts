import { PatchwrightError } from './errors.ts';

/** Reading and taking apart git's unified diffs. Pure, and no byte is lost where the text is latin1. */

/** Lines that a patch changes in one place, with the lines around them. */
export interface DiffHunk {
  /** Within its file, from 1. */
  readonly number: number;
  /** `@@ -1,4 +1,5 @@ …`, then the lines with their signs. */
  readonly lines: readonly string[];
  /** First line in the patched file, from 1. */
  readonly newStart: number;
  readonly newLines: number;
  readonly added: number;
  readonly removed: number;
}

export interface FileDiff {
  /** As the patch leaves it; of a deleted file as it was. */
  readonly path: string;
  /** From `diff --git` up to `+++`. */
  readonly header: readonly string[];
  readonly hunks: readonly DiffHunk[];
}

/** Names one hunk of a request. */
export interface HunkName {
  readonly path: string;
  readonly number: number;
}

export function hunkNameText({ path, number }: HunkName): string {
  return `${path}:${number}`;
}

/** `FILE:N`, or undefined. */
export function parseHunkName(text: string): HunkName | undefined {
  const found = /^(.+):([1-9]\d{0,5})$/s.exec(text);
  return found ? { path: found[1] ?? '', number: Number(found[2]) } : undefined;
}

const range = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** @param encoding how the diff's bytes became text: latin1 where they are to become bytes again */
export function parseDiff(diff: string, encoding: 'utf8' | 'latin1' = 'utf8'): readonly FileDiff[] {
  const lines = diff.split('\n');
  const files: FileDiff[] = [];
  let at = 0;
  while (at < lines.length) {
    if (!lines[at]?.startsWith('diff --git ')) {
      at += 1;
      continue;
    }
    const start = at;
    at += 1;
    while (at < lines.length && !/^(@@ |diff --git )/.test(lines[at] ?? '')) at += 1;
    const header = lines.slice(start, at);
    const hunks: DiffHunk[] = [];
    while (lines[at]?.startsWith('@@ ')) {
      const end = endOfHunk(lines, at);
      hunks.push(hunkOf(lines.slice(at, end), hunks.length + 1));
      at = end;
    }
    files.push({ path: pathOf(header, encoding), header, hunks });
  }
  return files;
}

/** The counts in its first line say where a hunk ends: a line of it may look like anything. */
function endOfHunk(lines: readonly string[], start: number): number {
  const [, oldLines = '1', , newLines = '1'] = range.exec(lines[start] ?? '') ?? [];
  let [old, now] = [Number(oldLines), Number(newLines)];
  let at = start + 1;
  while (at < lines.length && (old > 0 || now > 0)) {
    const sign = lines[at]?.[0];
    if (sign !== '+' && sign !== '\\') old -= 1;
    if (sign !== '-' && sign !== '\\') now -= 1;
    at += 1;
  }
  return lines[at]?.startsWith('\\') ? at + 1 : at;
}

function hunkOf(lines: readonly string[], number: number): DiffHunk {
  const [, , newStart = '0', newLines = '1'] = range.exec(lines[0] ?? '') ?? [];
  const count = (sign: string): number =>
    lines.slice(1).filter((line) => line.startsWith(sign)).length;
  return {
    number,
    lines,
    newStart: Number(newStart),
    newLines: Number(newLines),
    added: count('+'),
    removed: count('-'),
  };
}

function pathOf(header: readonly string[], encoding: 'utf8' | 'latin1'): string {
  const path = rawPathOf(header.map((line) => Buffer.from(line, encoding).toString('latin1')));
  return Buffer.from(path, 'latin1').toString('utf8');
}

/** Of a header of bytes. */
function rawPathOf(header: readonly string[]): string {
  const after = nameIn(header, '+++ ');
  const named = after === '/dev/null' ? nameIn(header, '--- ') : after;
  if (named !== undefined) return named.replace(/^[ab]\//, '');
  // Without hunks: a pure rename, a change of mode, or a binary file.
  const renamed = header.find((line) => line.startsWith('rename to '));
  if (renamed) return unquoted(renamed.slice('rename to '.length));
  const [first = ''] = header;
  const quoted = /"b\/((?:[^"\\]|\\.)*)"$/.exec(first);
  if (quoted) return unquoted(`"${quoted[1] ?? ''}"`);
  const names = first.slice('diff --git '.length); // `a/NAME b/NAME`
  return names.slice((names.length + 1) / 2 + 2);
}

function nameIn(header: readonly string[], mark: string): string | undefined {
  const line = header.find((one) => one.startsWith(mark));
  return line && unquoted(line.slice(mark.length).replace(/\t$/, ''));
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '"': '"',
  '\\': '\\',
};

/** Names with unusual characters are in quotes, byte by byte. */
function unquoted(name: string): string {
  if (!name.startsWith('"')) return name;
  return name
    .slice(1, -1)
    .replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
    );
}

/**
 * A diff that holds nothing but these hunks, to be taken back from the patched files. What is no hunk
 * (a rename, a mode) stays, except that a file goes whole when it was added or deleted.
 * Throws `not_found` when the diff has no such hunk.
 */
export function onlyHunks(diff: readonly FileDiff[], names: readonly HunkName[]): string {
  for (const name of names) {
    const file = diff.find(({ path }) => path === name.path);
    if (!file?.hunks.some(({ number }) => number === name.number)) throw noSuchHunk(name, file);
  }
  const parts = diff.flatMap(({ path, header, hunks }) => {
    const chosen = hunks.filter(({ number }) =>
      names.some((name) => name.path === path && name.number === number),
    );
    if (chosen.length === 0) return [];
    return [...headerFor(header, path), ...chosen.flatMap(({ lines }) => lines)];
  });
  return `${parts.join('\n')}\n`;
}

function headerFor(header: readonly string[], path: string): readonly string[] {
  const isWhole = header.some((line) => /^(new|deleted) file mode /.test(line));
  if (isWhole) return header;
  const name = (side: string): string => quoted(`${side}/${path}`);
  return [`diff --git ${name('a')} ${name('b')}`, `--- ${name('a')}`, `+++ ${name('b')}`];
}

function quoted(name: string): string {
  const bytes = Buffer.from(name, 'utf8').toString('latin1');
  const escaped = bytes.replace(
    /[^\x20-\x21\x23-\x5b\x5d-\x7e]/g,
    (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return escaped === bytes && !/\s/.test(name) ? name : `"${escaped}"`;
}

function noSuchHunk(name: HunkName, file: FileDiff | undefined): PatchwrightError {
  const count = file?.hunks.length ?? 0;
  return new PatchwrightError('not_found', {
    what: `There is no hunk ${hunkNameText(name)} in the patch.`,
    why: file
      ? `${file.path} has ${count === 0 ? 'no hunks' : `hunks 1 to ${count}`}.`
      : 'It does not change that file.',
    remedy: 'Look at the diff: hunks are counted from 1 in each file.',
  });
}
