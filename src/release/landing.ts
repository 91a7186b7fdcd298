import type { PatchRequest } from '../core/patchRequest.ts';
import type { Git } from '../core/ports.ts';
import { fields, isAncestor, isCommit, isObjectId } from './ownGit.ts';
import { treeDiff } from './treeDiff.ts';

/** What a patch's landing changed on a branch: everything from `before` up to `commit`. */
export interface Landing {
  readonly commit: string;
  readonly before: string;
  readonly isMerge: boolean;
}

type Patch = Pick<PatchRequest, 'base' | 'commit'>;

/** How far back a landing is looked for. */
const maxCommits = 1_000;
const maxPatchBytes = 64 << 20;
/** The same whatever the user has set for what they look at. */
const patchFormat = [
  '-p',
  '-U3',
  '--full-index',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-renames',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--diff-algorithm=myers',
];

/**
 * How a patch came into the history of `head`: by a merge, by one commit that holds all of it (squashed), or
 * by a copy of each of its commits (rebased, or a fast-forward). undefined where it is not part of it.
 * @param commit the merge as it was noted; where it is no part of the history (amended, or made elsewhere),
 *   what stands for it is looked for
 * @param patch as it was judged; left out where nothing is known of it
 */
export async function findLanding(
  git: Git,
  head: string,
  commit: string,
  patch: Patch | undefined,
  signal?: AbortSignal,
): Promise<Landing | undefined> {
  const known = patch && (await isHere(git, patch, signal)) ? patch : undefined;
  const isPart =
    (await isCommit(git, commit, signal)) && (await isAncestor(git, commit, head, signal));
  const last = isPart ? commit : known && (await foundAgain(git, head, known, signal));
  if (last === undefined) return undefined;
  const [, ...parents] = (
    await git.run(['rev-list', '--parents', '-n', '1', last], { signal })
  ).split(' ');
  if (parents.length > 2 || parents.length === 0) return undefined;
  const isMerge = parents.length === 2;
  const steps = isMerge || !known ? 1 : await copiedCommits(git, last, known, signal);
  const before = await git.run(['rev-parse', '--verify', `${last}~${steps}`], { signal });
  return { commit: last, before, isMerge };
}

/**
 * The commit by which all of a patch came into the history of `head` as a copy: squashed or rebased, or in
 * one that leaves the patch's files as the patch does, whatever else it changes.
 */
export async function findCopy(
  git: Git,
  head: string,
  patch: Patch,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (!(await isAncestor(git, patch.base, head, signal))) return undefined;
  const landing = await findLanding(git, head, patch.commit, patch, signal);
  const changed = (from: string, to: string) => changeBetween(git, from, to, signal);
  const isWhole =
    landing &&
    (await changed(landing.before, landing.commit)) === (await changed(patch.base, patch.commit));
  return isWhole ? landing.commit : reached(git, head, patch, signal);
}

/** The oldest commit since the patch's base with which all its files are as the patch has them. */
async function reached(
  git: Git,
  head: string,
  { base, commit }: Patch,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const wanted = new Map(
    (await treeDiff(git, base, commit, signal)).map((one) => [one.path, entryOf(one)]),
  );
  const history = ['log', '--first-parent', '--diff-merges=first-parent', '--reverse'];
  const what = ['--raw', '-z', '--no-abbrev', '--no-renames', '--format=%H'];
  const range = [
    '-n',
    String(maxCommits),
    `${base}..${head}`,
    '--',
    ...literal([...wanted.keys()]),
  ];
  const tokens = fields(await git.run([...history, ...what, ...range], { signal }));
  const differing = new Set(wanted.keys());
  let current: string | undefined;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = (tokens[at] ?? '').trim();
    if (token.startsWith(':')) {
      const [, newMode = '', , newId = ''] = token.split(' ');
      const path = tokens[(at += 1)] ?? '';
      if (wanted.get(path) === entryOf({ newMode, newId })) differing.delete(path);
      else differing.add(path);
      continue;
    }
    if (differing.size === 0) return current;
    current = token;
  }
  return differing.size === 0 ? current : undefined;
}

function entryOf({ newMode, newId }: { readonly newMode: string; readonly newId: string }): string {
  return `${newMode} ${newId}`;
}

