import { lstat, open, readdir, realpath, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cancelled, errorMessage, explainFileError, PatchwrightError } from '../core/errors.ts';
import type { Checkout, Clock, Git, Log, Shell } from '../core/ports.ts';
import { type Given, treeWithDiffs, treeWithout } from './applyDiff.ts';
import { type CommitOptions, type Committed, commitPatch, commitTree } from './commit.ts';
import {
  isInstalled,
  nothing,
  type Provided,
  provideDependencies,
  runSetup,
} from './dependencies.ts';
import { isInside, stateOf } from './dependencyCopy.ts';
import {
  createOwnFolders,
  type OwnFolder,
  type OwnFolders,
  rootOf,
  type Seal,
} from './ownFolder.ts';
import {
  assertBranchName,
  continueBranch,
  createBranch,
  deleteOwnBranch,
  freeBranch,
  putBack,
  tipOf,
} from './worktreeBranch.ts';
import { dropIdleCopies } from './idleCopies.ts';
import { inspectRepository, type RepositoryState } from './worktreeChecks.ts';
import { createTestTrees } from './testTrees.ts';
import { assertSealed, layTree, saveIndex, sealOf, worktreeGit } from './worktreeTree.ts';

export interface WorktreeDeps {
  /** The user's repository. */
  readonly git: Git;
  /** Folder of ours outside the workspace, for worktrees and copies of dependencies. */
  readonly home: string;
  readonly shell: Shell;
  /** A shell that holds what a patch brought along, for the setup command; default: `shell`. */
  readonly held?: (folder: string) => Promise<Shell>;
  readonly log: Log;
  readonly clock: Clock;
  /** The user's own command that prepares a checkout for its tests. */
  readonly setup?: string;
  readonly setupTimeoutMs?: number;
  /** Globs. Default main and master. */
  readonly protectedBranches?: readonly string[];
  /** Default: where adding a worktree is slow. */
  readonly pool?: 'always' | 'never';
  /** A repository of more files than this gets a pooled worktree from the start. Default 5,000. */
  readonly manyFiles?: number;
}

export interface OpenOptions {
  /** Wished for; a number is appended when a branch of that name exists. */
  readonly branch: string;
  /** Commit to start from; HEAD when left out. */
  readonly base?: string;
  /** Goes on with `branch`, whose tip this commit must be, instead of making a new one; needs `base`. */
  readonly onto?: string;
  readonly onProgress: Log;
}

/** A checkout of an attempt's own, on a branch of its own. */
export interface Worktree extends Checkout {
  /**
   * @param holds the tree that is there, where it is certain that nothing else is: that is less work
   */
  lay(treeish: string, signal?: AbortSignal, holds?: string): Promise<void>;
  readonly branch: string;
  readonly base: string;
  /** The workspace's folder below `path`: empty, or ending with `/`. */
  readonly prefix: string;
  /** git in this worktree. */
  readonly git: Git;
  /** Brought along for the tests and no part of the patch; relative, with `/`. */
  readonly provided: readonly string[];
  /** The tree of the base with these files as they are in `commit`. */
  treeOfBaseWith(commit: string, files: readonly string[]): Promise<string>;
  /** Two commits, test and fix; see commitPatch. */
  commit(options: CommitOptions): Promise<Committed>;
  /** The tree of the base with diffs and files that came from elsewhere. Throws `conflict`. */
  treeOfBaseWithDiffs(given: Omit<Given, 'prefix'>): Promise<string>;
  /** Commits such a tree as `commit` does what lies in the folder. */
  commitTree(tree: string, options: CommitOptions): Promise<string>;
  /** The tree of a commit with a unified diff taken back from it. Throws `conflict`. */
  treeWithout(commit: string, diff: Uint8Array): Promise<string>;
  /** Removes the worktree or returns it to the pool. Never throws; what stays is picked up by `recover`. */
  close(options: { readonly keepBranch: boolean }): Promise<void>;
}

/** Asked only once the attempt is known to be dead. */
export type IsWanted = (branch: string) => Promise<boolean>;

export interface Worktrees {
  /**
   * Throws `no_git`, `git_too_old`, `unborn_branch`, `operation_in_progress`, `protected_branch`,
   * `worktree_failed`, `setup_failed`, `disk_full`, `read_only` or `cancelled`; then nothing is left.
   */
  open(options: OpenOptions, signal?: AbortSignal): Promise<Worktree>;
  /**
   * Cleans up after processes that died. Foreign worktrees and those in use are left alone.
   * @param isWanted whether someone still has a use for a branch with a patch on it; default: always
   */
  recover(isWanted?: IsWanted): Promise<void>;
}

