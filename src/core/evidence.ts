import * as z from 'zod/mini';
import { PatchwrightError } from './errors.ts';
import { type GateReport, gateIds } from './gate.ts';

/** What proves a patch, in one file: see "Evidence bundles" in the README. */

export const evidenceFormat = 'patchwright-evidence';
/** Raised when a reader of before would misread it. */
export const evidenceVersion = 1;

const objectId = z.string().check(z.regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/));
const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));

const bundle = z.object({
  format: z.literal(evidenceFormat),
  version: z.literal(evidenceVersion),
  madeAt: z.string(),
  madeBy: z.object({ patchwright: z.string(), node: z.string(), platform: z.string() }),
  request: z.object({
    id: z.string(),
    ticketId: z.string(),
    title: z.string(),
    reasoning: z.string(),
    createdAt: z.string(),
    confidence: z.number(),
    /** What the reproduction may fail with; null: by its own assertion only. */
    exceptionType: z.nullable(z.string()),
  }),
  model: z.object({
    name: z.string(),
    costUsd: z.nullable(z.number()),
    steps: z.nullable(z.number()),
    usage: z.nullable(z.record(z.string(), z.number())),
  }),
  base: z.object({ commit: objectId, tree: objectId }),
  patch: z.object({
    commit: objectId,
    tree: objectId,
    /** Of `git diff --binary --full-index`: whole, so that the base is all that it needs. */
    diff: z.string(),
    sha256,
    testFiles: z.array(z.string()),
  }),
  tests: z.array(z.object({ path: z.string(), content: z.string(), sha256 })),
  gates: z.array(
    z.object({
      id: z.enum(gateIds),
      verdict: z.enum(['passed', 'failed', 'skipped', 'not_configured']),
      reason: z.string(),
      durationMs: z.number(),
      evidence: z.array(z.string()),
      marks: z.array(z.string()),
      /** The end of what was run: of the reproduction, failing without the patch and passing with it. */
      output: z.string(),
    }),
  ),
  /** How the app did under load, with intervals; nothing verifies that again. */
  canary: z.optional(z.unknown()),
  /** What the gates went by. Of no effect where the bundle is verified: there, that folder's own count. */
  settings: z.record(z.string(), z.unknown()),
  /** Over everything above, as it stands in the file. */
  sha256,
});

export type EvidenceBundle = z.infer<typeof bundle>;

/** Throws `corrupt` for what is no bundle, or one of another version. */
export function parseEvidence(text: string): EvidenceBundle {
  const parsed = z.safeParse(bundle, parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw noBundle(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw noBundle('It is no JSON.');
  }
  if (isDeeperThan(deepest, value)) throw noBundle('It is nested too deeply.');
  return value;
}

/** Settings, the deepest part, have five levels; what hashes and compares a bundle goes down into all of them. */
const deepest = 100;

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((one) => isDeeperThan(levels - 1, one));
}

function noBundle(why: string): PatchwrightError {
  return new PatchwrightError('corrupt', {
    what: `The file is no evidence bundle of version ${evidenceVersion}.`,
    why,
    remedy: 'Make one with `patchwright export`.',
  });
}

export interface Verification {
  /** Nothing differs. */
  readonly same: boolean;
  readonly differences: readonly Difference[];
  /** What may explain a difference, and is none itself. */
  readonly notes: readonly string[];
  readonly gates: readonly GateReport[];
}

export interface Difference {
  /** `hash of the patch`, `gate suite`, … */
  readonly what: string;
  readonly bundle: string;
  readonly here: string;
}
