import * as vscode from 'vscode';

/** Shows a notification with a Cancel button while the work lasts. */
export function cancellable<T>(
  title: string,
  work: (signal: AbortSignal, tell: (message: string, increment?: number) => void) => Promise<T>,
): Thenable<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const controller = new AbortController();
    const listening = token.onCancellationRequested(() => controller.abort());
    const tell = (message: string, increment = 0): void => progress.report({ message, increment });
    try {
      return await work(controller.signal, tell);
    } finally {
      listening.dispose();
    }
  });
}
