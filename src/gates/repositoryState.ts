import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../core/errors.ts';
import type { Git } from '../core/ports.ts';

/** What a test run must leave as it was: refs, configuration, hooks. */
export interface RepositoryState {
  readonly refs: ReadonlyMap<string, string>;
  /** Commit and branch of the checkout. */
  readonly checkoutHead: string;
  /** Branch the main tree is on, and the newest entry of its reflog. */
  readonly mainHead: string;
  readonly mainReflog: string;
  /** Hash by name, of configuration entries and of files. */
  readonly files: ReadonlyMap<string, string>;
}

export interface StateChange {
  readonly problems: readonly string[];
  readonly marks: readonly string[];
}

export async function repositoryState(
  git: Git,
  checkout: Git,
  signal?: AbortSignal,
): Promise<RepositoryState> {
  const common = await git.run(['rev-parse', '--path-format=absolute', '--git-common-dir'], {
    signal,
  });
  const refs = await git.run(['for-each-ref', '--format=%(objectname) %(refname)'], { signal });
  const config = await git.run(
    ['config', '--file', join(common, 'config'), '--no-includes', '--list', '-z'],
    { okCodes: [0, 1], signal },
  );
  const head = await checkout.run(['rev-parse', 'HEAD', '--symbolic-full-name', 'HEAD'], {
    signal,
  });
  return {
    refs: new Map(
      refs
        .split('\n')
        .filter(Boolean)
        .map((line) => [line.slice(41), line.slice(0, 40)]),
    ),
    checkoutHead: head,
    mainHead: content(join(common, 'HEAD')),
    mainReflog:
      content(join(common, 'logs', 'HEAD'))
        .trimEnd()
        .split('\n')
        .at(-1) ?? '',
    files: new Map([...configEntries(config), ...watched.flatMap((name) => hashes(common, name))]),
  };
}

const watched = ['hooks', 'info', 'config.worktree', 'objects/info'];

/** Editors write what they know of a branch whenever they like; it runs nothing. */
function configEntries(list: string): [string, string][] {
  return list
    .split('\0')
    .filter((entry) => entry !== '' && !/^(branch|gc|maintenance)\./.test(entry))
    .map((entry) => [`config ${entry.split('\n')[0]}`, entry]);
}

function hashes(folder: string, name: string): [string, string][] {
  const path = join(folder, name);
  try {
    const stats = statSync(path);
    if (stats.isDirectory())
      return readdirSync(path).flatMap((entry) => hashes(folder, join(name, entry)));
    const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
    return [[name, `${stats.mode.toString(8)} ${hash}`]];
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function content(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return ''; // no reflog, or a layout of refs without files
    throw error;
  }
}

/**
 * A person may commit in the main tree while tests run: a branch that moved the way that tree's own
 * reflog says is only marked. Nobody but the run can have done the rest.
 */
export function stateChange(before: RepositoryState, after: RepositoryState): StateChange {
  const problems: string[] = [];
  const marks: string[] = [];
  if (before.checkoutHead !== after.checkoutHead)
    problems.push('the commit the tests ran on was moved');
  for (const name of changedKeys(before.files, after.files))
    problems.push(`git's ${name} was changed`);
  for (const ref of changedKeys(before.refs, after.refs)) {
    if (ref.startsWith('refs/remotes/')) continue; // editors fetch in the background
    if (!before.refs.has(ref) && ref !== 'refs/stash')
      marks.push(`${ref} was made while the tests ran`);
    else if (committedInMain(ref, before, after)) marks.push(`${ref} moved on while the tests ran`);
    else problems.push(`${ref} was moved or deleted`);
  }
  return { problems, marks };
}

function committedInMain(ref: string, before: RepositoryState, after: RepositoryState): boolean {
  const isCurrent = after.mainHead.trim() === `ref: ${ref}`;
  const [, to] = after.mainReflog.split(' ');
  return isCurrent && before.mainReflog !== after.mainReflog && to === after.refs.get(ref);
}

function changedKeys(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key));
}
