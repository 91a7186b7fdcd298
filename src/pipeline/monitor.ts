import type { Change } from '../core/change.ts';
import { errorMessage, isPatchwrightError } from '../core/errors.ts';
import type { Release, ReleaseLook } from '../core/patchRequest.ts';
import type { Settings } from '../core/settings.ts';
import { compareNeighbours, compareRates, rateSentence, type Seen } from '../release/rates.ts';
import { itself } from './autoApprove.ts';
import { audit, move } from './changes.ts';
import type { Watching } from './decision.ts';
import { rollBack } from './rollBack.ts';
import type { House } from './house.ts';
import { neighboursOf } from './neighbours.ts';
import { type ReleaseRates, releaseRates } from './releaseRates.ts';

const hour = 60;
const day = 24 * hour;
const minuteMs = 60_000;

/** Looks at every release whose next look is due: a while, an hour and a day after it landed. */
export async function lookAtReleases(house: House, watching: Watching): Promise<void> {
  const settings = house.settings();
  if (dueOnes(house, settings).length === 0) return;
  const looked = await house.backlog.exclusively('decide', async () => {
    const due = await looksOf(house, dueOnes(house, settings)); // another window may have been first
    for (const { release, look } of due) await house.backlog.write(noted(house, release, look));
    return due;
  });
  for (const { release, look } of looked) {
    const rolledBack =
      look.verdict === 'worse' && settings.monitor.autoRollback
        ? await takeBack(house, release, look, watching)
        : false;
    const { id: releaseId, requestId, ticketId } = release;
    const { at, verdict, sentence } = look;
    const about = { releaseId, requestId, ticketId };
    watching.tell({ kind: 'release_looked', ...about, at, verdict, sentence, rolledBack });
  }
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

interface Looked {
  readonly release: Release;
  readonly look: ReleaseLook;
}

function looksOf(house: House, due: readonly Due[]): Promise<readonly Looked[]> {
  const { backlog, clock } = house;
  const { errorRate } = house.settings().monitor;
  return Promise.all(
    due.map(async ({ release, minutes }) => {
      const request = backlog.requests.get(release.requestId);
      const neighbours = request ? await neighboursOf(house, request) : [];
      const rates = releaseRates(backlog.metrics, release, neighbours);
      return { release, look: lookOf(rates, minutes, errorRate, clock.now()) };
    }),
  );
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
  { own, all, neighbours }: ReleaseRates,
  minutes: number,
  errorRate: number,
  now: Date,
): ReleaseLook {
  const ofOwn = compareRates(own.before, own.after).verdict;
  const ofAll = compareRates(all.before, all.after).verdict;
  const [first, ...others] = neighbours;
  const near = first && compareNeighbours([first, ...others]);
  const isWorse =
    ofOwn === 'worse' || ofAll === 'worse' || passes(all, errorRate) || near?.isWorse === true;
  return {
    minutes,
    at: now.toISOString(),
    verdict: isWorse ? 'worse' : ofOwn,
    sentence: [
      rateSentence('this error', own.before, own.after),
      ...(near ? [near.sentence] : []),
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
  return verdict === 'unknown' || evidence >= enough;
}

function noted({ backlog, clock }: House, release: Release, look: ReleaseLook): Change[] {
  const ticket = backlog.tickets.get(release.ticketId);
  const isBack = look.verdict === 'worse' && ticket !== undefined;
  const now = clock.now().toISOString();
  return [
    { kind: 'release', id: release.id, fields: { looks: [...(release.looks ?? []), look] } },
    audit({
      actor: 'patchwright',
      action: 'release.looked_at',
      subject: release.id,
      after: { minutes: look.minutes, verdict: look.verdict, sentence: look.sentence },
    }),
    ...(isBack
      ? [
          {
            kind: 'ticket' as const,
            id: ticket.id,
            fields: { metadata: { ...ticket.metadata, regression: true } },
          },
        ]
      : []),
    ...(isBack && ticket.status === 'applied' ? move(ticket, 'open', now, 'patchwright') : []),
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
    await rollBack(
      house,
      release.id,
      `It made things worse. ${look.sentence}`,
      {},
      watching,
      itself,
    );
    return true;
  } catch (error) {
    if (!isPatchwrightError(error)) throw error;
    house.log(`Not rolled back by itself: ${errorMessage(error)}`);
    return false;
  }
}
