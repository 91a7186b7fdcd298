import * as z from 'zod/mini';
import { isPatchwrightError } from '../../core/errors.ts';
import { redactFile } from '../redactCode.ts';
import { pathspecs } from './globs.ts';
import { maxResultChars, takeLines } from './output.ts';
import { locateForReading } from './paths.ts';
import { readWithoutLinks } from './read.ts';
import { ripgrep } from './ripgrep.ts';
import { defineTool, done, failed, type ToolContext, type ToolResult } from './tool.ts';

const maxMatches = 200;
const maxLineChars = 300;
const maxSearchBytes = 2 << 20;
const timeLimitMs = 15_000;
/** -z: file names as they are, and matches that can be told apart. */
const options = [
  'grep',
  '-n',
  '-z',
  '-I',
  '--no-color',
  '--no-column',
  '--no-recurse-submodules',
  '--untracked',
];

export const search = defineTool({
  name: 'search',
  description:
    'Searches the text of the repository (not ignored or binary files). The pattern is literal unless regex is true (of one line; no look-around, no back references). Gives file:line: text.',
  readOnly: true,
  input: z.object({
    pattern: z.string().check(z.minLength(1), z.maxLength(300)),
    regex: z.optional(z.boolean()).check(z.describe('Default false.')),
    ignore_case: z.optional(z.boolean()).check(z.describe('Default false.')),
    glob: z
      .optional(z.string())
      .check(z.describe('Only in files that match, for example src/**/*.py, or below a folder.')),
  }),
  detail: ({ pattern, glob }) => (glob ? `${pattern} in ${glob}` : pattern),

  async run(
    { pattern, regex = false, ignore_case: ignoreCase = false, glob = '' },
    context,
    signal,
  ) {
    const specs = pathspecs(glob);
    if (!specs)
      return failed('`glob` is too long, has too many stars or leads out of the repository.');
    if (/[\n\0]/.test(pattern)) return failed('`pattern` must be one line.');
    const wanted = { pattern, regex, ignoreCase, specs };
    const found =
      (await withRipgrep(wanted, context, signal)) ?? (await withGit(wanted, context, signal));
    if ('ok' in found) return found;
    const matches = await readableOnly(found, context.root);
    if (matches.length === 0) return done('No matches.');
    const shown = await masked(matches.slice(0, maxMatches), context.root);
    const lines = shown.map((m) => `${m.file}:${m.line}: ${cut(m.text)}`);
    const { text, taken } = takeLines(lines, maxResultChars);
    const left = matches.length - taken;
    return done(
      left === 0 ? text : `${text}\n[${left} or more further matches; narrow the search]`,
    );
  },
});

export interface Wanted {
  readonly pattern: string;
  readonly regex: boolean;
  readonly ignoreCase: boolean;
  /** For git; see `pathspecs`. */
  readonly specs: readonly string[];
}

const noEnd = 'The search failed or took too long. Use a simpler pattern or a narrower glob.';

/** undefined: it is not installed. */
async function withRipgrep(
  wanted: Wanted,
  { shell, root, git }: ToolContext,
  signal: AbortSignal,
): Promise<readonly Match[] | ToolResult | undefined> {
  if (!shell) return undefined;
  const answer = await ripgrep(wanted, shell, root, signal);
  if (answer === undefined) return undefined;
  if (!answer.ok)
    return failed(answer.reason ? `\`pattern\` can't be used: ${answer.reason}` : noEnd);
  const matches = answer.lines.flatMap(parseMatch);
  // A glob of ripgrep's also finds what is ignored.
  const files = [...new Set(matches.map(({ file }) => file))];
  if (wanted.specs.length === 0 || files.length === 0) return matches;
  const { out } = await git.code(['check-ignore', '-z', '--stdin'], {
    input: files.join('\0'),
    okCodes: [0, 1],
    signal,
  });
  const ignored = new Set(out.split('\0'));
  return matches.filter(({ file }) => !ignored.has(file));
}

