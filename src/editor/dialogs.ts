import * as vscode from 'vscode';
import { withoutLinks } from './text.ts';

/** Everything that asks or tells a person something; tests put their own answers in its place. */
export interface Dialogs {
  /** A modal question; true only for an explicit yes. */
  confirm(question: string, detail: string, yes: string): Promise<boolean>;
  input(options: vscode.InputBoxOptions): Promise<string | undefined>;
  folder(options: vscode.OpenDialogOptions): Promise<vscode.Uri | undefined>;
  files(options: vscode.OpenDialogOptions): Promise<readonly vscode.Uri[]>;
  choose<T extends vscode.QuickPickItem>(
    items: readonly T[],
    options: vscode.QuickPickOptions,
  ): Promise<T | undefined>;
  /** Resolves with the button that was pressed. */
  tell(
    level: 'error' | 'warning' | 'info',
    message: string,
    buttons: readonly string[],
  ): Promise<string | undefined>;
  /** A few words in the status bar that go away by themselves. */
  mention(message: string): void;
}

export function createDialogs(): Dialogs {
  return {
    async confirm(question, detail, yes) {
      const options = { modal: true, detail };
      return (await vscode.window.showWarningMessage(question, options, yes)) === yes;
    },
    input: async (options) => vscode.window.showInputBox({ ignoreFocusOut: true, ...options }),
    folder: async (options) =>
      (
        await vscode.window.showOpenDialog({
          ...options,
          canSelectFiles: false,
          canSelectFolders: true,
        })
      )?.[0],
    files: async (options) =>
      (await vscode.window.showOpenDialog({ ...options, canSelectMany: true })) ?? [],
    choose: async (items, options) => vscode.window.showQuickPick(items, options),
    async tell(level, message, buttons) {
      const show = {
        error: vscode.window.showErrorMessage,
        warning: vscode.window.showWarningMessage,
        info: vscode.window.showInformationMessage,
      }[level];
      return show(withoutLinks(message), ...buttons);
    },
    mention(message) {
      vscode.window.setStatusBarMessage(message, 6_000);
    },
  };
}
