import type { Approval } from '../core/approval.ts';
import type { TicketLink } from '../core/causeLinks.ts';
import type { Attempt } from '../core/attempt.ts';
import { totalTokens } from '../core/attempt.ts';
import type { PatchFile } from '../core/attempt.ts';
import { type FileDiff, parseDiff } from '../core/hunks.ts';
import type { PatchRequest, Release, RequestStatus } from '../core/patchRequest.ts';
import { suspectsOf, suspectText } from '../core/suspects.ts';
import { place, type Reasoned, type SignalGroup, type Ticket } from '../core/ticket.ts';
import type { Outlook } from '../pipeline.ts';
import type {
  ActionView,
  PageAction,
  ReviewView,
  StepView,
  TrendView,
} from '../shared/protocol.ts';
import { canaryLines } from './canaryText.ts';
import { editText, editsText, hunkLabel, isEdited } from './hunkText.ts';
import {
  fileWords,
  gateDescription,
  gateLabel,
  gatesText,
  inReadingOrder,
  sizeText,
} from './reviewText.ts';
import { ago, changes, dollars, dotted, exactly, moment, plural, shorten } from './text.ts';
import { msg, t, told } from './l10n.ts';
import { linkLine } from './links.ts';
import { attemptLabel, categoryWords, codeWords, oddsLine } from './ticketText.ts';

/** All that the review panel shows of a request. Pure. */
export interface ReviewSource {
  readonly request: PatchRequest;
  readonly ticket: Ticket | undefined;
  readonly group: SignalGroup | undefined;
  readonly trend: TrendView | undefined;
  readonly attempts: readonly Attempt[];
  /** All requests of the ticket. */
  readonly requests: readonly PatchRequest[];
  readonly release: Release | undefined;
  /** Yeses to this very patch, of people at other clones. */
  readonly heard: readonly Approval[];
  readonly steps: readonly StepView[];
  readonly trusted: boolean;
  /** Whether it is being edited by hand in this window. */
  readonly editing: boolean;
  /** Of another draft. */
  readonly odds?: Outlook['odds'];
  /** To tickets of other folders. */
  readonly links?: readonly TicketLink[];
  readonly now: Date;
}

export const statusWords: Readonly<Record<RequestStatus, string>> = {
  PENDING_APPROVAL: msg('waits for a decision'),
  APPROVED: msg('approved, kept on its branch'),
  DENIED: msg('rejected'),
  APPLIED: msg('landed'),
  FAILED: msg('could not be applied'),
  ROLLED_BACK: msg('rolled back'),
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
    status: { id: request.status, words: t(statusWords[request.status]) },
    branch: request.branch,
    model: request.model,
    cost: costText(request, attempt),
    created: moment(request.createdAt, now),
    size: sizeText(request),
    gatesPassed: gatesText(request),
    confidence: {
      ...request.confidence,
      parts: request.confidence.parts.map((part) => ({ ...part, label: told(part.label) })),
    },
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
        changes: changes(added, removed),
        words: fileWords(file, isTest),
        hunks: hunkViews(diff, file),
      };
    }),
    proof: proofOf(request),
    gates: request.gates.map((report) => ({
      id: report.id,
      title: gateLabel(report),
      verdict: report.verdict,
      words: gateDescription(report),
      reason: told(report.reason),
      evidence: report.evidence.map(told),
      marks: report.marks.map(told),
    })),
    steps: source.steps,
    attempts: source.attempts.map(attemptPart),
    events: eventsOf(source),
    actions: actionsOf(source),
  };
}

function planOf(ticket: Ticket | undefined): ReviewView['plan'] {
  return [
    [t('Proposed solution'), told(ticket?.proposedSolution ?? '')],
    [t('Test plan'), told(ticket?.testPlan ?? '')],
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
    changes: changes(hunk.added, hunk.removed),
    lines: hunk.lines.slice(1, maxLines + 1),
  }));
}

function costText(request: PatchRequest, attempt: Attempt | undefined): string {
  return dotted([
    dollars(request.costUsd),
    attempt && t('{0} tokens', totalTokens(attempt.usage).toLocaleString('en')),
    attempt && plural(attempt.steps, 'step'),
  ]);
}

