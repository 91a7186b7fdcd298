import { createHash } from 'node:crypto';
import {
  cancelled,
  errorMessage,
  isPatchwrightError,
  isUnexplained,
  PatchwrightError,
  throwIfCancelled,
} from '../core/errors.ts';
import type { Git } from '../core/ports.ts';
import { type Branch, currentBranch } from './branch.ts';
import { dropLocksOf } from './locks.ts';
import { refuseOverwrites } from './overwrites.ts';
import { atTopLevel, fields, isAncestor } from './ownGit.ts';
import { type TreeChange, treeDiff } from './treeDiff.ts';
import { committedFiles, copyFiles, undoFailedMove } from './undo.ts';
import { type Say, sayingWhatFor } from './waiting.ts';

export interface MoveDeps {
  readonly git: Git;
  /** Told of programs of the user's that are waited for. */
  readonly say?: Say | undefined;
}

/**
 * Moves the checked-out branch forward to `commit` (a descendant of its head), with index and files,
 * and never over the user's own work. All or nothing, also where it is cancelled: until the branch has moved
 * all is put back, and from then on only the user's hook is ended. Resolves with the backup ref at the old head.
 * @param deps with git in the folder whose decision this is
 */
export async function moveBranch(
  deps: MoveDeps,
  branch: Branch,
  commit: string,
  ticketId: string,
  signal?: AbortSignal,
): Promise<string> {
  const git = await atTopLevel(deps.git, signal);
  const movingRef = await movingRefOf(deps);
  const changes = await treeDiff(git, branch.head, commit, signal);
  await refuseOverwrites(git, changes, signal);
  throwIfCancelled(signal);
  await refuseMoved(git, branch);
  const copies = copyFiles(git.cwd, changes);
  const backupRef = await backUp(git, branch.head, ticketId);
  await git.run(['update-ref', movingRef, commit]);
  const from = Date.now();
  let hasStarted = false;
  try {
    throwIfCancelled(signal);
    hasStarted = true;
    const forward = fastForward(git, commit, signal);
    await sayingWhatFor(forward, deps.say, async () =>
      (await isThere(git, commit)) ? afterMove : inMove,
    );
  } catch (error) {
    const until = Date.now();
    if (!(await isThere(git, commit))) {
      if (hasStarted && isPatchwrightError(error, 'cancelled')) {
        // Where a lock stays, putting back fails on it and says so.
        await heldLocks(git, branch, commit, changes)
          .then((locks) => dropLocksOf({ git, from, until }, locks))
          .catch((failure: unknown) => deps.say?.(errorMessage(failure)));
      }
      if (await mayHaveWritten(git, error, commit, changes)) {
        await takeBack(error, () => undoFailedMove(git, branch.head, commit, changes, copies));
      }
      await git.run(['update-ref', '-d', backupRef, branch.head]);
      await git.run(['update-ref', '-d', movingRef]);
      throw explained(error);
    }
    // Failed after the move.
    if (isPatchwrightError(error, 'cancelled')) deps.say?.(hookEnded);
  }
  await noteArrival(git, movingRef);
  return backupRef;
}

const inMove =
  'git is moving the branch; what takes long may be a hook (reference-transaction) or a filter of yours. Cancelling puts everything back.';
const afterMove =
  'The branch has moved. git waits for your post-merge hook; cancelling ends the hook, and the branch stays where it is now.';
const hookEnded =
  'Your post-merge hook was ended before its end. The branch had moved already, and stays where it is now.';

async function isThere(git: Git, commit: string): Promise<boolean> {
  return isAncestor(git, commit, 'HEAD');
}

/** What has landed has landed: a note that can't go now (a lock) is dropped by `endBrokenMove`. */
async function noteArrival(git: Git, movingRef: string): Promise<void> {
  try {
    await git.run(['update-ref', '-d', movingRef]);
  } catch (error) {
    if (!isPatchwrightError(error)) throw error;
  }
}

/**
 * Where a branch is being moved to; gone once it is there. Each worktree has its own, and each folder in it:
 * who decides in another folder of the repository decides under another lock.
 */
async function movingRefOf({ git }: { readonly git: Git }): Promise<string> {
  const prefix = await git.run(['rev-parse', '--show-prefix']);
  const folder = createHash('sha256').update(prefix).digest('hex').slice(0, 16);
  return `refs/worktree/patchwright/moving-${folder}`;
}

/**
 * Puts files and index back where a power cut or a kill came between them and the branch. Resolves with
 * whether there was something to put back. Call it where this folder can't have another move under way.
 */
export async function endBrokenMove(deps: { readonly git: Git }): Promise<boolean> {
  const movingRef = await movingRefOf(deps);
  const commit = await commitNamed(deps.git, movingRef);
  if (commit === '') return false;
  const git = await atTopLevel(deps.git);
  const before = await commitNamed(git, `${commit}^1`);
  const head = await commitNamed(git, 'HEAD');
  // Elsewhere than right before it: it has come to its end, or the user has gone on.
  const isBroken = head === before;
  if (isBroken) {
    const changes = await treeDiff(git, head, commit);
    await undoFailedMove(git, head, commit, changes, await committedFiles(git, head, changes));
  }
  await git.run(['update-ref', '-d', movingRef, commit]);
  return isBroken;
}

