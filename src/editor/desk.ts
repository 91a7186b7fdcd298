import type * as vscode from 'vscode';
import type { ApiKey } from './apiKey.ts';
import type { Dashboard } from './dashboard.ts';
import type { Demo } from './demo.ts';
import type { Dialogs } from './dialogs.ts';
import type { ErrorReporter } from './errors.ts';
import type { LinkedDocument } from './linkedDocument.ts';
import type { SessionDocument } from './sessionDocument.ts';
import type { ReviewComments } from './reviewComments.ts';
import type { ReviewPanels } from './reviewPanel.ts';
import type { ServerControl } from './server.ts';
import type { Sessions } from './sessions.ts';
import type { Sorting } from './sorting.ts';

/** What command handlers work with. */
export interface Desk {
  readonly sessions: Sessions;
  readonly dialogs: Dialogs;
  readonly errors: ErrorReporter;
  readonly apiKey: ApiKey;
  readonly sorting: Sorting;
  readonly reviewPanels: ReviewPanels;
  readonly reviewComments: ReviewComments;
  readonly dashboard: Dashboard;
  readonly demo: Demo;
  readonly server: ServerControl;
  readonly doctor: LinkedDocument;
  /** What was learned. */
  readonly preferences: SessionDocument;
  /** Patches of others. */
  readonly team: SessionDocument;
  readonly log: vscode.LogOutputChannel;
}
