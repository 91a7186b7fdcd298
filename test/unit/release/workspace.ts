import { createHash, randomUUID } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { PatchFile } from '../../../src/core/attempt.ts';
import type { PatchRequest, Release } from '../../../src/core/patchRequest.ts';
import type { Clock, Git } from '../../../src/core/ports.ts';
import { land } from '../../../src/release/land.ts';
import { type RolledBack, rollBack } from '../../../src/release/rollBack.ts';

export const clock: Clock = { now: () => new Date('2026-11-20T08:00:00Z') };
const ticketId = 'exception-0badc0de';

/** Makes a patch the way an attempt does: on a branch of its own, in a worktree of its own. */
export async function makePatch(
  git: Git,
  worktree: string,
  change: (folder: string, git: Git) => void | Promise<void>,
): Promise<PatchRequest> {
  const base = await git.run(['rev-parse', 'HEAD']);
  const branch = `improvement/${randomUUID().slice(0, 8)}`;
  await git.run(['worktree', 'add', '-q', '-b', branch, worktree, base]);
  const own = git.at(worktree);
  await change(worktree, own);
  await own.run(['add', '-A']);
  await own.run(['commit', '-q', '-m', 'patch']);
  const commit = await own.run(['rev-parse', 'HEAD']);
  await git.run(['worktree', 'remove', worktree]);
  return requestFor(git, { base, commit, branch });
}

export async function requestFor(
  git: Git,
  at: { readonly base: string; readonly commit: string; readonly branch: string },
): Promise<PatchRequest> {
  return {
    ...at,
    id: randomUUID(),
    ticketId,
    attemptId: randomUUID(),
    createdAt: '2026-11-20T07:59:00Z',
    status: 'APPROVED',
    files: await patchFiles(git, at.base, at.commit),
    testFiles: [],
    diff: await git.run(['diff', at.base, at.commit]),
    reasoning: '',
    component: '',
    improvementType: 'bug_fix',
    confidence: { value: 1, parts: [] },
    gates: [],
    feedbackIds: [],
    model: 'test',
  };
}

const statuses: Readonly<Record<string, PatchFile['status']>> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  T: 'type_changed',
};

async function patchFiles(git: Git, base: string, commit: string): Promise<PatchFile[]> {
  const raw = await git.run(['diff-tree', '-r', '-M', '-z', '--raw', base, commit]);
  const parts = raw.split('\0');
  const files: PatchFile[] = [];
  for (let i = 0; i + 1 < parts.length; ) {
    const [oldMode = '', newMode = '', , , status = ''] = (parts[i++] ?? '').slice(1).split(' ');
    const first = parts[i++] ?? '';
    const renamed = status.startsWith('R');
    files.push({
      path: renamed ? (parts[i++] ?? '') : first,
      ...(renamed ? { oldPath: first } : {}),
      status: statuses[status[0] ?? ''] ?? 'modified',
      oldMode,
      newMode,
      added: 0,
      removed: 0,
    });
  }
  return files;
}

const policy = { protectedBranches: ['main', 'master'], confirmedProtectedBranch: false };

export function landIt(
  git: Git,
  request: PatchRequest,
  more: Partial<Parameters<typeof land>[1]> = {},
  signal?: AbortSignal,
  deps: Pick<Parameters<typeof land>[0], 'judgeMerged' | 'say'> = {},
): Promise<Release> {
  const input = { request, ticketTitle: 'Sums go wrong', reviewer: 'Ada', ...policy, ...more };
  return land({ git, clock, ...deps }, input, signal);
}

export function rollItBack(
  git: Git,
  release: Release,
  more: Partial<Parameters<typeof rollBack>[1]> = {},
): Promise<RolledBack> {
  const reason = 'It made things worse.';
  return rollBack(
    { git },
    { release, ticketTitle: 'Sums go wrong', reason, reviewer: 'Ada', ...policy, ...more },
  );
}

/** Path → kind, mode and content of everything below `root` but `.git`. */
export function filesOf(root: string, below = ''): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(root, below)).sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    if (path === '.git') continue;
    const at = join(root, path);
    const stat = lstatSync(at);
    if (stat.isDirectory()) Object.assign(found, { [`${path}/`]: 'folder' }, filesOf(root, path));
    else if (stat.isSymbolicLink()) found[path] = `link ${readlinkSync(at)}`;
    else found[path] = `${(stat.mode & 0o777).toString(8)} ${sha(readFileSync(at))}`;
  }
  return found;
}

export function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Everything of the user's that must not change behind their back. */
export async function stateOf(git: Git): Promise<Readonly<Record<string, unknown>>> {
  return {
    files: filesOf(git.cwd),
    index: await git.run(['ls-files', '--stage', '-t']),
    stash: await git.run(['stash', 'list', '--format=%H']),
    refs: await git.run(['for-each-ref', '--format=%(refname) %(objectname)']),
    head: readFileSync(join(git.cwd, '.git/HEAD'), 'utf8'),
  };
}