const slowMs = 1_000;
const manyFiles = 5_000;

export function createWorktrees(deps: WorktreeDeps): Worktrees {
  return {
    open: (options, signal) => openWorktree(deps, options, signal),
    recover: (isWanted = () => Promise.resolve(true)) => recoverAll(deps, isWanted),
  };
}

/** A worktree's parts, before it has its branch. */
interface Ground {
  readonly deps: WorktreeDeps;
  readonly repository: RepositoryState;
  readonly folders: OwnFolders;
  readonly path: string;
  readonly base: string;
  readonly seal: Seal;
  readonly git: Git;
}

interface Site extends Ground {
  readonly branch: string;
  readonly onto?: string;
}

async function openWorktree(
  deps: WorktreeDeps,
  options: OpenOptions,
  signal?: AbortSignal,
): Promise<Worktree> {
  const [repository] = await allOf(
    inspectRepository(deps.git, signal),
    assertBranchName(deps.git, options.branch, deps.protectedBranches ?? ['main', 'master']),
  );
  const base = options.base ? await commitOf(deps.git, options.base) : repository.head;
  if (repository.detached && !options.base) {
    options.onProgress(`HEAD is detached; the patch starts from commit ${base.slice(0, 10)}.`);
  }
  await assertOutside(deps.home, repository.top);
  const folders = createOwnFolders(
    rootOf(deps.home, repository.commonDir),
    repository.commonDir,
    deps.shell,
    deps.log,
  );
  const folder = await folders.claim(deps.pool !== 'never');
  const undo: (() => Promise<void>)[] = [() => dispose(deps, folders, folder.path)];
  try {
    const seal = await worktreeAt(deps, folders, folder, base, options.onProgress);
    const { path } = folder;
    const git = worktreeGit(deps.git, path, seal.adminDir);
    const ground: Ground = { deps, repository, folders, path, base, seal, git };
    const { onto } = options;
    const branching =
      onto === undefined
        ? claimBranch(deps.git, folders, path, options.branch, base).then((branch) => {
            undo.push(() => deleteOwnBranch(deps.git, branch, base, deps.log));
            return branch;
          })
        : continueBranch(deps.git, options.branch, onto);
    // A new one is also entered into the pool while it is laid out; two notes must not cross.
    if (!folder.reused) await branching;
    const [branch] = await allOf(branching, layBase(ground, folder.reused, signal));
    await git.run(['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
    const site: Site = { ...ground, branch, ...(onto === undefined ? {} : { onto }) };
    const provided = await prepare(site, options.onProgress, signal);
    const worktree = worktreeOf(site, path, provided);
    if (onto !== undefined) await worktree.lay(onto, signal);
    return worktree;
  } catch (error) {
    for (const step of undo) {
      await step().catch((failure: unknown) => deps.log(`Cleaning up: ${errorMessage(failure)}`));
    }
    if (signal?.aborted) throw cancelled('Cancelled while the worktree was being made.');
    throw explainFileError(error, folder.path);
  }
}

async function commitOf(git: Git, name: string): Promise<string> {
  const { code, out } = await git.code(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`],
    {
      okCodes: [0, 1, 128],
    },
  );
  if (code === 0) return out;
  throw new PatchwrightError('not_found', {
    what: `There is no commit ${name}.`,
    why: 'The attempt was to start from it.',
    remedy: 'Draft again from the current commit.',
  });
}

/** A worktree inside the workspace would show up in the user's status, searches and tests. */
async function assertOutside(home: string, top: string | undefined): Promise<void> {
  if (top === undefined) return;
  let existing = home;
  while (!(await isThere(existing)) && dirname(existing) !== existing) existing = dirname(existing);
  if (!isInside(await realpath(existing), await realpath(top))) return;
  throw new PatchwrightError('worktree_failed', {
    what: `Worktrees can't be made in ${home}.`,
    why: 'That folder lies inside the repository.',
    remedy: 'Choose a folder outside the workspace.',
  });
}

/** The claimed folder as a worktree of this repository: the pooled one as it is, or a new, empty one. */
async function worktreeAt(
  deps: WorktreeDeps,
  folders: OwnFolders,
  folder: OwnFolder & { readonly reused: boolean },
  base: string,
  onProgress: Log,
): Promise<Seal> {
  await folders.note(folder.path, { base });
  if (folder.reused && folder.marker.seal) {
    const { seal } = folder.marker;
    if (await isUsable(folder.path, seal)) return seal;
    onProgress('The kept worktree was damaged; making a new one.');
    await dropWorktree(deps.git, folders, folder.path, false);
  }
  onProgress('Making a worktree.');
  await deps.git.run([
    'worktree',
    'add',
    '--quiet',
    '--no-checkout',
    '--detach',
    folder.path,
    base,
  ]);
  const seal = await sealOf(folder.path);
  await folders.note(folder.path, { seal });
  return seal;
}

async function isUsable(path: string, seal: Seal): Promise<boolean> {
  try {
    if (!(await lstat(path)).isDirectory()) return false;
    await assertSealed(path, seal);
    return true;
  } catch {
    return false; // gone or changed: either way a new one is made
  }
}

async function claimBranch(
  git: Git,
  folders: OwnFolders,
  path: string,
  wish: string,
  base: string,
): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    const branch = await freeBranch(git, wish);
    // Noted first: a crash right after creating it must not leave a branch that nobody knows of.
    await folders.note(path, { branch });
    try {
      await createBranch(git, branch, base);
      return branch;
    } catch (error) {
      await folders.note(path, { branch: undefined });
      const taken = (await tipOf(git, branch)) !== undefined;
      if (!taken || attempt === 3) throw error;
    }
  }
}

