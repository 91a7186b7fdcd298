/**
 * The edit engine: exact, unique replacement, pure, on bytes. A model sends text with LF; the file keeps
 * its own line endings, byte-order mark, tabs and end of file. What does not match exactly once is refused
 * with the nearest text, never applied.
 */
import { describeNearest, numbered } from './nearest.ts';

export interface Edit {
  readonly old: string;
  readonly new: string;
}

export type EditResult =
  | { readonly ok: true; readonly content: Buffer; readonly changes: readonly LineRange[] }
  | { readonly ok: false; readonly error: string };

/** Lines of the new content that an edit wrote, from 1; `to` < `from` for a pure deletion. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

export const maxEditableBytes = 1_000_000;
const maxReportedMatches = 5;

/** Applies all edits, each to the result of the one before, or none of them. */
export function applyEdits(content: Uint8Array | string, edits: readonly Edit[]): EditResult {
  const original = Buffer.from(content as Uint8Array);
  const reason = uneditable(original);
  if (reason) return { ok: false, error: `Not edited: ${reason}` };
  if (edits.length === 0) return { ok: false, error: 'Not edited: the list of edits is empty.' };

  const { mark, text } = cutByteOrderMark(original.toString('latin1'));
  let current = text;
  const changes: LineRange[] = [];
  for (const [index, edit] of edits.entries()) {
    const step = applyOne(current, edit);
    if (!step.ok) return { ok: false, error: locate(step.error, index, edits.length) };
    current = step.text;
    changes.push(step.lines);
  }
  const result = Buffer.from(mark + current, 'latin1');
  if (result.length > maxEditableBytes) {
    return { ok: false, error: 'Not edited: the file would grow over 1 MB.' };
  }
  return { ok: true, content: result, changes };
}

/** Why a file of this content is never edited, or undefined. */
export function uneditable(content: Buffer): string | undefined {
  if (content.length > maxEditableBytes) {
    return `the file is larger than 1 MB (${content.length} bytes).`;
  }
  if (content.includes(0)) return 'the file is binary (or UTF-16), not text.';
  const head = content.subarray(0, 2_000).toString('latin1').split('\n').slice(0, 10);
  if (head.some(saysGenerated)) {
    return 'the file says that it is generated; change what it is generated from.';
  }
  return undefined;
}

function saysGenerated(line: string): boolean {
  if (line.length > 300) return false;
  return (
    /^\W{0,10}@generated\b/.test(line) || /\bgenerated\b[^\n]{0,200}\bdo not edit\b/i.test(line)
  );
}

type Step =
  | { readonly ok: true; readonly text: string; readonly lines: LineRange }
  | { readonly ok: false; readonly error: string };

/** `text` holds bytes, one character each (latin1), so whatever encoding the file has survives. */
function applyOne(text: string, edit: Edit): Step {
  const fault = faultOf(edit);
  if (fault) return { ok: false, error: fault };
  const old = toBytes(edit.old);
  const endings = findEndings(text);
  const matches = findAll(endings.normalised, old);
  const [match] = matches;
  if (match === undefined) {
    return { ok: false, error: describeNearest(fromBytes(endings.normalised), fromBytes(old)) };
  }
  if (matches.length > 1) return { ok: false, error: ambiguous(endings.normalised, matches, old) };
  if (losesIndentation(endings.normalised, match, toBytes(edit.new))) {
    return { ok: false, error: underIndented(endings.normalised, match) };
  }

  const changed = trimCommon(old, toBytes(edit.new));
  const start = endings.originalIndex(match + changed.start);
  const end = endings.originalIndex(match + changed.start + changed.old.length);
  const eol = endings.endingAround(match, old.length);
  const written = changed.new.replaceAll('\n', eol);
  const from = lineAt(endings.normalised, match);
  return {
    ok: true,
    text: text.slice(0, start) + written + text.slice(end),
    lines: { from, to: from + lineCount(toBytes(edit.new)) - 1 },
  };
}

const loneSurrogate = /\p{Surrogate}/u;

function faultOf(edit: Edit): string | undefined {
  if (edit.old === '')
    return '`old` is empty. Give the exact text to replace; use create for a new file.';
  if (loneSurrogate.test(edit.old) || loneSurrogate.test(edit.new)) {
    return 'the text holds half a surrogate pair, which no file can hold.';
  }
  if (edit.new.includes('\0')) return '`new` holds a NUL character.';
  if (edit.old === edit.new) return '`old` and `new` are the same.';
  return undefined;
}