/** Whether some move of this folder has not come to its end, or is under way. */
export async function isMoving(deps: { readonly git: Git }): Promise<boolean> {
  return (await commitNamed(deps.git, await movingRefOf(deps))) !== '';
}

/** Empty where there is none. */
async function commitNamed(git: Git, name: string): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', `${name}^{commit}`];
  return (await git.code(args, { okCodes: [0, 1, 128] })).out;
}

/** git itself refuses to overwrite local changes or to move a head that is not where it was. */
async function fastForward(git: Git, commit: string, signal?: AbortSignal): Promise<void> {
  const settings = ['-c', 'submodule.recurse=false', '-c', 'merge.autoStash=false'];
  // Over any branch.<name>.mergeOptions of the user's. Ignored files are user files like others.
  const flags = ['--ff-only', '--commit', '--no-squash', '--no-autostash', '--no-overwrite-ignore'];
  await git.withHooks().run([...settings, 'merge', ...flags, '--no-stat', '--quiet', commit], {
    extraEnv: { GIT_LFS_SKIP_SMUDGE: '0' }, // these are the user's own files, not a scratch copy
    signal,
  });
}

async function refuseMoved(git: Git, expected: Branch): Promise<void> {
  const now = await currentBranch(git);
  if (now.name === expected.name && now.head === expected.head) return;
  throw new PatchwrightError('stale', {
    what: 'Nothing was changed.',
    why: `${expected.name} moved, or another branch was checked out, in the meantime.`,
    remedy: 'Try again; the change will then be made on top of the newer commits.',
  });
}

/** A ref at the old head, under the first free number; two landings at once get one each. */
async function backUp(git: Git, head: string, ticketId: string): Promise<string> {
  const folder = `refs/patchwright/backup/${refSafe(ticketId)}`;
  const refs = await git.run(['for-each-ref', '--format=%(refname)', `${folder}/`]);
  const numbers = refs.split('\n').map((ref) => Number(ref.slice(folder.length + 1)) || 0);
  const highest = Math.max(0, ...numbers);
  const ref = `${folder}/${highest + 1}`;
  await git.run(['update-ref', ref, head, '0'.repeat(head.length)]); // fails if it exists by now
  return ref;
}

function refSafe(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 80) || 'ticket';
}

type Refusal = Pick<PatchwrightError, 'code' | 'remedy'>;

/** git checks before it writes; these are its words for having refused. */
const refusals: readonly (Refusal & { readonly words: RegExp })[] = [
  {
    words: /would be overwritten/,
    code: 'would_overwrite',
    remedy:
      'Commit, stash or move these files and try again. (Those that `git ls-files -v` marks with h or S are hidden from `git status`.)',
  },
  {
    words: /Not possible to fast-forward/,
    code: 'stale',
    remedy: 'Try again, on top of the newer commits.',
  },
];

function refusalIn(error: unknown): Refusal | undefined {
  if (isPatchwrightError(error, 'busy')) return error;
  if (!isPatchwrightError(error, 'git_failed')) return undefined;
  return refusals.find(({ words }) => words.test(error.why));
}

/** A lock on the index stops git before it writes, one on the branch after; then the index tells. */
async function mayHaveWritten(
  git: Git,
  error: unknown,
  commit: string,
  changes: readonly TreeChange[],
): Promise<boolean> {
  const refusal = refusalIn(error)?.code;
  return refusal === 'busy' ? hasIndexOf(git, commit, changes) : refusal === undefined;
}

/** Of the index until git has written it, then of the branch: the other may be somebody else's by now. */
async function heldLocks(
  git: Git,
  branch: Branch,
  commit: string,
  changes: readonly TreeChange[],
): Promise<readonly string[]> {
  const isWritten = await hasIndexOf(git, commit, changes);
  return isWritten ? ['HEAD.lock', `refs/heads/${branch.name}.lock`] : ['index.lock'];
}

async function hasIndexOf(
  git: Git,
  commit: string,
  changes: readonly TreeChange[],
): Promise<boolean> {
  const args = ['diff-index', '--cached', '--name-only', '--no-renames', '-z', commit, '--'];
  const differing = new Set(fields(await git.run(args)));
  return changes.every((change) => !differing.has(change.path));
}

function explained(error: unknown): unknown {
  if (isPatchwrightError(error, 'cancelled')) return cancelled('Cancelled; nothing was changed.');
  if (!isPatchwrightError(error, 'git_failed') && !isPatchwrightError(error, 'busy')) return error;
  const { code, remedy } = refusalIn(error) ?? {
    code: error.code,
    remedy: isUnexplained(error)
      ? 'Correct what git, or one of your hooks or filters, complains about and try again.'
      : error.remedy,
  };
  const what = 'Nothing was changed: git would not move the branch.';
  return new PatchwrightError(code, { what, why: error.why, remedy }, { cause: error });
}

async function takeBack(cause: unknown, undo: () => Promise<void>): Promise<void> {
  try {
    await undo();
  } catch (error) {
    throw new PatchwrightError(
      'git_failed',
      {
        what: 'The branch was not moved, but git had already begun to write files.',
        why: `${errorMessage(cause)} Putting them back failed too: ${errorMessage(error)}`,
        remedy: 'Look at `git status`, and restore what changed with `git restore <file>`.',
      },
      { cause },
    );
  }
}
