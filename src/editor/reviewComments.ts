import * as vscode from 'vscode';
import type { PatchFile } from '../core/attempt.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { scheme } from './commands.ts';
import { createDisposableStore } from './disposables.ts';
import { fromUri } from './address.ts';
import { fileUri } from './documents.ts';
import { type KeptComment, type LineComment, toKeep } from './keptComments.ts';
import { t } from './l10n.ts';
import { lineNow } from './lineNow.ts';
import { isSame } from './refresh.ts';
import { waitingRequests } from './reviewTree.ts';
import type { Session, Sessions } from './sessions.ts';
import { sessionsOfAddress } from './whichSession.ts';

/** Comments on lines of a diff, collected until they go to the model with a request for changes. */
export interface ReviewComments {
  of(request: PatchRequest): readonly LineComment[];
  /** Takes what a comment box holds; from the box's own menu. */
  add(argument: unknown): void;
  remove(argument: unknown): void;
  clear(request: PatchRequest): void;
  /** The patch became another one: what was said of it goes along, to the lines it was about. */
  carry(before: PatchRequest, now: PatchRequest): Promise<void>;
  dispose(): void;
}

const controllerId = 'patchwright.review';
const key = 'patchwright.lineComments';

export function registerReviewComments(
  sessions: Sessions,
  memory: Pick<vscode.Memento, 'get' | 'update'>,
): ReviewComments {
  const store = createDisposableStore();
  const controller = store.add(
    vscode.comments.createCommentController(controllerId, t('Patch Review')),
  );
  const threads = new Set<vscode.CommentThread>();
  let restoredIn: readonly Session[] = [];
  controller.options = {
    prompt: t('Comment on the patch'),
    placeHolder: t('What should be different?'),
  };
  controller.commentingRangeProvider = {
    // Where nobody will be told of it, nothing is to be said.
    async provideCommentingRanges({ uri, lineCount }) {
      const address = uri.scheme === scheme ? fromUri(uri) : undefined;
      if (address?.side !== 'patch' || !vscode.workspace.isTrusted) return [];
      const waits = sessionsOfAddress(await sessions.readyAll(), address).some(
        ({ app }) => app.backlog.requests.get(address.owner)?.status === 'PENDING_APPROVAL',
      );
      return waits ? [new vscode.Range(0, 0, Math.max(0, lineCount - 1), 0)] : [];
    },
  };
  const drop = (thread: vscode.CommentThread): void => {
    threads.delete(thread);
    thread.dispose();
  };
  const requestOf = (id = ''): PatchRequest | undefined =>
    sessions
      .all()
      .map(({ app }) => app.backlog.requests.get(id))
      .find((request) => request !== undefined);
  const folderOf = (requestId: string): string | undefined =>
    sessions.all().find(({ app }) => app.backlog.requests.get(requestId))?.id;
  const save = (): void => {
    const shown = [...threads].flatMap(saidIn).flatMap((said) => {
      const folder = folderOf(said.requestId);
      return folder === undefined ? [] : [{ ...said, folder }];
    });
    const isOpen = (folder: string): boolean => sessions.of(folder) !== undefined;
    void memory.update(key, toKeep(memory.get<KeptComment[]>(key, []), shown, isOpen));
  };
  const hold = (thread: vscode.CommentThread): void => {
    thread.label = t('Goes with Request Changes…');
    // Out of the way of the code; the glyph on the line opens it again.
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Collapsed;
    threads.add(thread);
  };
  const put = (request: PatchRequest, file: PatchFile, line: number, texts: readonly string[]) => {
    const range = new vscode.Range(line - 1, 0, line - 1, 0);
    const uri = fileUri(request, file, 'patch');
    hold(controller.createCommentThread(uri, range, texts.map(commentOf)));
  };
  const restore = (): void => {
    const all = sessions.all();
    if (all.length === 0 || isSame(restoredIn, all)) return;
    restoredIn = all;
    for (const thread of threads) drop(thread);
    const waiting = all.flatMap(({ app }) => waitingRequests(app.backlog));
    for (const { requestId, at, path, line, text } of memory.get<KeptComment[]>(key, [])) {
      const request = waiting.find(({ id, commit }) => id === requestId && commit.startsWith(at));
      const file = request?.files.find((one) => one.path === path);
      if (request && file) put(request, file, line, [text]);
    }
  };
  /** What has landed nobody will be told of any more. A rejection may still be taken back. */
  const dropLanded = (): void => {
    const landed = [...threads].filter(({ uri }) => isLanded(requestOf(fromUri(uri)?.owner)));
    for (const thread of landed) drop(thread);
    if (landed.length > 0) save();
  };
  store.add(sessions.onDidChange(restore));
  store.add(sessions.onDidChange(dropLanded));
  return {
    of: ({ id, commit }) =>
      [...threads]
        .flatMap(saidIn)
        .filter(({ requestId, at }) => requestId === id && commit.startsWith(at))
        .map(({ path, line, text }) => ({ path, line, text })),
    add(argument) {
      const { thread, text } = argument as vscode.CommentReply;
      thread.comments = [...thread.comments, commentOf(text)];
      hold(thread);
      save();
    },
    remove(argument) {
      const gone = argument as vscode.Comment;
      for (const thread of threads) {
        thread.comments = thread.comments.filter((one) => one !== gone);
        if (thread.comments.length === 0) drop(thread);
      }
      save();
    },
    clear({ id }) {
      for (const thread of threads) if (fromUri(thread.uri)?.owner === id) drop(thread);
      save();
    },
    async carry(before, now) {
      for (const thread of threads) {
        const address = fromUri(thread.uri);
        if (address?.owner !== before.id || !address.at || now.commit.startsWith(address.at))
          continue;
        // Of a file that is in the patch no more there is nothing to be said.
        const file = now.files.find(({ path }) => path === address.path);
        if (file) {
          const line = lineNow(
            await linesOf(thread.uri),
            await linesOf(fileUri(now, file, 'patch')),
            lineOf(thread),
          );
          put(now, file, line, thread.comments.map(textOf));
        }
        drop(thread);
      }
      save();
    },
    dispose() {
      threads.clear();
      store.dispose();
    },
  };
}

function isLanded(request: PatchRequest | undefined): boolean {
  return request?.status === 'APPROVED' || request?.status === 'APPLIED';
}

function commentOf(text: string): vscode.Comment {
  return {
    body: text,
    mode: vscode.CommentMode.Preview,
    author: { name: t('You') },
    contextValue: 'own',
  };
}

function textOf({ body }: vscode.Comment): string {
  return typeof body === 'string' ? body : body.value;
}

function lineOf({ range }: vscode.CommentThread): number {
  return (range?.start.line ?? 0) + 1;
}

function saidIn(thread: vscode.CommentThread): readonly Omit<KeptComment, 'folder'>[] {
  const { owner: requestId, at, path } = fromUri(thread.uri) ?? {};
  if (!requestId || !at || !path) return [];
  const line = lineOf(thread);
  return thread.comments.map((comment) => ({ requestId, at, path, line, text: textOf(comment) }));
}

async function linesOf(uri: vscode.Uri): Promise<readonly string[]> {
  return (await vscode.workspace.openTextDocument(uri)).getText().split(/\r?\n/);
}
