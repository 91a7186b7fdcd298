import { errorMessage } from '../core/errors.ts';
import type { Progress } from '../core/progress.ts';
import type { Dialogs } from './dialogs.ts';
import { shorten } from './text.ts';

const showTicket = 'Show Ticket';
const showPlan = 'Show Plan';

export interface NoticeTargets {
  readonly ticket: (ticketId: string) => Promise<void>;
  readonly plan: (previewId: string) => Promise<void>;
}

/**
 * One notification for each ticket that a preview is wanted of, and one when a plan that nobody asked for
 * is there; its button alone takes anybody anywhere.
 */
export function createPreviewNotice(
  dialogs: Dialogs,
  show: NoticeTargets,
  log: (line: string) => void,
): (progress: Progress) => void {
  const told = new Set<string>();
  const present = (message: string, button: string, go: () => Promise<void>): void => {
    const presenting = async (): Promise<void> => {
      if ((await dialogs.tell('info', message, [button])) === button) await go();
    };
    presenting().catch((error: unknown) => log(errorMessage(error)));
  };
  return (progress) => {
    if (progress.kind === 'preview_wanted' && !told.has(progress.ticketId)) {
      const { ticketId, reason, title } = progress;
      told.add(ticketId);
      present(`${reason} ${shorten(title, 200)}`, showTicket, () => show.ticket(ticketId));
    }
    if (progress.kind === 'preview_ended' && progress.ok && progress.unasked) {
      const { previewId, title } = progress;
      const message = `A plan waits for your decision: ${shorten(title, 200)}`;
      present(message, showPlan, () => show.plan(previewId));
    }
  };
}
