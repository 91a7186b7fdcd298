import {
  errorMessage,
  isPatchwrightError,
  isUnexplained,
  PatchwrightError,
} from '../core/errors.ts';
import type { Git } from '../core/ports.ts';
import { withIndex } from './worktreeTree.ts';

/** A file to lay in beside what a diff changes. */
export interface LaidFile {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly content: Uint8Array;
}

export interface Given {
  /** Unified diffs, applied one after another. */
  readonly diffs: readonly Uint8Array[];
  readonly files: readonly LaidFile[];
  /** The workspace's folder below the root: empty, or ending with `/`. */
  readonly prefix: string;
}

/**
 * The tree of `base` with diffs and files on top. Everything happens in an index of its own: git checks
 * each line of context, nothing is guessed, and no file of any working tree is touched.
 */
export async function treeWithDiffs(
  git: Git,
  path: string,
  base: string,
  { diffs, files, prefix }: Given,
): Promise<string> {
  return withIndex(path, 'empty', async (extraEnv) => {
    await git.run(['read-tree', base], { extraEnv });
    for (const diff of diffs) await apply(git, diff, prefix, extraEnv);
    for (const file of files) {
      const blob = await git.run(['hash-object', '-w', '--stdin', '--no-filters'], {
        input: file.content,
      });
      const input = `100644 ${blob}\t${file.path}\0`;
      await git.run(['update-index', '-z', '--index-info'], { extraEnv, input });
    }
    return git.run(['write-tree'], { extraEnv });
  });
}

/** The tree of `commit` with a diff of git's own taken back from it. */
export async function treeWithout(
  git: Git,
  path: string,
  commit: string,
  diff: Uint8Array,
): Promise<string> {
  return withIndex(path, 'empty', async (extraEnv) => {
    await git.run(['read-tree', commit], { extraEnv });
    try {
      const how = ['apply', '--cached', '--reverse', '--whitespace=nowarn', '-p1', '-'];
      await git.run(how, { extraEnv, input: diff });
    } catch (error) {
      if (!isPatchwrightError(error, 'git_failed')) throw error;
      throw new PatchwrightError(
        'conflict',
        {
          what: 'The hunks could not be taken out of the patch.',
          why: errorMessage(error),
          remedy: 'Drop the hunks beside them as well, or edit the patch by hand.',
        },
        { cause: error },
      );
    }
    return git.run(['write-tree'], { extraEnv });
  });
}

/**
 * Names in a diff may have no `a/` and `b/` in front, may start at the workspace's folder, and its line
 * ends may have been changed on the way. The first reading that applies whole is the one that is meant.
 */
async function apply(
  git: Git,
  diff: Uint8Array,
  prefix: string,
  extraEnv: Record<string, string>,
): Promise<void> {
  const texts = [diff, ...(hasForeignLineEnds(diff) ? [withUnixLineEnds(diff)] : [])];
  const places = [[], ...(prefix === '' ? [] : [[`--directory=${prefix}`]])];
  let first: unknown;
  for (const input of texts) {
    for (const place of places) {
      for (const strip of ['-p1', '-p0']) {
        try {
          // `git apply` changes nothing unless all of it applies.
          const how = ['apply', '--cached', '--whitespace=nowarn', strip, ...place, '-'];
          await git.run(how, { extraEnv, input });
          return;
        } catch (error) {
          if (!isUnexplained(error)) throw error;
          first ??= error;
        }
      }
    }
  }
  throw new PatchwrightError(
    'conflict',
    {
      what: 'The patch does not apply to the base.',
      why: isPatchwrightError(first) ? first.why : errorMessage(first),
      remedy: 'Make it from that commit, or name the commit it was made from with --base.',
    },
    { cause: first },
  );
}

/** The header's own lines never end with CR unless the whole file was converted. */
function hasForeignLineEnds(diff: Uint8Array): boolean {
  return /^(diff --git |--- |\+\+\+ )[^\n]*\r$/m.test(Buffer.from(diff).toString('latin1'));
}

function withUnixLineEnds(diff: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(diff).toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}
