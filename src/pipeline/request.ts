import { randomUUID } from 'node:crypto';
import { diffText } from '../attempt/patch.ts';
import type { Patch, Submission } from '../core/attempt.ts';
import type { Git } from '../core/ports.ts';
import type { PatchRequest } from '../core/patchRequest.ts';
import type { Ticket } from '../core/ticket.ts';
import { confidenceOf, type History } from '../gates/confidence.ts';
import type { Job } from './attempt.ts';
import type { House } from './house.ts';
import { metricsOf } from './metrics.ts';
import { feedbackFor } from './said.ts';

export async function newRequest(
  job: Job,
  { reasoning, confidence }: Pick<Submission, 'reasoning' | 'confidence'>,
): Promise<PatchRequest> {
  const { house, ticket, attempt, model, ledger } = job;
  const { patch } = ledger;
  if (!patch) throw new Error('The agent returned without a submission.');
  const source = patch.files.find((file) => !patch.testFiles.includes(file.path));
  const createdAt = house.clock.now().toISOString();
  const feedbackIds = feedbackFor(house, ticket).map(({ id }) => id);
  return {
    id: randomUUID(),
    ticketId: ticket.id,
    attemptId: attempt.id,
    createdAt,
    status: 'PENDING_APPROVAL',
    branch: patch.branch,
    base: patch.base,
    commit: patch.commit,
    files: patch.files,
    testFiles: patch.testFiles,
    diff: await diffText(house.git, patch.base, patch.commit),
    ...(await newCodeOf(house.git, patch)),
    reasoning,
    component: source?.path ?? patch.files[0]?.path ?? '',
    improvementType: ticket.category,
    confidence: confidenceOf({
      patch,
      reports: ledger.gates,
      submissions: ledger.submissions,
      history: historyOf(house, ticket),
      estimate: confidence,
    }),
    gates: ledger.gates,
    feedbackIds,
    metrics: metricsOf(job, createdAt, feedbackIds.length),
    model: model.name,
    requestedBy: await house.reviewer(),
    ...(ledger.costUsd === undefined ? {} : { costUsd: ledger.costUsd }),
  };
}

/** What became of earlier patches for tickets of the same category and exception. */
export function historyOf({ backlog }: House, { category, metadata }: Ticket): History {
  const decided = backlog.requests
    .list({ statuses: ['APPLIED', 'DENIED', 'ROLLED_BACK'] })
    .filter(({ ticketId, improvementType }) => {
      const { exceptionType } = backlog.tickets.get(ticketId)?.metadata ?? {};
      return improvementType === category && exceptionType === metadata.exceptionType;
    });
  const landed = decided.filter(({ status }) => status === 'APPLIED').length;
  return { landed, refused: decided.length - landed };
}

const maxNewCodeBytes = 1_000_000;

export async function newCodeOf(
  git: Git,
  { commit: id, files }: Patch,
): Promise<{ newCode?: string }> {
  const [file] = files;
  if (!file || file.status === 'deleted' || file.added < 0) return {};
  const bytes = await git.bytes(['cat-file', 'blob', `${id}:${file.path}`]);
  return bytes.length > maxNewCodeBytes ? {} : { newCode: bytes.toString('utf8') };
}
