import * as vscode from 'vscode';
import { PatchwrightError } from '../core/errors.ts';
import type { HunkName } from '../core/hunks.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { activeAddress, fromUri } from './address.ts';
import { chooseRequest, requestNamed } from './choose.ts';
import { type Handlers, viewIds } from './commands.ts';
import type { Desk } from './desk.ts';
import type { Dialogs } from './dialogs.ts';
import { openFileDiff, renewDiffs } from './diffReview.ts';
import {
  changesComment,
  dropDetail,
  dropQuestion,
  hunkDescription,
  hunkLabel,
} from './hunkText.ts';
import { hunksOfFile, type ReviewNode } from './reviewTree.ts';
import { inReadingOrder } from './reviewText.ts';
import { requireTrust, type Session } from './sessions.ts';
import { t } from './l10n.ts';
import { required } from './text.ts';

type Names =
  | 'requestChanges'
  | 'dropHunks'
  | 'undoEdit'
  | 'editPatch'
  | 'finishEdit'
  | 'abandonEdit'
  | 'nextFile'
  | 'previousFile'
  | 'addComment'
  | 'deleteComment';

/** What a reviewer does to a patch short of deciding on it. */
export function reviseCommands({ sessions, dialogs, reviewComments }: Desk): Pick<Handlers, Names> {
  return {
    async requestChanges(argument) {
      requireTrust();
      const session = await sessions.ready(argument);
      const request = await chooseRequest(session, argument, dialogs);
      if (!request) return;
      const comments = reviewComments.of(request);
      const typed = await dialogs.input({
        title: t('Request Changes'),
        prompt: promptOf(comments.length),
        ...(comments.length === 0 ? { validateInput: required } : {}),
      });
      const text = typed === undefined ? '' : changesComment(typed, comments);
      if (text === '') return;
      await inReviewView(() => session.app.pipeline.requestChanges(request.id, text));
      reviewComments.clear(request);
    },
    async dropHunks(argument, selection) {
      requireTrust();
      const session = await sessions.ready(argument);
      const chosen = await chooseHunks(session, argument, selection, dialogs);
      if (!chosen || chosen.names.length === 0) return;
      const { request, names } = chosen;
      if (!(await dialogs.confirm(dropQuestion(names.length), t(dropDetail), t('Drop')))) return;
      const left = await inReviewView(() => session.app.pipeline.dropHunks(request.id, names));
      await reviewComments.carry(request, left);
      const tookFocus = await renewDiffs(request, left);
      // Who works in the view by keyboard goes on there.
      if (tookFocus && isRow(argument))
        await vscode.commands.executeCommand(`${viewIds.review}.focus`);
      dialogs.mention(t('Dropped; the gates passed on what is left'));
    },
    async undoEdit(argument) {
      requireTrust();
      const session = await sessions.ready(argument);
      const request = await chooseRequest(session, argument, dialogs);
      if (!request) return;
      const back = await inReviewView(() => session.app.pipeline.undoEdit(request.id));
      await reviewComments.carry(request, back);
      await renewDiffs(request, back);
      dialogs.mention(t('Taken back; the gates passed on what it was before'));
    },
    async editPatch(argument) {
      requireTrust();
      const session = await sessions.ready(argument);
      const request = await chooseRequest(session, argument, dialogs);
      if (!request) return;
      const folder = await inReviewView(() => session.app.pipeline.editing.start(request.id));
      sessions.changed();
      await openCheckout(
        session,
        request,
        folder,
        (argument as ReviewNode | undefined) ?? undefined,
      );
      dialogs.mention(t('Edit and save, then choose Finish Edit'));
    },
    async finishEdit(argument) {
      requireTrust();
      const session = await sessions.ready(argument);
      const request = await chooseEdited(session, argument, dialogs);
      if (!request) return;
      await saveEdited(session, request);
      const edited = await inReviewView(() => session.app.pipeline.editing.finish(request.id));
      sessions.changed();
      await reviewComments.carry(request, edited);
      await renewDiffs(request, edited);
      dialogs.mention(t('The gates passed; the patch is now what you made of it'));
    },
    async abandonEdit(argument) {
      const session = await sessions.ready(argument);
      const request = await chooseEdited(session, argument, dialogs);
      if (!request) return;
      const detail = t('What you changed in its checkout is lost; the patch stays as it was.');
      if (!(await dialogs.confirm(t('Abandon your edit of this patch?'), detail, t('Abandon'))))
        return;
      await session.app.pipeline.editing.abandon(request.id);
      sessions.changed();
    },
    async nextFile() {
      await stepFile(await sessions.ready(activeAddress()), 1);
    },
    async previousFile() {
      await stepFile(await sessions.ready(activeAddress()), -1);
    },
    addComment: (argument) => reviewComments.add(argument),
    deleteComment: (argument) => reviewComments.remove(argument),
  };
}

