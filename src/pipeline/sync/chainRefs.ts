/** Chains as git keeps them: a ref a clone, a commit a batch, with its head and its lines as files. */
import { randomUUID } from 'node:crypto';
import { type EncodedBatch, maxHeadBytes } from '../../backlog/team/batch.ts';
import { PatchwrightError } from '../../core/errors.ts';
import type { Git } from '../../core/ports.ts';
import { isChain } from '../../core/team.ts';

/** Here what was taken, on the remote what is there for all. */
export const taken = 'refs/patchwright/sync/';
/** As the remote has it; nothing of it has been checked. */
const incoming = 'refs/patchwright/incoming/';
/** Beside the chains: a commit whose id is the repository's. */
export const repositoryName = 'repository';

export interface ChainTip {
  readonly chain: string;
  readonly commit: string;
}

/** More clones than any team has: somebody fills the remote. */
const maxChains = 1_000;
const maxBatches = 2_000;

/** Brings what the remote has; rejects with `git_failed` and has changed nothing then. */
export async function fetchChains(git: Git, remote: string, signal: AbortSignal): Promise<void> {
  // Objects of others are looked over before they are let in.
  const fetch = ['-c', 'fetch.fsckObjects=true', 'fetch', '--quiet', '--no-tags', '--prune'];
  const plain = ['--no-write-fetch-head', '--no-auto-maintenance', '--recurse-submodules=no'];
  await git.run([...fetch, ...plain, '--', remote, `+${taken}*:${incoming}*`], { signal });
}

export interface Incoming {
  /** Which repository the remote's backlog is of; undefined as long as nobody has said. */
  readonly repository: string | undefined;
  readonly tips: readonly ChainTip[];
}

export async function incomingRefs(git: Git, signal: AbortSignal): Promise<Incoming> {
  const format = '--format=%(objectname) %(refname)';
  const out = await git.run(['for-each-ref', format, incoming], { signal });
  const refs = out.split('\n').map((line): ChainTip => {
    const [commit = '', ref = ''] = line.split(' ');
    return { chain: ref.slice(incoming.length), commit };
  });
  const tips = refs.filter(({ chain }) => isChain(chain));
  const repository = refs.find(({ chain }) => chain === repositoryName)?.commit;
  if (tips.length <= maxChains) return { repository, tips };
  throw new PatchwrightError('untrusted', {
    what: 'Nothing was synced.',
    why: `The remote has ${tips.length} refs below ${taken}, and ${maxChains} are allowed.`,
    remedy: 'Find out who makes them, and delete those that nobody needs.',
  });
}

export async function tipOf(git: Git, chain: string): Promise<string | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', `${taken}${chain}`];
  const { code, out } = await git.code(args, { okCodes: [0, 1] });
  return code === 0 && out !== '' ? out : undefined;
}

/** The newest first; undefined where it is no chain of commits, or too long for one. */
export async function commitsOf(
  git: Git,
  tip: string,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const args = ['rev-list', '--first-parent', `--max-count=${maxBatches + 1}`, tip, '--'];
  const { code, out } = await git.code(args, { okCodes: [0, 128], signal });
  const commits = out === '' ? [] : out.split('\n');
  return code === 0 && commits.length <= maxBatches ? commits : undefined;
}

/** Of each commit its head, where it has one of a usual size. */
export async function headsOf(
  git: Git,
  commits: readonly string[],
  signal: AbortSignal,
): Promise<readonly (Buffer | undefined)[]> {
  return blobs(
    git,
    commits.map((commit) => `${commit}:head`),
    maxHeadBytes,
    signal,
  );
}

export async function linesOf(
  git: Git,
  commit: string,
  bytes: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  return (await blobs(git, [`${commit}:lines`], bytes, signal))[0];
}

/** Sizes first: what is too large is not even read. */
async function blobs(
  git: Git,
  names: readonly string[],
  most: number,
  signal: AbortSignal,
): Promise<readonly (Buffer | undefined)[]> {
  if (names.length === 0) return [];
  const ask = (wanted: readonly string[]) => ({ input: `${wanted.join('\n')}\n`, signal });
  const said = (await git.run(['cat-file', '--batch-check'], ask(names))).split('\n');
  const usable = said.map((line) => {
    const [, type, size] = line.split(' ');
    return type === 'blob' && Number(size) <= most;
  });
  const wanted = names.filter((_, index) => usable[index]);
  if (wanted.length === 0) return names.map(() => undefined);
  const contents = splitBatch(await git.bytes(['cat-file', '--batch'], ask(wanted)));
  let next = 0;
  return usable.map((isUsable) => (isUsable ? contents[next++] : undefined));
}

/** `<id> blob <size>`, a line feed, the content, a line feed; and again. */
function splitBatch(out: Buffer): readonly Buffer[] {
  const contents: Buffer[] = [];
  for (let at = 0; at < out.length; ) {
    const end = out.indexOf(0x0a, at);
    const size = Number(out.toString('latin1', at, end).split(' ')[2]);
    contents.push(out.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return contents;
}

/** Commits of ours: nobody's name but the one that the head says. */
const author = { name: 'Patchwright', email: 'patchwright@localhost' };

/** Puts a batch behind `parent`; no ref moves. */
export async function commitBatch(
  git: Git,
  batch: EncodedBatch,
  parent: string | undefined,
  at: string,
): Promise<string> {
  const store = (input: Uint8Array) => git.run(['hash-object', '-w', '--stdin'], { input });
  const [head, lines] = [await store(Buffer.from(batch.head)), await store(batch.lines)];
  const input = `100644 blob ${head}\thead\n100644 blob ${lines}\tlines\n`;
  const tree = await git.run(['mktree'], { input });
  const parents = parent === undefined ? [] : ['-p', parent];
  const args = ['commit-tree', tree, ...parents, '-m', 'Patchwright sync'];
  return git.run(args, { extraEnv: authorAt(at) });
}

/** Like no other; no ref moves. */
export async function makeRepository(git: Git, at: string): Promise<string> {
  const tree = await git.run(['mktree'], { input: '' });
  const args = ['commit-tree', tree, '-m', `Patchwright repository ${randomUUID()}`];
  return git.run(args, { extraEnv: authorAt(at) });
}

function authorAt(at: string): Readonly<Record<string, string>> {
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: at,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
    GIT_COMMITTER_DATE: at,
  };
}

export async function moveTip(git: Git, chain: string, commit: string): Promise<void> {
  await git.run(['update-ref', `${taken}${chain}`, commit]);
}

/** Replaces what the remote has, if that is what was seen. */
export async function pushTip(
  git: Git,
  remote: string,
  { chain, commit }: ChainTip,
  seen: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const ref = `${taken}${chain}`;
  const options = ['--quiet', '--no-follow-tags', '--recurse-submodules=no'];
  const lease = `--force-with-lease=${ref}:${seen ?? ''}`;
  await git.run(['push', ...options, lease, '--', remote, `${commit}:${ref}`], { signal });
}
