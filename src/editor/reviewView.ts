import type { Attempt } from '../core/attempt.ts';
import { totalTokens } from '../core/attempt.ts';
import type { PatchFile } from '../core/attempt.ts';
import { gateTitles } from '../core/gate.ts';
import { type FileDiff, parseDiff } from '../core/hunks.ts';
import type { PatchRequest, Release, RequestStatus } from '../core/patchRequest.ts';
import { suspectsOf, suspectText } from '../core/suspects.ts';
import { place, type Reasoned, type SignalGroup, type Ticket } from '../core/ticket.ts';
import type { ActionView, PageAction, ReviewView, StepView } from '../shared/protocol.ts';
import { editsText, hunkDescription, hunkLabel } from './hunkText.ts';
import { fileDescription, gateDescription, inReadingOrder } from './reviewText.ts';
import { ago, dollars, dotted, exactly, plural } from './text.ts';

/** All that the review panel shows of a request. Pure. */
export interface ReviewSource {
  readonly request: PatchRequest;
  readonly ticket: Ticket | undefined;
  readonly group: SignalGroup | undefined;
  readonly attempts: readonly Attempt[];
  /** All requests of the ticket. */
  readonly requests: readonly PatchRequest[];
  readonly release: Release | undefined;
  readonly steps: readonly StepView[];
  readonly trusted: boolean;
  /** Whether it is being edited by hand in this window. */
  readonly editing: boolean;
  readonly now: Date;
}

export const statusWords: Readonly<Record<RequestStatus, string>> = {
  PENDING_APPROVAL: 'waits for a decision',
  APPROVED: 'approved, kept on its branch',
  DENIED: 'rejected',
  APPLIED: 'landed',
  FAILED: 'could not be applied',
  ROLLED_BACK: 'rolled back',
};

export function reviewViewOf(source: ReviewSource): ReviewView {
  const { request, ticket, now } = source;
  const diff = parseDiff(request.diff);
  const attempt = source.attempts.find(({ id }) => id === request.attemptId);
  return {
    requestId: request.id,
    commit: request.commit,
    edits: editsText(request) ?? '',
    title: ticket?.title ?? request.ticketId,
    status: { id: request.status, words: statusWords[request.status] },
    branch: request.branch,
    model: request.model,
    cost: costText(request, attempt),
    created: dotted([ago(request.createdAt, now), exactly(request.createdAt)]),
    confidence: request.confidence,
    ticket: ticketPart(source),
    evidence: (ticket?.evidence ?? []).map(({ at, file, text }) => ({
      at: exactly(at),
      file,
      text,
    })),
    reasoning: request.reasoning,
    plan: planOf(ticket),
    comments: ticket?.metadata.reviewComments ?? [],
    files: inReadingOrder(request).map((file) => {
      const isTest = request.testFiles.includes(file.path);
      const { path, added, removed } = file;
      return {
        path,
        added,
        removed,
        isTest,
        words: fileDescription(file, isTest),
        hunks: hunkViews(diff, file),
      };
    }),
    proof: proofOf(request),
    gates: request.gates.map((report) => ({
      id: report.id,
      title: gateTitles[report.id],
      verdict: report.verdict,
      words: gateDescription(report),
      reason: report.reason,
      evidence: report.evidence,
      marks: report.marks,
    })),
    steps: source.steps,
    attempts: source.attempts.map(attemptPart),
    events: eventsOf(source),
    actions: actionsOf(source),
  };
}

function planOf(ticket: Ticket | undefined): ReviewView['plan'] {
  return [
    ['Proposed solution', ticket?.proposedSolution ?? ''],
    ['Test plan', ticket?.testPlan ?? ''],
  ];
}

const maxLines = 200;

function hunkViews(
  diff: readonly FileDiff[],
  { path }: PatchFile,
): ReviewView['files'][number]['hunks'] {
  const hunks = diff.find((file) => file.path === path)?.hunks ?? [];
  return hunks.map((hunk) => ({
    number: hunk.number,
    label: hunkLabel(hunk),
    words: hunkDescription(hunk),
    lines: hunk.lines.slice(1, maxLines + 1),
  }));
}

