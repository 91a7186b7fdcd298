import type { Change } from '../core/change.ts';
import { errorMessage, isPatchwrightError } from '../core/errors.ts';
import type { Release, ReleaseLook } from '../core/patchRequest.ts';
import type { Progress } from '../core/progress.ts';
import type { Settings } from '../core/settings.ts';
import {
  compareNeighbours,
  compareRates,
  isBeyond,
  rateSentence,
  type Seen,
  stormOf,
} from '../release/rates.ts';
import { itself } from './autoApprove.ts';
import { audit, move } from './changes.ts';
import { freshErrors } from './freshErrors.ts';
import { deciding, type Watching } from './decision.ts';
import { rollBackNow } from './rollBack.ts';
import type { House } from './house.ts';
import { neighboursOf } from './neighbours.ts';
import { type ReleaseRates, releaseRates } from './releaseRates.ts';

const hour = 60;
const day = 24 * hour;
const minuteMs = 60_000;

/** Looks at every release whose next look is due: a while, an hour and a day after it landed. */
export async function lookAtReleases(house: House, watching: Watching): Promise<void> {
  const settings = house.settings();
  for (const { release } of dueOnes(house, settings)) {
    const looked = await deciding(house, watching.signal, () =>
      lookAt(house, settings, release.id, watching),
    );
    if (looked) watching.tell(looked);
  }
}

/** Noted at the end: a look that was cancelled while it took a release back is due again. */
async function lookAt(
  house: House,
  settings: Settings,
  releaseId: string,
  watching: Watching,
): Promise<Progress | undefined> {
  const due = dueOnes(house, settings).find(({ release }) => release.id === releaseId);
  if (!due) return undefined; // another window was first
  const { release } = due;
  const look = await lookFor(house, settings, due);
  await house.backlog.write(opened(house, release, look));
  const rolledBack =
    look.verdict === 'worse' &&
    settings.monitor.autoRollback &&
    (await takeBack(house, release, look, watching));
  await house.backlog.write(noted(release, look));
  const { requestId, ticketId } = release;
  const { at, verdict, sentence } = look;
  const about = { releaseId, requestId, ticketId };
  return { kind: 'release_looked', ...about, at, verdict, sentence, rolledBack };
}

interface Due {
  readonly release: Release;
  readonly minutes: number;
}

function dueOnes({ backlog, clock }: House, { monitor }: Settings): readonly Due[] {
  const now = clock.now();
  return backlog.releases.list().flatMap((release) => {
    const minutes = dueLook(release, monitor.minutes, now);
    return minutes === undefined ? [] : [{ release, minutes }];
  });
}

async function lookFor(
  house: House,
  { monitor: { errorRate } }: Settings,
  { release, minutes }: Due,
): Promise<ReleaseLook> {
  const { backlog, clock } = house;
  const request = backlog.requests.get(release.requestId);
  const neighbours = request ? await neighboursOf(house, request) : [];
  const rates = releaseRates(backlog.metrics, release, neighbours, freshErrors(house, release));
  return lookOf(rates, minutes, errorRate, clock.now());
}

/** The latest that is due and was not done; what it leaves out is in it. */
function dueLook(release: Release, first: number, now: Date): number | undefined {
  if (release.rolledBackAt) return undefined;
  const since = (now.getTime() - Date.parse(release.appliedAt)) / minuteMs;
  const done = Math.max(0, ...(release.looks ?? []).map(({ minutes }) => minutes));
  const due = [first, hour, day].filter((minutes) => minutes > done && minutes <= since);
  return due.length === 0 ? undefined : Math.max(...due);
}

/** What the counts say of a release, and whether it is to be taken back. */
export function lookOf(
  { own, all, neighbours, fresh }: ReleaseRates,
  minutes: number,
  errorRate: number,
  now: Date,
): ReleaseLook {
  const ofOwn = compareRates(own.before, own.after).verdict;
  const ofAll = compareRates(all.before, all.after).verdict;
  const [first, ...others] = neighbours;
  const near = first && compareNeighbours([first, ...others]);
  const storm = near?.isWorse ? undefined : stormOf(fresh);
  const isWorse =
    ofOwn === 'worse' ||
    ofAll === 'worse' ||
    passes(all, errorRate) ||
    near?.isWorse === true ||
    storm !== undefined;
  return {
    minutes,
    at: now.toISOString(),
    verdict: isWorse ? 'worse' : ofOwn,
    sentence: [
      rateSentence('this error', own.before, own.after),
      ...(near ? [near.sentence] : []),
      ...(storm === undefined ? [] : [storm]),
      rateSentence('all errors', all.before, all.after),
    ].join(' '),
  };
}

/** Fewer lines than this say nothing about a share of them. */
const leastLines = 50;
/** Beyond the limit less is enough than elsewhere; but a rate that was just below it passes it by chance. */
const enough = 5;

function passes({ before, after }: ReleaseRates['all'], limit: number): boolean {
  const share = ({ events, lines }: Seen): number => (lines === 0 ? 0 : events / lines);
  if (after.lines < leastLines || share(after) < limit || share(before) >= limit) return false;
  const { verdict, evidence } = compareRates(before, after);
  return verdict === 'unknown' ? isBeyond(after, limit, before.together) : evidence >= enough;
}

/** The ticket of what made things worse is worked on again, whether or not the release is taken back. */
function opened({ backlog, clock }: House, release: Release, look: ReleaseLook): Change[] {
  const ticket = backlog.tickets.get(release.ticketId);
  if (look.verdict !== 'worse' || ticket === undefined) return [];
  const fields = { metadata: { ...ticket.metadata, regression: true } };
  const now = clock.now().toISOString();
  return [
    { kind: 'ticket', id: ticket.id, fields },
    ...(ticket.status === 'applied' ? move(ticket, 'open', now, 'patchwright') : []),
  ];
}

function noted(release: Release, look: ReleaseLook): Change[] {
  const { minutes, verdict, sentence } = look;
  return [
    { kind: 'release', id: release.id, fields: { looks: [...(release.looks ?? []), look] } },
    audit({
      actor: 'patchwright',
      action: 'release.looked_at',
      subject: release.id,
      after: { minutes, verdict, sentence },
    }),
  ];
}

/** Where it can't be (a protected branch, a conflict) it is proposed like any other. */
async function takeBack(
  house: House,
  release: Release,
  look: ReleaseLook,
  watching: Watching,
): Promise<boolean> {
  try {
    await rollBackNow(
      house,
      release.id,
      `It made things worse. ${look.sentence}`,
      {},
      watching,
      itself,
    );
    return true;
  } catch (error) {
    if (isPatchwrightError(error, 'cancelled')) throw error;
    house.log(`Not rolled back by itself: ${errorMessage(error)}`);
    return false;
  }
}
