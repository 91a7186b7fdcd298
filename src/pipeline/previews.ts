import { errorMessage, isPatchwrightError } from '../core/errors.ts';
import type { Progress } from '../core/progress.ts';
import type { House } from './house.ts';

/**
 * A preview that nobody asked for: so many users report the same that looking into it begins by itself,
 * where there is a model and the day's limits allow it. Whoever watches is told in any case.
 */
export async function beginPreview(
  { backlog, log }: Pick<House, 'backlog' | 'log'>,
  ticketId: string,
  tell: (progress: Progress) => void,
  start: (ticketId: string) => Promise<unknown>,
): Promise<void> {
  const ticket = backlog.tickets.get(ticketId);
  const reason = ticket?.metadata.previewWanted?.reason;
  if (!ticket || reason === undefined) return;
  tell({ kind: 'preview_wanted', ticketId, title: ticket.title, reason });
  try {
    await start(ticketId);
  } catch (error) {
    if (!isPatchwrightError(error)) throw error;
    log(`No plan for ${ticketId} was made by itself: ${errorMessage(error)}`);
  }
}
