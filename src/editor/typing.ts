import * as vscode from 'vscode';

/** So long after the last key somebody may still be at it. */
const quietMs = 60_000;

/** Whether somebody types in this window. */
export function followTyping(now: () => number = Date.now): {
  /** Nothing heavy should be done then. */
  readonly isTyping: () => boolean;
  dispose(): void;
} {
  let last = Number.NEGATIVE_INFINITY;
  const listening = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    // Output channels change by themselves, and files behind the person's back are not in front.
    const isInFront = document === vscode.window.activeTextEditor?.document;
    const isTyped = isInFront && document.uri.scheme !== 'output';
    if (isTyped && contentChanges.length > 0) last = now();
  });
  return {
    isTyping: () => now() - last < quietMs,
    dispose: () => listening.dispose(),
  };
}
