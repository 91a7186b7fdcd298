import * as vscode from 'vscode';
import { type ErrorCode, errorMessage, isPatchwrightError } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';
import { commandId } from './commands.ts';
import type { Dialogs } from './dialogs.ts';
import { shorten } from './text.ts';

/** Shows what went wrong, with a button for the remedy. Every error also goes to the log. */
export interface ErrorReporter {
  /** Of something the user asked for: always shown. */
  show(error: unknown): void;
  /** Of work in the background: each message is shown once in the life of the window. */
  showOnce(error: unknown): void;
  /** Of the notices that opening the backlog gave. */
  warnOnce(message: string): void;
}

interface Remedy {
  readonly label: string;
  readonly command: string;
  readonly args?: readonly unknown[];
}

const showLog: Remedy = { label: 'Show Log', command: commandId('showLog') };

/** The button that an error gets; others get the log. */
const remedies: Partial<Record<ErrorCode, Remedy>> = {
  missing_key: { label: 'Set API Key…', command: commandId('setApiKey') },
  model_auth: { label: 'Set API Key…', command: commandId('setApiKey') },
  no_git: { label: 'Initialize Repository', command: 'git.init' },
  no_folder: { label: 'Open Folder…', command: 'vscode.openFolder' },
  untrusted: { label: 'Manage Workspace Trust', command: 'workbench.trust.manage' },
  invalid_settings: settings('@ext:patchwright.patchwright'),
  no_test_command: settings('patchwright.test'),
  setup_failed: settings('patchwright.test.setup'),
  limit_reached: settings('patchwright.limits'),
  would_overwrite: { label: 'Show Changes', command: 'workbench.view.scm' },
  operation_in_progress: { label: 'Show Changes', command: 'workbench.view.scm' },
  conflict: { label: 'Show Changes', command: 'workbench.view.scm' },
  git_failed: { label: 'Run Doctor', command: commandId('doctor') },
};

function settings(query: string): Remedy {
  return { label: 'Open Settings', command: 'workbench.action.openSettings', args: [query] };
}

export function createErrorReporter(dialogs: Dialogs, log: vscode.LogOutputChannel): ErrorReporter {
  const shown = new Set<string>();
  const present = async (error: unknown): Promise<void> => {
    try {
      await tell(dialogs, error);
    } catch (failure) {
      log.error(errorMessage(failure)); // the remedy's command failed: no second notification
    }
  };
  const once = (text: string, act: () => void): void => {
    if (shown.has(text)) return;
    shown.add(text);
    act();
  };
  return {
    show(error) {
      if (isPatchwrightError(error, 'cancelled')) return;
      write(log, error);
      void present(error);
    },
    showOnce(error) {
      if (isPatchwrightError(error, 'cancelled')) return;
      write(log, error);
      once(errorMessage(error), () => void present(error));
    },
    warnOnce(message) {
      log.warn(message);
      once(message, () => void dialogs.tell('warning', shorten(message, 500), []));
    },
  };
}

function write(log: vscode.LogOutputChannel, error: unknown): void {
  if (isPatchwrightError(error)) log.warn(`${error.code}: ${error.message}`);
  else log.error(error instanceof Error ? error : String(error));
}

async function tell(dialogs: Dialogs, error: unknown): Promise<void> {
  const known = isPatchwrightError(error);
  const remedy = (known ? remedies[error.code] : undefined) ?? showLog;
  const message = known ? error.message : `Patchwright failed: ${errorMessage(error)}`;
  const level = known && error.code === 'nothing_to_do' ? 'info' : 'error';
  const pressed = await dialogs.tell(level, shorten(message, 800), [remedy.label]);
  if (pressed === remedy.label)
    await vscode.commands.executeCommand(remedy.command, ...(remedy.args ?? []));
}

/** For where the core only wants to write a line. */
export function lineLog(log: vscode.LogOutputChannel): Log {
  return (line) => log.info(line);
}
