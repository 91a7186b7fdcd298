import * as z from 'zod/mini';
import { isPatchwrightError } from '../../core/errors.ts';
import { maxResultChars, takeLines } from './output.ts';
import { normalisePath, unreadable } from './paths.ts';
import { isPrivate } from './privateFiles.ts';
import { defineTool, done, failed, type ToolContext, type ToolResult } from './tool.ts';

const logged = 30;
const blamed = 200;
const maxFiles = 200;
const maxBytes = 2 << 20;
/** Nothing a repository configures may run, and a partial clone is not filled from the network. */
const environment = { GIT_LITERAL_PATHSPECS: '1', GIT_NO_LAZY_FETCH: '1' };
const dates = ['--date=short', '--no-show-signature', '--no-color', '--no-decorate'];

const line = z.optional(z.int().check(z.minimum(1)));

export const git = defineTool({
  name: 'git',
  description:
    'History of the repository, to read only. log: latest commits, of path if given. blame: the commit of each line of path, from–to. show: message and diff of commit, of path only if given.',
  readOnly: true,
  input: z.object({
    action: z.enum(['log', 'blame', 'show']),
    path: z.optional(z.string()),
    commit: z
      .optional(z.string().check(z.regex(/^[0-9a-f]{4,64}$/, 'must be a hash of log or blame')))
      .check(z.describe('For show: its hash, whole or abbreviated.')),
    from: line.check(z.describe('log: skips what is before; blame, show: first line.')),
    to: line.check(z.describe('blame: last line.')),
  }),
  detail: ({ action, path, commit }) => [action, commit, path].filter(Boolean).join(' '),

  async run({ action, path, commit, from = 1, to }, context, signal) {
    const place = normalisePath(path ?? '');
    if (!place.ok) return unreadable(path ?? '', place.reason);
    if (isPrivate(place.path)) return unreadable(place.path, 'private');
    try {
      if (action === 'log') return await log(place.path, from, context, signal);
      if (action === 'show') return await show(place.path, commit, from, context, signal);
      return await blame(place.path, from, to ?? from + blamed - 1, context, signal);
    } catch (error) {
      if (!isPatchwrightError(error, 'git_failed')) throw error;
      return failed(`git has no answer: ${error.why}`);
    }
  },
});

async function ask(
  args: readonly string[],
  context: ToolContext,
  signal: AbortSignal,
): Promise<string> {
  const options = { signal, maxOutputBytes: maxBytes, extraEnv: environment };
  return await context.git.run(args, options);
}

async function log(
  path: string,
  from: number,
  context: ToolContext,
  signal: AbortSignal,
): Promise<ToolResult> {
  const range = [`--max-count=${logged + 1}`, `--skip=${from - 1}`, '--format=%h %ad %s'];
  const args = ['log', ...dates, ...range, context.base, '--', ...(path ? [path] : [])];
  const out = await ask(args, context, signal);
  if (out === '') return done(from === 1 ? 'No commits.' : 'No further commits.');
  const lines = out.split('\n');
  const more = lines.length > logged ? `\n[more; go on with from: ${from + logged}]` : '';
  return done(takeLines(lines.slice(0, logged), maxResultChars).text + more);
}

async function blame(
  path: string,
  from: number,
  to: number,
  context: ToolContext,
  signal: AbortSignal,
): Promise<ToolResult> {
  if (path === '') return failed('blame needs a path.');
  const last = Math.min(Math.max(from, to), from + blamed - 1);
  // Of the commit, not of the folder: a file of the folder would be sent through the user's filters.
  const args = ['blame', '-s', '--no-textconv', '-L', `${from},${last}`, context.base, '--', path];
  const lines = (await ask(args, context, signal)).split('\n');
  const { text, taken } = takeLines(lines, maxResultChars - 200);
  const next = from + taken;
  const cut = taken < lines.length || last < to ? `\n[go on with from: ${next}]` : '';
  return done(`${path} as the attempt began, commit and line:\n${text}${cut}`);
}

async function show(
  path: string,
  hash: string | undefined,
  from: number,
  context: ToolContext,
  signal: AbortSignal,
): Promise<ToolResult> {
  if (hash === undefined) return failed('show needs a commit.');
  const commit = await ask(['rev-parse', '--verify', `${hash}^{commit}`], context, signal);
  const { code } = await context.git.code(['merge-base', '--is-ancestor', commit, context.base], {
    okCodes: [0, 1],
    signal,
  });
  if (code !== 0) return failed(`${hash} is no commit of this branch's history.`);
  const message = await ask(
    ['show', '--no-patch', ...dates, '--format=%h %ad%n%n%B', commit],
    context,
    signal,
  );
  const lines = `${message.trimEnd()}\n\n${await diffOf(commit, path, context, signal)}`.split(
    '\n',
  );
  if (from > lines.length) return failed(`There are only ${lines.length} lines.`);
  const { text, taken } = takeLines(lines.slice(from - 1), maxResultChars - 200);
  const next = from + taken;
  return done(
    next > lines.length
      ? text
      : `${text}\n[${lines.length - next + 1} more lines; go on with from: ${next}]`,
  );
}

/** Against the first parent, without files that are never shown. */
async function diffOf(
  commit: string,
  path: string,
  context: ToolContext,
  signal: AbortSignal,
): Promise<string> {
  const of = [
    'diff-tree',
    '-r',
    '--root',
    '--no-commit-id',
    '--diff-merges=first-parent',
    '--relative',
  ];
  const listed = await ask(
    [...of, '--name-only', '-z', commit, '--', ...(path ? [path] : [])],
    context,
    signal,
  );
  const names = listed.split('\0').filter((name) => name !== '' && !isPrivate(name));
  if (names.length === 0) return 'No files.';
  const shown = names.slice(0, maxFiles);
  const left = names.length - shown.length;
  const diff = await ask(
    [...of, '-p', '--no-ext-diff', '--no-textconv', '--no-color', commit, '--', ...shown],
    context,
    signal,
  );
  return left === 0 ? diff : `${diff}\n[${left} more files; give a path to see one]`;
}