/** Both, side by side; when one fails the other is waited for, so that nothing of it comes after the clean-up. */
async function allOf<A, B>(a: Promise<A>, b: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}

async function layBase(site: Ground, reused: boolean, signal?: AbortSignal): Promise<void> {
  const started = performance.now();
  const many =
    !reused &&
    site.deps.pool === undefined &&
    (await countFiles(site)) > (site.deps.manyFiles ?? manyFiles);
  const mayPool = !reused && site.deps.pool !== 'never';
  // Decided before the long part: if that is cancelled, what is done of it is kept for the next time.
  if (mayPool && (many || site.deps.pool === 'always')) await site.folders.pool(site.path);
  await layTree({ ...layOf(site, site.base), fresh: !reused, movesHead: reused }, signal);
  await saveIndex(site.path, site.seal.adminDir);
  if (mayPool && performance.now() - started > slowMs) await site.folders.pool(site.path);
}

/** From the user's index, whose header holds the number of its entries; 0 when it can't be told. */
async function countFiles({ repository }: Ground): Promise<number> {
  const file = await open(repository.indexFile).catch(() => undefined);
  if (!file) return 0; // no index yet: then the time it takes decides
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(12), 0, 12, 0);
    const isIndex = bytesRead === 12 && buffer.toString('latin1', 0, 4) === 'DIRC';
    return isIndex ? buffer.readUInt32BE(8) : 0;
  } finally {
    await file.close();
  }
}

function layOf({ git, path, seal }: Ground, treeish: string, keep: readonly string[] = []) {
  return { git, path, adminDir: seal.adminDir, treeish, keep };
}

interface Prepared {
  readonly provided: Provided;
  /** `provided` and what the setup command made. */
  readonly keep: readonly string[];
  /** Of these, the folders of package managers, and what they hold; see `layAgain`. */
  readonly installed: readonly string[];
  readonly state: string;
  /** For the setup command on trees that a model wrote. */
  readonly held?: Shell;
}

async function prepare(site: Site, onProgress: Log, signal?: AbortSignal): Promise<Prepared> {
  const { deps, repository, base, path } = site;
  const { git, home, log } = deps;
  const provided = repository.top
    ? await provideDependencies(
        { home, git, log, top: repository.top, base, worktree: path },
        signal,
      )
    : nothing([]);
  for (const remark of provided.remarks) onProgress(remark);
  if (!deps.setup) {
    return { provided, keep: provided.folders, installed: provided.folders, state: '' };
  }
  onProgress(`Running the setup command: ${deps.setup}`);
  const made = await setUp(site, deps.shell, deps.setup, provided.folders, signal);
  // Asked for while there is nothing but the user's own commit in the worktree.
  const held = await deps.held?.(path);
  return { provided, ...made, ...(held ? { held } : {}) };
}

