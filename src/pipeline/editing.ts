import { join } from 'node:path';
import type { Worktree } from '../attempt/worktree.ts';
import { errorMessage, isPatchwrightError, PatchwrightError } from '../core/errors.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Progress } from '../core/progress.ts';
import type { House } from './house.ts';
import { aboutOf, checkOut, giveBack, rejudge, reviewerOf, waitingRequest } from './revise.ts';

/** Patches that people edit by hand, each checked out in a worktree of ours until the edit is finished. */
export interface Editing {
  /** The workspace's folder in the checkout. Called again it names the same one. */
  start(requestId: string, signal: AbortSignal): Promise<string>;
  /** Throws `gates_failed`, `nothing_to_do`, …; the checkout is then still there to be corrected. */
  finish(
    requestId: string,
    tell: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<PatchRequest>;
  /** Nothing of the edit is kept. */
  abandon(requestId: string): Promise<void>;
  /** Requests that are being edited in this process. */
  open(): readonly string[];
  /** Puts what was edited aside; `start` brings it back. */
  dispose(): Promise<void>;
}

interface Edit {
  readonly request: PatchRequest;
  readonly worktree: Worktree;
}

export function createEditing(house: House): Editing {
  const edits = new Map<string, Edit>();
  const editOf = (requestId: string): Edit => {
    const edit = edits.get(requestId);
    if (edit) return edit;
    throw new PatchwrightError('nothing_to_do', {
      what: 'This patch is not being edited.',
      why: 'No edit of it was started in this window.',
      remedy: 'Start with "Edit Patch by Hand".',
    });
  };
  const folderOf = ({ worktree }: Edit): string => join(worktree.path, worktree.prefix);
  const end = async (requestId: string, keepBranch: boolean): Promise<void> => {
    const { worktree } = editOf(requestId);
    edits.delete(requestId);
    await worktree.close({ keepBranch });
  };
  return {
    async start(requestId, signal) {
      const known = edits.get(requestId);
      if (known) return folderOf(known);
      const request = waitingRequest(house, requestId);
      await reviewerOf(house);
      const worktree = await checkOut(house, request, signal);
      const edit = { request, worktree };
      edits.set(requestId, edit);
      await takeUp(house, edit, signal);
      return folderOf(edit);
    },
    async finish(requestId, tell, signal) {
      const { request, worktree } = editOf(requestId);
      const reviewer = await reviewerOf(house);
      const what = 'edited by hand';
      const about = { ...aboutOf(house, request, reviewer), summary: what };
      const { commit } = await worktree.commit(about);
      try {
        const revision = { request, worktree, commit, reviewer, what };
        const revised = await rejudge(house, revision, tell, signal);
        await end(requestId, true);
        await forget(house, requestId);
        return revised;
      } catch (error) {
        await giveBack(house, request);
        // The gates laid other trees out; the person goes on from their own.
        await worktree.lay(commit);
        throw error;
      }
    },
    async abandon(requestId) {
      await end(requestId, false);
      await forget(house, requestId);
    },
    open: () => [...edits.keys()],
    async dispose() {
      for (const [requestId, edit] of edits) {
        await putAside(house, edit).catch((error: unknown) => house.log(errorMessage(error)));
        await end(requestId, false);
      }
    },
  };
}

function asideRef(requestId: string): string {
  return `refs/patchwright/edit/${requestId}`;
}

async function putAside(house: House, { request, worktree }: Edit): Promise<void> {
  try {
    const about = aboutOf(house, request, await house.reviewer());
    const { commit } = await worktree.commit({ ...about, summary: 'An unfinished edit.' });
    await house.git.run(['update-ref', asideRef(request.id), commit]);
  } catch (error) {
    if (!isPatchwrightError(error, 'nothing_to_do')) throw error; // nothing was edited
  }
}

/** Only an edit of the same commit: of another one it would undo what has changed since. */
async function takeUp(house: House, { request, worktree }: Edit, signal: AbortSignal) {
  const ref = `${asideRef(request.id)}^{commit}`;
  const known = { okCodes: [0, 1, 128] };
  const aside = await house.git.code(['rev-parse', '--verify', '--quiet', ref], known);
  if (aside.code !== 0) return;
  const parent = await house.git.code(['rev-parse', '--verify', '--quiet', `${ref}^`], known);
  if (parent.out === request.commit) await worktree.lay(aside.out, signal);
}

async function forget(house: House, requestId: string): Promise<void> {
  await house.git.code(['update-ref', '-d', asideRef(requestId)], { okCodes: [0, 1, 128] });
}
