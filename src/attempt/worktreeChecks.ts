import { access } from 'node:fs/promises';
import { PatchwrightError } from '../core/errors.ts';
import type { Git } from '../core/ports.ts';

export interface RepositoryState {
  /** Shared by all worktrees of the repository. */
  readonly commonDir: string;
  readonly indexFile: string;
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
  const where = ['rev-parse', '--path-format=absolute'];
  const paths = ['index', 'rebase-merge', 'rebase-apply'].flatMap((path) => ['--git-path', path]);
  const headOf = { okCodes: [0, 1, 128], signal };
  const [version, folders, tree, head, branch] = await Promise.all([
    git.run(['version'], { signal }),
    git.run([...where, '--git-common-dir', '--is-bare-repository', ...paths], { signal }),
    // Only fails in a bare repository, which has none.
    git.code([...where, '--show-toplevel', '--show-prefix'], { okCodes: [0, 128], signal }),
    git.code(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], headOf),
    git.code(['symbolic-ref', '--quiet', 'HEAD'], headOf),
  ]);
  assertVersion(version);
  const [commonDir = '', bare = '', indexFile = '', ...rebases] = folders.split('\n');
  if (head.code !== 0) throw unborn();
  for (const rebase of rebases) if (await exists(rebase)) throw rebasing();
  const [top, prefix = ''] =
    bare === 'true' || tree.code !== 0 ? [undefined] : tree.out.split('\n');
  return { commonDir, indexFile, top, prefix, head: head.out, detached: branch.code !== 0 };
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
    remedy:
      'Finish it (git rebase --continue, git am --continue) or stop it (--abort), then try again.',
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
