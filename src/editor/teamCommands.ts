import * as vscode from 'vscode';
import { PatchwrightError } from '../core/errors.ts';
import type { SyncReport } from '../pipeline.ts';
import { cancellable } from './cancellable.ts';
import type { Handlers } from './commands.ts';
import type { Desk } from './desk.ts';
import { theirsUri } from './documents.ts';
import { t } from './l10n.ts';
import { requireTrust, type Session } from './sessions.ts';

type Names = 'sync' | 'showTeam' | 'openTheirs' | 'vouch' | 'takeOver';

export function teamCommands({ sessions, dialogs, team, log }: Desk): Pick<Handlers, Names> {
  const asked = (): Promise<Session> => sessions.ready(team.inFront());
  return {
    async sync() {
      requireTrust();
      const { app } = await asked();
      const report = await cancellable(t('Syncing the backlog'), (signal) =>
        app.pipeline.sync({}, signal),
      );
      await team.refresh();
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
    showTeam: async () => team.open(await asked()),
    async openTheirs(id) {
      const session = await asked();
      const request = session.app.backlog.team.request(asId(id));
      if (request?.diff === undefined) throw gone();
      const document = await vscode.workspace.openTextDocument(theirsUri(request, session.id));
      await vscode.window.showTextDocument(document, { preview: true });
    },
    /** The gates run here first; the yes is sent with the next sync. */
    async vouch(id) {
      requireTrust();
      const { app } = await asked();
      const comment = await dialogs.input({
        title: t('Say Yes'),
        prompt: t('What should its owner know? Leave it empty if nothing.'),
      });
      if (comment === undefined) return;
      await cancellable(t('Running the gates on the patch'), (signal) =>
        app.pipeline.vouch(asId(id), comment, signal),
      );
      dialogs.mention(t('The gates pass it here too; your yes goes with the next sync'));
    },
    async takeOver(id) {
      requireTrust();
      const { app } = await asked();
      const { ticketId } = await cancellable(t('Running the gates on the patch'), (signal) =>
        app.pipeline.takeOver(asId(id), signal),
      );
      dialogs.mention(t('A patch request of yours now: {0}', ticketId));
    },
  };
}

function asId(argument: unknown): string {
  return typeof argument === 'string' ? argument : '';
}

function gone(): PatchwrightError {
  return new PatchwrightError('not_found', {
    what: t('The patch was not shown.'),
    why: t('It is not here any more.'),
    remedy: t('Look at what there is now with "Patchwright: Show Patches of the Team".'),
  });
}

function unreachable({ remote, failed = '' }: SyncReport): PatchwrightError {
  return new PatchwrightError('git_failed', {
    what: t('The backlog was not synced with {0}.', remote),
    why: failed,
    remedy: t('All is kept for the next sync.'),
  });
}