function promptOf(comments: number): string {
  return comments === 0
    ? t('What should be different? The model goes on from this patch.')
    : t('Comments on lines that will be sent: {0}. Anything else?', comments);
}

function inReviewView<T>(work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: { viewId: viewIds.review } }, work);
}

function isRow(argument: unknown): boolean {
  return (argument as Partial<ReviewNode> | undefined)?.kind === 'hunk';
}

interface ChosenHunks {
  readonly request: PatchRequest;
  readonly names: readonly HunkName[];
}

/** Rows of the Review view, what the panel names, or a choice among all of a patch. */
async function chooseHunks(
  session: Session,
  argument: unknown,
  selection: unknown,
  dialogs: Dialogs,
): Promise<ChosenHunks | undefined> {
  const rows = (Array.isArray(selection) ? selection : [argument]) as readonly ReviewNode[];
  const picked = rows.filter((row) => row?.kind === 'hunk');
  const [first] = picked;
  if (first) {
    const names = picked
      .filter(({ request }) => request.id === first.request.id)
      .map(({ file, hunk }) => ({ path: file.path, number: hunk.number }));
    return { request: currentOf(session, first.request), names };
  }
  const named = argument as Partial<ChosenHunks> | undefined;
  if (named?.request && named.names) {
    return { request: currentOf(session, named.request), names: named.names };
  }
  const request = await chooseRequest(session, argument, dialogs);
  if (!request) return undefined;
  const items = inReadingOrder(request).flatMap((file) =>
    hunksOfFile(request, file).map((hunk) => ({
      label: `${file.path}: ${hunkLabel(hunk)}`,
      description: hunkDescription(hunk),
      name: { path: file.path, number: hunk.number },
    })),
  );
  const item = await dialogs.choose(items, { title: t('Drop Hunk'), matchOnDescription: true });
  return item && { request, names: [item.name] };
}

/** Hunks are counted in one commit: of another one the same numbers may mean others. */
function currentOf(session: Session, seen: PatchRequest): PatchRequest {
  const now = session.app.backlog.requests.get(seen.id);
  if (now?.commit === seen.commit) return now;
  throw new PatchwrightError('stale', {
    what: t('Nothing was dropped.'),
    why: t('The patch was edited since you looked at it.'),
    remedy: t('Look at its hunks again.'),
  });
}

async function chooseEdited(
  session: Session,
  argument: unknown,
  dialogs: Dialogs,
): Promise<PatchRequest | undefined> {
  const named = requestNamed(session, argument);
  if (named) return named;
  const { editing } = session.app.pipeline;
  const open = editing.open().flatMap((id) => session.app.backlog.requests.get(id) ?? []);
  const [first, ...more] = open;
  return first && more.length === 0 ? first : chooseRequest(session, undefined, dialogs, open);
}

/** Only what lies in the checkout: the person's other files are theirs to save. */
async function saveEdited(session: Session, { id }: PatchRequest): Promise<void> {
  const { editing } = session.app.pipeline;
  if (!editing.open().includes(id)) return; // finishing says so
  const top = `${checkoutTop(session, await editing.start(id)).path}/`;
  for (const document of vscode.workspace.textDocuments) {
    if (document.isDirty && document.uri.path.startsWith(top)) await document.save();
  }
}

/** Paths of a patch start at the repository, a checkout is named by the workspace's folder in it. */
function checkoutTop({ root, folder: { uri } }: Session, folder: string): vscode.Uri {
  const prefix = uri.path.slice(vscode.Uri.file(root).path.length).replace(/^\//, '');
  const up = prefix === '' ? [] : prefix.split('/').map(() => '..');
  return vscode.Uri.joinPath(vscode.Uri.file(folder), ...up);
}

async function openCheckout(
  session: Session,
  request: PatchRequest,
  folder: string,
  row: ReviewNode | undefined,
): Promise<void> {
  const wanted = row?.kind === 'file' || row?.kind === 'hunk' ? row.file : undefined;
  const isSource = ({ path, status }: PatchRequest['files'][number]): boolean =>
    status !== 'deleted' && !request.testFiles.includes(path);
  const file = wanted ?? request.files.find(isSource) ?? request.files[0];
  if (!file) return;
  const target = vscode.Uri.joinPath(checkoutTop(session, folder), file.path);
  await vscode.window.showTextDocument(target, { preview: false });
}

/** From the diff in front to the next file of the same patch, round and round. */
async function stepFile(session: Session, by: 1 | -1): Promise<void> {
  const uri = activeAddress();
  const request = requestNamed(session, uri) ?? undefined;
  if (!uri || !request) return;
  const files = inReadingOrder(request);
  const at = files.findIndex(({ path }) => path === fromUri(uri)?.path);
  const next = files[(at + by + files.length) % files.length];
  if (next) await openFileDiff(request, next);
}
