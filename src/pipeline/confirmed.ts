import type { Preview } from '../core/plan.ts';
import type { House } from './house.ts';

/** The newest plan that a person has agreed to for this ticket. */
export function confirmedFor(
  { backlog }: Pick<House, 'backlog'>,
  ticketId: string,
): Preview | undefined {
  return backlog.attempts
    .previews()
    .find((one) => one.ticketId === ticketId && one.preview?.decision === 'confirmed')?.preview;
}
