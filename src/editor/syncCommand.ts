import * as vscode from 'vscode';
import { PatchwrightError } from '../core/errors.ts';
import type { SyncReport } from '../pipeline.ts';
import type { Handlers } from './commands.ts';
import type { Desk } from './desk.ts';
import { t } from './l10n.ts';
import { requireTrust, type Session } from './sessions.ts';

export function syncCommand({ sessions, dialogs, log }: Desk): Pick<Handlers, 'sync'> {
  return {
    async sync() {
      requireTrust();
      const report = await syncing(await sessions.ready());
      for (const { name, fingerprint } of report.met) {
        // A key that is trusted from now on is nothing to be passed over.
        void dialogs.tell(
          'info',
          t('Met {0}; their key {1} is trusted now', name, fingerprint),
          [],
        );
      }
      for (const { chain, why } of report.refused) log.warn(`Sync refused ${chain}: ${why}.`);
      if (report.failed !== undefined) throw unreachable(report);
      if (report.refused.length > 0) {
        const { why } = report.refused[0] ?? { why: '' };
        void dialogs.tell('warning', t('Part of what others sent was refused: {0}', why), []);
      }
      const received = report.received.reduce((sum, { changes }) => sum + changes, 0);
      dialogs.mention(t('Synced: {0} received, {1} sent', received, report.sent));
    },
  };
}

function unreachable({ remote, failed = '' }: SyncReport): PatchwrightError {
  return new PatchwrightError('git_failed', {
    what: t('The backlog was not synced with {0}.', remote),
    why: failed,
    remedy: t('All is kept for the next sync.'),
  });
}

function syncing({ app }: Session): Thenable<SyncReport> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: t('Syncing the backlog'),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (_, token) => {
    const controller = new AbortController();
    const subscription = token.onCancellationRequested(() => controller.abort());
    try {
      return await app.pipeline.sync({}, controller.signal);
    } finally {
      subscription.dispose();
    }
  });
}
