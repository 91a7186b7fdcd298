import * as vscode from 'vscode';
import { chooseTicket } from './choose.ts';
import type { Handlers } from './commands.ts';
import type { Desk } from './desk.ts';
import { groupUri } from './documents.ts';
import { t } from './l10n.ts';
import { groupings, groupingWords } from './grouping.ts';
import { ticketStatuses } from '../core/ticket.ts';
import type { MoreNode, TicketNode } from './ticketTree.ts';

type Names = 'filterBacklog' | 'clearFilter' | 'groupBacklog' | 'showMore' | 'whyThisGroup';

/** How the Backlog view shows tickets, and why they are what they are. */
export function backlogCommands(
  { sessions, sorting, dialogs }: Desk,
  showMore: (node: MoreNode) => void,
): Pick<Handlers, Names> {
  return {
    async filterBacklog() {
      const text = await dialogs.input({
        title: t('Filter Backlog'),
        prompt: t('Words of a title, id, place, status, category or priority. Empty: show all.'),
        value: sorting.filter(),
      });
      if (text !== undefined) sorting.showOnly(text);
    },
    clearFilter: () => sorting.showOnly(''),
    async groupBacklog() {
      const now = sorting.grouping();
      const items = groupings.map((by) => ({
        label: t(groupingWords[by]),
        ...(by === now ? { description: t('now') } : {}),
        by,
      }));
      const picked = await dialogs.choose(items, { title: t('Group Backlog') });
      if (picked) await sorting.groupBy(picked.by);
    },
    showMore(argument) {
      const node = argument as TicketNode | undefined;
      if (node?.kind === 'more') showMore(node);
    },
    async whyThisGroup(argument) {
      const session = await sessions.ready(argument);
      const title = t('Why This Group');
      const id = await chooseTicket(session, argument, dialogs, ticketStatuses, title);
      if (!id) return;
      const document = await vscode.workspace.openTextDocument(groupUri(id, session.id));
      await vscode.window.showTextDocument(document, { preview: true });
    },
  };
}
