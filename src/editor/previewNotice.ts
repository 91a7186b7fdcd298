import { errorMessage } from '../core/errors.ts';
import type { Progress } from '../core/progress.ts';
import type { Dialogs } from './dialogs.ts';
import { shorten } from './text.ts';

const showTicket = 'Show Ticket';

/** One notification for each ticket that a preview is wanted of; its button alone takes anybody anywhere. */
export function createPreviewNotice(
  dialogs: Dialogs,
  show: (ticketId: string) => Promise<void>,
  log: (line: string) => void,
): (progress: Progress) => void {
  const told = new Set<string>();
  const present = async (ticketId: string, message: string): Promise<void> => {
    if ((await dialogs.tell('info', message, [showTicket])) === showTicket) await show(ticketId);
  };
  return (progress) => {
    if (progress.kind !== 'preview_wanted' || told.has(progress.ticketId)) return;
    told.add(progress.ticketId);
    const { ticketId, reason, title } = progress;
    present(ticketId, `${reason} ${shorten(title, 200)}`).catch((error: unknown) =>
      log(errorMessage(error)),
    );
  };
}
