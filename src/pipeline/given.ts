import { patchOf } from '../attempt/patch.ts';
import type { Worktree } from '../attempt/worktree.ts';
import type { Patch } from '../core/attempt.ts';
import { PatchwrightError } from '../core/errors.ts';
import { testsAmong } from '../gates/testFiles.ts';

/** A patch that was made elsewhere: by a person or another tool. */
export interface GivenPatch {
  readonly diff: Uint8Array;
  /** The reproduction test. None: the test files that the patch adds or changes. */
  readonly tests: readonly GivenTest[];
  /** What it was made from; HEAD when left out. */
  readonly base?: string;
}

export interface GivenTest {
  /** As it was named, with `/`. */
  readonly name: string;
  readonly onDisk?: {
    /** From the workspace's folder; undefined when it lies elsewhere. */
    readonly path?: string;
    readonly content: Uint8Array;
  };
}

export interface LaidPatch {
  readonly tree: string;
  /** What it changes; see patchOf. */
  readonly files: Patch['files'];
  /** From the repository's root. */
  readonly testFiles: readonly string[];
}

/** The tree that the patch and its tests make of the base, and which of its files are the tests. */
export async function layGiven(worktree: Worktree, given: GivenPatch): Promise<LaidPatch> {
  const alone = await worktree.treeOfBaseWithDiffs({ diffs: [given.diff], files: [] });
  const files = await filesOf(worktree, alone);
  const changed = namesIn(files);
  if (given.tests.length === 0) return { tree: alone, files, testFiles: testsAmong(changed) };
  const places = await Promise.all(given.tests.map((test) => placeOf(worktree, test, changed)));
  const diffs = places.flatMap(({ diff }) => diff ?? []);
  const laidIn = places.flatMap(({ file }) => file ?? []);
  const isAlone = diffs.length + laidIn.length === 0;
  const tree = isAlone
    ? alone
    : await worktree.treeOfBaseWithDiffs({ diffs: [given.diff, ...diffs], files: laidIn });
  const fromDiffs =
    diffs.length > 0
      ? namesIn(await filesOf(worktree, await worktree.treeOfBaseWithDiffs({ diffs, files: [] })))
      : [];
  const named = places.flatMap(({ path }) => path ?? []);
  return {
    tree,
    files: isAlone ? files : await filesOf(worktree, tree),
    testFiles: [...new Set([...named, ...fromDiffs])],
  };
}

async function filesOf({ git, base, branch }: Worktree, tree: string): Promise<Patch['files']> {
  return (await patchOf(git, base, tree, branch, [])).files;
}

function namesIn(files: Patch['files']): readonly string[] {
  return files.filter(({ status }) => status !== 'deleted').map(({ path }) => path);
}

interface TestPlace {
  readonly path?: string;
  readonly file?: { readonly path: string; readonly content: Uint8Array };
  readonly diff?: Uint8Array;
}

/** A file of the patch, else one on disk to lay in (or a diff that makes it), else one of the base. */
async function placeOf(
  { git, base, prefix }: Worktree,
  { name, onDisk }: GivenTest,
  changed: readonly string[],
): Promise<TestPlace> {
  const short = name.replace(/^\.\//, '');
  const inFolder = onDisk?.path === undefined ? [] : [prefix + onDisk.path];
  const names = [prefix + short, short, ...inFolder];
  const inPatch = names.find((path) => changed.includes(path));
  if (inPatch !== undefined) return { path: inPatch };
  if (onDisk && isDiff(onDisk.content)) return { diff: onDisk.content };
  const [path] = inFolder;
  if (onDisk && path !== undefined) return { path, file: { path, content: onDisk.content } };
  for (const candidate of names) {
    const { code } = await git.code(['cat-file', '-e', `${base}:${candidate}`], {
      okCodes: [0, 1, 128],
    });
    if (code === 0) return { path: candidate };
  }
  throw new PatchwrightError('usage', {
    what: `${name} can't be the reproduction test.`,
    why: onDisk
      ? 'It lies outside of the folder, so it is not known where it belongs.'
      : 'Neither the patch nor the folder has such a file.',
    remedy: 'Name a file of the patch, one in the folder, or a diff that adds the test.',
  });
}

function isDiff(content: Uint8Array): boolean {
  return /^(diff --git |--- [^\n]*\n\+\+\+ )/m.test(
    Buffer.from(content.subarray(0, 2_000)).toString('latin1').replaceAll('\r', ''),
  );
}

/** As a commit on the worktree's branch. */
export async function commitGiven(
  worktree: Worktree,
  { tree, files, testFiles }: LaidPatch,
  about: {
    readonly ticketId: string;
    readonly attemptId: string;
    readonly title: string;
    readonly summary: string;
    readonly model: string;
  },
): Promise<Patch> {
  const commit = await worktree.commitTree(tree, { ...about, testFiles });
  const { base, branch } = worktree;
  return { base, commit, branch, testFiles, files };
}
