import * as vscode from 'vscode';
import { errorMessage, inSentences, isPatchwrightError } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';
import type { Dialogs } from './dialogs.ts';
import { t, told } from './l10n.ts';
import { type Remedy, remedies, showLog } from './remedies.ts';
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

export function createErrorReporter(dialogs: Dialogs, log: vscode.LogOutputChannel): ErrorReporter {
  const shown = new Set<string>();
  const present = async (...what: Notice): Promise<void> => {
    try {
      await tell(dialogs, ...what);
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
      void present(...noticeOf(error));
    },
    showOnce(error) {
      if (isPatchwrightError(error, 'cancelled')) return;
      write(log, error);
      once(errorMessage(error), () => void present(...noticeOf(error)));
    },
    warnOnce(message) {
      log.warn(message);
      // Without a button VS Code shows one line of it, and cuts the rest.
      once(message, () => void present('warning', told(message), showLog));
    },
  };
}

function write(log: vscode.LogOutputChannel, error: unknown): void {
  if (isPatchwrightError(error)) log.warn(`${error.code}: ${error.message}`);
  else log.error(error instanceof Error ? error : String(error));
}

type Notice = readonly [level: Parameters<Dialogs['tell']>[0], message: string, remedy: Remedy];

function noticeOf(error: unknown): Notice {
  if (!isPatchwrightError(error))
    return ['error', t('Patchwright failed: {0}', errorMessage(error)), showLog];
  const level = error.code === 'nothing_to_do' ? 'info' : 'error';
  const message = inSentences([error.what, error.why, error.remedy].map(told));
  return [level, message, remedies[error.code] ?? showLog];
}

async function tell(dialogs: Dialogs, ...[level, message, remedy]: Notice): Promise<void> {
  const pressed = await dialogs.tell(level, shorten(message, 800), [t(remedy.label)]);
  if (pressed === t(remedy.label))
    await vscode.commands.executeCommand(remedy.command, ...(remedy.args ?? []));
}

/** For where the core only wants to write a line. */
export function lineLog(log: vscode.LogOutputChannel): Log {
  return (line) => log.info(line);
}
