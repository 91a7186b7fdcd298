import type { Feedback } from '../core/signal.ts';
import type { Ticket } from '../core/ticket.ts';
import { relatedFeedback } from '../learning/relatedFeedback.ts';
import type { House } from './house.ts';

const maxFeedback = 5;
/** So many of them are looked through, the newest ones. */
const maxLooked = 1_000;
const maxSaid = 12;

/** S3: of the last seven days' complaints the five that say most about the ticket. */
export function feedbackFor(
  { backlog, clock }: Pick<House, 'backlog' | 'clock'>,
  ticket: Parameters<typeof relatedFeedback>[0],
): readonly Feedback[] {
  const weekAgo = new Date(clock.now().getTime() - 7 * 86_400_000).toISOString();
  const complaints = backlog.feedback.negativeSince(weekAgo, maxLooked);
  return relatedFeedback(ticket, complaints, maxFeedback);
}

/** What users said that made the ticket, newest first. */
export function saidFor({ backlog }: Pick<House, 'backlog'>, { id }: Pick<Ticket, 'id'>) {
  return backlog.feedback.ofTheme(id, maxSaid);
}
