import { createHash } from 'node:crypto';
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
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
  /** The configuration, as it is written. */
  readonly config: string;
  /** Hash by name. */
  readonly files: ReadonlyMap<string, string>;
}

export interface StateChange {
  readonly problems: readonly string[];
  readonly marks: readonly string[];
}

/** What is looked at: once found, a run has no say in it. */
export interface Watched {
  readonly git: Git;
  readonly checkout: Git;
  /** The folder that all worktrees of the repository share. */
  readonly common: string;
  /** git's own folder of the checkout. */
  readonly admin: string;
}

/** @param link the checkout's `.git` file */
export function toWatch(git: Git, checkout: Git, link: string): Watched {
  const admin = link.replace(/^gitdir: /, '').trimEnd();
  const common = join(admin, content(join(admin, 'commondir')).trimEnd());
  return { git, checkout, common, admin };
}

/** Reads files where it can: each process costs more than all of them. */
export async function repositoryState(
  { git, checkout, common, admin }: Watched,
  signal?: AbortSignal,
): Promise<RepositoryState> {
  const refs = existsSync(join(common, 'reftable'))
    ? refsIn(await git.run(['for-each-ref', '--format=%(objectname) %(refname)'], { signal }))
    : refFiles(common);
  return {
    refs,
    checkoutHead: await headOf(checkout, admin, refs, signal),
    config: content(join(common, 'config')),
    mainHead: content(join(common, 'HEAD')),
    mainReflog:
      content(join(common, 'logs', 'HEAD'))
        .trimEnd()
        .split('\n')
        .at(-1) ?? '',
    files: new Map(watched.flatMap((name) => hashes(common, name))),
  };
}

/** Loose ones win; they are read first, so that one that is packed meanwhile is not missed. */
function refFiles(common: string): ReadonlyMap<string, string> {
  const loose = looseRefs(common, 'refs');
  return new Map([...refsIn(content(join(common, 'packed-refs'))), ...loose]);
}

function looseRefs(common: string, folder: string): [string, string][] {
  return entriesOf(join(common, folder)).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return looseRefs(common, name);
    const value = content(join(common, name)).trimEnd();
    // A lock is of a git at work; what is gone again was one, too.
    return name.endsWith('.lock') || value === '' ? [] : [[name, value] satisfies [string, string]];
  });
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** `<object> <name>` lines; those of packed-refs that say something else are left out. */
function refsIn(lines: string): ReadonlyMap<string, string> {
  const refs = [...lines.matchAll(/^([0-9a-f]{40,64}) (refs\/.+)$/gm)];
  return new Map(refs.map(([, object = '', name = '']) => [name, object]));
}

/** Commit and branch. */
async function headOf(
  checkout: Git,
  admin: string,
  refs: ReadonlyMap<string, string>,
  signal?: AbortSignal,
): Promise<string> {
  const head = content(join(admin, 'HEAD')).trimEnd();
  const branch = /^ref: (.+)$/.exec(head)?.[1];
  if (branch === undefined && head !== '') return head;
  const commit = refs.get(branch ?? '');
  if (branch !== undefined && commit !== undefined) return `${commit} ${branch}`;
  // A layout of refs without files.
  return checkout.run(['rev-parse', 'HEAD', '--symbolic-full-name', 'HEAD'], { signal });
}

const watched = ['hooks', 'info', 'config.worktree', 'objects/info'];

/** Editors write what they know of a branch whenever they like; it runs nothing. */
async function configEntries(
  git: Git,
  config: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const list = await git.run(['config', '--file', '-', '--no-includes', '--list', '-z'], {
    input: config,
    okCodes: [0, 1],
    signal,
  });
  return new Map(
    list
      .split('\0')
      .filter((entry) => entry !== '' && !/^(branch|gc|maintenance)\./.test(entry))
      .map((entry) => [`config ${entry.split('\n')[0]}`, entry]),
  );
}

/** Entries of the configuration that a run has changed; most leave it alone, and then nothing is asked. */
export async function changedConfig(
  git: Git,
  before: Pick<RepositoryState, 'config'>,
  after: Pick<RepositoryState, 'config'>,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  if (before.config === after.config) return [];
  const [old, now] = [
    await configEntries(git, before.config, signal),
    await configEntries(git, after.config, signal),
  ];
  return changedKeys(old, now).map((name) => `git's ${name} was changed`);
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
 * A person works on while tests run. Refs that change meanwhile are only marked where the run was
 * sandboxed, since it cannot write them there. Elsewhere that holds for the branch that moved the way the
 * main tree's own reflog says; nobody but the run can have done the rest.
 */
export function stateChange(
  before: RepositoryState,
  after: RepositoryState,
  sandboxed = false,
): StateChange {
  const problems: string[] = [];
  const marks: string[] = [];
  if (before.checkoutHead !== after.checkoutHead)
    problems.push('the commit the tests ran on was moved');
  for (const name of changedKeys(before.files, after.files))
    problems.push(`git's ${name} was changed`);
  for (const ref of changedKeys(before.refs, after.refs)) {
    if (background.test(ref)) continue;
    if (!before.refs.has(ref) && (sandboxed || ref !== 'refs/stash'))
      marks.push(`${ref} was made while the tests ran`);
    else if (sandboxed || committedInMain(ref, before, after))
      marks.push(`${ref} moved on while the tests ran`);
    else problems.push(`${ref} was moved or deleted`);
  }
  return { problems, marks };
}

/** Editors fetch in the background; another window may sync (what comes of that is signed), or land a patch. */
const background = /^refs\/(?:remotes|patchwright\/(?:sync|incoming)|worktree\/patchwright)\//;

function committedInMain(ref: string, before: RepositoryState, after: RepositoryState): boolean {
  const isCurrent = after.mainHead.trim() === `ref: ${ref}`;
  const [, to] = after.mainReflog.split(' ');
  return isCurrent && before.mainReflog !== after.mainReflog && to === after.refs.get(ref);
}

function changedKeys(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key));
}
