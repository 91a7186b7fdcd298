import {
  type BatchHead,
  checkHead,
  encodeBatch,
  personOf,
  piecesOf,
  type Refused,
  type Signer,
} from '../../backlog/team/batch.ts';
import { errorMessage, isPatchwrightError, PatchwrightError } from '../../core/errors.ts';
import type { Change } from '../../core/change.ts';
import type { Git } from '../../core/ports.ts';
import type { TeamBatch, TeamPut } from '../../core/team.ts';
import { withEnv } from '../../release/ownGit.ts';
import { audit } from '../changes.ts';
import type { House } from '../house.ts';
import {
  type ChainTip,
  commitBatch,
  commitsOf,
  fetchChains,
  headsOf,
  incomingRefs,
  makeRepository,
  moveTip,
  pushTip,
  repositoryName,
  taken,
  tipOf,
} from './chainRefs.ts';
import { distrust, notMet, type Person } from './people.ts';
import {
  elsewhere,
  type Known,
  nextBatches,
  nothingKnown,
  takeIn,
  type TakenIn,
} from './takeIn.ts';

export interface SyncOptions {
  /** Says what would be sent; the remote is not asked. */
  readonly dryRun?: boolean;
  /** A key to be trusted with its name although that name has another one. */
  readonly trust?: string;
  /** A chain of more batches than this begins anew. */
  readonly maxBatches?: number;
}

export interface SyncReport {
  readonly remote: string;
  readonly received: readonly {
    readonly chain: string;
    readonly name: string;
    readonly changes: number;
    readonly bad: number;
  }[];
  readonly refused: readonly { readonly chain: string; readonly why: string }[];
  /** Whose keys were seen for the first time, and are trusted from now on. */
  readonly met: readonly Person[];
  /** Changes of ours that were put into our chain; of a dry run, that would be. */
  readonly sent: number;
  /** Whether the remote has all of our chain now. */
  readonly pushed: boolean;
  /** Why the remote could not be read or written. */
  readonly failed?: string;
  /** Of a dry run: what would leave, as it would. */
  readonly puts?: readonly TeamPut[];
}

/** Old batches are replaced by what still holds of them. */
const usualBatches = 64;

type Syncing = Pick<House, 'backlog' | 'git' | 'clock' | 'log' | 'settings' | 'reviewer' | 'team'>;

/**
 * Exchanges what was changed since the last time with the other clones, through refs of the remote. Each
 * step is written down before the next, and all can be done again: a crash or a remote that can't be
 * reached leaves everything as it was, to be gone on with the next time.
 */
export function sync(
  house: Syncing,
  options: SyncOptions,
  signal: AbortSignal,
): Promise<SyncReport> {
  return house.backlog.exclusively('sync', () => syncNow(house, options, signal), signal);
}

/** Whose keys were met at the remote. */
export async function peopleMet(
  house: Pick<House, 'git' | 'settings' | 'team'>,
): Promise<readonly Person[]> {
  const { address } = await placeOf(house.git, house.settings().sync.remote);
  return house.team.people(address);
}

async function syncNow(
  house: Syncing,
  options: SyncOptions,
  signal: AbortSignal,
): Promise<SyncReport> {
  const { enabled, remote } = house.settings().sync;
  if (!enabled && !options.dryRun) throw isOff();
  // A replacement ref must not show another content than the one that was signed.
  const git = withEnv(house.git, { GIT_NO_REPLACE_OBJECTS: '1' });
  const here = { ...house, git };
  const place = await placeOf(git, remote);
  const signer = await house.team.signer(await house.reviewer());
  if (options.dryRun) {
    const puts = house.backlog.team.pending(signer.chain, { all: false });
    return { ...nothing(remote), sent: puts.length, puts };
  }
  const note = (report: SyncReport): Promise<void> =>
    house.backlog.write([noteOf(report, signer.name)]);
  try {
    const report = await exchange(here, { signer, place, remote, ...options }, signal);
    await note(report);
    return report;
  } catch (error) {
    // Whoever looks later has not seen it refuse.
    if (isPatchwrightError(error, 'untrusted')) {
      await note({ ...nothing(remote), failed: errorMessage(error) });
    }
    throw error;
  }
}

/** By which one sees when it was, and what came of it. */
function noteOf({ received, refused, sent, failed }: SyncReport, actor: string): Change {
  const changes = received.reduce((sum, one) => sum + one.changes, 0);
  const after = { received: changes, sent, refused: refused.length };
  return failed === undefined
    ? audit({ actor, action: syncDone, subject: 'sync', after })
    : audit({ actor, action: syncFailed, subject: 'sync', after: { ...after, why: failed } });
}

export const syncDone = 'sync.done';
export const syncFailed = 'sync.failed';

interface Exchange extends Pick<SyncOptions, 'trust' | 'maxBatches'> {
  readonly signer: Signer;
  readonly place: Place;
  readonly remote: string;
}

