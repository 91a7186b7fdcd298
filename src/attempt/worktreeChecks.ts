import { access } from 'node:fs/promises';
import { PatchwrightError } from '../core/errors.ts';
import type { Git } from '../core/ports.ts';

export interface RepositoryState {
  /** Shared by all worktrees of the repository. */
  readonly commonDir: string;
  /** The user's working tree; undefined for a bare repository. */
  readonly top: string | undefined;
  /** The workspace's folder below `top`: empty, or ending with `/`. */
  readonly prefix: string;
  readonly head: string;
  readonly detached: boolean;
}

/** 2.38 is the first with `merge-tree --write-tree`, which approving needs. */
const oldest = [2, 38] as const;

/**
 * What an attempt starts from. Throws `no_git`, `git_too_old`, `unborn_branch`, and
 * `operation_in_progress` during a rebase: its HEAD is a commit that is about to be rewritten. A merge,
 * a cherry-pick or a bisect leaves HEAD a real commit, so these are fine.
 */
export async function inspectRepository(git: Git, signal?: AbortSignal): Promise<RepositoryState> {
  assertVersion(await git.run(['version'], { signal }));
  const where = ['rev-parse', '--path-format=absolute'];
  const folders = await git.run(
    [
      ...where,
      '--git-common-dir',
      '--is-bare-repository',
      '--git-path',
      'rebase-merge',
      '--git-path',
      'rebase-apply',
    ],
    { signal },
  );
  const [commonDir = '', bare = '', ...rebases] = folders.split('\n');
  const head = await git.code(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], {
    okCodes: [0, 1, 128],
    signal,
  });
  if (head.code !== 0) throw unborn();
  for (const rebase of rebases) if (await exists(rebase)) throw rebasing();
  const branch = await git.code(['symbolic-ref', '--quiet', 'HEAD'], { okCodes: [0, 1], signal });
  const [top, prefix = ''] =
    bare === 'true'
      ? [undefined]
      : (await git.run([...where, '--show-toplevel', '--show-prefix'], { signal })).split('\n');
  return { commonDir, top, prefix, head: head.out, detached: branch.code !== 0 };
}

export function assertVersion(text: string): void {
  const [, major, minor] = /(\d{1,4})\.(\d{1,4})/.exec(text.slice(0, 200)) ?? [];
  const found = [Number(major ?? 0), Number(minor ?? 0)] as const;
  if (found[0] > oldest[0] || (found[0] === oldest[0] && found[1] >= oldest[1])) return;
  throw new PatchwrightError('git_too_old', {
    what: `git ${found.join('.')} is too old.`,
    why: `Patchwright needs git ${oldest.join('.')} or newer.`,
    remedy: 'Install a newer git and try again.',
  });
}

function unborn(): PatchwrightError {
  return new PatchwrightError('unborn_branch', {
    what: 'The current branch has no commit yet.',
    why: 'A patch needs a commit to start from.',
    remedy: 'Make a first commit and try again.',
  });
}

function rebasing(): PatchwrightError {
  return new PatchwrightError('operation_in_progress', {
    what: 'A rebase (or git am) is in progress.',
    why: 'The current commit is about to be rewritten, and a patch made on it would be lost.',
    remedy: 'Finish it (git rebase --continue) or stop it (git rebase --abort), then try again.',
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