function costText(request: PatchRequest, attempt: Attempt | undefined): string {
  return dotted([
    dollars(request.costUsd),
    attempt && `${totalTokens(attempt.usage).toLocaleString('en')} tokens`,
    attempt && plural(attempt.steps, 'step'),
  ]);
}

function ticketPart({ request, ticket, group, now }: ReviewSource): ReviewView['ticket'] {
  const of = (one: Reasoned<string | number> | undefined, unit = '') => ({
    value: one ? `${String(one.value)}${unit}` : '–',
    reason: one?.reason ?? '',
  });
  return {
    id: request.ticketId,
    category: ticket?.category.replace('_', ' ') ?? '',
    priority: of(ticket?.priority),
    risk: of(ticket?.risk, '/10'),
    effort: of(ticket?.effort, '/10'),
    seen: group
      ? `${group.count.toLocaleString('en')}×, first ${ago(group.firstSeen, now)}, last ${ago(group.lastSeen, now)}`
      : '',
    stack: (ticket?.metadata.stack ?? []).map((location) => ({
      path: location.file,
      label: place(location),
      ...(location.line === undefined ? {} : { line: location.line }),
    })),
    suspects: ticket ? suspectsOf(ticket.metadata).map(suspectText) : [],
    groupedBy: ticket?.metadata.fingerprint?.parts ?? [],
  };
}

/** The reproduction gate says what each of its runs came to. */
function proofOf({ gates }: PatchRequest): ReviewView['proof'] {
  const report = gates.find(({ id }) => id === 'reproduction');
  const lines = report?.evidence ?? [];
  const isAfter = (line: string): boolean => /^patch\b/i.test(line);
  return {
    before: lines.filter((line) => !isAfter(line)),
    after: lines.filter(isAfter),
    doubts: report?.marks ?? [],
  };
}

function attemptPart(attempt: Attempt): ReviewView['attempts'][number] {
  return {
    title: `Attempt ${attempt.number}: ${attempt.outcome}`,
    text: dotted([
      exactly(attempt.startedAt),
      attempt.model,
      dollars(attempt.costUsd),
      attempt.error ?? attempt.summary,
    ]),
  };
}

function eventsOf({ request, requests, release }: ReviewSource): ReviewView['events'] {
  const edits = (request.edits ?? []).map(({ at, by, what }) => ({
    at,
    text: `${what} by ${by.replace(/^user:/, '')}`,
  }));
  const decisions = requests.flatMap((one) =>
    one.reviewedAt && one.status !== 'PENDING_APPROVAL'
      ? [
          {
            at: one.reviewedAt,
            text: dotted([
              `${one.status === 'DENIED' ? 'Rejected' : 'Approved'} by ${one.reviewedBy?.replace(/^user:/, '') ?? 'somebody'}`,
              one.reviewComment,
            ]),
          },
        ]
      : [],
  );
  const landings = release
    ? [
        {
          at: release.appliedAt,
          text: `Landed on ${release.branch} as ${release.commit.slice(0, 12)}`,
        },
        ...(release.rolledBackAt
          ? [
              {
                at: release.rolledBackAt,
                text: dotted(['Rolled back', release.rollbackReason]),
              },
            ]
          : []),
      ]
    : [];
  return [...decisions, ...edits, ...landings]
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ at, text }) => ({ at: exactly(at), text }));
}

function actionsOf(source: ReviewSource): Readonly<Record<PageAction, ActionView>> {
  const { request, release, trusted, editing } = source;
  const when = (can: boolean, why: string): ActionView => {
    if (!trusted) return { offered: false, why: 'This folder is not trusted.' };
    return can ? { offered: true } : { offered: false, why };
  };
  const decided = `It is ${statusWords[request.status]}.`;
  const waits = request.status === 'PENDING_APPROVAL';
  return {
    approve: when(waits, decided),
    requestChanges: when(waits, decided),
    editPatch: when(waits && !editing, editing ? 'It is being edited.' : decided),
    finishEdit: when(editing, 'It is not being edited.'),
    abandonEdit: when(editing, 'It is not being edited.'),
    reject: when(waits || request.status === 'APPROVED', decided),
    undoReject: when(request.status === 'DENIED', decided),
    rollBack: when(
      release !== undefined && release.rolledBackAt === undefined,
      'It has not landed.',
    ),
    openReview: { offered: true },
  };
}
