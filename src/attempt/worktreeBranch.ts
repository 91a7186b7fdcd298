import picomatch from 'picomatch';
import { PatchwrightError } from '../core/errors.ts';
import type { Git, Log } from '../core/ports.ts';

const maxNames = 1_000;

/** Throws `protected_branch`, or `worktree_failed` for what git takes for no branch name. */
export async function assertBranchName(
  git: Git,
  branch: string,
  protectedBranches: readonly string[],
): Promise<void> {
  const { code } = await git.code(['check-ref-format', `refs/heads/${branch}`], {
    okCodes: [0, 1],
  });
  if (code !== 0 || branch.startsWith('-')) {
    throw new PatchwrightError('worktree_failed', {
      what: `"${branch}" can't be a branch.`,
      why: 'git does not allow that name.',
      remedy: 'Choose a name of letters, digits, dashes and slashes.',
    });
  }
  if (picomatch.isMatch(branch, [...protectedBranches], { nocase: true, dot: true })) {
    throw new PatchwrightError('protected_branch', {
      what: `Patchwright does not draft on ${branch}.`,
      why: 'It is a protected branch.',
      remedy:
        'Take a branch of its own for the patch, or change patchwright.approve.protectedBranches.',
    });
  }
}

/** `name`, or `name-2`, `name-3`, … whichever no branch has yet: an older branch is never reused. */
export async function freeBranch(git: Git, name: string): Promise<string> {
  // Compared without case: on some file systems branches that differ only in it are one file.
  const list = ['for-each-ref', '--ignore-case', '--format=%(refname)'];
  const listed = await git.run([...list, `refs/heads/${name}*`, `refs/heads/${name}`]);
  const taken = listed.split('\n').map((ref) => `${ref.toLowerCase()}/`);
  for (let number = 1; number <= maxNames; number += 1) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    const ref = `refs/heads/${candidate}/`.toLowerCase();
    if (!taken.some((other) => other.startsWith(ref))) return candidate;
  }
  throw new PatchwrightError('worktree_failed', {
    what: `No free branch name for ${name}.`,
    why: `${name} and ${maxNames - 1} numbered ones exist.`,
    remedy: 'Delete the ones you no longer need (git branch -D).',
  });
}

/** Fails when the branch has come to exist meanwhile. */
export async function createBranch(git: Git, branch: string, base: string): Promise<void> {
  await git.run(['update-ref', '-m', 'patchwright: drafted', `refs/heads/${branch}`, base, '']);
}

/** Throws `stale` when the branch is not where it was left, `busy` while somebody has it checked out. */
export async function continueBranch(git: Git, branch: string, commit: string): Promise<string> {
  const tip = await tipOf(git, branch);
  if (tip === undefined) await createBranch(git, branch, commit);
  else if (tip !== commit) {
    throw new PatchwrightError('stale', {
      what: `The patch on ${branch} can't be gone on with.`,
      why: `The branch was moved to ${tip.slice(0, 10)}, which is not the patch that was judged.`,
      remedy: `Move it back (git branch -f ${branch} ${commit.slice(0, 12)}) or draft the ticket again.`,
    });
  }
  const at = await git.run(['for-each-ref', '--format=%(worktreepath)', `refs/heads/${branch}`]);
  if (at === '') return branch;
  throw new PatchwrightError('busy', {
    what: `The patch on ${branch} can't be gone on with.`,
    why: `The branch is checked out in ${at}.`,
    remedy: 'Finish the edit of it, or check out another branch there.',
  });
}

/** Where going on with a branch came to nothing. */
export async function putBack(git: Git, branch: string, commit: string, log: Log): Promise<void> {
  const tip = await tipOf(git, branch);
  if (tip === undefined || tip === commit) return;
  const reason = await reasonToKeep(git, branch, commit, tip, false);
  // Where the branch is still checked out, that is in the worktree of whoever calls this.
  if (reason && !reason.startsWith('it is checked out'))
    return log(`Left ${branch} as it is: ${reason}.`);
  await git.run(['update-ref', '-m', 'patchwright: put back', `refs/heads/${branch}`, commit, tip]);
}

export async function tipOf(git: Git, branch: string): Promise<string | undefined> {
  const { code, out } = await git.code(
    ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`],
    {
      okCodes: [0, 1],
    },
  );
  return code === 0 ? out : undefined;
}

/**
 * Deletes the branch if all that is on it is ours (or, with `onlyEmpty`, if nothing is) and nobody has
 * it checked out; else says why it stays. Compares and deletes in one step.
 */
export async function deleteOwnBranch(
  git: Git,
  branch: string,
  base: string,
  log: Log,
  onlyEmpty = false,
): Promise<void> {
  const tip = await tipOf(git, branch);
  if (tip === undefined) return;
  const reason = await reasonToKeep(git, branch, base, tip, onlyEmpty);
  if (reason) return log(`Kept branch ${branch}: ${reason}.`);
  await git.run(['update-ref', '-d', `refs/heads/${branch}`, tip]);
}

async function reasonToKeep(
  git: Git,
  branch: string,
  base: string,
  tip: string,
  onlyEmpty: boolean,
): Promise<string | undefined> {
  const at = await git.run(['for-each-ref', '--format=%(worktreepath)', `refs/heads/${branch}`]);
  if (at !== '') return `it is checked out in ${at}`;
  if (tip === base) return undefined;
  if (onlyEmpty) return 'it has commits';
  const related = await git.code(['merge-base', '--is-ancestor', base, tip], { okCodes: [0, 1] });
  const attempt = '%(trailers:key=Patchwright-Attempt,valueonly,separator=%x2C)';
  const log = await git.run(['log', `--format=%H ${attempt}`, `${base}..${tip}`]);
  const foreign = log.split('\n').some((line) => !/^[0-9a-f]+ \S/.test(line));
  return related.code !== 0 || foreign ? "it has commits that aren't Patchwright's" : undefined;
}
