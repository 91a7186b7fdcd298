import { join } from 'node:path';
import { putBack } from '../attempt/worktreeBranch.ts';
import { diffText, patchOf } from '../attempt/patch.ts';
import type { Worktree } from '../attempt/worktree.ts';
import type { Patch } from '../core/attempt.ts';
import { assertReviewer } from '../core/approval.ts';
import { PatchwrightError } from '../core/errors.ts';
import { type GateReport, gatesPassed } from '../core/gate.ts';
import { type HunkName, hunkNameText, onlyHunks, parseDiff } from '../core/hunks.ts';
import { assertRequestMove, type PatchRequest, type RequestEdit } from '../core/patchRequest.ts';
import type { Progress } from '../core/progress.ts';
import { confidenceOf } from '../gates/confidence.ts';
import { audit } from './changes.ts';
import { requestOf, ticketOf } from './lookUp.ts';
import { historyOf, newCodeOf } from './request.ts';
import type { House } from './house.ts';
import { judge } from './judge.ts';

/**
 * A person changes a patch that waits. The change is one more commit on its branch; the gates judge what
 * comes of it, and only when they pass the request names the new commit. Else it stays as it was.
 */

/** Approving is about one commit, so only a request that nobody has decided on can become another one. */
export function waitingRequest(house: House, requestId: string): PatchRequest {
  const request = requestOf(house, requestId);
  assertRequestMove(request, 'APPROVED');
  return request;
}

/** A checkout of the patch on its own branch. */
export function checkOut(
  house: House,
  { branch, base, commit }: PatchRequest,
  signal: AbortSignal,
): Promise<Worktree> {
  const options = { branch, base, onto: commit, onProgress: house.log };
  return house.worktrees(house.settings()).open(options, signal);
}

