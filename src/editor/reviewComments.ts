import * as vscode from 'vscode';
import type { PatchRequest } from '../core/patchRequest.ts';
import { scheme } from './commands.ts';
import { fromUri } from './documents.ts';
import { t } from './l10n.ts';

/** Comments on lines of a diff, collected until they go to the model with a request for changes. */
export interface ReviewComments {
  of(request: PatchRequest): readonly LineComment[];
  /** Takes what a comment box holds; from the box's own menu. */
  add(argument: unknown): void;
  remove(argument: unknown): void;
  clear(request: PatchRequest): void;
  dispose(): void;
}

export interface LineComment {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

export const controllerId = 'patchwright.review';

export function registerReviewComments(): ReviewComments {
  const controller = vscode.comments.createCommentController(controllerId, t('Patch Review'));
  const threads = new Set<vscode.CommentThread>();
  controller.options = {
    prompt: t('Comment on the patch'),
    placeHolder: t('What should be different?'),
  };
  controller.commentingRangeProvider = {
    provideCommentingRanges(document) {
      const isSide = document.uri.scheme === scheme && fromUri(document.uri)?.side === 'patch';
      return isSide ? [new vscode.Range(0, 0, Math.max(0, document.lineCount - 1), 0)] : [];
    },
  };
  const drop = (thread: vscode.CommentThread): void => {
    threads.delete(thread);
    thread.dispose();
  };
  return {
    of: ({ id, commit }) =>
      [...threads].flatMap((thread) => {
        const address = fromUri(thread.uri);
        if (address?.owner !== id || !address.at || !commit.startsWith(address.at)) return [];
        return thread.comments.map(({ body }) => ({
          path: address.path,
          line: (thread.range?.start.line ?? 0) + 1,
          text: typeof body === 'string' ? body : body.value,
        }));
      }),
    add(argument) {
      const { thread, text } = argument as vscode.CommentReply;
      const comment: vscode.Comment = {
        body: text,
        mode: vscode.CommentMode.Preview,
        author: { name: t('You') },
        contextValue: 'own',
      };
      thread.comments = [...thread.comments, comment];
      thread.label = t('Goes with Request Changes…');
      // An expanded one would open the Comments panel.
      thread.collapsibleState = vscode.CommentThreadCollapsibleState.Collapsed;
      threads.add(thread);
    },
    remove(argument) {
      const gone = argument as vscode.Comment;
      for (const thread of threads) {
        thread.comments = thread.comments.filter((one) => one !== gone);
        if (thread.comments.length === 0) drop(thread);
      }
    },
    clear({ id }) {
      for (const thread of threads) if (fromUri(thread.uri)?.owner === id) drop(thread);
    },
    dispose() {
      threads.clear();
      controller.dispose();
    },
  };
}
