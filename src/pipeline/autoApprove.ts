import { approvalsNeeded } from '../core/approval.ts';
import { errorMessage, isPatchwrightError } from '../core/errors.ts';
import { gatesPassed } from '../core/gate.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Settings } from '../core/settings.ts';
import { approve } from './decide.ts';
import type { Watching } from './decision.ts';
import type { House } from './house.ts';
import { riskFor } from './sync/trust.ts';

/** What Patchwright decides by itself carries this name. */
export const itself = 'patchwright:auto';

/**
 * Approves a new request by itself where the user has allowed that and everything speaks for it. Resolves
 * with the request as it is then; one that can't be approved stays as it was, for a person.
 */
export async function autoApprove(
  house: House,
  request: PatchRequest,
  watching: Watching,
): Promise<PatchRequest> {
  const reason = reasonAgainst(house, house.settings(), request);
  if (reason !== undefined) return request;
  try {
    const approved = await approve(house, request.id, {}, watching, itself);
    const { id: requestId, ticketId } = request;
    watching.tell({ kind: 'auto_approved', ticketId, requestId, approved });
  } catch (error) {
    // A protected branch, work of the user's in the way, a list of reviewers: a person decides.
    if (!isPatchwrightError(error)) throw error;
    house.log(`Not approved by itself: ${errorMessage(error)}`);
  }
  return house.backlog.requests.get(request.id) ?? request;
}

/** undefined when nothing speaks against it. */
function reasonAgainst(
  { backlog, clock }: House,
  { approve: rules, limits }: Settings,
  request: PatchRequest,
): string | undefined {
  const { enabled, minConfidence, maxRisk } = rules.auto;
  const ticket = backlog.tickets.get(request.ticketId);
  const risk = ticket ? riskFor(backlog, ticket) : Number.POSITIVE_INFINITY;
  if (!enabled) return 'It is off.';
  if (!gatesPassed(request.gates)) return 'Not every gate passed.';
  if (request.confidence.value < minConfidence) return 'Its confidence is too low.';
  if (risk > maxRisk) return 'Its risk is too high.';
  if (approvalsNeeded(risk, rules) > 1) return 'It needs the approval of more than one.';
  const today = clock.now().toISOString().slice(0, 10);
  const made = backlog.requests
    .list()
    .filter((one) => one.reviewedBy === itself && one.reviewedAt?.startsWith(today)).length;
  return made >= limits.requestsPerDay ? 'The day has had its share.' : undefined;
}