async function exchange(
  house: Syncing,
  { signer, place, remote, trust, maxBatches = usualBatches }: Exchange,
  signal: AbortSignal,
): Promise<SyncReport> {
  const { git } = house;
  const own = await takeOwn(house, signer, signal);
  const found = await unlessUnreachable(() => incomingFrom(house, remote, signal));
  if ('failed' in found) return { ...nothing(remote), failed: found.failed };
  const { repository, tips } = found;
  const at = { ...place, repository };
  const others = await takeOthers(house, { signer, place: at, tips, trust }, signal);
  const saying = { signer, place: at, maxBatches };
  const { sent, commit } = await say(house, own, saying, signal);
  const end = { chain: signer.chain, commit };
  const failed = await push(git, remote, end, others.ownSeen, signal);
  const { received, refused, met } = others;
  const report = { remote, received, refused, met, sent, pushed: failed === undefined };
  return failed === undefined ? report : { ...report, failed };
}

function nothing(remote: string): SyncReport {
  return { remote, received: [], refused: [], met: [], sent: 0, pushed: false };
}

async function unlessUnreachable<T extends object>(
  work: () => Promise<T>,
): Promise<T | { readonly failed: string }> {
  try {
    return await work();
  } catch (error) {
    if (!isPatchwrightError(error, 'git_failed')) throw error;
    return { failed: errorMessage(error) };
  }
}

interface Agreed {
  readonly repository: string;
  readonly tips: readonly ChainTip[];
}

/** The first clone that comes says which repository it is, all others hold on to that. */
async function incomingFrom(
  { git, clock }: Syncing,
  remote: string,
  signal: AbortSignal,
): Promise<Agreed> {
  await fetchChains(git, remote, signal);
  const { repository: theirs, tips } = await incomingRefs(git, signal);
  const ours = await tipOf(git, repositoryName);
  if (theirs !== undefined && ours !== undefined && ours !== theirs) throw isElsewhere(remote);
  const repository = theirs ?? ours ?? (await makeRepository(git, clock.now().toISOString()));
  const tip = { chain: repositoryName, commit: repository };
  // Whoever was quicker is heard the next time.
  if (theirs === undefined) await pushTip(git, remote, tip, undefined, signal);
  if (ours === undefined) await moveTip(git, repositoryName, repository);
  return { repository, tips };
}

function isElsewhere(remote: string): PatchwrightError {
  return new PatchwrightError('untrusted', {
    what: 'Nothing was synced.',
    why: `What lies below ${taken} of ${remote} is the backlog of another repository than was synced with before.`,
    remedy: `Look at patchwright.sync.remote. If it was begun anew on purpose, delete ${taken}${repositoryName} here (\`git update-ref -d\`) and sync again.`,
  });
}

function isOff(): PatchwrightError {
  return new PatchwrightError('invalid_settings', {
    what: 'Nothing was synced.',
    why: 'Sharing the backlog is off.',
    remedy:
      'See with `patchwright sync --dry-run` what would leave, and switch on patchwright.sync.enabled in your own settings.',
  });
}

interface Place {
  /** The remote's address, by which people are remembered. */
  readonly address: string;
  /** Of the repository. */
  readonly folder: string;
}

/** A name that git has a remote for, and nothing that would be taken for an address. */
async function placeOf(git: Git, remote: string): Promise<Place> {
  const args = ['config', '--get', `remote.${remote}.url`];
  const { out: address } = await git.code(args, { okCodes: [0, 1] });
  if (address === '') {
    throw new PatchwrightError('not_found', {
      what: 'Nothing was synced.',
      why: `There is no git remote named ${JSON.stringify(remote)} (patchwright.sync.remote).`,
      remedy: 'Add it with `git remote add`, or name another one.',
    });
  }
  return { address, folder: await git.run(['rev-parse', '--show-prefix']) };
}

/** What a crash kept from being noted, after it was put into our chain. Resolves with its end. */
async function takeOwn(
  house: Syncing,
  { chain }: Signer,
  signal: AbortSignal,
): Promise<CheckedTip | undefined> {
  const commit = await tipOf(house.git, chain);
  const [tip] = commit === undefined ? [] : await checkTips(house.git, [{ chain, commit }], signal);
  if (!tip || 'refused' in tip) return undefined;
  if (knownOf(house, chain).hash !== tip.hash) await takeChain(house, tip, true, signal);
  return tip;
}

interface CheckedTip extends ChainTip {
  readonly head: BatchHead;
  readonly hash: string;
}

/** With their heads, which say whose they are. */
async function checkTips(
  git: Git,
  tips: readonly ChainTip[],
  signal: AbortSignal,
): Promise<readonly (CheckedTip | (ChainTip & Refused))[]> {
  const commits = tips.map(({ commit }) => commit);
  const heads = await headsOf(git, commits, signal);
  return tips.map((tip, index) => {
    const bytes = heads[index];
    return bytes ? { ...tip, ...checkHead(bytes) } : { ...tip, refused: 'it is no chain' };
  });
}

async function takeChain(
  house: Syncing,
  tip: CheckedTip,
  own: boolean,
  signal: AbortSignal,
): Promise<TakenIn> {
  const next = await nextBatches(house.git, tip, knownOf(house, tip.chain), signal);
  if ('refused' in next) return { changes: 0, bad: 0, refused: next.refused };
  return takeIn(house, next, { name: tip.head.name, own }, signal);
}

