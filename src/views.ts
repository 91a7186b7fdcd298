import type { Attempt } from './core/attempt.ts';
import { canaryOf } from './core/canary.ts';
import { reopenedText } from './core/closed.ts';
import { type GateReport, gatesPassed } from './core/gate.ts';
import type { PatchRequest, Release } from './core/patchRequest.ts';
import { type Suspect, suspectsOf } from './core/suspects.ts';
import { score, type SignalGroup, type Ticket } from './core/ticket.ts';
import { categoryReason } from './core/triage.ts';
import type { Difference } from './core/variants.ts';
import type { Approved } from './core/approval.ts';
import type { Outlook } from './pipeline.ts';

/** The stable field names of `--json` and of the server's answers, documented in the README and in the OpenAPI document. */

export function ticketView(ticket: Ticket, group: SignalGroup | undefined, outlook?: Outlook) {
  return {
    id: ticket.id,
    title: ticket.title,
    description: ticket.description,
    category: ticket.category,
    categoryReason: categoryReason(ticket),
    status: ticket.status,
    priority: ticket.priority.value,
    priorityReason: ticket.priority.reason,
    riskLevel: ticket.risk.value,
    riskReason: ticket.risk.reason,
    estimatedEffort: ticket.effort.value,
    effortReason: ticket.effort.reason,
    score: score(ticket),
    occurrences: group?.count ?? 0,
    firstSeen: group?.firstSeen ?? ticket.createdAt,
    lastSeen: group?.lastSeen ?? ticket.updatedAt,
    location: ticket.metadata.location ?? null,
    fingerprint: ticket.metadata.fingerprint ?? null,
    filesToModify: ticket.filesToModify,
    previewWanted: ticket.metadata.previewWanted?.reason ?? null,
    regression: ticket.metadata.regression === true,
    reopened: reopenedText(ticket.metadata) ?? null,
    suspectCommits: suspectsOf(ticket.metadata).map(suspectView),
    heldBack: outlook?.heldBack ?? null,
    odds: outlook?.odds ?? null,
    createdAt: ticket.createdAt,
    updatedAt: ticket.updatedAt,
  };
}

function suspectView({ commit, at, author, subject, score, reasons }: Suspect) {
  return { commit, at, author, subject, score, reasons };
}

export function attemptView(attempt: Attempt) {
  const { runner: _, ...rest } = attempt;
  return rest;
}

export function requestView(request: PatchRequest) {
  return {
    requestId: request.id,
    ticketId: request.ticketId,
    status: request.status,
    createdAt: request.createdAt,
    branch: request.branch,
    base: request.base,
    commit: request.commit,
    files: request.files,
    testFiles: request.testFiles,
    reasoning: request.reasoning,
    component: request.component,
    improvementType: request.improvementType,
    confidence: request.confidence.value,
    confidenceParts: request.confidence.parts,
    gates: request.gates.map(gateView),
    model: request.model,
    costUsd: request.costUsd ?? null,
    metrics: request.metrics ?? null,
    edits: request.edits ?? [],
    reviewedAt: request.reviewedAt ?? null,
    reviewedBy: request.reviewedBy ?? null,
    reviewComment: request.reviewComment ?? null,
    appliedAt: request.appliedAt ?? null,
    canary: canaryOf(request) ?? null,
    pullRequest: request.pullRequest ?? null,
  };
}

/** What `gates` and a refused `propose` print. */
export function gatesView(requestId: string | undefined, reports: readonly GateReport[]) {
  return {
    requestId: requestId ?? null,
    passed: gatesPassed(reports),
    gates: reports.map(gateView),
    marks: reports.flatMap((report) => report.marks),
  };
}

export function gateView(report: GateReport) {
  return {
    id: report.id,
    verdict: report.verdict,
    reason: report.reason,
    durationMs: report.durationMs,
    evidence: report.evidence,
    marks: report.marks,
  };
}

export function releaseView(release: Release) {
  return {
    releaseId: release.id,
    requestId: release.requestId,
    ticketId: release.ticketId,
    commit: release.commit,
    branch: release.branch,
    backupRef: release.backupRef,
    appliedAt: release.appliedAt,
    monitoredUntil: release.monitoredUntil ?? null,
    rolledBackAt: release.rolledBackAt ?? null,
    rollbackReason: release.rollbackReason ?? null,
    rollbackCommit: release.rollbackCommit ?? null,
  };
}

/** A ticket with all that is known of it. */
export function ticketDetails(
  ticket: Ticket,
  known: {
    readonly group: SignalGroup | undefined;
    readonly outlook: Outlook;
    readonly differences: readonly Difference[];
    readonly attempts: readonly Attempt[];
    readonly requests: readonly PatchRequest[];
  },
) {
  return {
    ...ticketView(ticket, known.group, known.outlook),
    evidence: ticket.evidence,
    proposedSolution: ticket.proposedSolution,
    testPlan: ticket.testPlan,
    differences: known.differences,
    attempts: known.attempts.map(attemptView),
    requests: known.requests.map(requestView),
  };
}

export function approvedView({ id: requestId }: PatchRequest, approved: Approved) {
  const { kind, ...rest } = approved;
  return approved.kind === 'landed'
    ? { outcome: kind, ...releaseView(approved.release) }
    : { outcome: kind, requestId, ...rest };
}
