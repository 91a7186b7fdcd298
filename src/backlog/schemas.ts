import * as z from 'zod/mini';
import type { Attempt } from '../core/attempt.ts';
import { levels } from '../core/plan.ts';
import { gateIds } from '../core/gate.ts';
import { learningEventTypes } from '../core/learningEvent.ts';
import { metricTypes, windowMs } from '../core/metric.ts';
import { type PatchRequest, type Release, requestStatuses } from '../core/patchRequest.ts';
import { largestValue } from '../core/sketch.ts';
import { teamApproval, teamBatch } from '../core/team.ts';
import { type Ticket, ticketStatuses } from '../core/ticket.ts';
import { maxLamport } from './clock.ts';

/*
 * The shape of a journal line. The journal lies in the workspace, so a cloned repository may ship one:
 * nothing of it is used before it has passed here.
 *
 * Strict where each name is a column; what lies in a JSON column may grow optional properties.
 */

const id = z.string().check(z.minLength(1), z.maxLength(500));
const word = z.string().check(z.maxLength(200));
const text = z.string();
const time = z.string().check(z.maxLength(40));
const whole = z.int();
const count = z.int().check(z.minimum(0));
const amount = z.number().check(z.minimum(0));
const list = z.array(text);
const oneToTen = z.number().check(z.minimum(1), z.maximum(10));
const optional = z.exactOptional;

/** Own keys of JSON objects that would reach a prototype when assigned. */
const key = z.string().check(
  z.maxLength(200),
  z.refine((name) => name !== '__proto__'),
);
const anything = z.record(key, z.unknown());

const canaryVerdict = z.enum(['worse', 'not_worse', 'unclear']);

/** A schema for every field, whose values are what the core says they are. */
type SchemasOf<T> = {
  readonly [K in keyof T]-?: z.ZodMiniType<Exclude<T[K], undefined>>;
};

const reasoned = <T extends z.ZodMiniType>(value: T) => z.strictObject({ value, reason: text });

const trait = z.strictObject({ label: word, value: word });
const traits = z.readonly(z.array(trait).check(z.maxLength(20)));

/** Named after what is in it: what a name stands for never changes. */
export const archivePattern = /^archive-[0-9a-f]{16}\.sqlite$/;
const archiveName = z.string().check(z.regex(archivePattern));

const ticketFields = {
  title: text,
  description: text,
  category: z.enum(['bug_fix', 'performance', 'feature', 'refactor']),
  status: z.enum(ticketStatuses),
  priority: reasoned(z.enum(['low', 'medium', 'high', 'critical'])),
  risk: reasoned(oneToTen),
  effort: reasoned(oneToTen),
  createdAt: time,
  updatedAt: time,
  evidence: z.array(
    z.object({ at: time, file: text, offset: count, text, traits: optional(traits) }),
  ),
  proposedSolution: text,
  testPlan: text,
  filesToModify: list,
} satisfies SchemasOf<Omit<Ticket, 'id' | 'metadata'>>;

const usage = z.object({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
});

const gateReport = z.object({
  id: z.enum(gateIds),
  verdict: z.enum(['passed', 'failed', 'skipped', 'not_configured']),
  reason: text,
  durationMs: amount,
  evidence: list,
  output: text,
  marks: list,
});

const level = z.enum(levels);
const plan = z.object({
  summary: text,
  approach: text,
  files: z.array(
    z.object({ path: text, from: optional(count), to: optional(count), change: text }),
  ),
  risk: level,
  riskReason: text,
  complexity: level,
  estimatedLines: count,
  estimate: z.object({ tokens: count, costUsd: optional(amount), reason: text }),
});

const attemptFields = {
  ticketId: id,
  number: count,
  branch: text,
  base: text,
  outcome: z.enum(['running', 'succeeded', 'failed', 'cancelled', 'interrupted']),
  startedAt: time,
  endedAt: time,
  runner: z.object({ pid: whole, host: text, started: text }),
  model: text,
  steps: count,
  usage,
  costUsd: amount,
  summary: text,
  error: text,
  gates: z.array(gateReport),
  preview: z.object({
    request: text,
    title: text,
    branch: text,
    plan: optional(plan),
    decision: optional(z.enum(['confirmed', 'dropped'])),
  }),
  archive: z.union([z.literal(''), archiveName]),
} satisfies SchemasOf<Omit<Attempt, 'id'>>;

const patchFile = z.object({
  path: text,
  oldPath: optional(text),
  status: z.enum(['added', 'modified', 'deleted', 'renamed', 'type_changed']),
  oldMode: word,
  newMode: word,
  added: whole,
  removed: whole,
});

