import type { PatchRequest } from '../core/patchRequest.ts';
import type { Progress } from '../core/progress.ts';
import type { Ticket } from '../core/ticket.ts';
import { audit } from './changes.ts';
import type { House } from './house.ts';
import { type Lesson, learning } from './learning.ts';

export interface DecisionOptions {
  readonly comment?: string;
  readonly confirmedProtectedBranch?: boolean;
}

/** Who watches a decision. */
export interface Watching {
  readonly tell: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** What is told while a patch lands or is taken back. */
export function sayingOf({ tell }: Pick<Watching, 'tell'>, { id: ticketId }: Pick<Ticket, 'id'>) {
  return (text: string): void => tell({ kind: 'landing', ticketId, text });
}

/** One decision at a time, in all windows, each on what the one before has left. */
export function deciding<T>(
  house: House,
  signal: AbortSignal | undefined,
  decide: () => Promise<T>,
): Promise<T> {
  return house.backlog.exclusively('decide', decide, signal);
}

export function approvedBy(reviewer: string, request: PatchRequest, comment: string | undefined) {
  return audit({
    actor: reviewer,
    action: 'request.approved',
    subject: request.id,
    before: request.status,
    after: { commit: request.commit, comment },
  });
}

/** What learning takes from it. */
export function lessonOf(
  house: House,
  { id, improvementType: taskType, model }: PatchRequest,
  type: Lesson['type'],
  fields: Pick<PatchRequest, 'status'> & Partial<Pick<PatchRequest, 'reviewedAt'>>,
) {
  return learning(house, {
    type,
    taskType,
    model,
    after: (history) => ({
      ...history,
      requests: history.requests.map((one) => (one.id === id ? { ...one, ...fields } : one)),
    }),
  });
}
