import type { Change } from '../core/change.ts';
import { errorMessage, isPatchwrightError } from '../core/errors.ts';
import { assertRequestMove, type Release } from '../core/patchRequest.ts';
import { redact } from '../core/secrets.ts';
import { rollBack as revert } from '../release/rollBack.ts';
import { audit, move } from './changes.ts';
import { type DecisionOptions, deciding, sayingOf, type Watching } from './decision.ts';
import type { House } from './house.ts';
import { learning } from './learning.ts';
import { requestOf, wholeRequestOf, ticketOf, notFound } from './lookUp.ts';
import { askForPatch } from './takeBack.ts';

/** Reverts a release; one that conflicts becomes a ticket for a patch that takes it back. Throws `conflict` then. */
export function rollBack(
  house: House,
  releaseId: string,
  why: string,
  options: DecisionOptions,
  watching: Watching,
): Promise<Release> {
  return deciding(house, watching.signal, () =>
    rollBackNow(house, releaseId, why, options, watching),
  );
}

/** The same for who decides already. */
export async function rollBackNow(
  house: House,
  releaseId: string,
  why: string,
  options: DecisionOptions,
  watching: Watching,
  by?: string,
): Promise<Release> {
  const reason = redact(why);
  const release = house.backlog.releases.get(releaseId);
  if (!release) throw notFound(`release ${releaseId}`);
  const request = requestOf(house, release.requestId);
  assertRequestMove(request, 'ROLLED_BACK');
  const ticket = ticketOf(house, release.ticketId);
  const reviewer = by ?? (await house.reviewer());
  try {
    const { commit } = await revert(
      { git: house.git, say: sayingOf(watching, ticket) },
      {
        release,
        patch: request,
        ticketTitle: ticket.title,
        reason,
        reviewer,
        protectedBranches: house.settings().approve.protectedBranches,
        confirmedProtectedBranch: options.confirmedProtectedBranch ?? false,
      },
      watching.signal,
    );
    return await writeRolledBack(house, release, { reason, reviewer, commit });
  } catch (error) {
    if (isPatchwrightError(error, 'conflict')) {
      const whole = await wholeRequestOf(house, request.id);
      throw await askForPatch(house, { release, request: whole, ticket }, reason, error);
    }
    // Somebody has reverted it by hand: the note is all that is missing.
    if (!isPatchwrightError(error, 'nothing_to_do')) throw error;
    house.log(errorMessage(error));
    return await writeRolledBack(house, release, { reason, reviewer });
  }
}

interface Back {
  readonly reason: string;
  readonly reviewer: string;
  readonly commit?: string;
}

export async function writeRolledBack(house: House, release: Release, by: Back): Promise<Release> {
  const { after, changes } = rolledBack(house, release, by);
  await house.backlog.write(changes);
  return after;
}

export function rolledBack(
  house: House,
  release: Release,
  by: Back,
): { readonly after: Release; readonly changes: readonly Change[] } {
  const now = house.clock.now().toISOString();
  const ticket = house.backlog.tickets.get(release.ticketId);
  const fields = {
    rolledBackAt: now,
    rollbackReason: by.reason,
    ...(by.commit ? { rollbackCommit: by.commit } : {}),
  };
  const changes: readonly Change[] = [
    { kind: 'release', id: release.id, fields },
    { kind: 'request', id: release.requestId, fields: { status: 'ROLLED_BACK' } },
    ...rollbackLesson(house, release, now),
    ...(ticket?.status === 'applied' ? move(ticket, 'rolled_back', now, by.reviewer) : []),
    audit({
      actor: by.reviewer,
      action: 'release.rolled_back',
      subject: release.id,
      after: { reason: by.reason, commit: by.commit },
    }),
  ];
  return { after: { ...release, ...fields }, changes };
}

function rollbackLesson(house: House, { id, requestId }: Release, rolledBackAt: string) {
  const request = house.backlog.requests.get(requestId);
  if (!request) return [];
  return learning(house, {
    type: 'release.rolled_back',
    taskType: request.improvementType,
    model: request.model,
    after: (history) => ({
      ...history,
      releases: history.releases.map((one) => (one.id === id ? { ...one, rolledBackAt } : one)),
    }),
  });
}
