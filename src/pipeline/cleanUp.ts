import { type Backup, backups, dropBackup } from '../release/backups.ts';
import { dropLock } from '../release/locks.ts';
import { dropBranch, type OwnBranch, ownBranches } from '../release/branches.ts';
import type { Release } from '../core/patchRequest.ts';
import { errorMessage, isPatchwrightError } from '../core/errors.ts';
import type { Leftover } from '../core/leftover.ts';
import { audit } from './changes.ts';
import type { House } from './house.ts';
import { locksLeft } from './locksLeft.ts';

interface Removable extends Leftover {
  readonly remove: () => Promise<void>;
}

/** Nobody can need them, however much they are missed: these go without being asked about. */
const aged: readonly Leftover['kind'][] = ['backup', 'transcript', 'audit', 'archive'];

/** Removes what has passed its age. */
export async function removeAged(house: House): Promise<void> {
  try {
    const found = (await removables(house)).filter(({ kind }) => aged.includes(kind));
    if (found.length === 0) return;
    const removed = await cleanUp(house, aged);
    house.log(`Removed for their age: ${removed.map(({ name }) => name).join(', ')}.`);
  } catch (error) {
    if (isPatchwrightError(error, 'no_git')) return; // then nothing of ours is there
    // A locked ref for instance: the next process has another chance.
    if (!isPatchwrightError(error)) throw error;
    house.log(`Nothing was removed: ${errorMessage(error)}`);
  }
}

const dayMs = 86_400_000;
const keptDays = 90;
/** Of all transcripts together. */
const keptMiB = 256;

/**
 * What could go: backups, transcripts and files that nothing reads, of more than 90 days, the oldest transcripts
 * beyond 256 MiB, old audit events, and branches of patches that were decided.
 * Those with work that is not merged are a kind of their own, so that nobody loses them unasked.
 */
export async function leftovers(house: House): Promise<readonly Leftover[]> {
  return (await removables(house)).map(({ kind, name, why }) => ({ kind, name, why }));
}

/** Removes what is still left over of these kinds. */
export async function cleanUp(
  house: House,
  kinds: readonly Leftover['kind'][],
): Promise<readonly Leftover[]> {
  // Under the lock of decisions: a landing must not count on what goes away meanwhile.
  return house.backlog.exclusively('decide', async () => {
    const chosen = (await removables(house)).filter(({ kind }) => kinds.includes(kind));
    const actor = await house.reviewer();
    for (const { kind, name, remove } of chosen) {
      const note = (action: string) =>
        house.backlog.write([audit({ actor, action, subject: name, after: { kind } })]);
      // First the note: a crash must leave nothing removed that the trail doesn't know of.
      await note('leftover.removed');
      await remove().catch(async (error: unknown) => {
        await note('leftover.not_removed');
        throw error;
      });
    }
    return chosen.map(({ kind, name, why }) => ({ kind, name, why }));
  });
}

async function removables(house: House): Promise<readonly Removable[]> {
  await house.backlog.refresh();
  const old = new Date(house.clock.now().getTime() - keptDays * dayMs).toISOString();
  return [
    ...(await oldBackups(house, old)),
    ...(await decidedBranches(house)),
    ...(await oldTranscripts(house, old)),
    ...oldEvents(house),
    ...(await unusedFiles(house, old)),
    ...(await deadLocks(house)),
  ];
}

/** A signed checkpoint a day at most; see `prune` of the audit trail. */
function oldEvents(house: House): Removable[] {
  const { audit: trail } = house.backlog;
  const days = house.settings().audit.retentionDays;
  const daysAgo = (count: number): string =>
    new Date(house.clock.now().getTime() - count * dayMs).toISOString();
  if (trail.countBefore(daysAgo(days + 1)) === 0) return [];
  const before = daysAgo(days);
  return [
    {
      kind: 'audit',
      name: `audit events before ${before.slice(0, 10)}`,
      why: `${trail.countBefore(before)} of over ${days} days ago; a signed checkpoint takes their place.`,
      remove: async () => void (await trail.prune(before)),
    },
  ];
}