function ticketPart({
  request,
  ticket,
  group,
  trend,
  odds,
  links,
  now,
}: ReviewSource): ReviewView['ticket'] {
  const of = (one: Reasoned<string | number> | undefined, unit = '') => ({
    value: one ? `${codeWords(String(one.value))}${unit}` : '–',
    reason: told(one?.reason ?? ''),
  });
  return {
    id: request.ticketId,
    category: ticket ? t(categoryWords[ticket.category]) : '',
    priority: of(ticket?.priority),
    risk: of(ticket?.risk, '/10'),
    effort: of(ticket?.effort, '/10'),
    odds: odds ? oddsLine(odds) : '',
    seen: group
      ? t(
          '{0}×, first {1}, last {2}',
          group.count.toLocaleString('en'),
          ago(group.firstSeen, now),
          ago(group.lastSeen, now),
        )
      : '',
    ...(trend ? { trend } : {}),
    stack: (ticket?.metadata.stack ?? []).map((location) => ({
      path: location.file,
      label: place(location),
      ...(location.line === undefined ? {} : { line: location.line }),
      ...(location.function ? { within: location.function } : {}),
    })),
    links: (links ?? []).map(linkLine),
    suspects: ticket ? suspectsOf(ticket.metadata).map(suspectText) : [],
    groupedBy: ticket?.metadata.fingerprint?.parts ?? [],
  };
}

/**
 * The reproduction gate writes a line a run of the test, on the base or on the patch, with what that showed
 * below it; what it tried beyond that comes last.
 */
function proofOf(request: PatchRequest): ReviewView['proof'] {
  const report = request.gates.find(({ id }) => id === 'reproduction');
  const lines = report?.evidence ?? [];
  const isRun = (line: string): boolean => /^(?:base|patch)\b/i.test(line);
  const lastRun = lines.findLastIndex(isRun);
  const isAfter = (at: number): boolean =>
    /^patch\b/i.test(lines.slice(0, at + 1).findLast(isRun) ?? '');
  const runs = lines.slice(0, lastRun + 1);
  return {
    before: runs.filter((_, at) => !isAfter(at)).map(told),
    after: runs.filter((_, at) => isAfter(at)).map(told),
    tried: lines.slice(lastRun + 1).map(told),
    doubts: (report?.marks ?? []).map(told),
    canary: canaryLines(request),
  };
}

function attemptPart(attempt: Attempt): ReviewView['attempts'][number] {
  return {
    title: attemptLabel(attempt),
    text: dotted([
      exactly(attempt.startedAt),
      attempt.model,
      dollars(attempt.costUsd),
      attempt.error ?? attempt.summary,
    ]),
  };
}

function eventsOf({ request, requests, release, heard }: ReviewSource): ReviewView['events'] {
  const edits = (request.edits ?? []).map(({ at, by, what }) => ({
    at,
    text: t('{0} by {1}', editText(what), by.replace(/^user:/, '')),
  }));
  const counted = (request.approvals ?? []).filter(({ by }) => by !== request.reviewedBy);
  const yeses = [...counted, ...heard].map(({ at, by, comment }) => ({
    at: shorten(at, 40),
    text: dotted([
      t('Yes of {0}', shorten(by.replace(/^user:/, ''), 100)),
      comment && shorten(comment, 400),
    ]),
  }));
  const decisions = requests.flatMap((one) =>
    one.reviewedAt && one.status !== 'PENDING_APPROVAL'
      ? [
          {
            at: one.reviewedAt,
            text: dotted([
              t(
                one.status === 'DENIED' ? msg('Rejected by {0}') : msg('Approved by {0}'),
                one.reviewedBy?.replace(/^user:/, '') ?? t('somebody'),
              ),
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
          text: t('Landed on {0} as {1}', release.branch, release.commit.slice(0, 12)),
        },
        ...(release.rolledBackAt
          ? [
              {
                at: release.rolledBackAt,
                text: dotted([t('Rolled back'), release.rollbackReason]),
              },
            ]
          : []),
      ]
    : [];
  return [...yeses, ...decisions, ...edits, ...landings]
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ at, text }) => ({ at: exactly(at), text }));
}

function actionsOf(source: ReviewSource): Readonly<Record<PageAction, ActionView>> {
  const { request, release, trusted, editing } = source;
  const when = (can: boolean, why: string): ActionView => {
    if (!trusted) return { offered: false, why: t('This folder is not trusted.') };
    return can ? { offered: true } : { offered: false, why };
  };
  const decided = t('It is {0}.', t(statusWords[request.status]));
  const waits = request.status === 'PENDING_APPROVAL';
  return {
    approve: when(waits, decided),
    requestChanges: when(waits, decided),
    undoEdit: when(waits && isEdited(request), waits ? t('Nobody has changed it.') : decided),
    editPatch: when(waits && !editing, editing ? t('It is being edited.') : decided),
    finishEdit: when(editing, t('It is not being edited.')),
    abandonEdit: when(editing, t('It is not being edited.')),
    reject: when(waits || request.status === 'APPROVED', decided),
    undoReject: when(request.status === 'DENIED', decided),
    rollBack: when(
      release !== undefined && release.rolledBackAt === undefined,
      t('It has not landed.'),
    ),
    openReview: { offered: true },
    canary: when(waits || request.status === 'APPROVED', decided),
  };
}
