import {
  expectedAcceptance,
  learn,
  type Observation,
  rank,
  suggestModel,
} from '../../src/learning/preferences.ts';
import { partsOfDay } from '../../src/core/habit.ts';
import { partOf } from '../../src/core/habit.ts';
import { habitOf, type LocalTime } from '../../src/learning/reviewTimes.ts';
import { createRandom, type Random } from '../support/random.ts';
import type { Bench } from './bench.ts';

const histories = process.env['PATCHWRIGHT_BENCH_QUICK'] ? 100 : 600;
const interactions = 100;
const options = { rate: 0.1, exploration: 0.1 };
const models = ['one', 'two', 'three'];

/** What is true of a model at an interaction: how likely a patch of it is approved, and what it takes. */
interface Truth {
  accepted(taskType: string, model: string, at: number): number;
  cost(model: string): number;
}

interface Kind {
  readonly name: string;
  readonly tasks: readonly string[];
  /** Held against no target: what is that close can't be told apart by so few decisions. */
  readonly isClose?: boolean;
  make(random: Random): Truth;
  /** What is seen of a decision with that chance; undefined: nothing. */
  see(random: Random, chance: number): number | undefined;
}

const decided = (random: Random, chance: number): number => Number(random.next() < chance);

/** The best is approved at least this much more often than the second. */
const clear = 0.3;
const close = 0.15;

function qualities(random: Random, gap: number): ReadonlyMap<string, number> {
  const best = random.one(models);
  const top = 0.7 + 0.25 * random.next();
  return new Map(
    models.map((model) => [model, model === best ? top : (top - gap) * (0.5 + random.next() / 2)]),
  );
}

function steady(random: Random, tasks: readonly string[], gap = clear): Truth {
  const truth = new Map(tasks.map((task) => [task, qualities(random, gap)]));
  const costs = new Map(models.map((model) => [model, 0.05 + random.next()]));
  return {
    accepted: (task, model) => truth.get(task)?.get(model) ?? 0,
    cost: (model) => costs.get(model) ?? 0,
  };
}

/** Half way the best model becomes the worst and another one the best. */
function drifting(random: Random, tasks: readonly string[]): Truth {
  const before = steady(random, tasks);
  const next = new Map(models.map((model, i) => [model, models[(i + 1) % models.length] ?? model]));
  const change = 20 + random.below(31);
  return {
    ...before,
    accepted: (task, model, at) =>
      before.accepted(task, at < change ? model : (next.get(model) ?? model), at),
  };
}

const kinds: readonly Kind[] = [
  { name: 'steady', tasks: ['bug_fix'], make: (r) => steady(r, ['bug_fix']), see: decided },
  { name: 'drifting', tasks: ['bug_fix'], make: (r) => drifting(r, ['bug_fix']), see: decided },
  {
    name: 'noisy (one decision in ten is the other way round)',
    tasks: ['bug_fix'],
    make: (r) => steady(r, ['bug_fix']),
    see: (r, chance) => (r.next() < 0.1 ? 1 - decided(r, chance) : decided(r, chance)),
  },
  {
    name: 'rated (stars instead of decisions)',
    tasks: ['bug_fix'],
    make: (r) => steady(r, ['bug_fix']),
    see: (r, chance) =>
      Math.round(4 * Math.min(1, Math.max(0, chance + 0.8 * (r.next() - 0.5)))) / 4,
  },
  {
    name: 'sparse (half is never decided)',
    tasks: ['bug_fix'],
    make: (r) => steady(r, ['bug_fix']),
    see: (r, chance) => (r.next() < 0.5 ? undefined : decided(r, chance)),
  },
  {
    name: 'close (the best is but 15 points ahead of the second)',
    tasks: ['bug_fix'],
    isClose: true,
    make: (r) => steady(r, ['bug_fix'], close),
    see: decided,
  },
];

interface Outcome {
  readonly rightModel: boolean;
  /** Of the models tried often enough to speak of, whose patches the user rather approves or rejects. */
  readonly tastes: readonly boolean[];
}

function play(kind: Kind, seed: number): readonly Outcome[] {
  const random = createRandom(seed * 7_919);
  const truth = kind.make(random);
  const seen: Observation[] = [];
  for (let at = 0; at < interactions; at++) {
    const taskType = random.one(kind.tasks);
    const model =
      suggestModel(learn(seen, [], options.rate), taskType, models, { ...options, seed: `${seed}` })
        ?.model ?? '';
    const acceptance = kind.see(random, truth.accepted(taskType, model, at));
    if (acceptance === undefined) continue;
    seen.push({ at: '', taskType, model, acceptance, costUsd: truth.cost(model) });
  }
  const preferences = learn(seen, [], options.rate);
  return kind.tasks.map((task) => {
    const chanceOf = (model: string): number => truth.accepted(task, model, interactions);
    const right = models.toSorted((a, b) => chanceOf(b) - chanceOf(a))[0];
    const ranked = rank(preferences, task, models, options.rate);
    return {
      rightModel: ranked[0]?.model === right,
      tastes: models
        .filter((model) => Math.abs(chanceOf(model) - 0.5) > 0.1)
        .map(
          (model) =>
            expectedAcceptance(preferences, task, model, options.rate) > 0.5 ===
            chanceOf(model) > 0.5,
        ),
    };
  });
}

/** Somebody who reviews at one time of the day more than at the others, and on some days never. */
function reviewer(random: Random, fidelity: number) {
  const part = random.one(partsOfDay);
  const free = new Set([random.below(7), random.below(7)]);
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  const usual = hours.filter((hour) => partOf(hour) === part);
  const working = [0, 1, 2, 3, 4, 5, 6].filter((day) => !free.has(day));
  const times = Array.from({ length: interactions }, (): LocalTime => {
    const isUsual = random.next() < fidelity;
    return { hour: random.one(isUsual ? usual : hours), weekday: random.one(working) };
  });
  return { part, times };
}

function shareOf(outcomes: readonly boolean[]): number {
  return (100 * outcomes.filter(Boolean).length) / outcomes.length;
}

export const bench: Bench = {
  title: 'Learning from decisions',
  async run(report) {
    for (const kind of kinds) {
      const outcomes = Array.from({ length: histories }, (_, i) => play(kind, i + 1)).flat();
      report({
        what: `the right model after ${interactions} interactions: ${kind.name}`,
        value: shareOf(outcomes.map(({ rightModel }) => rightModel)),
        unit: '%',
        ...(kind.isClose ? {} : { target: 90 }),
        better: 'larger',
      });
      report({
        what: `whether a patch of a model is rather approved or not: ${kind.name}`,
        value: shareOf(outcomes.flatMap(({ tastes }) => tastes)),
        unit: '%',
        target: 85,
        better: 'larger',
      });
    }
    for (const fidelity of [0.9, 0.6]) {
      const right = Array.from({ length: histories }, (_, i) => {
        const { part, times } = reviewer(createRandom((i + 1) * 104_729), fidelity);
        return habitOf(learn([], times, options.rate).reviews)?.part === part;
      });
      report({
        what: `the part of the day in which ${100 * fidelity} % of the reviews are`,
        value: shareOf(right),
        unit: '%',
        target: 85,
        better: 'larger',
      });
    }
  },
};
