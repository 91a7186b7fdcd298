import { redact } from '../core/secrets.ts';
import { PatchwrightError } from '../core/errors.ts';
import type { PatchRequest, Release } from '../core/patchRequest.ts';
import { manualTicketId, type Ticket } from '../core/ticket.ts';
import { audit } from './changes.ts';
import type { House } from './house.ts';

/** Of a patch, as a ticket tells of it. */
const maxDiffChars = 8_000;

/**
 * Where a release can't be taken back because of newer commits, a ticket asks for a patch that does it, to be
 * judged and reviewed like any other. Gives the error that says so.
 */
export async function askForPatch(
  house: House,
  { release, request, ticket }: Landed,
  reason: string,
  conflict: PatchwrightError,
): Promise<PatchwrightError> {
  const wanted = ticketFor({ release, request, ticket }, reason, conflict.why, house.clock.now());
  if (!house.backlog.tickets.get(wanted.id)) {
    await house.backlog.write([
      { kind: 'ticket', id: wanted.id, fields: wanted },
      audit({
        actor: 'patchwright',
        action: 'ticket.created',
        subject: wanted.id,
        after: { title: wanted.title, takesBack: release.id },
      }),
    ]);
  }
  return new PatchwrightError(
    'conflict',
    {
      what: conflict.what,
      why: conflict.why,
      remedy: `Draft ticket ${wanted.id}: it asks for a patch that takes it back, for you to review. Or: ${conflict.remedy}`,
    },
    { cause: conflict },
  );
}

interface Landed {
  readonly release: Release;
  readonly request: PatchRequest;
  readonly ticket: Ticket;
}

/** Always the same one for a release. */
function ticketFor(
  { release, request, ticket }: Landed,
  reason: string,
  why: string,
  now: Date,
): Ticket {
  const at = now.toISOString();
  const given = (value: number) => ({
    value,
    reason: 'Newer commits build on what is taken back.',
  });
  return {
    id: manualTicketId(release.id, release.appliedAt),
    title: `Take back the patch for ${ticket.id}: ${ticket.title}`,
    description: redact(
      [
        `The patch that landed as ${release.commit.slice(0, 12)} is to be taken back: ${reason}`,
        `A plain revert conflicts with newer commits. ${why} Keep what came later, and take out what this patch brought:`,
        request.diff.slice(0, maxDiffChars),
      ].join('\n\n'),
    ),
    category: 'bug_fix',
    status: 'open',
    priority: { value: 'high', reason: 'A release is to be taken back.' },
    risk: given(6),
    effort: given(4),
    createdAt: at,
    updatedAt: at,
    evidence: [],
    proposedSolution: '',
    testPlan: 'A test that fails with the patch that is taken back, and passes without it.',
    filesToModify: request.files.map(({ path }) => path),
    metadata: { takesBack: release.id },
  };
}