const requestFields = {
  ticketId: id,
  attemptId: id,
  createdAt: time,
  status: z.enum(requestStatuses),
  branch: text,
  base: text,
  commit: text,
  files: z.array(patchFile),
  testFiles: list,
  diff: text,
  newCode: text,
  reasoning: text,
  component: text,
  improvementType: text,
  confidence: z.strictObject({
    value: z.number(),
    parts: z.array(z.object({ label: text, value: z.number() })),
  }),
  gates: z.array(gateReport),
  feedbackIds: list,
  metrics: z.object({
    motivation: z.object({
      occurrences: optional(count),
      firstSeen: optional(time),
      lastSeen: optional(time),
      users: optional(count),
      anomaly: optional(z.unknown()),
      pattern: optional(z.unknown()),
      feedback: count,
    }),
    attempt: z.object({
      number: count,
      steps: count,
      submissions: count,
      tokens: count,
      usage,
      costUsd: optional(amount),
      durationMs: amount,
      tests: z.array(
        z.object({
          gate: gateReport.shape.id,
          verdict: gateReport.shape.verdict,
          reason: text,
          durationMs: amount,
        }),
      ),
    }),
  }),
  model: text,
  costUsd: amount,
  requestedBy: word,
  approvals: z.array(z.object({ by: word, at: time, comment: optional(text) })),
  edits: z.array(
    z.object({
      at: time,
      by: word,
      what: text,
      before: optional(z.object({ commit: word, testFiles: z.array(text) })),
    }),
  ),
  reviewedAt: time,
  reviewedBy: text,
  reviewComment: text,
  appliedAt: time,
  applicationError: text,
  canary: z.object({
    at: time,
    base: word,
    commit: word,
    verdict: canaryVerdict,
    load: list,
    starts: count,
    requests: count,
    figures: z.array(
      z.object({
        name: text,
        unit: z.enum(['ms', 'MiB', '%']),
        base: z.number(),
        patch: z.number(),
        kind: z.enum(['ratio', 'difference']),
        change: z.number(),
        low: z.number(),
        high: z.number(),
        verdict: canaryVerdict,
      }),
    ),
    findings: list,
    output: text,
  }),
  pullRequest: z.object({
    forge: z.enum(['github', 'gitlab']),
    number: whole,
    url: text,
    draft: z.boolean(),
    state: z.enum(['open', 'merged', 'closed']),
    checks: z.enum(['pending', 'passed', 'failed', 'none']),
    openedAt: time,
    seenAt: time,
    mergeCommit: optional(text),
    comments: z.array(
      z.object({
        id: text,
        by: text,
        at: time,
        text,
        path: optional(text),
        line: optional(whole),
      }),
    ),
  }),
  archive: z.union([z.literal(''), archiveName]),
} satisfies SchemasOf<Omit<PatchRequest, 'id'>>;

const releaseFields = {
  requestId: id,
  ticketId: id,
  commit: text,
  branch: text,
  backupRef: text,
  appliedAt: time,
  monitoredUntil: time,
  baseline: z.object({
    events: amount,
    allEvents: amount,
    lines: amount,
    neighbours: optional(z.record(key, amount)),
  }),
  looks: z.array(
    z.object({
      minutes: amount,
      at: time,
      verdict: z.enum(['better', 'worse', 'same', 'unknown']),
      sentence: text,
    }),
  ),
  rolledBackAt: time,
  rollbackReason: text,
  rollbackCommit: text,
} satisfies SchemasOf<Omit<Release, 'id'>>;

/** Any of the fields, and no other. */
function someOf<Shape extends Record<string, z.ZodMiniType>>(shape: Shape) {
  return z.partial(z.strictObject(shape));
}

const feedback = z.strictObject({
  id,
  timestamp: time,
  userId: optional(text),
  rating: optional(z.number()),
  text,
  sentiment: z.enum(['positive', 'neutral', 'negative']),
  context: optional(z.unknown()),
  model: optional(text),
  taskType: optional(text),
  metadata: anything,
});

const position = z.strictObject({
  file: id,
  offset: count,
  inode: word,
  headHash: word,
  headBytes: count,
  tailHash: word,
});

const placeInChain = z.int().check(z.minimum(1));

const auditEvent = z.strictObject({
  id,
  timestamp: time,
  actor: text,
  action: text,
  subject: text,
  /** JSON text, exactly as it is hashed. */
  before: optional(text),
  after: optional(text),
  previousHash: word,
  hash: word,
  /** 1 for a writer's first event, then without a gap. */
  position: placeInChain,
});

const auditCheckpoint = z.strictObject({
  number: placeInChain,
  at: time,
  before: time,
  events: count,
  previous: word,
  chains: z.readonly(z.array(z.strictObject({ writer: word, position: placeInChain, hash: word }))),
  links: z.readonly(z.array(word)),
  key: word,
  signature: word,
});

const measured = z.number().check(z.minimum(-largestValue), z.maximum(largestValue));
const many = z.int().check(z.minimum(0), z.maximum(1e12));
const bucket = z.readonly(z.tuple([z.int().check(z.minimum(-2_000), z.maximum(2_000)), many]));
const buckets = z.readonly(z.array(bucket).check(z.maxLength(4_001)));
/** As windowStart writes it, and no other: equal times must be equal texts. */
const start = time.check(
  z.refine((text) => Date.parse(text) % windowMs === 0 && new Date(text).toISOString() === text),
);

