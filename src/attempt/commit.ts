import { stripVTControlCharacters } from 'node:util';
import { PatchwrightError } from '../core/errors.ts';
import type { Git } from '../core/ports.ts';
import { escapePattern, restoreIndex, withIndex } from './worktreeTree.ts';

export interface CommitOptions {
  readonly ticketId: string;
  readonly attemptId: string;
  readonly model: string;
  /** Untrusted: comes from a log. */
  readonly title: string;
  /** Untrusted: comes from the model. */
  readonly summary: string;
  /** Relative to the worktree, with `/`. */
  readonly testFiles: readonly string[];
  /** Default: the user's own identity, or Patchwright's where none is set. */
  readonly author?: { readonly name: string; readonly email: string };
}

/** Where to commit: a worktree of ours, its branch, and what the branch started from. */
export interface CommitPlace {
  readonly git: Git;
  readonly path: string;
  /** The repository's own folder for this worktree. */
  readonly adminDir: string;
  readonly branch: string;
  readonly base: string;
  /** The tree of the base with these files as a commit or tree has them. */
  testTree(tree: string, files: readonly string[]): Promise<string>;
  /** A commit of ours on the branch that is gone on from; the patch is then one commit on top of it. */
  readonly onto?: string;
  /** Folders that were brought along and are no part of the patch, ignored by git or not. */
  readonly exclude: readonly string[];
}

export interface Committed {
  readonly commit: string;
  readonly tree: string;
  /** Repositories inside the worktree; git can't commit what is in them. */
  readonly skipped: readonly string[];
}

/**
 * Commits all non-ignored changes as two commits on the base: the reproduction test, then the fix. Calling
 * it again replaces what it committed before. No hook runs, nothing is signed. Throws `nothing_to_do`
 * when no file differs from the base.
 */
export async function commitPatch(place: CommitPlace, options: CommitOptions): Promise<Committed> {
  const { tree, skipped } = await stage(place);
  return { commit: await commitTree(place, tree, options), tree, skipped };
}

/** The same for a tree that is there already. */
export async function commitTree(
  place: CommitPlace,
  tree: string,
  options: CommitOptions,
): Promise<string> {
  const { git, base } = place;
  const baseTree = await git.run(['rev-parse', `${base}^{tree}`]);
  if (tree === baseTree) throw nothingChanged();
  if (place.onto !== undefined) return commitOnto(place, place.onto, tree, options);
  const testTree = await place.testTree(tree, options.testFiles);
  const identity = await identityOf(git, options.author);
  let commit = base;
  if (testTree !== baseTree) {
    commit = await write(git, testTree, commit, message('Reproduce', options), identity);
  }
  if (testTree !== tree) commit = await write(git, tree, commit, message('Fix', options), identity);
  await moveBranch(place, commit);
  return commit;
}

/** What was there before stays reachable, since an earlier request may name it. */
async function commitOnto(
  place: CommitPlace,
  onto: string,
  tree: string,
  options: CommitOptions,
): Promise<string> {
  const { git } = place;
  const isSame = tree === (await git.run(['rev-parse', `${onto}^{tree}`]));
  if (isSame) throw nothingChanged();
  const identity = await identityOf(git, options.author);
  const commit = await write(git, tree, onto, message('Revise', options), identity);
  await moveBranch(place, commit);
  return commit;
}

function nothingChanged(): PatchwrightError {
  return new PatchwrightError('nothing_to_do', {
    what: 'There is nothing to commit.',
    why: 'No file was changed (files that git ignores do not count).',
    remedy: 'Draft again, or describe the ticket more closely.',
  });
}

/** Changed paths are found against the clean index, so flags set by what ran here hide none of them. */
function stage(place: CommitPlace): Promise<{ tree: string; skipped: string[] }> {
  const { git, path } = place;
  return withIndex(path, 'clean', async (extraEnv) => {
    await git.run(['read-tree', '--reset', place.base], { extraEnv });
    const tracked = await trackedChanges(place, extraEnv);
    const { files, repositories } = await untracked(place, extraEnv);
    const update = async (how: string[], paths: readonly string[]): Promise<void> => {
      if (paths.length === 0) return;
      const input = paths.map((name) => `${name}\0`).join('');
      await git.run(['update-index', ...how, '-z', '--stdin'], { extraEnv, input });
    };
    await update(['--force-remove'], tracked.gone);
    await update(['--add', '--replace'], [...tracked.changed, ...files]);
    return { tree: await git.run(['write-tree'], { extraEnv }), skipped: repositories };
  });
}

interface TrackedChange {
  readonly path: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oid: string;
  readonly status: string;
}

/** diff-files looks into no submodule: a repository planted there could make git run its programs. */
async function trackedChanges({ git, exclude }: CommitPlace, extraEnv: Record<string, string>) {
  const raw = [
    'diff-files',
    '--raw',
    '-z',
    '--no-renames',
    '--no-abbrev',
    '--ignore-submodules=all',
  ];
  const fields = (await git.run(raw, { extraEnv })).split('\0');
  const changes: TrackedChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = '', newMode = '', oid = '', , status = ''] = (fields[at] ?? '')
      .slice(1)
      .split(' ');
    const path = fields[at + 1] ?? '';
    if (!isBelow(path, exclude)) changes.push({ path, oldMode, newMode, oid, status });
  }
  const untouched = await untouchedOf(git, changes);
  return {
    gone: changes.filter((change) => change.status === 'D').map((change) => change.path),
    changed: changes
      .filter((change) => change.status !== 'D' && !untouched.has(change.path))
      .map((change) => change.path),
  };
}

