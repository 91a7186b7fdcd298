import { createHash } from 'node:crypto';
import type { Attempt, PatchFile } from '../core/attempt.ts';
import type { Confidence, PatchRequest, Release, RequestMetrics } from '../core/patchRequest.ts';
import type { Reasoned, Ticket } from '../core/ticket.ts';
import type { Row, Value } from './sqlite.ts';

/** How one field of a noun lies in columns. `decode` gives undefined for a field never written. */
export interface Codec<T> {
  readonly columns: readonly string[];
  encode(value: T): Row;
  decode(row: Row): T | undefined;
}

/** How a noun lies in a table: the one place that knows both its fields and its columns. */
export interface Entity<T extends { readonly id: string }> {
  readonly table: string;
  /** The column of the noun's id. */
  readonly key: string;
  readonly fields: { readonly [K in Exclude<keyof T, 'id'>]-?: Codec<Exclude<T[K], undefined>> };
  /** Until all of them have been written (a line of another window may come first) a row stays hidden. */
  readonly required: readonly Exclude<keyof T, 'id'>[];
  /** Columns that follow from others, for whoever reads the tables. */
  readonly derive?: (row: Row) => Row;
}

function plain<T extends string | number>(column: string): Codec<T> {
  return {
    columns: [column],
    encode: (value) => ({ [column]: toValue(value) }),
    decode: (row) => (row[column] ?? undefined) as T | undefined,
  };
}

function json<T>(column: string): Codec<T> {
  return {
    columns: [column],
    encode: (value) => ({ [column]: JSON.stringify(value) }),
    decode: (row) => fromJson(row[column]) as T | undefined,
  };
}

function reasoned<T extends string | number>(
  column: string,
  reasonColumn: string,
): Codec<Reasoned<T>> {
  return {
    columns: [column, reasonColumn],
    encode: ({ value, reason }) => ({ [column]: toValue(value), [reasonColumn]: toValue(reason) }),
    decode: (row) =>
      row[column] === null
        ? undefined
        : { value: row[column] as T, reason: String(row[reasonColumn] ?? '') },
  };
}

const confidence: Codec<Confidence> = {
  columns: ['confidence', 'confidence_parts'],
  encode: ({ value, parts }) => ({ confidence: value, confidence_parts: JSON.stringify(parts) }),
  decode: (row) =>
    row.confidence === null
      ? undefined
      : {
          value: Number(row.confidence),
          parts: (fromJson(row.confidence_parts) ?? []) as Confidence['parts'],
        },
};

/** Requests of before it was written have an empty object there, as other tools expect it. */
const metrics: Codec<RequestMetrics> = {
  columns: ['metrics'],
  encode: (value) => ({ metrics: JSON.stringify(value) }),
  decode: (row) =>
    row.metrics === '{}' ? undefined : (fromJson(row.metrics) as RequestMetrics | undefined),
};

/** Empty where it has been taken out again. */
const archiveFile: Codec<string> = {
  columns: ['archive_file'],
  encode: (value) => ({ archive_file: value }),
  decode: (row) => (row.archive_file ? String(row.archive_file) : undefined),
};

/** SQLite text ends at a NUL when read back; a replacement character shows that one was there. */
export function toValue(value: string | number): Value {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value;
}

export function fromJson(value: Value | undefined): unknown {
  return typeof value === 'string' ? JSON.parse(value) : undefined;
}

/** A whole number below 2^48 out of a UUID, the same in every window. */
function numberOf(id: Value | undefined): number {
  return createHash('sha256').update(String(id)).digest().readUIntBE(0, 6);
}

export const ticketEntity: Entity<Ticket> = {
  table: 'improvement_tickets',
  key: 'id',
  fields: {
    title: plain('title'),
    description: plain('description'),
    category: plain('category'),
    status: plain('status'),
    priority: reasoned('priority', 'priority_reason'),
    risk: reasoned('risk_level', 'risk_reason'),
    effort: reasoned('estimated_effort', 'effort_reason'),
    createdAt: plain('created_at'),
    updatedAt: plain('updated_at'),
    evidence: json('evidence'),
    proposedSolution: plain('proposed_solution'),
    testPlan: plain('test_plan'),
    filesToModify: json('files_to_modify'),
    metadata: json('metadata'),
  },
  required: [
    'title',
    'description',
    'category',
    'status',
    'priority',
    'risk',
    'effort',
    'createdAt',
    'updatedAt',
    'evidence',
    'proposedSolution',
    'testPlan',
    'filesToModify',
  ],
  // Written key by key, so a ticket without any has none.
  derive: (row) => ({ metadata: row.metadata ?? '{}', archived: row.archived ?? null }),
};

