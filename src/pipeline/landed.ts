import type { Change } from '../core/change.ts';
import { errorMessage } from '../core/errors.ts';
import type { PatchRequest, Release } from '../core/patchRequest.ts';
import { defaultSettings, type Settings } from '../core/settings.ts';
import type { Ticket } from '../core/ticket.ts';
import { audit, move } from './changes.ts';
import { approvedBy, lessonOf } from './decision.ts';
import type { House } from './house.ts';
import { neighboursOf } from './neighbours.ts';
import { baselineAt } from './releaseRates.ts';
import { rolledBack } from './rollBack.ts';

/** Writes a landing down: release, request and ticket, and what monitoring will compare with. */
export async function writeLanded(
  house: House,
  request: PatchRequest,
  ticket: Ticket,
  landed: Release,
  reviewer: string,
  comment?: string,
): Promise<Release> {
  const { appliedAt } = landed;
  const neighbours = await neighboursOf(house, request);
  const release: Release = {
    ...landed,
    baseline: baselineAt(house.backlog.metrics, landed, neighbours, house.clock.now()),
    monitoredUntil: monitoredUntil(house, appliedAt),
  };
  await house.backlog.write([
    { kind: 'release', id: release.id, fields: release },
    {
      kind: 'request',
      id: request.id,
      fields: {
        status: 'APPLIED',
        reviewedAt: release.appliedAt,
        reviewedBy: reviewer,
        ...(comment ? { reviewComment: comment } : {}),
        appliedAt: release.appliedAt,
        ...(request.approvals ? { approvals: request.approvals } : {}),
      },
    },
    // A patch that was kept on its branch was approved before.
    ...(request.status === 'APPROVED'
      ? []
      : [
          approvedBy(reviewer, request, comment),
          ...lessonOf(house, request, 'request.approved', {
            status: 'APPLIED',
            reviewedAt: release.appliedAt,
          }),
        ]),
    audit({
      actor: 'patchwright',
      action: 'request.applied',
      subject: request.id,
      after: { merge: release.commit, branch: release.branch, backup: release.backupRef },
    }),
    ...(ticket.status === 'ready' ? move(ticket, 'applied', release.appliedAt, reviewer) : []),
    ...takenBack(house, ticket, release, reviewer),
  ]);
  return release;
}

/** What a patch was to take back is taken back once it has landed. */
function takenBack(
  house: House,
  { metadata }: Ticket,
  { commit }: Release,
  reviewer: string,
): readonly Change[] {
  const earlier = house.backlog.releases.get(metadata.takesBack ?? '');
  if (!earlier || earlier.rolledBackAt !== undefined) return [];
  const reason = `Taken back by the patch that landed as ${commit.slice(0, 12)}.`;
  return rolledBack(house, earlier, { reason, reviewer, commit }).changes;
}

function monitoredUntil(house: House, appliedAt: string): string {
  const ms = monitorSettings(house).minutes * 60_000;
  return new Date(Date.parse(appliedAt) + ms).toISOString();
}

/** What has landed must be written down, settings that are not valid or not. */
function monitorSettings(house: House): Settings['monitor'] {
  try {
    return house.settings().monitor;
  } catch (error) {
    house.log(errorMessage(error));
    return defaultSettings.monitor;
  }
}
