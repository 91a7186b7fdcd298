import { lastAtOf, occurrencesOf, type Signal } from './signal.ts';
import { countIn, dayMs, hourMs, lastOf, type Recent } from './triage.ts';
import type { SignalGroup } from './ticket.ts';
import { isNewer, type WorkspaceVersion } from './versions.ts';

/**
 * A ticket closed as not worth fixing stays closed, however often it is seen again, until its reason may
 * no longer hold: it is seen in a new release, or far more often than when it was closed. Pure.
 */

/** How things were when a ticket was closed, and what was seen of it since. */
export interface Closed {
  readonly at: string;
  /** Occurrences in an hour and in a day, as they were usual then. */
  readonly perHour: number;
  readonly perDay: number;
  readonly version: WorkspaceVersion;
  /** Releases that the log had named with it. */
  readonly releases: readonly string[];
  readonly hour?: Recent;
  readonly day?: Recent;
}

/** Why a closed ticket was opened again. */
export interface Reopened {
  readonly at: string;
  readonly why: 'new_release' | 'higher_rate';
  /** In words. */
  readonly reason: string;
}

/** As it lies in a ticket's metadata, which another hand may have written. */
export function closedOf({ closed }: { readonly closed?: unknown }): Closed | undefined {
  const { at, perHour, perDay, version, releases } = (closed ?? {}) as Partial<Closed>;
  const isWhole =
    typeof at === 'string' &&
    typeof perHour === 'number' &&
    typeof perDay === 'number' &&
    Array.isArray(version?.tags) &&
    Array.isArray(releases);
  return isWhole ? (closed as Closed) : undefined;
}

export function reopenedText({ reopened }: { readonly reopened?: unknown }): string | undefined {
  const { reason } = (reopened ?? {}) as Partial<Reopened>;
  return typeof reason === 'string' ? reason : undefined;
}

export function closedNow(
  seen: Pick<SignalGroup, 'count' | 'firstSeen' | 'lastSeen'> | undefined,
  recent: Recent | undefined,
  version: WorkspaceVersion,
  releases: readonly string[],
  now: string,
): Closed {
  return {
    at: now,
    perHour: usualIn(hourMs, seen, recent),
    perDay: usualIn(dayMs, seen, recent),
    version,
    releases,
  };
}

/** On average over the time it was seen, or as in its last hour should that have been more. */
function usualIn(
  periodMs: number,
  seen: Pick<SignalGroup, 'count' | 'firstSeen' | 'lastSeen'> | undefined,
  recent: Recent | undefined,
): number {
  if (!seen) return 0;
  const periods = (Date.parse(seen.lastSeen) - Date.parse(seen.firstSeen)) / periodMs;
  const average = seen.count / Math.max(1, Number.isNaN(periods) ? 1 : periods);
  return Math.max(average, recent ? lastOf(recent, seen.lastSeen, hourMs) : 0);
}

/** What one more signal makes of it: counted, or reason enough to open the ticket again. */
export function seenClosed(
  closed: Closed,
  signal: Signal,
  version: WorkspaceVersion | undefined,
): { readonly closed: Closed; readonly reopened?: Reopened } {
  // A line of before says nothing new, whenever it is read.
  const at = lastAtOf(signal);
  if (!(at > closed.at)) return { closed };
  const times = occurrencesOf(signal);
  const hour = countIn(hourMs, closed.hour, at, times);
  const day = countIn(dayMs, closed.day, at, times);
  const counted = { ...closed, ...(hour ? { hour } : {}), ...(day ? { day } : {}) };
  const release = newRelease(closed, signal, version);
  const rise =
    release === undefined
      ? (riseOf('hour', hour, closed.perHour, at, hourMs) ??
        riseOf('day', day, closed.perDay, at, dayMs))
      : undefined;
  const reason = release ?? rise;
  if (reason === undefined) return { closed: counted };
  const why = release === undefined ? 'higher_rate' : 'new_release';
  return { closed: counted, reopened: { at, why, reason } };
}

const riseLeast = 10;
const riseTimes = 3;

/** Three times the usual rate and ten in all: one more, or a few, of something rare is no rise. */
function riseOf(
  period: 'hour' | 'day',
  recent: Recent | undefined,
  usual: number,
  at: string,
  periodMs: number,
): string | undefined {
  const count = recent ? lastOf(recent, at, periodMs) : 0;
  if (count < riseLeast || count < riseTimes * usual) return undefined;
  return `Seen ${count} times within the last ${period}; when it was closed it was ${rounded(usual)}.`;
}

function rounded(usual: number): string {
  return usual < 1 ? 'less than one' : String(Math.round(usual));
}

/** What the log itself says of its release counts; where it says nothing, what the repository says. */
function newRelease(
  closed: Closed,
  signal: Signal,
  version: WorkspaceVersion | undefined,
): string | undefined {
  const release = signal.kind === 'exception' ? signal.release : undefined;
  if (release !== undefined) return newInLog(closed, release);
  return version && newInRepository(closed.version, signal.at, version);
}

/** Newer than all that were known then; of names without an order, one that was not. */
function newInLog({ releases, version }: Closed, release: string): string | undefined {
  const known = releases.length > 0 ? releases : version.manifest ? [version.manifest.name] : [];
  if (known.length === 0 || known.includes(release)) return undefined;
  const isNew = known.every(
    (one) => isNewer(release, one) ?? (releases.length > 0 && !releases.includes(release)),
  );
  return isNew ? `Seen in release ${release}; it was closed at ${known.at(-1)}.` : undefined;
}

function newInRepository(
  then: WorkspaceVersion,
  at: string,
  now: WorkspaceVersion,
): string | undefined {
  const { manifest, tag } = now;
  if (manifest && then.manifest && at >= manifest.at) {
    if (isNewer(manifest.name, then.manifest.name)) {
      return `Seen in version ${manifest.name}; it was closed at ${then.manifest.name}.`;
    }
  }
  if (!tag || at < tag.at || then.tags.some(({ name }) => name === tag.name)) return undefined;
  // An old tag may only have been fetched since, or have fallen off the list.
  const oldest = then.tags.at(-1);
  if (oldest && tag.at < oldest.at) return undefined;
  const before = then.tag ? `; it was closed at ${then.tag.name}` : '';
  return `Seen since the release ${tag.name}${before}.`;
}
