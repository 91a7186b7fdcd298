import type * as vscode from 'vscode';
import type { ApiKey } from './apiKey.ts';
import type { Dialogs } from './dialogs.ts';
import type { ErrorReporter } from './errors.ts';
import type { Sessions } from './sessions.ts';
import type { Sorting } from './sorting.ts';

/** What command handlers work with. */
export interface Desk {
  readonly sessions: Sessions;
  readonly dialogs: Dialogs;
  readonly errors: ErrorReporter;
  readonly apiKey: ApiKey;
  readonly sorting: Sorting;
  readonly log: vscode.LogOutputChannel;
}
