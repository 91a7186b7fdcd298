import * as vscode from 'vscode';
import { PatchwrightError } from '../core/errors.ts';
import type { ErrorReporter } from './errors.ts';
import { t } from './l10n.ts';
import { requireTrust, type Sessions } from './sessions.ts';
import type { TicketNode } from './ticketTree.ts';

const mime = 'application/vnd.code.tree.patchwright.backlog';

/** A ticket that is dropped on another one takes its turn before it. */
export function createTicketDrag(
  sessions: Sessions,
  errors: Pick<ErrorReporter, 'show'>,
): vscode.TreeDragAndDropController<TicketNode> {
  return {
    dragMimeTypes: [mime],
    dropMimeTypes: [mime],
    handleDrag(nodes, transfer) {
      const ids = nodes.flatMap((node) =>
        node.kind === 'ticket' ? [`${node.session} ${node.ticket.id}`] : [],
      );
      if (ids.length > 0) transfer.set(mime, new vscode.DataTransferItem(ids));
    },
    async handleDrop(target, transfer) {
      const ids = transfer.get(mime)?.value as unknown;
      if (!Array.isArray(ids)) return;
      try {
        requireTrust();
        if (target?.kind !== 'ticket') throw nowhere();
        const { id: session, app } = await sessions.ready(target);
        const moved = ids.map((name) => String(name).split(' '));
        if (moved.some(([from]) => from !== session)) throw elsewhere();
        for (const [, id = ''] of moved) {
          if (id !== target.ticket.id) await app.pipeline.rankBefore(id, target.ticket.id);
        }
      } catch (error) {
        errors.show(error);
      }
    },
  };
}

function elsewhere(): PatchwrightError {
  return new PatchwrightError('usage', {
    what: t('Nothing was moved.'),
    why: t('Each folder has a backlog of its own.'),
    remedy: t('Drop it on a ticket of its folder.'),
  });
}

function nowhere(): PatchwrightError {
  return new PatchwrightError('usage', {
    what: t('Nothing was moved.'),
    why: t('A ticket takes its turn before the ticket that it is dropped on.'),
    remedy: t('Drop it on a ticket.'),
  });
}