export async function dropHunks(
  house: House,
  requestId: string,
  names: readonly HunkName[],
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<PatchRequest> {
  const request = waitingRequest(house, requestId);
  const reviewer = await reviewerOf(house);
  const worktree = await checkOut(house, request, signal);
  let kept = false;
  try {
    // Byte by byte: what is recorded as text has lost what is not UTF-8.
    const raw = await diffText(worktree.git, request.base, request.commit, 'latin1');
    const diff = Buffer.from(onlyHunks(parseDiff(raw, 'latin1'), names), 'latin1');
    const tree = await worktree.treeWithout(request.commit, diff);
    const what = `${names.length} ${names.length === 1 ? 'hunk' : 'hunks'} dropped`;
    const commit = await worktree.commitTree(tree, {
      ...aboutOf(house, request, reviewer),
      summary: `${what}: ${names.map(hunkNameText).join(', ')}`,
    });
    const revised = await rejudge(
      house,
      { request, worktree, commit, reviewer, what },
      tell,
      signal,
    );
    kept = true;
    return revised;
  } finally {
    await worktree.close({ keepBranch: kept });
  }
}

/**
 * The last change that somebody made is taken back. Its commit stays on the branch, with one more on top of
 * it that brings back what was there; the gates judge that, too.
 */
export async function undoEdit(
  house: House,
  requestId: string,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<PatchRequest> {
  const request = waitingRequest(house, requestId);
  const last = request.edits?.at(-1);
  if (!last?.before) throw nothingToUndo();
  const reviewer = await reviewerOf(house);
  const worktree = await checkOut(house, request, signal);
  let kept = false;
  try {
    const tree = await house.git.run(['rev-parse', '--verify', `${last.before.commit}^{tree}`]);
    const what = `taken back: ${last.what}`;
    const commit = await worktree.commitTree(tree, {
      ...aboutOf(house, request, reviewer),
      summary: what,
    });
    const edits = request.edits?.slice(0, -1) ?? [];
    const { testFiles } = last.before;
    const revision = { request, worktree, commit, reviewer, what, edits, testFiles };
    const revised = await rejudge(house, revision, tell, signal);
    kept = true;
    return revised;
  } finally {
    await worktree.close({ keepBranch: kept });
  }
}

export async function reviewerOf(house: House): Promise<string> {
  const reviewer = await house.reviewer();
  assertReviewer(reviewer, house.settings().approve);
  return reviewer;
}

/** What the commit says of itself. */
export function aboutOf(house: House, request: PatchRequest, reviewer: string) {
  return {
    ticketId: request.ticketId,
    attemptId: request.attemptId,
    title: house.backlog.tickets.get(request.ticketId)?.title ?? request.ticketId,
    testFiles: request.testFiles,
    model: reviewer,
  };
}

interface Revision {
  readonly request: PatchRequest;
  readonly worktree: Worktree;
  readonly commit: string;
  readonly reviewer: string;
  readonly what: string;
  /** What then counts as changed in it; left out: this, too. */
  readonly edits?: readonly RequestEdit[];
  /** Left out: those of the request that are left. */
  readonly testFiles?: readonly string[];
}

/** Throws `gates_failed` with their reasons, or `stale` when the request was decided meanwhile. */
export async function rejudge(
  house: House,
  revision: Revision,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<PatchRequest> {
  const { request, worktree, commit, testFiles = request.testFiles } = revision;
  const { ticketId } = request;
  const settings = house.settings();
  const ticket = ticketOf(house, ticketId);
  const patch = await patchLeft(worktree, testFiles, commit);
  const tests = await house.findTests(join(worktree.path, worktree.prefix), settings);
  const on = {
    started: (gate: GateReport['id']) => tell({ kind: 'gate_started', ticketId, gate }),
    ended: (report: GateReport) => tell({ kind: 'gate', ticketId, report }),
  };
  const judging = { house, settings, ticket, on, useCache: true, signal };
  const gates = await judge(judging, worktree, patch, tests, await house.protection());
  if (!gatesPassed(gates)) throw refused(gates);
  const revised = { ...request, ...(await fieldsOf(house, request, patch, gates)) };
  return house.backlog.exclusively('decide', () => write(house, revised, revision));
}

async function patchLeft(
  { git, base, branch }: Worktree,
  testFiles: readonly string[],
  commit: string,
): Promise<Patch> {
  const patch = await patchOf(git, base, commit, branch, []);
  const left = patch.files.map(({ path }) => path);
  return { ...patch, testFiles: testFiles.filter((path) => left.includes(path)) };
}

async function fieldsOf(
  house: House,
  request: PatchRequest,
  patch: Patch,
  gates: readonly GateReport[],
) {
  const { newCode } = await newCodeOf(house.git, patch);
  return {
    commit: patch.commit,
    files: patch.files,
    testFiles: patch.testFiles,
    diff: await diffText(house.git, patch.base, patch.commit),
    newCode: newCode ?? '',
    gates,
    confidence: confidenceOf({
      patch,
      reports: gates,
      submissions: request.metrics?.attempt.submissions ?? 1,
      history: historyOf(house, ticketOf(house, request.ticketId)),
      estimate: undefined,
    }),
  };
}

async function write(
  house: House,
  revised: PatchRequest,
  { request, reviewer, what, edits: left }: Revision,
): Promise<PatchRequest> {
  const now = requestOf(house, request.id);
  if (now.status !== 'PENDING_APPROVAL' || now.commit !== request.commit) throw changedMeanwhile();
  const at = house.clock.now().toISOString();
  const before = { commit: request.commit, testFiles: request.testFiles };
  const edit = { at, by: reviewer, what, before };
  const edits = left ?? [...(request.edits ?? []), edit];
  // A yes was to the commit of before.
  const { commit, files, testFiles, diff, newCode, gates, confidence } = revised;
  const fields = { commit, files, testFiles, diff, gates, confidence, edits, approvals: [] };
  await house.backlog.write([
    {
      kind: 'request',
      id: request.id,
      fields: { ...fields, ...(newCode === undefined ? {} : { newCode }) },
    },
    audit({
      actor: reviewer,
      action: 'request.edited',
      subject: request.id,
      before: { commit: request.commit },
      after: { commit, what },
    }),
  ]);
  return { ...request, ...revised, edits, approvals: [] };
}

export async function giveBack(house: House, { branch, commit }: PatchRequest): Promise<void> {
  await putBack(house.git, branch, commit, house.log);
}

function nothingToUndo(): PatchwrightError {
  return new PatchwrightError('nothing_to_do', {
    what: 'There is no change to take back.',
    why: 'Nobody has changed this patch since the model handed it in.',
    remedy: '',
  });
}

function changedMeanwhile(): PatchwrightError {
  return new PatchwrightError('stale', {
    what: 'The patch was not changed.',
    why: 'The request was decided or changed meanwhile.',
    remedy: 'Look at it again.',
  });
}

function refused(gates: readonly GateReport[]): PatchwrightError {
  const reasons = gates.filter(({ verdict }) => verdict === 'failed').map(({ reason }) => reason);
  return new PatchwrightError('gates_failed', {
    what: 'The patch stays as it was: what would be left of it was refused by the gates.',
    why: reasons.join(' '),
    remedy: 'Keep what they need, or request changes from the model.',
  });
}