/** By the release they belong to: the commit may be far older than the landing, or than its rollback. */
async function oldBackups({ git, backlog }: House, old: string): Promise<Removable[]> {
  const releases = backlog.releases.list();
  const landed = new Map(releases.map((one) => [one.backupRef, one]));
  /** A rollback's follows that of a landing before it, which is the last below its number. */
  const landingBefore = (ref: string): Release | undefined => {
    const [folder, number] = placeOf(ref);
    for (let earlier = number - 1; earlier > 0; earlier -= 1) {
      const release = landed.get(`${folder}${earlier}`);
      if (release) return release;
    }
    return undefined;
  };
  const at = (backup: Backup): string => {
    const own = landed.get(backup.ref)?.appliedAt;
    if (own !== undefined) return own;
    const { rolledBackAt = '', appliedAt = '' } = landingBefore(backup.ref) ?? {};
    return [backup.at, appliedAt, rolledBackAt].reduce((a, b) => (a > b ? a : b));
  };
  return (await backups({ git }))
    .filter((backup) => at(backup) < old)
    .map((backup) => ({
      kind: 'backup',
      name: backup.ref,
      why: `Where the branch was on ${at(backup).slice(0, 10)}, over ${keptDays} days ago.`,
      remove: () => dropBackup({ git }, backup),
    }));
}

function placeOf(ref: string): readonly [folder: string, number: number] {
  const end = ref.lastIndexOf('/') + 1;
  return [ref.slice(0, end), Number(ref.slice(end)) || 0];
}

async function decidedBranches({ git, backlog }: House): Promise<Removable[]> {
  const decided = backlog.requests
    .list({ statuses: ['DENIED', 'APPLIED', 'ROLLED_BACK', 'FAILED'] })
    .map(({ branch }) => branch);
  const awaited = new Set(
    backlog.requests.list({ statuses: ['PENDING_APPROVAL', 'APPROVED'] }).map((one) => one.branch),
  );
  const names = [...new Set(decided)].filter((name) => !awaited.has(name));
  return (await ownBranches({ git }, names))
    .filter(({ inUse }) => !inUse)
    .map((branch: OwnBranch) => ({
      kind: branch.merged ? 'branch' : 'unmerged_branch',
      name: branch.name,
      why: branch.merged
        ? 'Its patch was decided, and the current branch has all of it.'
        : 'Its patch was decided, but the current branch does not have it: only this branch keeps it.',
      remove: () => dropBranch({ git }, branch),
    }));
}

async function oldTranscripts(house: House, old: string): Promise<Removable[]> {
  const running = new Set(house.backlog.attempts.running().map(({ id }) => id));
  const newestFirst = (await house.transcripts.list()).toSorted((a, b) => (a.at < b.at ? 1 : -1));
  let sum = 0;
  return newestFirst.flatMap(({ attemptId, at, bytes }): Removable[] => {
    sum += bytes;
    const tooMuch = sum > keptMiB * 1024 ** 2;
    if ((at >= old && !tooMuch) || running.has(attemptId)) return [];
    const reason = at < old ? `over ${keptDays} days ago` : `and younger ones take ${keptMiB} MiB`;
    return [
      {
        kind: 'transcript',
        name: attemptId,
        why: `Last written to on ${at.slice(0, 10)}, ${reason}.`,
        remove: () => house.transcripts.remove(attemptId),
      },
    ];
  });
}

async function unusedFiles({ backlog }: House, old: string): Promise<Removable[]> {
  const why = {
    archive: 'No ticket, request or attempt is in it any more.',
    set_aside: 'A damaged snapshot of the backlog, which was made anew.',
  } as const;
  return (await backlog.unused.list(old)).map((file) => ({
    kind: file.kind,
    name: file.name,
    why: `${why[file.kind]} Written on ${file.at.slice(0, 10)}, over ${keptDays} days ago.`,
    remove: () => backlog.unused.remove(file),
  }));
}

async function deadLocks(house: House): Promise<Removable[]> {
  return (await locksLeft(house)).map((lock) => ({
    kind: 'lock',
    name: lock.name,
    why: `A git that was killed has left it on ${lock.at.slice(0, 10)} at ${lock.at.slice(11, 16)} UTC; none is at work here now.`,
    remove: () => dropLock(lock),
  }));
}
