import {
  checkHead,
  encodeBatch,
  personOf,
  piecesOf,
  type Signer,
} from '../../backlog/team/batch.ts';
import { errorMessage, isPatchwrightError, PatchwrightError } from '../../core/errors.ts';
import type { Git } from '../../core/ports.ts';
import type { TeamPut } from '../../core/team.ts';
import { withEnv } from '../../release/ownGit.ts';
import type { House } from '../house.ts';
import {
  type ChainTip,
  commitBatch,
  commitsOf,
  fetchChains,
  headsOf,
  incomingTips,
  moveTip,
  pushChain,
  tipOf,
} from './chainRefs.ts';
import { distrust, notMet, type Person } from './people.ts';
import { nextBatches, nothingKnown, takeIn } from './takeIn.ts';

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
export async function peopleMet(house: Syncing): Promise<readonly Person[]> {
  const { address } = await placeOf(house.git, house.settings().sync.remote);
  return house.team.people(address);
}

async function syncNow(
  house: Syncing,
  options: SyncOptions,
  signal: AbortSignal,
): Promise<SyncReport> {
  const { enabled, remote } = house.settings().sync;
  if (!enabled) throw isOff();
  // A replacement ref must not show another content than the one that was signed.
  const git = withEnv(house.git, { GIT_NO_REPLACE_OBJECTS: '1' });
  const here = { ...house, git };
  const place = await placeOf(git, remote);
  const signer = await house.team.signer(await house.reviewer());
  const empty = { remote, received: [], refused: [], met: [], sent: 0, pushed: false };
  if (options.dryRun) {
    const puts = house.backlog.team.pending(signer.chain, { all: false });
    return { ...empty, sent: puts.length, puts };
  }
  await takeOwn(here, signer, signal);
  try {
    await fetchChains(git, remote, signal);
  } catch (error) {
    if (!isPatchwrightError(error, 'git_failed')) throw error;
    return { ...empty, failed: errorMessage(error) };
  }
  const others = await takeOthers(here, { signer, place, trust: options.trust }, signal);
  const sent = await say(here, signer, place.folder, options.maxBatches ?? usualBatches, signal);
  const failed = await push(git, remote, signer, others.ownSeen, signal);
  const { received, refused, met } = others;
  const report = { remote, received, refused, met, sent, pushed: failed === undefined };
  return failed === undefined ? report : { ...report, failed };
}

function isOff(): PatchwrightError {
  return new PatchwrightError('invalid_settings', {
    what: 'Nothing was synced.',
    why: 'Sharing the backlog is off.',
    remedy:
      'Switch on patchwright.sync.enabled in your own settings; `patchwright sync --dry-run` then shows what would leave.',
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

/** What a crash kept from being noted, after it was put into our chain. */
async function takeOwn(house: Syncing, { chain }: Signer, signal: AbortSignal): Promise<void> {
  const commit = await tipOf(house.git, chain);
  if (commit === undefined) return;
  await takeChain(house, { chain, commit }, true, signal);
}

async function takeChain(house: Syncing, tip: ChainTip, own: boolean, signal: AbortSignal) {
  const known = house.backlog.team.chains().find(({ chain }) => chain === tip.chain);
  const next = await nextBatches(house.git, tip, known ?? nothingKnown, signal);
  if ('refused' in next) return { changes: 0, bad: 0, refused: next.refused };
  return takeIn(house, next, own, signal);
}

interface Listening {
  readonly signer: Signer;
  readonly place: Place;
  readonly trust: string | undefined;
}

async function takeOthers(
  house: Syncing,
  { signer, place, trust }: Listening,
  signal: AbortSignal,
): Promise<
  Pick<SyncReport, 'received' | 'refused' | 'met'> & { readonly ownSeen: string | undefined }
> {
  const { git, team } = house;
  const tips = await incomingTips(git, signal);
  const heads = await headsOf(
    git,
    tips.map(({ commit }) => commit),
    signal,
  );
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
  for (const [index, tip] of tips.entries()) {
    const { chain } = tip;
    const own = chain === signer.chain;
    const bytes = heads[index];
    const checked = bytes ? checkHead(bytes) : { refused: 'it is no chain of batches' };
    if ('refused' in checked) {
      if (!own) refused.push({ chain, why: checked.refused });
      continue;
    }
    const { head } = checked;
    if (head.folder !== place.folder) continue; // another folder's backlog
    const why = own ? undefined : await meet(personOf(chain), head.name);
    if (why !== undefined) {
      refused.push({ chain, why });
      continue;
    }
    const { changes, bad, refused: part } = await takeChain(house, tip, own, signal);
    if (part !== undefined && !own) refused.push({ chain, why: part });
    if (part === undefined) await keepTip(git, tip, own);
    if (changes > 0 && !own) received.push({ chain, name: head.name, changes, bad });
  }
  if (trust !== undefined && !wasTrusted) throw notMet(trust);
  return { received, refused, met, ownSeen: tips.find((t) => t.chain === signer.chain)?.commit };
}

/** So that git keeps it, whatever the remote has next. Ours may be further than the remote's. */
async function keepTip(git: Git, { chain, commit }: ChainTip, own: boolean): Promise<void> {
  if (own && (await tipOf(git, chain)) !== undefined) return;
  await moveTip(git, chain, commit);
}

/** Puts what is new of ours into our chain: first into git, then the note of it into the backlog. */
async function say(
  house: Syncing,
  signer: Signer,
  folder: string,
  maxBatches: number,
  signal: AbortSignal,
): Promise<number> {
  const { git, backlog } = house;
  const tip = await tipOf(git, signer.chain);
  const length = tip === undefined ? 0 : ((await commitsOf(git, tip, signal))?.length ?? 0);
  const isNew = tip === undefined;
  const fresh = backlog.team.pending(signer.chain, { all: false });
  if (fresh.length === 0 && !isNew) return 0;
  const known = backlog.team.chains().find(({ chain }) => chain === signer.chain);
  const anew =
    isNew || length >= maxBatches || (await seqOf(git, tip, signal)) !== (known?.seq ?? 0);
  const puts = anew ? backlog.team.pending(signer.chain, { all: true }) : fresh;
  let { seq, hash: previous } = known ?? nothingKnown;
  let commit = anew ? undefined : tip;
  const at = house.clock.now().toISOString();
  for (const [index, piece] of piecesOf(puts).entries()) {
    seq += 1;
    const start = { seq, previous, root: anew && index === 0, folder, at };
    const batch = encodeBatch(signer, start, piece);
    commit = await commitBatch(git, batch, commit, at);
    previous = batch.hash;
  }
  if (commit === undefined || commit === tip) return 0;
  await moveTip(git, signer.chain, commit);
  await takeOwn(house, signer, signal);
  return fresh.length;
}

async function seqOf(git: Git, tip: string, signal: AbortSignal): Promise<number> {
  const [bytes] = await headsOf(git, [tip], signal);
  const checked = bytes ? checkHead(bytes) : undefined;
  return checked && 'head' in checked ? checked.head.seq : -1;
}

async function push(
  git: Git,
  remote: string,
  { chain }: Signer,
  seen: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const commit = await tipOf(git, chain);
  if (commit === undefined || commit === seen) return undefined;
  try {
    await pushChain(git, remote, { chain, commit }, seen, signal);
    return undefined;
  } catch (error) {
    if (!isPatchwrightError(error, 'git_failed')) throw error;
    return errorMessage(error);
  }
}
