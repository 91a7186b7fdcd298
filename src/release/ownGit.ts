import type { Git, GitOptions } from '../core/ports.ts';

/** The same git with `env` added to every call, here and in whatever is derived from it. */
export function withEnv(git: Git, env: Readonly<Record<string, string>>): Git {
  const extended = (options: GitOptions = {}): GitOptions => ({
    ...options,
    extraEnv: { ...env, ...options.extraEnv },
  });
  return {
    cwd: git.cwd,
    run: (args, options) => git.run(args, extended(options)),
    bytes: (args, options) => git.bytes(args, extended(options)),
    code: (args, options) => git.code(args, extended(options)),
    at: (cwd) => withEnv(git.at(cwd), env),
    withHooks: () => withEnv(git.withHooks(), env),
  };
}

/** git at the top of the repository, so that paths mean the same to git and to the file system. */
export async function atTopLevel(git: Git, signal?: AbortSignal): Promise<Git> {
  const top = git.at(await git.run(['rev-parse', '--show-toplevel'], { signal }));
  // A replacement ref could show other content for an approved id: the object itself is what lands.
  return withEnv(top, { GIT_NO_REPLACE_OBJECTS: '1' });
}

/** Splits git's `-z` output. */
export function fields(output: string): string[] {
  return output.split('\0').filter((field) => field !== '');
}

/** `a.ts, b.ts and 3 more`. */
export function naming(paths: readonly string[], max = 10): string {
  const names = paths.slice(0, max).map((path) => path.replace(/\p{Cc}/gu, '?'));
  const more = paths.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

/** A full object id; anything else could be read by git as an option or as a name that moves. */
export function isObjectId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

export async function isAncestor(
  git: Git,
  ancestor: string,
  descendant: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', ancestor, descendant];
  return (await git.code(args, { okCodes: [0, 1], signal })).code === 0;
}

/** Whether only the newest commits are here: then a commit that is missing may well be part of a branch. */
export async function isShallow(git: Git, signal?: AbortSignal): Promise<boolean> {
  return (await git.run(['rev-parse', '--is-shallow-repository'], { signal })) === 'true';
}

/** Whether the object is in this repository and is a commit. */
export async function isCommit(git: Git, id: string, signal?: AbortSignal): Promise<boolean> {
  if (!isObjectId(id)) return false;
  const options = { okCodes: [0, 1, 128], signal };
  const { code, out } = await git.code(['cat-file', '-t', id], options);
  return code === 0 && out === 'commit';
}
