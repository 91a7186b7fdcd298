import { relative } from 'node:path';
import * as vscode from 'vscode';
import type { Approved } from '../core/approval.ts';
import { isPatchwrightError, PatchwrightError } from '../core/errors.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { chooseRelease, chooseRequest } from './choose.ts';
import type { Handlers } from './commands.ts';
import type { Desk } from './desk.ts';
import type { Dialogs } from './dialogs.ts';
import { openFileDiff, openReview } from './diffReview.ts';
import type { ReviewNode } from './reviewTree.ts';
import { requireTrust, type Session } from './sessions.ts';
import { plural, required } from './text.ts';
import { t } from './l10n.ts';

export function reviewCommands({
  sessions,
  dialogs,
  reviewPanels,
}: Desk): Pick<
  Handlers,
  'openDiff' | 'openReviewPanel' | 'approve' | 'reject' | 'undoReject' | 'rollBack'
> {
  return {
    async openDiff(argument) {
      const session = await sessions.ready();
      const request = await chooseRequest(session, argument, dialogs);
      if (!request) return;
      const row = argument as ReviewNode | undefined;
      if (row?.kind === 'file') await openFileDiff(request, row.file);
      else if (row?.kind === 'hunk') await openFileDiff(request, row.file, row.hunk.newStart);
      else await openReview(request);
    },
    async openReviewPanel(argument) {
      const session = await sessions.ready();
      const request = await chooseRequest(session, argument, dialogs);
      if (request) reviewPanels.open(request);
    },
    async approve(argument) {
      requireTrust();
      const session = await sessions.ready();
      const request = await chooseRequest(session, argument, dialogs);
      if (request) await approve(session, request, dialogs);
    },
    async reject(argument) {
      requireTrust();
      const session = await sessions.ready();
      const request = await chooseRequest(session, argument, dialogs);
      if (request) await reject(session, request, dialogs);
    },
    async undoReject(argument) {
      requireTrust();
      const session = await sessions.ready();
      const denied = session.app.backlog.requests.list({ statuses: ['DENIED'] });
      const request = await chooseRequest(session, argument, dialogs, denied);
      if (request) await session.app.pipeline.undoReject(request.id);
    },
    async rollBack(argument) {
      requireTrust();
      const session = await sessions.ready();
      const release = await chooseRelease(session, argument, dialogs);
      if (!release) return;
      const landed = session.app.backlog.requests.get(release.requestId);
      if (landed) refuseUnsaved(session, landed);
      const reason = await dialogs.input({
        title: t('Roll Back Release'),
        prompt: t(
          'Why? A commit that takes {0} back is added to {1}.',
          release.commit.slice(0, 8),
          release.branch,
        ),
        validateInput: required,
      });
      if (!reason?.trim()) return;
      const { pipeline } = session.app;
      const undone = await withSecondYes(dialogs, t('Roll Back'), (confirmed) =>
        pipeline.rollBack(release.id, reason.trim(), { confirmedProtectedBranch: confirmed }),
      );
      if (undone) dialogs.mention(t('Rolled back on {0}', undone.branch));
    },
  };
}

async function approve(session: Session, request: PatchRequest, dialogs: Dialogs): Promise<void> {
  refuseUnsaved(session, request);
  const { pipeline } = session.app;
  const approved = await withSecondYes(dialogs, t('Approve Patch'), (confirmed) =>
    pipeline.approve(request.id, { confirmedProtectedBranch: confirmed, seen: request.commit }),
  );
  if (approved) dialogs.mention(approvedWords(approved));
}

function approvedWords(approved: Approved): string {
  switch (approved.kind) {
    case 'landed':
      return t(
        'Merged into {0} as {1}',
        approved.release.branch,
        approved.release.commit.slice(0, 8),
      );
    case 'kept':
      return t('Approved; it stays on {0} for you to merge', approved.branch);
    case 'counted':
      return t(
        'Approval {0} of {1}; it waits for another reviewer',
        approved.have,
        approved.needed,
      );
  }
}

async function reject(session: Session, request: PatchRequest, dialogs: Dialogs): Promise<void> {
  const comment = await dialogs.input({
    title: t('Reject Patch'),
    prompt: t('What is wrong with it? The next attempt learns from this.'),
    validateInput: required,
  });
  if (comment?.trim()) await session.app.pipeline.reject(request.id, comment.trim());
}

/** A protected branch needs a second, explicit yes. undefined: it was not given. */
async function withSecondYes<T>(
  dialogs: Dialogs,
  yes: string,
  act: (confirmed: boolean) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await act(false);
  } catch (error) {
    if (!isPatchwrightError(error, 'protected_branch')) throw error;
    const sure = await dialogs.confirm(error.what, `${error.why}\n${error.remedy}`, yes);
    return sure ? act(true) : undefined;
  }
}

/** What is in an editor but not on the disk, git can't see; a merge would be saved over or save over it. */
function refuseUnsaved({ root }: Session, request: PatchRequest): void {
  const touched = new Set(
    request.files.flatMap((file) => [file.path, ...(file.oldPath ? [file.oldPath] : [])]),
  );
  const unsaved = vscode.workspace.textDocuments
    .filter((document) => document.isDirty && document.uri.scheme === 'file')
    .map((document) => pathIn(root, document.uri))
    .filter((path) => touched.has(path));
  if (unsaved.length === 0) return;
  throw new PatchwrightError('would_overwrite', {
    what: t(
      'The patch changes {0} with unsaved changes: {1}.',
      plural(unsaved.length, 'file'),
      unsaved.join(', '),
    ),
    why: t('Merging would put the editor and the disk at odds.'),
    remedy: t('Save and commit them, or revert them, then try again.'),
  });
}

/** Relative to the folder, with `/`. */
export function pathIn(folder: string, uri: vscode.Uri): string {
  return relative(folder, uri.fsPath).replaceAll('\\', '/');
}
