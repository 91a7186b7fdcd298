import type { Progress } from '../core/progress.ts';
import type { House } from './house.ts';

/**
 * A preview that nobody asked for: so many users report the same that looking into it begins by itself.
 * The one place where the preview verb belongs; until there is one, the user is told, and starts it.
 */
export function beginPreview(
  { backlog }: Pick<House, 'backlog'>,
  ticketId: string,
  tell: (progress: Progress) => void,
): void {
  const ticket = backlog.tickets.get(ticketId);
  const reason = ticket?.metadata.previewWanted?.reason;
  if (ticket && reason !== undefined) {
    tell({ kind: 'preview_wanted', ticketId, title: ticket.title, reason });
  }
}
