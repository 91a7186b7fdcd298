import * as z from 'zod/mini';
import { gateIds } from './gate.ts';
import { requestStatuses } from './patchRequest.ts';
import { ticketStatuses } from './ticket.ts';

/*
 * What the clones of a team say to each other. All of it comes from elsewhere, so nothing is used before
 * it has passed here. What is not named here never leaves.
 */

/** A clone's chain: the beginning of its owner's key's SHA-256, and which of their clones it is. */
export const chainPattern = /^z[0-9a-f]{32}-[0-9a-f]{12}$/;

/** Ours sort before it, so that a clone's own changes count as said once they were sent. */
export function isChain(writer: string): boolean {
  return chainPattern.test(writer);
}

const text = (most: number) => z.string().check(z.maxLength(most));
export const maxIdChars = 200;
/** Names and ids are shown as they are: nothing in them may steer a terminal. */
const id = z.string().check(z.maxLength(maxIdChars), z.regex(/^[^\p{Cc}\u2028\u2029]+$/u));
/** `user:<name>`, as its owner says. */
export const personName = z
  .string()
  .check(z.maxLength(200), z.regex(/^user:[^\p{Cc}\u2028\u2029]+$/u));
const word = text(200);
const time = text(40);
const count = z.int().check(z.minimum(0), z.maximum(1e12));
const money = z.number().check(z.minimum(0), z.maximum(1e9));
const hash = z.string().check(z.regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/));
const optional = z.exactOptional;
const listOf = <T extends z.ZodMiniType>(item: T, most: number) =>
  z.readonly(z.array(item).check(z.maxLength(most)));

/** Below the folder, and none of git's or ours: others' words must not lead anywhere else. */
export function isPathInside(path: string): boolean {
  if (/^([/\\~-]|[A-Za-z]:)|[\0\r\n]/.test(path)) return false;
  const parts = path.split(/[/\\]/);
  return !parts.some((part) => part === '..' || /^\.(?:git|patchwright)$/i.test(part));
}

const path = text(500).check(z.minLength(1), z.refine(isPathInside));
const place = z.strictObject({ file: path, line: optional(count), function: optional(word) });
const reasoned = <T extends z.ZodMiniType>(value: T) =>
  z.strictObject({ value, reason: text(2_000) });
const oneToTen = z.number().check(z.minimum(1), z.maximum(10));
const trait = z.strictObject({ label: word, value: word });

/** Fields of a ticket, metadata key by key. */
export const ticketShape = {
  title: text(2_000),
  description: text(32_000),
  category: z.enum(['bug_fix', 'performance', 'feature', 'refactor']),
  status: z.enum(ticketStatuses),
  priority: reasoned(z.enum(['low', 'medium', 'high', 'critical'])),
  risk: reasoned(oneToTen),
  effort: reasoned(oneToTen),
  createdAt: time,
  updatedAt: time,
  evidence: listOf(
    z.strictObject({
      at: time,
      file: path,
      offset: count,
      text: text(16_000),
      traits: optional(listOf(trait, 20)),
    }),
    10,
  ),
  proposedSolution: text(32_000),
  testPlan: text(32_000),
  filesToModify: listOf(path, 200),
  'metadata.fingerprint': z.strictObject({
    version: count,
    hash: word,
    parts: listOf(z.strictObject({ label: word, value: text(8_000) }), 50),
  }),
  'metadata.location': place,
  'metadata.stack': listOf(place, 100),
  'metadata.exceptionType': word,
  'metadata.language': word,
  'metadata.regression': z.boolean(),
  'metadata.severity': z.enum(['warning', 'error', 'fatal']),
  'metadata.reviewComments': listOf(text(4_000), 50),
  'metadata.mergedInto': word,
  'metadata.splitFrom': word,
  'metadata.splits': listOf(
    z.strictObject({ part: word, value: text(8_000), into: id, hash: word }),
    64,
  ),
  'metadata.rank': z.number().check(z.minimum(-1e6), z.maximum(1e6)),
  'metadata.snoozedUntil': time,
  'metadata.closedReason': text(4_000),
  'metadata.resolvedAt': time,
};
const ticketSet = z.partial(z.strictObject(ticketShape));

export type TicketSet = z.infer<typeof ticketSet>;
export const ticketSetNames: ReadonlySet<string> = new Set(Object.keys(ticketShape));

