import { relative } from 'node:path';
import * as vscode from 'vscode';
import type { Approved } from '../core/approval.ts';
import { isPatchwrightError, PatchwrightError } from '../core/errors.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { PullRequest } from '../core/pullRequest.ts';
import { chooseRelease, chooseRequest } from './choose.ts';
import type { Handlers } from './commands.ts';
import type { Desk } from './desk.ts';
import type { Dialogs } from './dialogs.ts';
import { openFileDiff, openReview } from './diffReview.ts';
import type { ReviewNode } from './reviewTree.ts';
import { requireTrust, type Session } from './sessions.ts';
import { plural, required } from './text.ts';
import { t, told } from './l10n.ts';

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
      const session = await sessions.ready(argument);
      const request = await chooseRequest(session, argument, dialogs);
      if (!request) return;
      const row = argument as ReviewNode | undefined;
      if (row?.kind === 'file') await openFileDiff(request, row.file);
      else if (row?.kind === 'hunk') await openFileDiff(request, row.file, row.hunk.newStart);
      else await openReview(request);
    },
    async openReviewPanel(argument) {
      const session = await sessions.ready(argument);
      const request = await chooseRequest(session, argument, dialogs);
      if (request) reviewPanels.open(request);
    },
    async approve(argument) {
      requireTrust();
      const session = await sessions.ready(argument);
      const request = await chooseRequest(session, argument, dialogs);
      if (request) await approve(session, request, dialogs);
    },
    async reject(argument) {
      requireTrust();
      const session = await sessions.ready(argument);
      const request = await chooseRequest(session, argument, dialogs);
      if (request) await reject(session, request, dialogs);
    },
    async undoReject(argument) {
      requireTrust();
      const session = await sessions.ready(argument);
      const denied = session.app.backlog.requests.list({ statuses: ['DENIED'] });
      const request = await chooseRequest(session, argument, dialogs, denied);
      if (request) await session.app.pipeline.undoReject(request.id);
    },
    async rollBack(argument) {
      requireTrust();
      const session = await sessions.ready(argument);
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
        landing(session, release.ticketId, t('Roll Back Release'), (signal) =>
          pipeline.rollBack(
            release.id,
            reason.trim(),
            { confirmedProtectedBranch: confirmed },
            signal,
          ),
        ),
      );
      if (undone) dialogs.mention(t('Rolled back on {0}', undone.branch));
    },
  };
}

async function approve(session: Session, request: PatchRequest, dialogs: Dialogs): Promise<void> {
  refuseUnsaved(session, request);
  const { pipeline } = session.app;
  const approved = await withSecondYes(dialogs, t('Approve Patch'), (confirmed) =>
    landing(session, request.ticketId, t('Approve Patch'), (signal) =>
      pipeline.approve(
        request.id,
        { confirmedProtectedBranch: confirmed, seen: request.commit },
        signal,
      ),
    ),
  );
  if (!approved) return;
  if (approved.kind === 'opened') await tellOpened(approved.pullRequest, dialogs);
  else if (approved.kind === 'by_hand') await tellByHand(approved, dialogs);
  else dialogs.mention(approvedWords(approved));
}

/**
 * Quick where the branch is where it was; else the gates run again, and a hook of the user's may take long:
 * that can be watched and cancelled.
 */
async function landing<T>(
  { app }: Session,
  ticketId: string,
  title: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title,
    cancellable: true,
  };
  let show: ((message: string) => void) | undefined;
  const controller = new AbortController();
  const done = work(controller.signal);
  const judged = app.pipeline.onDidProgress((progress) => {
    if (progress.kind !== 'landing' || progress.ticketId !== ticketId) return;
    if (!show) {
      void vscode.window.withProgress(options, async (notice, cancel) => {
        show = (message) => notice.report({ message });
        show(progress.text);
        cancel.onCancellationRequested(() => controller.abort());
        await done.catch(() => undefined); // who asked for it is told
      });
    }
    show?.(progress.text);
  });
  try {
    return await done;
  } finally {
    await judged.dispose();
  }
}

async function tellOpened({ number, url }: PullRequest, dialogs: Dialogs): Promise<void> {
  const open = t('Open Pull Request');
  const pressed = await dialogs.tell('info', t('Pull request {0} waits for review.', number), [
    open,
  ]);
  if (pressed === open) await vscode.env.openExternal(vscode.Uri.parse(url, true));
}

async function tellByHand(
  { why, text }: Extract<Approved, { kind: 'by_hand' }>,
  dialogs: Dialogs,
): Promise<void> {
  const show = t('Show How');
  const message = t('Approved; no pull request was opened. {0}', why);
  if ((await dialogs.tell('info', message, [show])) !== show) return;
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: text });
  await vscode.window.showTextDocument(document);
}

function approvedWords(approved: Exclude<Approved, { kind: 'opened' | 'by_hand' }>): string {
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
    const sure = await dialogs.confirm(
      told(error.what),
      `${told(error.why)}\n${told(error.remedy)}`,
      yes,
    );
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