const metricWindow = z.strictObject({
  name: word,
  type: z.enum(metricTypes),
  endpoint: text.check(z.maxLength(500)),
  unit: word,
  start,
  count: many.check(z.minimum(1)),
  sum: z.string().check(z.regex(/^-?\d{1,40}$/)),
  min: measured,
  max: measured,
  sketch: z.strictObject({ positive: buckets, negative: buckets, zero: many }),
  threshold: optional(measured),
  file: id,
});

const interaction = z.strictObject({
  id,
  timestamp: time,
  customerId: optional(word),
  type: optional(word),
  message: text,
  response: text,
  sentiment: optional(z.number()),
  outcome: optional(word),
});

const learningEvent = z.strictObject({
  id,
  timestamp: time,
  type: z.enum(learningEventTypes),
  before: optional(z.unknown()),
  after: optional(z.unknown()),
  impact: z.number().check(z.minimum(0), z.maximum(1)),
});

const variant = z.strictObject({
  traits,
  count: z.int().check(z.minimum(-1e12), z.maximum(1e12)),
  firstSeen: time,
  lastSeen: time,
});

/** As clocksToText writes them. */
const clocks = z.record(
  z.string().check(
    z.regex(/^\d{1,15}\.[a-z0-9][a-z0-9-]{3,63}$/),
    z.refine((stamp) => Number.parseInt(stamp, 10) <= maxLamport),
  ),
  z.array(z.string().check(z.maxLength(220))),
);

const change = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ticket'),
    id,
    fields: someOf(ticketFields),
    /** Key by key, so that two windows can each add one. */
    metadata: optional(z.strictObject({ set: anything, drop: z.array(key) })),
  }),
  /** Its fields, as they were at these times, lie in that file. */
  z.strictObject({ kind: z.literal('archive'), id, file: archiveName, clocks }),
  z.strictObject({
    kind: z.literal('restore'),
    id,
    fields: someOf(ticketFields),
    metadata: anything,
    clocks,
  }),
  z.strictObject({ kind: z.literal('attempt'), id, fields: someOf(attemptFields) }),
  z.strictObject({ kind: z.literal('request'), id, fields: someOf(requestFields) }),
  z.strictObject({ kind: z.literal('release'), id, fields: someOf(releaseFields) }),
  z.strictObject({
    kind: z.literal('group'),
    id,
    fingerprint: text,
    signal: word,
    count: z.int().check(z.minimum(-1e12), z.maximum(1e12)),
    firstSeen: time,
    lastSeen: time,
    variants: optional(z.readonly(z.array(variant))),
  }),
  z.strictObject({ kind: z.literal('position'), position }),
  z.strictObject({ kind: z.literal('feedback'), feedback, ticketId: optional(id) }),
  z.strictObject({ kind: z.literal('metric'), window: metricWindow }),
  z.strictObject({ kind: z.literal('interaction'), interaction }),
  z.strictObject({ kind: z.literal('learning'), event: learningEvent }),
  teamBatch,
  teamApproval,
  z.strictObject({ kind: z.literal('audit'), event: auditEvent }),
  z.strictObject({ kind: z.literal('checkpoint'), checkpoint: auditCheckpoint }),
]);

export const writerPattern = /^[a-z0-9][a-z0-9-]{3,63}$/;

/** Which process a writer is or was, to tell a dead one's journal from one that is only idle. */
const identity = z.strictObject({
  pid: whole,
  host: text,
  platform: word,
  boot: word,
  namespace: word,
});

const line = z.strictObject({
  v: z.literal(1),
  writer: z.string().check(z.regex(writerPattern)),
  seq: z.int().check(z.minimum(1)),
  lamport: z.int().check(z.minimum(1), z.maximum(maxLamport)),
  at: time,
  from: optional(identity),
  changes: z.array(change),
});

export type StoredChange = z.infer<typeof change>;
export type StoredAudit = z.infer<typeof auditEvent>;
export type WriterIdentity = z.infer<typeof identity>;
export type JournalLine = z.infer<typeof line>;

/** The value itself when it is what was asked for, else why it is not. */
export type Checked<T> = { readonly value: T } | { readonly reason: string };

export function checkLine(value: unknown): Checked<JournalLine> {
  return check(line, value, 'line');
}

export function checkChange(value: unknown): Checked<StoredChange> {
  return check(change, value, 'change');
}

function check<T>(schema: z.ZodMiniType<T>, value: unknown, whole: string): Checked<T> {
  const checked = z.safeParse(schema, value);
  if (checked.success) return { value: value as T };
  const issue = checked.error.issues[0];
  return { reason: `${issue?.path.join('.') || whole}: ${issue?.message ?? 'invalid'}` };
}