const latest = 2 ** 48;
const stamp = z.string().check(
  z.regex(/^\d{1,15}$/),
  z.refine((one) => Number(one) <= latest),
);
/** `{ "<when it was written>": [fields] }`; a key of metadata that has no value was taken away. */
const clocks = z.record(stamp, listOf(word, 100));

const ticket = z
  .strictObject({ kind: z.literal('ticket'), id, set: ticketSet, clocks })
  .check(z.refine(({ set, clocks: at }) => isCovered(set, at)));

function isCovered(set: object, at: Readonly<Record<string, readonly string[]>>): boolean {
  const names = Object.values(at).flat();
  return (
    new Set(names).size === names.length &&
    Object.keys(set).every((name) => names.includes(name)) &&
    names.every((name) => ticketSetNames.has(name) && (name in set || name.startsWith('metadata.')))
  );
}

const group = z.strictObject({
  kind: z.literal('group'),
  id,
  fingerprint: text(500),
  signal: z.enum(['exception', 'feedback', 'performance', 'interaction', 'quality']),
  /** All that this clone has counted by itself. */
  count: z.int().check(z.minimum(-1e12), z.maximum(1e12)),
  firstSeen: time,
  lastSeen: time,
});

const request = z.strictObject({
  kind: z.literal('request'),
  id,
  ticketId: id,
  createdAt: time,
  status: z.enum(requestStatuses),
  base: hash,
  commit: hash,
  /** Left out where it is long, or where it may hold a secret. */
  diff: optional(text(200_000)),
  files: listOf(path, 1_000),
  testFiles: listOf(path, 1_000),
  reasoning: text(8_000),
  component: word,
  confidence: z.number().check(z.minimum(0), z.maximum(1)),
  gates: listOf(
    z.strictObject({
      id: z.enum(gateIds),
      verdict: z.enum(['passed', 'failed', 'skipped', 'not_configured']),
      reason: text(1_000),
    }),
    20,
  ),
  model: word,
  costUsd: optional(money),
  requestedBy: optional(word),
  reviewedAt: optional(time),
  reviewedBy: optional(word),
  reviewComment: optional(text(4_000)),
  appliedAt: optional(time),
});

const attempt = z.strictObject({
  kind: z.literal('attempt'),
  id,
  ticketId: id,
  startedAt: time,
  endedAt: optional(time),
  outcome: z.enum(['running', 'succeeded', 'failed', 'cancelled', 'interrupted']),
  model: word,
  costUsd: optional(money),
});

const release = z.strictObject({
  kind: z.literal('release'),
  id,
  requestId: id,
  ticketId: id,
  commit: hash,
  branch: word,
  appliedAt: time,
  rolledBackAt: optional(time),
  rollbackReason: optional(text(4_000)),
});

/** A yes to a request of somebody else's, for the patch whose text has this SHA-256. */
export const teamApproval = z.strictObject({
  kind: z.literal('approval'),
  id,
  diff: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  at: time,
  comment: optional(text(4_000)),
});

export const teamPut = z.discriminatedUnion('kind', [
  ticket,
  group,
  request,
  attempt,
  release,
  teamApproval,
]);

/** One thing that a clone says; a later one of the same kind and id takes its place. */
export type TeamPut = z.infer<typeof teamPut>;
export type TeamPutOf<Kind extends TeamPut['kind']> = Extract<TeamPut, { kind: Kind }>;

/** A batch of a clone's chain, as it is noted in a backlog. */
export const teamBatch = z.strictObject({
  kind: z.literal('team'),
  chain: z.string().check(z.regex(chainPattern)),
  name: personName,
  seq: z.int().check(z.minimum(1)),
  /** Of the batch's head, by which the next one follows it. */
  hash: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  /** Of this very clone: what it says is here already. */
  own: z.boolean(),
  puts: z.readonly(z.array(teamPut)),
});

export type TeamBatch = z.infer<typeof teamBatch>;

/** The latest time at which any of it was written. */
export function latestStamp(puts: readonly TeamPut[]): number {
  const stamps = puts.flatMap((put) => (put.kind === 'ticket' ? Object.keys(put.clocks) : []));
  return stamps.reduce((most, one) => Math.max(most, Number(one)), 0);
}

/** What another clone says, with who says it. */
export type Said<Kind extends TeamPut['kind']> = TeamPutOf<Kind> & { readonly by: string };

export interface TeamChain {
  readonly chain: string;
  readonly name: string;
  readonly seq: number;
  readonly hash: string;
  readonly own: boolean;
}