function toBytes(text: string): string {
  return Buffer.from(cutMark(text).replaceAll('\r\n', '\n'), 'utf8').toString('latin1');
}

function fromBytes(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

function cutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

const byteOrderMark = '\xEF\xBB\xBF';

function cutByteOrderMark(text: string): { mark: string; text: string } {
  return text.startsWith(byteOrderMark)
    ? { mark: byteOrderMark, text: text.slice(byteOrderMark.length) }
    : { mark: '', text };
}

/** Every place, overlapping ones too: `aa` is ambiguous in `aaa`. */
function findAll(text: string, part: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) found.push(at);
  return found;
}

function ambiguous(text: string, matches: readonly number[], old: string): string {
  const lines = matches.slice(0, maxReportedMatches).map((at) => lineAt(text, at));
  const more = matches.length > lines.length ? ', …' : '';
  const first = lines[0] ?? 1;
  return (
    `\`old\` is found ${matches.length} times (at lines ${lines.join(', ')}${more}); it must be found once. ` +
    `Add lines before or after it that make it unique. The first is:\n` +
    numbered(fromBytes(text).split('\n'), first, first + Math.min(lineCount(old), 10) - 1)
  );
}

/**
 * `old` starts behind its line's indentation and the replacement goes on with less than that: whether
 * this is meant can't be told, and in Python it breaks the file.
 */
function losesIndentation(text: string, match: number, replacement: string): boolean {
  const before = text.slice(text.lastIndexOf('\n', match - 1) + 1, match);
  if (!/^[ \t]+$/.test(before)) return false;
  const next = replacement
    .split('\n')
    .slice(1)
    .find((line) => line.trim() !== '');
  return next !== undefined && !next.startsWith(before);
}

function underIndented(text: string, match: number): string {
  const line = lineAt(text, match);
  return (
    `\`old\` starts after the indentation of line ${line}, and the lines of \`new\` are indented less. ` +
    `Start \`old\` and \`new\` at the beginning of the line, with its indentation:\n` +
    numbered(fromBytes(text).split('\n'), line, line)
  );
}

/** Where the file has CRLF, and how positions in its LF-only form map back to it. */
function findEndings(text: string) {
  const parts = text.split('\r\n');
  const normalised = parts.join('\n');
  const crlfAt: number[] = []; // index in `normalised` of each newline that is CRLF in the file
  let at = -1;
  for (const part of parts.slice(0, -1)) {
    at += part.length + 1;
    crlfAt.push(at);
  }
  const newlines = normalised.split('\n').length - 1;
  const rest = newlines === 0 && normalised.includes('\r') ? '\r' : '\n';
  const fileEnding = crlfAt.length * 2 > newlines ? '\r\n' : rest;
  return {
    normalised,
    originalIndex: (index: number) => index + countBelow(crlfAt, index),
    /** The ending of the replaced lines where they agree, else the one most of the file has. */
    endingAround(index: number, length: number): string {
      const lines = normalised.slice(index, index + length).split('\n').length - 1;
      const crlf = countBelow(crlfAt, index + length) - countBelow(crlfAt, index);
      if (lines === 0 || (crlf !== 0 && crlf !== lines)) return fileEnding;
      return crlf === lines ? '\r\n' : '\n';
    },
  };
}

/** How many of the ascending `values` are below `limit`. */
function countBelow(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Leaves the lines that both share at either end untouched, whatever endings those have in the file. */
function trimCommon(old: string, replacement: string) {
  let start = 0;
  for (let i = 0; i < Math.min(old.length, replacement.length); i++) {
    if (old[i] !== replacement[i]) break;
    if (old[i] === '\n') start = i + 1;
  }
  let end = 0;
  const most = Math.min(old.length, replacement.length) - start;
  for (let i = 1; i <= most; i++) {
    const char = old[old.length - i];
    if (char !== replacement[replacement.length - i]) break;
    if (char === '\n') end = i - 1;
  }
  return {
    start,
    old: old.slice(start, old.length - end),
    new: replacement.slice(start, replacement.length - end),
  };
}

function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1))
    line++;
  return line;
}

/** Lines a text takes up; a newline at its end opens no further one. */
function lineCount(text: string): number {
  if (text === '') return 0;
  const breaks = text.split('\n').length;
  return text.endsWith('\n') ? breaks - 1 : breaks;
}

function locate(error: string, index: number, of: number): string {
  if (of === 1) return `Not edited: ${error}`;
  return `Not edited: edit ${index + 1} of ${of}: ${error}\nNone of the ${of} edits was applied.`;
}
