import type { Git, GitOptions } from '../core/ports.ts';
import { redact } from '../core/secrets.ts';
import { type CommitInfo, rankSuspects, type Suspect, type Touch } from '../core/suspects.ts';
import type { Location, Ticket } from '../core/ticket.ts';
import { visible } from '../signals/title.ts';

const recentDays = 14;
const maxFiles = 5;
const maxFrames = 6;
const maxCommits = 100;
const linesAround = 5;
const maxTextChars = 200;

/** Paths of stacks come from logs: no pathspec magic, and nothing is fetched for them. */
const guarded = { GIT_LITERAL_PATHSPECS: '1', GIT_NO_LAZY_FETCH: '1' };

/**
 * Commits that may have caused a ticket, the likeliest first: those that last changed the failing
 * line and the lines that led there, and those of the 14 days before `firstSeen` that touched its files.
 * Empty without a place or a history. Rejects when git does, or when the signal fires.
 */
export async function findSuspects(
  git: Git,
  { metadata }: Pick<Ticket, 'metadata'>,
  firstSeen: string,
  signal?: AbortSignal,
): Promise<readonly Suspect[]> {
  const { location, stack = [] } = metadata;
  if (!location || Number.isNaN(Date.parse(firstSeen))) return [];
  const ask = asker(git, signal);
  const rev = await revisionAt(ask, firstSeen);
  if (rev === undefined) return [];
  const places = placesOf(location, stack);
  const files = await trackedFiles(ask, rev, places);
  if (!files.has(location.file)) return [];
  const since = new Date(Date.parse(firstSeen) - recentDays * 86_400_000).toISOString();
  const look: Look = { ask, rev, since };
  const touches: Touch[] = [];
  for (const [index, place] of places.entries()) {
    if (files.has(place.file)) touches.push(...(await lineTouches(look, place, index === 0)));
  }
  for (const file of files) touches.push(...(await fileTouches(look, file)));
  return rankSuspects(touches, await commitsOf(ask, touches), firstSeen);
}

type Ask = (args: readonly string[], okCodes?: readonly number[]) => Promise<string>;

function asker(git: Git, signal: AbortSignal | undefined): Ask {
  const options: GitOptions = { extraEnv: guarded, signal, maxOutputBytes: 1 << 20 };
  return async (args, okCodes = [0]) => {
    const { code, out } = await git.code(args, { ...options, okCodes });
    return code === 0 ? out : '';
  };
}

interface Look {
  readonly ask: Ask;
  readonly rev: string;
  readonly since: string;
}

/** The code as it was when it failed: its line numbers are the trace's. A rewritten history starts later. */
async function revisionAt(ask: Ask, firstSeen: string): Promise<string | undefined> {
  const before = await ask(['rev-list', '-1', `--before=${firstSeen}`, 'HEAD', '--'], [0, 128]);
  if (before !== '') return before;
  return (await ask(['rev-parse', '-q', '--verify', 'HEAD^{commit}'], [0, 1, 128])) || undefined;
}

function placesOf(location: Location, stack: readonly Location[]): readonly Location[] {
  const others = stack.filter(({ file, line }) => file !== location.file || line !== location.line);
  return [location, ...others].slice(0, maxFrames);
}

async function trackedFiles(
  ask: Ask,
  rev: string,
  places: readonly Location[],
): Promise<ReadonlySet<string>> {
  const named = [...new Set(places.map(({ file }) => file))].filter(isRelative).slice(0, maxFiles);
  if (named.length === 0) return new Set();
  const out = await ask(['ls-tree', '-z', '--name-only', rev, '--', ...named], [0, 128]);
  const tracked = new Set(out.split('\0'));
  return new Set(named.filter((file) => tracked.has(file)));
}

function isRelative(file: string): boolean {
  return file !== '' && !/^[/\\]|^[A-Za-z]:|(^|\/)\.\.(\/|$)|\0/.test(file);
}

/** Who last changed a line; of the failing one also who changed those around it. */
async function lineTouches(look: Look, { file, line }: Location, failing: boolean) {
  if (line === undefined || !Number.isSafeInteger(line) || line < 1) return [];
  const blamed = await look.ask(
    ['blame', '--porcelain', '-w', '-L', `${line},${line}`, look.rev, '--', file],
    [0, 128],
  );
  const [hash] = /^[0-9a-f]{40,64}/.exec(blamed) ?? [];
  const kind = failing ? ('line' as const) : ('caller' as const);
  const touches: Touch[] = hash === undefined ? [] : [{ commit: hash, kind, file, line }];
  return failing ? [...touches, ...(await nearTouches(look, file, line))] : touches;
}

async function nearTouches({ ask, rev, since }: Look, file: string, line: number) {
  const range = `${Math.max(1, line - linesAround)},${line + linesAround}`;
  const out = await ask(
    ['log', ...plain, '--format=%H', '-s', `--since=${since}`, `-L${range}:${file}`, rev],
    [0, 128],
  );
  return hashesOf(out).map((commit): Touch => ({ commit, kind: 'near', file, line }));
}

async function fileTouches({ ask, rev, since }: Look, file: string): Promise<Touch[]> {
  const out = await ask(
    ['log', ...plain, '--format=%H', '--no-merges', `--since=${since}`, rev, '--', file],
    [0, 128],
  );
  return hashesOf(out).map((commit) => ({ commit, kind: 'file', file }));
}

const plain = [
  '--no-show-signature',
  '--no-ext-diff',
  '--no-textconv',
  `--max-count=${maxCommits}`,
];

function hashesOf(out: string): string[] {
  return out.split('\n').filter((text) => /^[0-9a-f]{40,64}$/.test(text));
}

async function commitsOf(ask: Ask, touches: readonly Touch[]): Promise<readonly CommitInfo[]> {
  const hashes = [...new Set(touches.map(({ commit }) => commit))];
  if (hashes.length === 0) return [];
  const format = '--format=%H%x00%at%x00%aN%x00%s';
  const out = await ask(['log', '--no-show-signature', '--no-walk', format, ...hashes, '--']);
  return out.split('\n').flatMap((text) => {
    const [commit = '', seconds = '', author = '', subject = ''] = text.split('\0');
    if (!/^\d{1,12}$/.test(seconds)) return [];
    const at = new Date(Number(seconds) * 1000).toISOString();
    return [{ commit, at, author: clean(author), subject: clean(subject) }];
  });
}

/** Anyone may write anything into a commit. */
function clean(text: string): string {
  return visible(redact(text)).slice(0, maxTextChars);
}