function knownOf({ backlog }: Pick<House, 'backlog'>, chain: string): Known {
  return backlog.team.chains().find((one) => one.chain === chain) ?? nothingKnown;
}

interface Listening {
  readonly signer: Signer;
  readonly place: Place & Pick<Agreed, 'repository'>;
  readonly tips: readonly ChainTip[];
  readonly trust: string | undefined;
}

async function takeOthers(
  house: Syncing,
  { signer, place, tips: found, trust }: Listening,
  signal: AbortSignal,
): Promise<
  Pick<SyncReport, 'received' | 'refused' | 'met'> & { readonly ownSeen: string | undefined }
> {
  const { git, team } = house;
  const tips = await checkTips(git, found, signal);
  const received: SyncReport['received'][number][] = [];
  const refused: SyncReport['refused'][number][] = [];
  const met: Person[] = [];
  let wasTrusted = trust === undefined;
  const meet = async (fingerprint: string, name: string): Promise<string | undefined> => {
    const people = await team.people(place.address);
    const why = distrust(people, fingerprint, name);
    if (fingerprint === trust) wasTrusted = true;
    if (why !== undefined && fingerprint !== trust) return why;
    if (people.some((one) => one.fingerprint === fingerprint && one.name === name)) return;
    const person = { fingerprint, name, since: house.clock.now().toISOString() };
    await team.remember(place.address, person);
    met.push(person);
    return undefined;
  };
  // Ours first, so that nobody else can be met by that name.
  await meet(personOf(signer.chain), signer.name);
  met.length = 0;
  for (const tip of tips) {
    const { chain } = tip;
    const own = chain === signer.chain;
    const refuse = (why: string) => {
      if (!own) refused.push({ chain, why }); // what others made of ours is put right below
    };
    if ('refused' in tip) {
      refuse(tip.refused);
      continue;
    }
    const { head } = tip;
    if (head.repository !== place.repository) {
      refuse(elsewhere);
      continue;
    }
    if (head.folder !== place.folder) continue; // another folder's backlog
    const why = own ? undefined : await meet(personOf(chain), head.name);
    if (why !== undefined) {
      refuse(why);
      continue;
    }
    if (knownOf(house, chain).hash === tip.hash) continue;
    const { changes, bad, refused: part } = await takeChain(house, tip, own, signal);
    if (part !== undefined) refuse(part);
    else if (!own) await moveTip(git, chain, tip.commit); // git keeps it, whatever comes next
    if (changes > 0 && !own) received.push({ chain, name: head.name, changes, bad });
  }
  if (trust !== undefined && !wasTrusted) throw notMet(trust);
  return { received, refused, met, ownSeen: tips.find((t) => t.chain === signer.chain)?.commit };
}

interface Saying {
  readonly signer: Signer;
  readonly place: Listening['place'];
  readonly maxBatches: number;
}

/**
 * Puts what is new of ours into our chain: first into git, then the note of it into the backlog. A chain
 * that is long, or that git no longer has as it was left, begins anew with all that still holds.
 */
async function say(
  house: Syncing,
  own: CheckedTip | undefined,
  { signer, place: { folder, repository }, maxBatches }: Saying,
  signal: AbortSignal,
): Promise<{ readonly sent: number; readonly commit: string | undefined }> {
  const { git, backlog } = house;
  const { chain, name } = signer;
  const known = knownOf(house, chain);
  const isWhole =
    own !== undefined && own.hash === known.hash && own.head.repository === repository;
  const fresh = isWhole ? backlog.team.pending(chain, { all: false }) : [];
  if (isWhole && fresh.length === 0) return { sent: 0, commit: own.commit };
  const length = isWhole ? (await commitsOf(git, own.commit, signal))?.length : undefined;
  const anew = length === undefined || length >= maxBatches;
  const puts = anew ? backlog.team.pending(chain, { all: true }) : fresh;
  const at = house.clock.now().toISOString();
  let { seq, hash: previous } = known;
  let commit = anew ? undefined : own?.commit;
  const notes: TeamBatch[] = [];
  for (const [index, piece] of piecesOf(puts).entries()) {
    seq += 1;
    const start = { seq, previous, root: anew && index === 0, repository, folder, at };
    const batch = encodeBatch(signer, start, piece);
    commit = await commitBatch(git, batch, commit, at);
    previous = batch.hash;
    notes.push({ kind: 'team', chain, name, seq, hash: batch.hash, own: true, puts: piece });
  }
  if (commit === undefined || notes.length === 0) return { sent: 0, commit: own?.commit };
  await moveTip(git, chain, commit);
  for (const note of notes) await backlog.write([note]);
  return { sent: isWhole ? fresh.length : puts.length, commit };
}

async function push(
  git: Git,
  remote: string,
  { chain, commit }: { readonly chain: string; readonly commit: string | undefined },
  seen: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (commit === undefined || commit === seen) return undefined;
  const ended = await unlessUnreachable(async () => {
    await pushTip(git, remote, { chain, commit }, seen, signal);
    return {};
  });
  return 'failed' in ended ? ended.failed : undefined;
}
