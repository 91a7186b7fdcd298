/** What the attempt's base commit says about the places a ticket names. */
import type { CodeExcerpt, RecentCommit } from '../attempt/prompt.ts';
import { isPrivate } from '../attempt/tools/privateFiles.ts';
import type { Worktree } from '../attempt/worktree.ts';
import { isPatchwrightError } from '../core/errors.ts';
import type { Location, Ticket } from '../core/ticket.ts';

const maxFiles = 4;
const linesAround = 20;
const commitsOfFile = 5;
const maxBlobBytes = 1_000_000;
const environment = { GIT_LITERAL_PATHSPECS: '1', GIT_NO_LAZY_FETCH: '1' };

type Place = Pick<Worktree, 'git' | 'base' | 'prefix'>;

/** The failing place and its callers', as far as they are files of the commit, with what changed them last. */
export async function codeContext(
  worktree: Place,
  { metadata }: Pick<Ticket, 'metadata'>,
  signal: AbortSignal,
): Promise<{
  readonly code: readonly CodeExcerpt[];
  readonly recentCommits: readonly RecentCommit[];
}> {
  const places = placesOf([
    ...(metadata.location ? [metadata.location] : []),
    ...(metadata.stack ?? []),
  ]);
  const code: CodeExcerpt[] = [];
  for (const place of places) {
    if (code.length === maxFiles) break;
    const excerpt = await excerptOf(worktree, place, signal);
    if (excerpt) code.push(excerpt);
  }
  const commits = await Promise.all(code.map(({ file }) => commitsOf(worktree, file, signal)));
  const byId = new Map(commits.flat().map((commit) => [commit.commit, commit]));
  const recentCommits = [...byId.values()].sort((a, b) => b.at.localeCompare(a.at));
  return { code, recentCommits: recentCommits.slice(0, maxFiles * 2) };
}

/** Each file once, at the first place in it; the stack's order. */
function placesOf(locations: readonly Location[]): readonly Location[] {
  const usable = locations.filter(
    ({ file }) => !/^([/\\~-]|[A-Za-z]:)|(^|\/)\.\.(\/|$)/.test(file) && !isPrivate(file),
  );
  return [...new Map(usable.toReversed().map((one) => [one.file, one])).values()].toReversed();
}

async function excerptOf(
  { git, base, prefix }: Place,
  { file, line = 1 }: Location,
  signal: AbortSignal,
): Promise<CodeExcerpt | undefined> {
  const blob = `${base}:${prefix}${file}`;
  const { code, out } = await git.code(['cat-file', '-s', blob], {
    okCodes: [0, 1, 128],
    extraEnv: environment,
    signal,
  });
  if (code !== 0 || Number(out) > maxBlobBytes) return undefined;
  const { code: none, out: text } = await git.code(['cat-file', 'blob', blob], {
    okCodes: [0, 128], // a folder, or a submodule
    extraEnv: environment,
    signal,
  });
  if (none !== 0 || text.includes('\0')) return undefined;
  const lines = text.split(/\r?\n/);
  if (line > lines.length) return { file, from: 1, lines: lines.slice(0, 2 * linesAround) };
  const from = Math.max(1, line - linesAround);
  return { file, from, lines: lines.slice(from - 1, line + linesAround) };
}

async function commitsOf(
  { git, base, prefix }: Place,
  file: string,
  signal: AbortSignal,
): Promise<RecentCommit[]> {
  const args = [
    'log',
    '--no-show-signature',
    '--no-color',
    '--no-decorate',
    '--format=%h%x00%as%x00%s',
  ];
  try {
    const out = await git.run(
      [...args, `--max-count=${commitsOfFile}`, base, '--', prefix + file],
      { extraEnv: environment, signal },
    );
    return out.split('\n').flatMap((line) => {
      const [commit, at, subject] = line.split('\0');
      return commit && at && subject !== undefined ? [{ commit, at, subject, file }] : [];
    });
  } catch (error) {
    if (isPatchwrightError(error, 'git_failed')) return []; // a shallow or partial clone
    throw error;
  }
}