async function withGit(
  { pattern, regex, ignoreCase, specs }: Wanted,
  context: ToolContext,
  signal: AbortSignal,
): Promise<readonly Match[] | ToolResult> {
  const translated = regex ? toExtended(pattern) : { ok: true as const, pattern };
  if (!translated.ok) return failed(`\`pattern\` can't be used: ${translated.reason}.`);
  const args = [...options, regex ? '-E' : '-F', ...(ignoreCase ? ['-i'] : [])];
  const found = await grep([...args, '-e', translated.pattern, '--', ...specs], context, signal);
  return found === undefined ? failed(noEnd) : found.split('\n').flatMap(parseMatch);
}

/** undefined: a bad pattern, or no end within the time limit. */
async function grep(
  args: readonly string[],
  { git }: ToolContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  const timeLimit = AbortSignal.timeout(timeLimitMs);
  try {
    const { out } = await git.code(args, {
      okCodes: [0, 1],
      maxOutputBytes: maxSearchBytes,
      signal: AbortSignal.any([signal, timeLimit]),
    });
    return out;
  } catch (error) {
    if (isPatchwrightError(error, 'git_failed')) return undefined;
    if (timeLimit.aborted && !signal.aborted) return undefined;
    throw error;
  }
}

interface Match {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** git follows no links, but a folder on the way may have become one: ask for every file once. */
async function readableOnly(matches: readonly Match[], root: string): Promise<readonly Match[]> {
  const readable = new Set<string>();
  for (const file of new Set(matches.map((match) => match.file))) {
    const place = await locateForReading(root, file);
    if (place.ok && place.stats.isFile()) readable.add(file);
  }
  return matches.filter((match) => readable.has(match.file));
}

/** `file NUL line NUL text`; anything else is a piece of a line cut by the output limit. */
function parseMatch(line: string): Match[] {
  const [file, number, ...rest] = line.split('\0');
  if (!file || !number || rest.length === 0 || !/^\d+$/.test(number)) return [];
  return [{ file, line: Number(number), text: rest.join(' ').trimEnd() }];
}

const maxMaskedBytes = 1_000_000;

/**
 * Masked before anything is cut, since of half a token nobody could tell what it is, and with the lines
 * around, since a key goes over many.
 */
async function masked(matches: readonly Match[], root: string): Promise<readonly Match[]> {
  const files = new Map<string, readonly string[]>();
  for (const file of new Set(matches.map((match) => match.file))) {
    files.set(file, await maskedLines(file, root));
  }
  return matches.map((match) => {
    const line = files.get(match.file)?.[match.line - 1];
    return { ...match, text: (line ?? redactFile(match.file, match.text)).trimEnd() };
  });
}

async function maskedLines(file: string, root: string): Promise<readonly string[]> {
  const place = await locateForReading(root, file);
  if (!place.ok || !place.stats.isFile() || place.stats.size > maxMaskedBytes) return [];
  const text = (await readWithoutLinks(place.absolute)).toString('utf8');
  return redactFile(file, text).split('\n');
}

function cut(text: string): string {
  return text.length > maxLineChars ? `${text.slice(0, maxLineChars)}…` : text;
}

/**
 * What models write in JavaScript's dialect, for POSIX. Back references and nested counts are refused:
 * they make the C library's matcher exponential in time or memory.
 */
function toExtended(
  pattern: string,
):
  | { readonly ok: true; readonly pattern: string }
  | { readonly ok: false; readonly reason: string } {
  if (/\\[1-9]/.test(pattern)) return { ok: false, reason: 'it has a back reference' };
  if (/\(\?[^:]/.test(pattern)) return { ok: false, reason: 'look-around is not supported' };
  const counts = pattern.match(/\{\d[^}]*\}/g) ?? [];
  if (counts.length > 2 || counts.some((count) => (count.match(/\d+/g) ?? []).some(tooMany))) {
    return { ok: false, reason: 'it has too many or too large repetition counts' };
  }
  return { ok: true, pattern: pattern.replaceAll('(?:', '(').replace(/\\[dD]/g, digitClass) };
}

function tooMany(digits: string): boolean {
  return Number(digits) > 100;
}

function digitClass(escape: string): string {
  return escape === '\\d' ? '[0-9]' : '[^0-9]';
}