/**
 * Files whose bytes are the base's. Where attributes ask for line endings that the committed file does not
 * have, git calls it changed from the start; it is no part of the patch.
 */
async function untouchedOf(git: Git, changes: readonly TrackedChange[]): Promise<Set<string>> {
  const same = changes.filter(
    ({ path, oldMode, newMode }) =>
      oldMode === newMode && oldMode.startsWith('100') && !path.includes('\n'),
  );
  if (same.length === 0) return new Set();
  const input = same.map(({ path }) => `${path}\n`).join('');
  const hash = ['hash-object', '--no-filters', '--stdin-paths'];
  const oids = (await git.run(hash, { input })).split('\n');
  return new Set(same.filter(({ oid }, at) => oids[at] === oid).map(({ path }) => path));
}

async function untracked({ git, exclude }: CommitPlace, extraEnv: Record<string, string>) {
  const patterns = exclude.map((folder) => `--exclude=/${escapePattern(folder)}`);
  const list = ['ls-files', '--others', '--exclude-standard', ...patterns, '-z'];
  const paths = (await git.run(list, { extraEnv })).split('\0').filter((path) => path !== '');
  return {
    files: paths.filter((path) => !path.endsWith('/') && !isBelow(path, exclude)),
    repositories: paths.filter((path) => path.endsWith('/')),
  };
}

function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

async function write(
  git: Git,
  tree: string,
  parent: string,
  text: string,
  extraEnv: Record<string, string>,
): Promise<string> {
  const plain = ['-c', 'i18n.commitEncoding=UTF-8', '-c', 'commit.gpgSign=false'];
  return git.run([...plain, 'commit-tree', tree, '-p', parent, '-F', '-'], {
    input: text,
    extraEnv,
  });
}

async function identityOf(
  git: Git,
  author: CommitOptions['author'],
): Promise<Record<string, string>> {
  const own = author ?? (await userOf(git));
  const name = own.name || 'Patchwright';
  const email = own.email || 'patchwright@localhost';
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

/** The user's own, as configured last; empty where it is not. */
async function userOf(git: Git): Promise<{ readonly name: string; readonly email: string }> {
  const list = ['config', '-z', '--get-regexp', '^user\\.(name|email)$'];
  const { out } = await git.code(list, { okCodes: [0, 1] });
  const entries = out.split('\0').map((entry): [string, string] => {
    const end = entry.indexOf('\n');
    return [entry.slice(0, end), entry.slice(end + 1).trim()];
  });
  const settings = new Map(entries);
  return { name: settings.get('user.name') ?? '', email: settings.get('user.email') ?? '' };
}

/** Only from the base or from what we committed before: another's commit on the branch is never lost. */
async function moveBranch(place: CommitPlace, commit: string): Promise<void> {
  const { git, branch, base, path, adminDir } = place;
  const ref = `refs/heads/${branch}`;
  const tip = await git.run(['rev-parse', '--verify', ref]);
  const ticket = '%(trailers:key=Patchwright-Ticket,valueonly,separator=%x2C)';
  const since = await git.run(['log', `--format=%H ${ticket}`, `${base}..${tip}`]);
  if (since !== '' && since.split('\n').some((line) => !/^[0-9a-f]+ \S/.test(line))) {
    throw new PatchwrightError('conflict', {
      what: `Branch ${branch} has commits that aren't Patchwright's.`,
      why: 'Someone committed to it while the patch was being made.',
      remedy: 'Draft again; the patch will get a branch of its own.',
    });
  }
  await git.run(['update-ref', '-m', 'patchwright: committed', ref, commit, tip]);
  await restoreIndex(path, adminDir);
  await git.run(['read-tree', '--reset', commit]);
}

const maxSubject = 72;
const maxSummary = 4_000;

function message(kind: 'Reproduce' | 'Fix' | 'Revise', options: CommitOptions): string {
  const subject = `${kind}: ${oneLine(options.title, 2 * maxSubject) || options.ticketId}`;
  const summary = plainText(options.summary.slice(0, 2 * maxSummary))
    .slice(0, maxSummary)
    .trim();
  return [
    subject.length > maxSubject ? `${subject.slice(0, maxSubject - 1).trimEnd()}…` : subject,
    ...(summary ? [summary] : []),
    [
      `Patchwright-Ticket: ${oneLine(options.ticketId, 200)}`,
      `Patchwright-Attempt: ${oneLine(options.attemptId, 200)}`,
      `Assisted-by: ${oneLine(options.model, 200)}`,
    ].join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

function oneLine(text: string, max: number): string {
  return plainText(text.slice(0, max)).replace(/\s+/g, ' ').trim();
}

/** No terminal sequences, no control, hidden or direction-changing characters, `\n` line endings. */
function plainText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '');
}
