import * as vscode from 'vscode';
import { isPatchwrightError, PatchwrightError } from '../core/errors.ts';
import type { ScanReport } from '../core/progress.ts';
import type { DraftOptions } from '../pipeline.ts';
import { chooseTicket } from './choose.ts';
import { type Handlers, viewIds } from './commands.ts';
import { isFolder } from './folderRows.ts';
import type { Desk } from './desk.ts';
import type { Dialogs } from './dialogs.ts';
import { requireTrust, type Session } from './sessions.ts';
import { plural } from './text.ts';
import { offeredFor } from './ticketMoves.ts';
import { t, told } from './l10n.ts';

export function draftCommands({
  sessions,
  dialogs,
  log,
}: Desk): Pick<Handlers, 'scan' | 'draftTicket' | 'draftNext' | 'cancel'> {
  return {
    async scan(argument) {
      requireTrust();
      // The button above the view hands in the row that has the focus: it is for all, too.
      const asked = isFolder(argument)
        ? [await sessions.ready(argument)]
        : await sessions.readyAll();
      const reports = await inBacklogView(() => Promise.all(asked.map((one) => one.scan())));
      const problems = reports.flatMap((report) => report.problems);
      for (const { file, reason } of problems) log.warn(`${file}: ${reason}`);
      const unread = problems.length;
      const sumOf = (count: (report: ScanReport) => number): number =>
        reports.reduce((sum, report) => sum + count(report), 0);
      const malformed = sumOf((report) => report.malformed);
      dialogs.mention(
        [
          t(
            'Read {0}: {1}',
            plural(
              sumOf((report) => report.lines),
              'line',
            ),
            plural(
              sumOf((report) => report.created.length),
              'new ticket',
            ),
          ),
          ...(malformed > 0
            ? [t('{0} skipped, see the log', plural(malformed, 'malformed record'))]
            : []),
          ...(unread > 0 ? [t('{0} could not be read, see the log', plural(unread, 'file'))] : []),
        ].join('. '),
      );
    },
    async draftTicket(argument) {
      requireTrust();
      const session = await sessions.ready(argument);
      const { draftTicket } = offeredFor;
      const id = await chooseTicket(session, argument, dialogs, draftTicket, t('Draft Patch'));
      if (id) await draftNamed(session, id, dialogs);
    },
    async draftNext(argument) {
      requireTrust();
      await draft(await sessions.ready(argument));
    },
    async cancel(argument) {
      const session = await sessions.ready(argument);
      const running = [...session.activity().works.keys()];
      const only = running.length === 1 ? running[0] : undefined;
      const id = await chooseTicket(
        session,
        argument ?? only,
        dialogs,
        ['in_progress', 'testing'],
        t('Cancel'),
      );
      if (!id) return;
      refuseForeign(session, id);
      await session.app.pipeline.cancel(id);
    },
  };
}

/** What another process works on, this one can't end; nothing would happen, so that is said. */
function refuseForeign({ app, activity }: Session, ticketId: string): void {
  if (activity().works.has(ticketId)) return;
  const running = app.backlog.attempts.running().find((one) => one.ticketId === ticketId);
  if (running?.runner.pid === process.pid) return; // of a session of this window before
  throw new PatchwrightError('nothing_to_do', {
    what: t('Nothing in this window works on {0}.', ticketId),
    why: running
      ? t(
          'Process {0} on {1} does: another window or a terminal.',
          running.runner.pid,
          running.runner.host,
        )
      : t('Its attempt has ended.'),
    remedy: running ? t('Cancel it there.') : '',
  });
}

/** One whose attempts failed a moment ago, only after another yes. */
async function draftNamed(session: Session, id: string, dialogs: Dialogs): Promise<void> {
  try {
    await draft(session, id);
  } catch (error) {
    if (!isPatchwrightError(error, 'resting')) throw error;
    if (await dialogs.confirm(told(error.what), told(error.why), t('Draft All the Same'))) {
      await draft(session, id, { again: true });
    }
  }
}

/** Nothing pops up when it is ready: the row and the badge say so. */
async function draft({ app }: Session, ticketId?: string, options?: DraftOptions): Promise<void> {
  await inBacklogView(() => app.pipeline.draft(ticketId, undefined, options));
}

function inBacklogView<T>(work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: { viewId: viewIds.backlog } }, work);
}
