import * as vscode from 'vscode';
import type { PatchFile } from '../core/attempt.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import { fileUri, patchTextUri, reviewUri } from './documents.ts';
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
