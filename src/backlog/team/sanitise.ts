import * as z from 'zod/mini';
import type { Attempt } from '../../core/attempt.ts';
import type { PatchRequest, Release } from '../../core/patchRequest.ts';
import { redact } from '../../core/secrets.ts';
import { scanSecrets } from '../../core/secretScan.ts';
import { isPathInside, type TeamPut, teamPut, ticketShape } from '../../core/team.ts';
import type { Evidence, Location, Reasoned, Ticket } from '../../core/ticket.ts';

/*
 * What of our rows others may read. Only what is named here leaves, and the secret rules run over each
 * text once more, although none should have been stored.
 */

const maxDiffChars = 200_000;

function text(value: string, most: number): string {
  const clean = redact(value);
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
}

/** A log that lies elsewhere keeps its name only. */
function fileName(file: string): string {
  if (isPathInside(file)) return file.slice(0, 500);
  const name = file.split(/[/\\]/).at(-1) ?? '';
  return isPathInside(name) && name !== '' ? name : 'elsewhere';
}

const reasoned = ({ value, reason }: Reasoned<unknown>) => ({ value, reason: text(reason, 2_000) });
const within = (files: readonly string[]) => files.filter(isPathInside).slice(0, 200);
const place = ({ file, line, function: name }: Location) => ({
  file,
  ...(line === undefined ? {} : { line }),
  ...(name === undefined ? {} : { function: name.slice(0, 200) }),
});

const fields: { readonly [K in keyof Ticket]?: (value: Ticket[K]) => unknown } = {
  title: (value) => text(value, 2_000),
  description: (value) => text(value, 32_000),
  priority: reasoned,
  risk: reasoned,
  effort: reasoned,
  evidence: (value) => value.slice(0, 10).map(seen),
  proposedSolution: (value) => text(value, 32_000),
  testPlan: (value) => text(value, 32_000),
  filesToModify: within,
};

function seen({ at, file, offset, text: said, traits }: Evidence) {
  return {
    at,
    file: fileName(file),
    offset,
    text: text(said, 16_000),
    ...(traits === undefined ? {} : { traits }),
  };
}

const metadata: Readonly<Record<string, (value: never) => unknown>> = {
  fingerprint: ({ version, hash, parts }: NonNullable<Ticket['metadata']['fingerprint']>) => ({
    version,
    hash,
    parts: parts.map(({ label, value }) => ({ label, value: text(value, 8_000) })),
  }),
  location: place,
  stack: (value: readonly Location[]) =>
    value
      .filter(({ file }) => isPathInside(file))
      .slice(0, 100)
      .map(place),
  reviewComments: (value: readonly string[]) => value.slice(-50).map((one) => text(one, 4_000)),
  splits: (value: NonNullable<Ticket['metadata']['splits']>) =>
    value.map(({ part, value: of, into, hash }) => ({ part, value: text(of, 8_000), into, hash })),
  closedReason: (value: string) => text(value, 4_000),
};

/** A field of a ticket (`title`, `metadata.rank`) as it may be said; undefined when it may not. */
export function sayField(ticket: Ticket, name: string): unknown {
  const schema = (ticketShape as Readonly<Record<string, z.ZodMiniType>>)[name];
  if (!schema) return undefined;
  try {
    const said = name.startsWith('metadata.')
      ? sayMetadata(ticket, name.slice('metadata.'.length))
      : sayOwn(ticket, name as keyof Ticket);
    return z.safeParse(schema, said).success ? said : undefined;
  } catch {
    return undefined; // another hand was at the database: it has another form than ours
  }
}

function sayOwn(ticket: Ticket, name: keyof Ticket): unknown {
  const say = fields[name] as ((value: unknown) => unknown) | undefined;
  return say ? say(ticket[name]) : ticket[name];
}

function sayMetadata(ticket: Ticket, key: string): unknown {
  const value = ticket.metadata[key];
  const say = metadata[key];
  return value === undefined || !say ? value : say(value as never);
}

export function sayRequest(request: PatchRequest): TeamPut | undefined {
  const { files, testFiles, confidence, gates, reasoning, reviewComment, diff } = request;
  const isHere = request.archive === undefined;
  const isOpen = isHere && diff.length <= maxDiffChars && scanSecrets(diff).length === 0;
  return checked({
    kind: 'request',
    id: request.id,
    ...pick(request, ['ticketId', 'createdAt', 'status', 'base', 'commit']),
    ...(isOpen ? { diff } : {}),
    files: within(files.map(({ path }) => path)),
    testFiles: within(testFiles),
    reasoning: text(reasoning, 8_000),
    component: request.component.slice(0, 200),
    confidence: confidence.value,
    gates: gates.map(({ id, verdict, reason }) => ({ id, verdict, reason: text(reason, 1_000) })),
    ...pick(request, ['model', 'costUsd', 'requestedBy', 'reviewedAt', 'reviewedBy', 'appliedAt']),
    ...(reviewComment === undefined ? {} : { reviewComment: text(reviewComment, 4_000) }),
  });
}

/** What counts for limits and figures; no texts. */
export function sayAttempt(attempt: Attempt): TeamPut | undefined {
  const names = ['ticketId', 'startedAt', 'endedAt', 'outcome', 'model', 'costUsd'] as const;
  return checked({ kind: 'attempt', id: attempt.id, ...pick(attempt, names) });
}

export function sayRelease(release: Release): TeamPut | undefined {
  const { rollbackReason } = release;
  return checked({
    kind: 'release',
    id: release.id,
    ...pick(release, ['requestId', 'ticketId', 'commit', 'branch', 'appliedAt', 'rolledBackAt']),
    ...(rollbackReason === undefined ? {} : { rollbackReason: text(rollbackReason, 4_000) }),
  });
}

function pick<T extends object>(from: T, names: readonly (keyof T & string)[]) {
  const known = names.filter((name) => from[name] !== undefined);
  return Object.fromEntries(known.map((name) => [name, from[name]])) as Record<string, unknown>;
}

/** Others would refuse what is not of this form, so it stays here. */
export function checked(put: object): TeamPut | undefined {
  const parsed = z.safeParse(teamPut, put);
  return parsed.success ? (put as TeamPut) : undefined;
}
