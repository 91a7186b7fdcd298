import { createHash } from 'node:crypto';
import { type Average, averaged, shrunk } from './average.ts';
import { learnReviews, type LocalTime, type ReviewTimes } from './reviewTimes.ts';

/** What one decision, failed attempt or rating says of a model for a kind of task. */
export interface Observation {
  /** When it became known. */
  readonly at: string;
  /** A ticket's category. */
  readonly taskType: string;
  readonly model: string;
  /** 1: approved; 0: rejected, rolled back or failed; in between: a rating. */
  readonly acceptance: number;
  /** Left out where it is not known or was counted before. */
  readonly costUsd?: number;
  readonly minutes?: number;
}

/** How a model has done at a kind of task. */
export interface Standing {
  readonly taskType: string;
  readonly model: string;
  readonly acceptance: Average;
  readonly costUsd?: Average;
  readonly minutes?: Average;
}

export interface Preferences {
  readonly standings: readonly Standing[];
  /** Of each model over all kinds of tasks: what is believed of it where a kind is new to it. */
  readonly overall: readonly Standing[];
  readonly reviews: ReviewTimes;
}

/** In the order of time. */
export function learn(
  observations: readonly Observation[],
  reviews: readonly LocalTime[],
  rate: number,
): Preferences {
  const standings = new Map<string, Standing>();
  const overall = new Map<string, Standing>();
  for (const one of observations) {
    const key = JSON.stringify([one.taskType, one.model]);
    standings.set(key, observed(standings.get(key), one, rate));
    const any = { ...one, taskType: anyTask };
    overall.set(one.model, observed(overall.get(one.model), any, rate));
  }
  return {
    standings: [...standings.values()],
    overall: [...overall.values()],
    reviews: learnReviews(reviews, rate),
  };
}

const anyTask = 'any';

export function observed(
  before: Standing | undefined,
  { taskType, model, acceptance, costUsd, minutes }: Observation,
  rate: number,
): Standing {
  const cost = costUsd === undefined ? before?.costUsd : averaged(before?.costUsd, costUsd, rate);
  const time = minutes === undefined ? before?.minutes : averaged(before?.minutes, minutes, rate);
  return {
    taskType,
    model,
    acceptance: averaged(before?.acceptance, acceptance, rate),
    ...(cost ? { costUsd: cost } : {}),
    ...(time ? { minutes: time } : {}),
  };
}

export function standingOf(
  { standings }: Pick<Preferences, 'standings'>,
  taskType: string,
  model: string,
): Standing | undefined {
  return standings.find((one) => one.taskType === taskType && one.model === model);
}

/** Without any evidence half of the patches of a model are expected to be approved. */
const priorAcceptance = 0.5;
/** How many values the prior counts for. */
const priorWeight = 2;

/** The chance that a patch of this model for this kind of task is approved. */
export function expectedAcceptance(
  preferences: Preferences,
  taskType: string,
  model: string,
  rate: number,
): number {
  const overall = preferences.overall.find((one) => one.model === model);
  const any = shrunk(overall?.acceptance, priorAcceptance, priorWeight, rate);
  const own = standingOf(preferences, taskType, model);
  return shrunk(own?.acceptance, any, priorWeight, rate);
}

export interface Ranked {
  readonly model: string;
  readonly acceptance: number;
  /** Acceptance less what price and time take from it. */
  readonly value: number;
  readonly tries: number;
}

/** What the dearest and the slowest of the models lose: they decide between models that are about as good. */
const costWeight = 0.05;
const timeWeight = 0.05;

/** The best first. `value` = acceptance − 0.05 × cost ÷ the dearest − 0.05 × time ÷ the slowest. */
export function rank(
  preferences: Preferences,
  taskType: string,
  models: readonly string[],
  rate: number,
): readonly Ranked[] {
  const overallOf = (model: string) => preferences.overall.find((one) => one.model === model);
  const spentOf = (model: string, what: 'costUsd' | 'minutes'): number =>
    (standingOf(preferences, taskType, model)?.[what] ?? overallOf(model)?.[what])?.value ?? 0;
  const dearest = Math.max(...models.map((model) => spentOf(model, 'costUsd')));
  const slowest = Math.max(...models.map((model) => spentOf(model, 'minutes')));
  const loss = (spent: number, most: number, weight: number): number =>
    most > 0 ? (weight * spent) / most : 0;
  return models
    .map((model) => {
      const acceptance = expectedAcceptance(preferences, taskType, model, rate);
      return {
        model,
        acceptance,
        value:
          acceptance -
          loss(spentOf(model, 'costUsd'), dearest, costWeight) -
          loss(spentOf(model, 'minutes'), slowest, timeWeight),
        tries: standingOf(preferences, taskType, model)?.acceptance.count ?? 0,
      };
    })
    .sort((a, b) => b.value - a.value || b.tries - a.tries || (a.model < b.model ? -1 : 1));
}

export interface ModelSuggestion {
  readonly taskType: string;
  readonly model: string;
  /** Not the best known one, but one to learn more of. */
  readonly explores: boolean;
  readonly reason: string;
}

export interface SuggestOptions {
  readonly rate: number;
  /** How often another model than the best is suggested, 0–1. */
  readonly exploration: number;
  /** The same seed and the same evidence give the same suggestion. */
  readonly seed: string;
}

/** Which model to use next. undefined: there is none to choose from. */
export function suggestModel(
  preferences: Preferences,
  taskType: string,
  models: readonly string[],
  { rate, exploration, seed }: SuggestOptions,
): ModelSuggestion | undefined {
  const ranked = rank(preferences, taskType, models, rate);
  const [best, ...others] = ranked;
  if (!best) return undefined;
  const tries = ranked.reduce((sum, one) => sum + one.tries, 0);
  const leastTried = others.toSorted((a, b) => a.tries - b.tries || b.value - a.value)[0];
  if (leastTried && chance(`${seed}\n${taskType}\n${tries}`) < exploration) {
    const reason = `To learn more of it: tried ${timesText(leastTried.tries)} for ${taskType}.`;
    return { taskType, model: leastTried.model, explores: true, reason };
  }
  return { taskType, model: best.model, explores: false, reason: reasonOf(best) };
}

function reasonOf({ acceptance, tries }: Ranked): string {
  const known = tries === 0 ? 'not tried yet' : `tried ${timesText(tries)}`;
  return `${Math.round(acceptance * 100)} % of its patches are expected to be approved (${known}).`;
}

export function timesText(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** In [0, 1), by the seed alone. */
function chance(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32BE(0) / 0x1_0000_0000;
}
