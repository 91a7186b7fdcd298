import { PatchwrightError } from './errors.ts';
import type { PatchRequest, Release } from './patchRequest.ts';
import type { PullRequest } from './pullRequest.ts';
import type { Settings } from './settings.ts';

/** A reviewer's yes. */
export interface Approval {
  /** `user:<identity>`. */
  readonly by: string;
  readonly at: string;
  readonly comment?: string;
}

/** What an approval came to. */
export type Approved =
  | { readonly kind: 'landed'; readonly release: Release }
  /** One more yes is there; the patch waits for others. */
  | { readonly kind: 'counted'; readonly have: number; readonly needed: number }
  /** The patch stays on its branch, for a person to merge. */
  | { readonly kind: 'kept'; readonly branch: string }
  /** It waits on the forge. */
  | { readonly kind: 'opened'; readonly pullRequest: PullRequest }
  /** No forge can be asked: what a person does instead. The patch stays on its branch. */
  | {
      readonly kind: 'by_hand';
      readonly branch: string;
      readonly why: string;
      readonly text: string;
    };

export const approvalModes = ['merge', 'pull_request', 'branch'] as const;
export type ApprovalMode = (typeof approvalModes)[number];

type Rules = Settings['approve'];

export function approvalsNeeded(risk: number, rules: Rules): number {
  return risk >= rules.highRisk ? rules.approvalsForHighRisk : 1;
}

/** Throws `not_a_reviewer` for who is not on the list, where there is one. */
export function assertReviewer(reviewer: string, rules: Rules): void {
  if (rules.reviewers.length === 0 || rules.reviewers.some((one) => isSame(one, reviewer))) return;
  throw new PatchwrightError('not_a_reviewer', {
    what: 'The patch was not decided.',
    why: `${nameOf(reviewer)} is not one of the reviewers (patchwright.approve.reviewers).`,
    remedy: `Ask one of them: ${rules.reviewers.join(', ')}.`,
  });
}

/**
 * The approvals of a request with one more. Each person counts once. Throws `not_a_reviewer` for who asked
 * for the patch, where their own yes does not count.
 */
export function withApproval(
  request: Pick<PatchRequest, 'approvals' | 'requestedBy'>,
  approval: Approval,
  rules: Rules,
): readonly Approval[] {
  const own = request.requestedBy !== undefined && isSame(request.requestedBy, approval.by);
  if (own && !rules.requesterMayApprove) {
    throw new PatchwrightError('not_a_reviewer', {
      what: 'The patch was not approved.',
      why: `${nameOf(approval.by)} asked for it, and their own approval does not count here.`,
      remedy: 'Ask another reviewer, or set patchwright.approve.requesterMayApprove.',
    });
  }
  const others = (request.approvals ?? []).filter(({ by }) => !isSame(by, approval.by));
  return [...others, approval];
}

/**
 * Those of others' that count beside the ones given here: of who is on the list of reviewers (where there
 * is none, a name that anybody can take would be enough), each person once.
 */
export function fromElsewhere(
  request: Pick<PatchRequest, 'requestedBy'>,
  given: readonly Approval[],
  others: readonly { readonly by: string }[],
  rules: Rules,
): readonly string[] {
  const { requestedBy } = request;
  const names = others
    .map(({ by }) => by)
    .filter((by) => rules.reviewers.some((one) => isSame(one, by)))
    .filter((by) => !given.some((one) => isSame(one.by, by)))
    .filter(
      (by) => rules.requesterMayApprove || requestedBy === undefined || !isSame(requestedBy, by),
    );
  return [...new Map(names.map((by) => [nameOf(by), by])).values()];
}

function isSame(a: string, b: string): boolean {
  return nameOf(a) === nameOf(b);
}

function nameOf(identity: string): string {
  return identity
    .replace(/^user:/, '')
    .trim()
    .toLowerCase();
}