function literal(paths: readonly string[]): readonly string[] {
  return paths.map((path) => `:(literal)${path}`);
}

async function foundAgain(
  git: Git,
  head: string,
  patch: Patch,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { commit } = patch;
  if (await isAncestor(git, commit, head, signal)) return broughtBy(git, head, commit, signal);
  return likeOf(git, head, patch, signal);
}

/** The merge with which a commit came into the history of `head`; itself after a fast-forward. */
export async function broughtBy(
  git: Git,
  head: string,
  commit: string,
  signal?: AbortSignal,
): Promise<string> {
  const path = ['rev-list', '--ancestry-path', '--first-parent', '--merges', `${commit}..${head}`];
  const merges = (await git.run(path, { signal })).split('\n').filter(Boolean);
  return merges.at(-1) ?? commit;
}

async function isHere(git: Git, { base, commit }: Patch, signal?: AbortSignal): Promise<boolean> {
  const isThere = (await isCommit(git, base, signal)) && (await isCommit(git, commit, signal));
  return isThere && isAncestor(git, base, commit, signal);
}

/** A commit without a name: what it changes, who wrote it when, and the first line of its message. */
interface Trait {
  readonly commit: string;
  readonly change: string;
  readonly words: string;
}

/** How many commits up to `last` are copies of the patch's own; one, if it is all of them in one. */
async function copiedCommits(
  git: Git,
  last: string,
  { base, commit }: Patch,
  signal?: AbortSignal,
): Promise<number> {
  const own = await traitsOf(git, [`${base}..${commit}`, '--'], signal);
  const onBranch = await traitsOf(
    git,
    ['--first-parent', '-n', String(own.length), last, '--'],
    signal,
  );
  const isCopy = (one: Trait | undefined, of: Trait | undefined): boolean =>
    one !== undefined && of !== undefined && (one.change === of.change || one.words === of.words);
  const firstOther = own.findIndex((one, index) => !isCopy(onBranch[index], one));
  return Math.max(1, firstOther === -1 ? own.length : firstOther);
}

/** The newest commit since the patch's base that changes what it changes: all of it, or its last part. */
async function likeOf(
  git: Git,
  head: string,
  { base, commit }: Patch,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (!(await isAncestor(git, base, head, signal))) return undefined;
  const parts = [base, `${commit}~1`].map((from) => changeBetween(git, from, commit, signal));
  const wanted = new Set(await Promise.all(parts));
  const names = await git.run(['diff', '--name-only', '--no-renames', '-z', base, commit, '--'], {
    signal,
  });
  const since = ['--first-parent', '--no-merges', '--full-diff', '-n', String(maxCommits)];
  const range = [...since, `${base}..${head}`, '--', ...literal(fields(names))];
  return (await traitsOf(git, range, signal)).find(({ change }) => wanted.has(change))?.commit;
}

/** The newest first. */
async function traitsOf(
  git: Git,
  range: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Trait[]> {
  const log = ['log', '--no-show-signature'];
  const words = '--format=%H%x00%an%x00%ae%x00%at%x00%s';
  const list = await git.run([...log, words, ...range], { signal });
  const patches = await git.bytes([...log, '--format=%H', ...patchFormat, ...range], {
    signal,
    maxOutputBytes: maxPatchBytes,
  });
  const changes = new Map((await changeIds(git, patches)).map((one) => [one.commit, one.change]));
  return list
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [commit = '', ...words] = line.split('\0');
      // A commit that changes nothing has no id: none is like it.
      return { commit, change: changes.get(commit) ?? `none ${commit}`, words: words.join('\0') };
    });
}

async function changeBetween(
  git: Git,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const patch = await git.bytes(['diff', ...patchFormat, from, to, '--'], { signal });
  return (await changeIds(git, patch))[0]?.change;
}

/** git's own name for a change, without line numbers. */
async function changeIds(git: Git, patches: Uint8Array) {
  const lines = (await git.run(['patch-id', '--stable'], { input: patches })).split('\n');
  return lines
    .map((line) => line.split(' '))
    .filter(([change = '']) => isObjectId(change))
    .map(([change = '', commit = '']) => ({ change, commit }));
}
