import * as vscode from 'vscode';
import type { TicketStatus } from '../core/ticket.ts';
import { chooseTicket } from './choose.ts';
import { type Handlers, viewIds } from './commands.ts';
import type { Desk } from './desk.ts';
import { requireTrust, type Session } from './sessions.ts';
import { plural } from './text.ts';

/** Tickets that a person may have drafted. */
const draftable: readonly TicketStatus[] = ['open', 'failed', 'rejected', 'rolled_back'];

export function draftCommands({
  sessions,
  dialogs,
  log,
}: Desk): Pick<Handlers, 'scan' | 'draftTicket' | 'draftNext' | 'cancel'> {
  return {
    async scan() {
      requireTrust();
      const { app } = await sessions.ready();
      const report = await inBacklogView(() => app.pipeline.scan());
      for (const { file, reason } of report.problems) log.warn(`${file}: ${reason}`);
      const unread = report.problems.length;
      dialogs.mention(
        [
          `Read ${plural(report.lines, 'line')}: ${plural(report.created.length, 'new ticket')}`,
          ...(unread > 0 ? [`${plural(unread, 'file')} could not be read, see the log`] : []),
        ].join('. '),
      );
    },
    async draftTicket(argument) {
      requireTrust();
      const session = await sessions.ready();
      const id = await chooseTicket(session, argument, dialogs, draftable, 'Draft Patch');
      if (id) await draft(session, id);
    },
    async draftNext() {
      requireTrust();
      await draft(await sessions.ready());
    },
    async cancel(argument) {
      const session = await sessions.ready();
      const running = [...session.activity().works.keys()];
      const only = running.length === 1 ? running[0] : undefined;
      const id = await chooseTicket(
        session,
        argument ?? only,
        dialogs,
        ['in_progress', 'testing'],
        'Cancel',
      );
      if (id) await session.app.pipeline.cancel(id);
    },
  };
}

/** Nothing pops up when it is ready: the row and the badge say so. */
async function draft({ app }: Session, ticketId?: string): Promise<void> {
  await inBacklogView(() => app.pipeline.draft(ticketId));
}

function inBacklogView<T>(work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: { viewId: viewIds.backlog } }, work);
}