async function setUp(
  site: Site,
  shell: Shell,
  command: string,
  provided: readonly string[],
  signal?: AbortSignal,
): Promise<Omit<Prepared, 'provided' | 'held'>> {
  const { deps, repository, path } = site;
  const cwd = join(path, repository.prefix);
  const limit = deps.setupTimeoutMs ? { timeoutMs: deps.setupTimeoutMs } : {};
  await runSetup({ shell, command, cwd, ...limit }, signal);
  const keep = [...new Set([...provided, ...(await untrackedIn(site))])];
  const installed = keep.filter(isInstalled);
  return { keep, installed, state: await stateOf(path, installed, signal) };
}

/**
 * Lays a tree out where a setup command prepares it. What that builds from the sources belongs to the tree
 * it was built from, so it is built again; what it installs stays, unless a test changed it.
 */
async function layAgain(
  site: Site,
  command: string,
  treeish: string,
  before: Prepared,
  signal?: AbortSignal,
): Promise<Prepared> {
  const intact = (await stateOf(site.path, before.installed, signal)) === before.state;
  await layTree(layOf(site, treeish, intact ? before.installed : []), signal);
  if (intact && before.keep.length === before.installed.length) return before;
  if (!intact) await before.provided.restore(signal);
  const { provided } = before;
  const shell = treeish === site.base ? site.deps.shell : (before.held ?? site.deps.shell);
  return { ...before, ...(await setUp(site, shell, command, provided.folders, signal)) };
}

/** What the setup command made, ignored or not: it is no part of the patch. */
async function untrackedIn({ git }: Site): Promise<string[]> {
  const list = ['ls-files', '--others', '--directory', '--no-empty-directory', '-z'];
  const paths = (await git.run(list)).split('\0').filter(Boolean);
  return paths.map((path) => path.replace(/\/$/, ''));
}

function worktreeOf(site: Site, path: string, first: Prepared): Worktree {
  const { deps, base, branch, onto, git, seal, repository, folders } = site;
  let closed: Promise<void> | undefined;
  let prepared = first;
  const testTrees = createTestTrees(git, path, base);
  const place = () => {
    const exclude = prepared.keep;
    const on = onto === undefined ? {} : { onto };
    const { of: testTree } = testTrees;
    return { git, path, adminDir: seal.adminDir, branch, base, testTree, exclude, ...on };
  };
  const explained = <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      throw explainFileError(error, path);
    });
  return {
    path,
    base,
    branch,
    git,
    prefix: repository.prefix,
    get provided() {
      return prepared.keep;
    },
    lay: (treeish, signal, holds) =>
      explained(async () => {
        await assertSealed(path, seal);
        if (deps.setup) {
          prepared = await layAgain(site, deps.setup, treeish, prepared, signal);
          return;
        }
        const lay = layOf(site, treeish, prepared.keep);
        await layTree(holds === undefined ? lay : { ...lay, holds }, signal);
        await prepared.provided.restore(signal);
      }),
    treeOfBaseWith: (commit, files) => explained(() => testTrees.of(commit, files)),
    commit: (options) =>
      explained(async () => {
        await assertSealed(path, seal);
        const committed = await commitPatch(place(), options);
        testTrees.note(committed.commit, committed.tree);
        return committed;
      }),
    treeOfBaseWithDiffs: (given) =>
      explained(() => treeWithDiffs(git, path, base, { ...given, prefix: repository.prefix })),
    treeWithout: (commit, diff) => explained(() => treeWithout(git, path, commit, diff)),
    commitTree: (tree, options) =>
      explained(async () => {
        await assertSealed(path, seal);
        const commit = await commitTree(place(), tree, options);
        testTrees.note(commit, tree);
        return commit;
      }),
    close({ keepBranch }) {
      closed ??= closeAll(async (step) => {
        await step(() => prepared.provided.giveBack());
        await step(() => dispose(deps, folders, path));
        if (keepBranch) return;
        await step(() =>
          onto === undefined
            ? deleteOwnBranch(deps.git, branch, base, deps.log)
            : putBack(deps.git, branch, onto, deps.log),
        );
      }, deps.log);
      return closed;
    },
  };
}

type Step = (work: () => Promise<void>) => Promise<void>;

async function closeAll(steps: (step: Step) => Promise<void>, log: Log): Promise<void> {
  await steps((work) =>
    work().catch((error: unknown) => log(`Closing a worktree: ${errorMessage(error)}`)),
  );
}

