import * as vscode from 'vscode';
import type { PatchFile } from '../core/attempt.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { fromUri } from './address.ts';
import { fileUri, patchTextUri, reviewUri, shownCommit } from './documents.ts';
import { inReadingOrder } from './reviewText.ts';

/**
 * Opens a request's diff, base left, patch right. Of several files: one multi-file diff in a tab that is
 * used again for the same request.
 */
export async function openReview(request: PatchRequest): Promise<void> {
  if (!vscode.workspace.isTrusted) return openPatchText(request);
  const [first, ...more] = inReadingOrder(request);
  if (!first) return openPatchText(request);
  return more.length === 0 ? openFileDiff(request, first) : openAllFiles(request);
}

/** @param line of the patched file to show, from 1 */
export async function openFileDiff(
  request: PatchRequest,
  file: PatchFile,
  line?: number,
  viewColumn = vscode.ViewColumn.Active,
): Promise<void> {
  if (!vscode.workspace.isTrusted) return openPatchText(request);
  const name = file.path.split('/').at(-1) ?? file.path;
  await vscode.commands.executeCommand(
    'vscode.diff',
    fileUri(request, file, 'base'),
    fileUri(request, file, 'patch'),
    `${name} (${request.ticketId})`,
    {
      preview: true,
      preserveFocus: true,
      viewColumn,
      ...(line === undefined ? {} : { selection: lineRange(line) }),
    } satisfies vscode.TextDocumentShowOptions,
  );
}

function lineRange(line: number): vscode.Range {
  return new vscode.Range(Math.max(0, line - 1), 0, Math.max(0, line - 1), 0);
}

/** What is recorded, without asking git: for folders in which nothing may run. */
async function openPatchText(request: PatchRequest): Promise<void> {
  const document = await vscode.workspace.openTextDocument(patchTextUri(request));
  await vscode.window.showTextDocument(document, { preview: true, preserveFocus: true });
}

async function openAllFiles(request: PatchRequest): Promise<void> {
  const title = request.ticketId;
  const sides = inReadingOrder(request).map((file) => ({
    file: fileUri(request, file, 'patch'),
    original: file.status === 'added' ? undefined : fileUri(request, file, 'base'),
    modified: file.status === 'deleted' ? undefined : fileUri(request, file, 'patch'),
  }));
  try {
    // Its tab's address names the request, so the title bar can carry the buttons. Internal, though:
    await vscode.commands.executeCommand('_workbench.openMultiDiffEditor', {
      multiDiffSourceUri: reviewUri(request),
      title,
      resources: sides.map(({ original, modified }) => ({
        originalUri: original,
        modifiedUri: modified,
      })),
    });
  } catch {
    // so where a later VS Code has it no more, the documented command does, without the buttons.
    const resources = sides.map(({ file, original, modified }) => [file, original, modified]);
    await vscode.commands.executeCommand('vscode.changes', title, resources);
  }
}

/**
 * The patch became another one by what somebody did to it: its diffs that were open give way to what it is
 * now, each in its place.
 * @returns whether that took the focus
 */
export async function renewDiffs(before: PatchRequest, now: PatchRequest): Promise<boolean> {
  let tookFocus = false;
  for (const { tab, path } of diffTabs(before).filter(({ tab }) => tab.isActive)) {
    const file = now.files.find((one) => one.path === path);
    if (file) await openFileDiff(now, file, undefined, tab.group.viewColumn);
    else if (tab.group.isActive) {
      await openReview(now); // has no way to be opened elsewhere, or without the focus
      tookFocus = true;
    }
  }
  await vscode.window.tabGroups.close(
    diffTabs(before).flatMap(({ tab }) => (tab.isActive ? [] : [tab])),
    true,
  );
  return tookFocus;
}

interface DiffTab {
  readonly tab: vscode.Tab;
  /** Of the one file that it shows. */
  readonly path?: string;
}

/** Those that show the request at its commit. */
function diffTabs(request: PatchRequest): readonly DiffTab[] {
  const isOf = (uri: vscode.Uri | undefined): boolean => {
    const address = uri && fromUri(uri);
    return address?.owner === request.id && address.at === shownCommit(request);
  };
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap((tab): readonly DiffTab[] => {
      const { input } = tab;
      if (input instanceof vscode.TabInputTextDiff) {
        return isOf(input.modified) ? [{ tab, path: fromUri(input.modified)?.path ?? '' }] : [];
      }
      // What a tab of several files has inside has no name in the stable API.
      const { textDiffs = [] } = (input ?? {}) as {
        readonly textDiffs?: readonly vscode.TabInputTextDiff[];
      };
      return textDiffs.some(({ modified }) => isOf(modified)) ? [{ tab }] : [];
    });
}
