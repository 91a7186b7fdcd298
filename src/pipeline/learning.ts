import { randomUUID } from 'node:crypto';
import type { Backlog } from '../backlog/backlog.ts';
import type { Change } from '../core/change.ts';
import type { Habit } from '../core/habit.ts';
import { errorMessage, PatchwrightError } from '../core/errors.ts';
import type { LearningEvent, LearningEventType } from '../core/learningEvent.ts';
import { defaultSettings, type Settings } from '../core/settings.ts';
import { observationsOf, reviewsOf } from '../learning/evidence.ts';
import type { History } from '../learning/history.ts';
import {
  learn,
  type ModelSuggestion,
  type Preferences,
  type Standing,
  standingOf,
  suggestModel,
} from '../learning/preferences.ts';
import { habitOf, learnReviews, localTimeOf } from '../learning/reviewTimes.ts';
import { type SettingSuggestion, suggestSettings } from '../learning/suggestSettings.ts';
import { audit } from './changes.ts';
import type { House } from './house.ts';

/** What was learned, as it is shown; the stable field names of `patchwright preferences --json`. */
export interface Learned {
  readonly enabled: boolean;
  /** Nothing from before counts. */
  readonly since?: string;
  readonly models: readonly Standing[];
  /** Which model to use for which role and kind of ticket. */
  readonly suggestions: readonly (ModelSuggestion & { readonly role: 'patching' })[];
  readonly reviews: Preferences['reviews'] & { readonly habit?: Habit };
  /** Never changed by us. */
  readonly settings: readonly SettingSuggestion[];
}

/** All rows that learning looks at. */
export function historyIn({ tickets, attempts, requests, releases }: Backlog): History {
  return {
    tickets: tickets.summaries(),
    attempts: attempts.list(),
    requests: requests.list(),
    releases: releases.list(),
  };
}

export function learnedOf(house: Pick<House, 'backlog' | 'settings'>): Learned {
  const { backlog } = house;
  const settings = house.settings();
  const { rate, exploration } = settings.learning;
  const enabled = isLearning(backlog);
  const since = resetAt(backlog);
  const history = historyIn(backlog);
  const preferences = enabled ? preferencesOf(backlog, history, rate) : learn([], [], rate);
  const models = modelsIn(preferences, settings);
  const taskTypes = [...new Set(preferences.standings.map(({ taskType }) => taskType))].sort();
  const habit = habitOf(preferences.reviews);
  const options = { rate, exploration, seed: since ?? '' };
  return {
    enabled,
    ...(since === undefined ? {} : { since }),
    models: preferences.standings,
    suggestions: taskTypes.flatMap((taskType) => {
      const suggestion = suggestModel(preferences, taskType, models, options);
      return suggestion ? [{ role: 'patching' as const, ...suggestion }] : [];
    }),
    reviews: { ...preferences.reviews, ...(habit ? { habit } : {}) },
    settings: enabled ? suggestSettings(history, preferences, settings, models) : [],
  };
}

/** When they usually review, for whoever waits for that; undefined where it is not known, or not wanted. */
export function habitIn({
  backlog,
  settings,
}: Pick<House, 'backlog' | 'settings'>): Habit | undefined {
  const { rate, reviewTimes } = settings().learning;
  if (!reviewTimes || !isLearning(backlog)) return undefined;
  const reviews = reviewsOf({ requests: backlog.requests.list() }, resetAt(backlog));
  return habitOf(learnReviews(reviews.map(localTimeOf), rate));
}

function modelsIn({ overall }: Preferences, { model }: Settings): readonly string[] {
  const named = [model.name, model.roles.patching, ...model.fallbacks.map(({ name }) => name)];
  const all = [...overall.map((one) => one.model), ...named];
  return [...new Set(all.filter((name) => name !== ''))].sort();
}

function preferencesOf(backlog: Backlog, history: History, rate: number): Preferences {
  const since = resetAt(backlog);
  return learn(
    observationsOf(history, backlog.feedback.rated(), since),
    reviewsOf(history, since).map(localTimeOf),
    rate,
  );
}

export type Switch = 'on' | 'off' | 'reset';

/** A person's word on learning: nothing is learned while it is off, nothing from before a reset counts. */
export async function switchLearning(house: House, to: Switch): Promise<void> {
  const on = isLearning(house.backlog);
  if (to !== 'reset' && on === (to === 'on')) {
    throw new PatchwrightError('nothing_to_do', {
      what: `Learning is ${to} already.`,
      why: 'Nothing was changed.',
      remedy: 'Look at what was learned with `patchwright preferences`.',
    });
  }
  const type = `preferences.${to}` as const;
  await house.backlog.write([
    { kind: 'learning', event: eventOf(house, type, { impact: to === 'reset' ? 1 : 0 }) },
    audit({ actor: await house.reviewer(), action: type, subject: 'preferences' }),
  ]);
}

/** Whether a person lets it learn, and use what it learned. */
export function isLearning({ learning }: Backlog): boolean {
  return learning.latest(['preferences.on', 'preferences.off'])?.type !== 'preferences.off';
}

/** Nothing from before counts. */
export function resetAt({ learning }: Backlog): string | undefined {
  return learning.latest(['preferences.reset'])?.timestamp;
}

/** What a decision or a failure is about. */
export interface Lesson {
  readonly type: Exclude<LearningEventType, `preferences.${string}`>;
  readonly taskType: string;
  readonly model: string;
  /** The history as it will be. */
  readonly after: (history: History) => History;
}

/** The learning event of a decision, to be written with it. */
export function learning(
  house: House,
  { type, taskType, model, after }: Lesson,
): readonly Change[] {
  const { backlog } = house;
  if (!isLearning(backlog)) return [];
  const { rate } = learningSettings(house);
  const history = historyIn(backlog);
  const standingIn = (rows: History): Standing | undefined =>
    standingOf(preferencesOf(backlog, rows, rate), taskType, model);
  const before = standingIn(history);
  const then = standingIn(after(history));
  const impact = Math.abs((then?.acceptance.value ?? 0.5) - (before?.acceptance.value ?? 0.5));
  const states = { ...(before ? { before } : {}), ...(then ? { after: then } : {}) };
  return [
    { kind: 'learning', event: eventOf(house, type, { ...states, impact: Math.min(1, impact) }) },
  ];
}

function eventOf(
  { clock }: Pick<House, 'clock'>,
  type: LearningEventType,
  rest: Pick<LearningEvent, 'before' | 'after' | 'impact'>,
): LearningEvent {
  return { id: randomUUID(), timestamp: clock.now().toISOString(), type, ...rest };
}

/** A decision must be written down, settings that are not valid or not. */
function learningSettings(house: House): Settings['learning'] {
  try {
    return house.settings().learning;
  } catch (error) {
    house.log(errorMessage(error));
    return defaultSettings.learning;
  }
}