/** Back to the pool if it is the pooled one and sound, else away. The branch is let go either way. */
async function dispose(deps: WorktreeDeps, folders: OwnFolders, path: string): Promise<void> {
  const marker = await folders.read(path);
  try {
    if (marker.pooled && marker.seal && (await isUsable(path, marker.seal))) {
      const git = worktreeGit(deps.git, path, marker.seal.adminDir);
      await git.run([
        'update-ref',
        '--no-deref',
        '-m',
        'patchwright: idle',
        'HEAD',
        marker.base ?? 'HEAD',
      ]);
    } else {
      await dropWorktree(deps.git, folders, path, true);
    }
  } finally {
    // Ours no longer, even when that failed: `recover` may then try again.
    if (await isThere(`${path}.json`))
      await folders.note(path, { holder: undefined, branch: undefined });
  }
}

/** Removes the folder, git's record of it and (unless it is about to be made again) our own. */
async function dropWorktree(
  git: Git,
  folders: OwnFolders,
  path: string,
  forget: boolean,
): Promise<void> {
  // git first, it is quicker; where a test left it something it can't delete, the folder goes by our hand.
  const remove = ['worktree', 'remove', '--force', '--force', path];
  // Where a link was put in its place, git would follow it to a worktree that may be the user's.
  const isFolder = (await lstat(path).catch(() => undefined))?.isDirectory() ?? false;
  const removed = isFolder
    ? (await git.code(remove, { okCodes: [0, 1, 128, 255] })).code === 0
    : false;
  const marker = await folders.read(path);
  await folders.remove(path);
  if (!removed && (await isListed(git, path))) await git.run(remove);
  if (!forget) await folders.note(path, { ...marker, seal: undefined });
}

async function isListed(git: Git, path: string): Promise<boolean> {
  return (await listed(git)).includes(path);
}

async function listed(git: Git): Promise<string[]> {
  const out = await git.run(['worktree', 'list', '--porcelain', '-z']);
  return out
    .split('\0')
    .filter((line) => line.startsWith('worktree '))
    .map((line) => line.slice('worktree '.length));
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

async function recoverAll(deps: WorktreeDeps, isWanted: IsWanted): Promise<void> {
  const { git, home, shell, log } = deps;
  const common = await git.run(['rev-parse', '--path-format=absolute', '--git-common-dir']);
  const root = rootOf(home, common);
  if (await isThere(root)) {
    const folders = createOwnFolders(root, common, shell, log);
    for (const folder of await folders.claimDead()) {
      await recoverOne(deps, folders, folder, isWanted).catch((error: unknown) =>
        log(`Cleaning up ${folder.path}: ${errorMessage(error)}`),
      );
    }
  }
  await sweepMoved(deps, root);
  await dropStaleRecords(deps);
  await dropIdleCopies(deps);
}

async function recoverOne(
  deps: WorktreeDeps,
  folders: OwnFolders,
  { path, marker }: OwnFolder,
  isWanted: IsWanted,
): Promise<void> {
  const { branch, base } = marker;
  const onlyEmpty = branch === undefined || (await isWanted(branch));
  if (marker.holder)
    deps.log(`Cleaning up after an attempt that was cut short (${branch ?? path}).`);
  await dispose(deps, folders, path);
  if (branch && base) await deleteOwnBranch(deps.git, branch, base, deps.log, onlyEmpty);
}

/** Folders of repositories that are no longer where they were: nothing can be done with them any more. */
async function sweepMoved({ home, shell, log }: WorktreeDeps, except: string): Promise<void> {
  const roots = await readdir(join(home, 'worktrees')).catch(() => []);
  for (const name of roots) {
    const root = join(home, 'worktrees', name);
    if (root === except) continue;
    const markers = await readdir(root).catch(() => []);
    if (!markers.some((file) => file.endsWith('.json'))) continue;
    const folders = createOwnFolders(root, '', shell, log);
    for (const { path, marker } of await folders.claimDead()) {
      if (marker.commonDir === '' || (await isThere(marker.commonDir))) {
        await folders.note(path, { holder: marker.holder });
      } else await folders.remove(path).catch((error: unknown) => log(errorMessage(error)));
    }
    await rmdir(root).catch(() => undefined); // only when empty
  }
}

/** git's records of worktrees below our own folder whose folder is gone. Others' are never touched. */
async function dropStaleRecords({ git, home }: WorktreeDeps): Promise<void> {
  const ours = await realpath(join(home, 'worktrees')).catch(() => undefined);
  if (!ours) return;
  for (const path of await listed(git)) {
    if (!isInside(path, ours) || (await isThere(path))) continue;
    await git.run(['worktree', 'remove', '--force', '--force', path]);
  }
}
