/** Which commit most likely caused a fault: those that touched its code shortly before it was first seen. */

export interface CommitInfo {
  /** Full hash. */
  readonly commit: string;
  /** When it was written, ISO 8601 UTC. */
  readonly at: string;
  readonly author: string;
  readonly subject: string;
}

export interface Suspect extends CommitInfo {
  /** Higher is likelier; to compare suspects of one ticket only. */
  readonly score: number;
  /** In words, the weightiest first. */
  readonly reasons: readonly string[];
}

/** line: last changed the failing line. caller: last changed a line that led there. near: lines around it. */
export type TouchKind = 'line' | 'caller' | 'near' | 'file';

/** What a commit did to the code of a stack. */
export interface Touch {
  readonly commit: string;
  readonly kind: TouchKind;
  readonly file: string;
  readonly line?: number;
}

const weights: Readonly<Record<TouchKind, number>> = { line: 6, caller: 3, near: 2, file: 1 };
const kinds: readonly TouchKind[] = ['line', 'caller', 'near', 'file'];
const weekMs = 7 * 86_400_000;
export const maxSuspects = 5;

/**
 * Ranks by what was touched (the failing line counts most) times how shortly before the first
 * occurrence; half the weight after a week. What was written after it can't have caused it.
 */
export function rankSuspects(
  touches: readonly Touch[],
  commits: readonly CommitInfo[],
  firstSeen: string,
): readonly Suspect[] {
  const first = Date.parse(firstSeen);
  return commits
    .filter(({ at }) => Date.parse(at) <= first)
    .map((info) => suspectOf(info, ofCommit(touches, info.commit), first))
    .filter(({ reasons }) => reasons.length > 0)
    .sort((a, b) => b.score - a.score || b.at.localeCompare(a.at) || (a.commit < b.commit ? -1 : 1))
    .slice(0, maxSuspects);
}

/** The weightiest of each file's, so that one change isn't counted three times. */
function ofCommit(touches: readonly Touch[], commit: string): readonly Touch[] {
  const best = new Map<string, Touch>();
  for (const touch of touches) {
    if (touch.commit !== commit) continue;
    const known = best.get(touch.file);
    if (!known || weights[touch.kind] > weights[known.kind]) best.set(touch.file, touch);
  }
  return [...best.values()].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}

function suspectOf(info: CommitInfo, touches: readonly Touch[], first: number): Suspect {
  const age = first - Date.parse(info.at);
  const [top = 0, ...rest] = touches.map(({ kind }) => weights[kind]);
  // A commit that changed a bit of everything is no likelier than one that changed the failing line.
  const weight = top + rest.reduce((sum, more) => sum + more, 0) / 10;
  return {
    ...info,
    score: Math.round((1000 * weight) / (1 + age / weekMs)) / 1000,
    reasons: touches.map(
      (touch) => `${whatText(touch)}, ${agoText(age)} before the first occurrence`,
    ),
  };
}

function whatText({ kind, file, line }: Touch): string {
  const where = line === undefined ? file : `${file}:${line}`;
  switch (kind) {
    case 'line':
      return `changed ${where}, the failing line`;
    case 'caller':
      return `changed ${where}, a line that led there`;
    case 'near':
      return `changed lines near ${where}`;
    case 'file':
      return `changed ${where}`;
  }
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** `2 hours`, `1 day`, `less than a minute`. */
function agoText(ms: number): string {
  for (const [unit, size] of units) {
    const count = Math.floor(ms / size);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return 'less than a minute';
}

/** What a ticket's metadata holds, which may come with a cloned repository: nothing of another shape. */
export function suspectsOf({ suspects }: { readonly suspects?: unknown }): readonly Suspect[] {
  return Array.isArray(suspects) ? suspects.filter(isSuspect).slice(0, maxSuspects) : [];
}

function isSuspect(value: unknown): value is Suspect {
  if (typeof value !== 'object' || value === null) return false;
  const { commit, at, author, subject, score, reasons } = value as Record<string, unknown>;
  return (
    [commit, at, author, subject].every((text) => typeof text === 'string') &&
    typeof score === 'number' &&
    Array.isArray(reasons) &&
    reasons.every((text) => typeof text === 'string')
  );
}

/** `1a2b3c4d Read prices from a table (Ann): changed …`; one line for lists. */
export function suspectText({ commit, subject, author, reasons }: Suspect): string {
  return `${commit.slice(0, 10)} ${subject} (${author}): ${reasons.join('; ')}`;
}