export const attemptEntity: Entity<Attempt> = {
  table: 'improvement_attempts',
  key: 'attempt_id',
  fields: {
    ticketId: plain('ticket_id'),
    number: plain('attempt_number'),
    branch: plain('branch_name'),
    base: plain('base_commit'),
    outcome: plain('outcome'),
    startedAt: plain('timestamp'),
    endedAt: plain('ended_at'),
    runner: json('runner'),
    model: plain('model'),
    steps: plain('steps'),
    usage: json('usage'),
    costUsd: plain('cost_usd'),
    summary: plain('changes_summary'),
    error: plain('error_message'),
    gates: json('test_results'),
    preview: json('preview'),
    archive: archiveFile,
  },
  required: [
    'ticketId',
    'number',
    'branch',
    'base',
    'outcome',
    'startedAt',
    'runner',
    'model',
    'steps',
    'usage',
  ],
  derive: (row) => ({ id: numberOf(row.attempt_id), success: successOf(row.outcome) }),
};

function successOf(outcome: Value | undefined): Value {
  if (outcome === null || outcome === undefined || outcome === 'running') return null;
  return outcome === 'succeeded' ? 1 : 0;
}

export const requestEntity: Entity<PatchRequest> = {
  table: 'patch_requests',
  key: 'request_id',
  fields: {
    ticketId: plain('ticket_id'),
    attemptId: plain('attempt_id'),
    createdAt: plain('created_at'),
    status: plain('status'),
    branch: plain('branch_name'),
    base: plain('base_commit'),
    commit: plain('commit_hash'),
    files: json('files'),
    testFiles: json('test_files'),
    diff: plain('diff'),
    newCode: plain('new_code_blob'),
    reasoning: plain('reasoning'),
    component: plain('component'),
    improvementType: plain('improvement_type'),
    confidence,
    gates: json('gates'),
    feedbackIds: json('feedback_ids'),
    metrics,
    model: plain('model'),
    costUsd: plain('cost_usd'),
    requestedBy: plain('requested_by'),
    approvals: json('approvals'),
    edits: json('edits'),
    reviewedAt: plain('reviewed_at'),
    reviewedBy: plain('reviewed_by'),
    reviewComment: plain('review_comment'),
    appliedAt: plain('applied_at'),
    applicationError: plain('application_error'),
    canary: json('canary'),
    pullRequest: json('pull_request'),
    archive: archiveFile,
  },
  required: [
    'ticketId',
    'attemptId',
    'createdAt',
    'status',
    'branch',
    'base',
    'commit',
    'files',
    'testFiles',
    'diff',
    'reasoning',
    'component',
    'improvementType',
    'confidence',
    'gates',
    'feedbackIds',
    'model',
  ],
  derive: (row) => ({
    id: numberOf(row.request_id),
    target_file: (fromJson(row.files) as PatchFile[] | undefined)?.[0]?.path ?? null,
    metrics: row.metrics ?? '{}',
  }),
};

export const releaseEntity: Entity<Release> = {
  table: 'deployments',
  key: 'id',
  fields: {
    requestId: plain('request_id'),
    ticketId: plain('ticket_id'),
    commit: plain('commit_hash'),
    branch: plain('branch_name'),
    backupRef: plain('backup_ref'),
    appliedAt: plain('applied_at'),
    monitoredUntil: plain('monitored_until'),
    baseline: json('baseline'),
    looks: json('looks'),
    rolledBackAt: plain('rolled_back_at'),
    rollbackReason: plain('rollback_reason'),
    rollbackCommit: plain('rollback_commit'),
  },
  required: ['requestId', 'ticketId', 'commit', 'branch', 'backupRef', 'appliedAt'],
  derive: (row) => ({ outcome: row.rolled_back_at ? 'rolled_back' : 'applied' }),
};

/** A row as its noun; undefined when its JSON can't be read (a foreign hand was at the database). */
export function decodeRow<T extends { readonly id: string }>(
  entity: Entity<T>,
  row: Row,
): T | undefined {
  const noun: Record<string, unknown> = { id: row[entity.key] };
  try {
    for (const [field, codec] of Object.entries<Codec<unknown>>(entity.fields)) {
      const value = codec.decode(row);
      if (value !== undefined) noun[field] = value;
    }
    return noun as unknown as T;
  } catch {
    return undefined;
  }
}
