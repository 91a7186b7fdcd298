import {
  type Canary,
  type CanaryFigure,
  type CanaryVerdict,
  figureText,
  type LoadReport,
} from '../../core/canary.ts';
import { binomialTail, bootstrap, mean, median, quantileIn } from '../../core/statistics.ts';
import { compareSpeed, confidence } from '../../gates/loop/slowdown.ts';

/**
 * Judges what came of the loads. A start of both sides is one observation, however many requests it was
 * sent: two processes of the very same code differ by more than chance, each for as long as it runs. Pure.
 */

/** What each side answered in one start, batch by batch. */
export interface Pair {
  readonly base: readonly LoadReport[];
  readonly patch: readonly LoadReport[];
}

/** So many starts give an interval of the median that the truth lies in as often as `confidence` says. */
export const starts = 6;

const mib = 1 << 20;
/** From where on it is said to be worse: as a ratio, and by how much at least. */
const bounds = {
  median: { ratio: 1.2, ms: 1 },
  slowest: { ratio: 1.5, ms: 5 },
  memory: { ratio: 1.2, ms: 8 },
};
/** How much more must have been gained in a start: below that collectors of garbage do as they please. */
const leastGrowthMib = 6;

export type Judged = Pick<Canary, 'verdict' | 'requests' | 'figures' | 'findings' | 'output'>;

/** @param names of the requests */
export function compare(pairs: readonly Pair[], names: readonly string[]): Judged {
  const figures = [
    ...errorFigure(pairs),
    ...names.flatMap((name, request) => latencyFigures(pairs, request, name)),
    ...memoryFigures(pairs),
  ];
  const crashed = pairs.flatMap(({ base, patch }) => {
    const ended = patch.find((one) => one.ended)?.ended;
    return ended && !base.some((one) => one.ended) ? [ended] : [];
  });
  const failing = pairs.every(({ base }) => answersOf(base).every(({ ok }) => !ok));
  const findings = [
    ...crashed
      .slice(0, 1)
      .map(
        ({ why }) =>
          `The app did not last with the patch (${crashed.length} of ${pairs.length} starts): ${why}`,
      ),
    ...figures
      .filter(({ verdict }) => verdict !== 'not_worse')
      .map((one) => `${one.verdict === 'worse' ? 'Worse' : 'Not clear'}: ${figureText(one)}`),
    ...(failing ? ['Every request failed without the patch, too: the load tells nothing'] : []),
  ];
  return {
    verdict: verdictOf(figures, crashed.length, failing),
    requests: pairs.reduce((sum, { patch }) => sum + answersOf(patch).length, 0),
    figures,
    findings,
    output: crashed[0]?.output ?? '',
  };
}

function verdictOf(
  figures: readonly CanaryFigure[],
  crashed: number,
  failing: boolean,
): CanaryVerdict {
  if (crashed > 0 || figures.some(({ verdict }) => verdict === 'worse')) return 'worse';
  return failing || figures.some(({ verdict }) => verdict === 'unclear') ? 'unclear' : 'not_worse';
}

function answersOf(reports: readonly LoadReport[]) {
  return reports.flatMap(({ answers }) => answers);
}

function failedOf(reports: readonly LoadReport[]): number {
  return answersOf(reports).filter(({ ok }) => !ok).length;
}

function errorFigure(pairs: readonly Pair[]): readonly CanaryFigure[] {
  const rateOf = (reports: readonly LoadReport[]): number =>
    (100 * failedOf(reports)) / Math.max(1, answersOf(reports).length);
  const differences = pairs.map(({ base, patch }) => rateOf(patch) - rateOf(base));
  const [low, high] = bootstrap(differences, mean, confidence);
  const sum = (side: keyof Pair): number =>
    pairs.reduce((total, pair) => total + failedOf(pair[side]), 0);
  const [before, after] = [sum('base'), sum('patch')];
  const isChance = binomialTail(after, before + after, 0.5) > (1 - confidence) / 2;
  const verdict = after <= before ? 'not_worse' : low > 0 && !isChance ? 'worse' : 'unclear';
  return [
    {
      name: 'failed requests',
      unit: '%',
      base: mean(pairs.map(({ base }) => rateOf(base))),
      patch: mean(pairs.map(({ patch }) => rateOf(patch))),
      kind: 'difference',
      change: mean(differences),
      low,
      high,
      verdict,
    },
  ];
}

function latencyFigures(
  pairs: readonly Pair[],
  request: number,
  name: string,
): readonly CanaryFigure[] {
  const timesOf = (reports: readonly LoadReport[]): readonly number[] =>
    answersOf(reports).flatMap((one) => (one.ok && one.request === request ? [one.ms] : []));
  const times = pairs.map(({ base, patch }) => ({ base: timesOf(base), patch: timesOf(patch) }));
  const fewest = Math.min(...times.flatMap(({ base, patch }) => [base.length, patch.length]));
  if (fewest === 0) return []; // it failed: that counts elsewhere
  const slowest = (values: readonly number[]): number => quantileIn(values, 0.95);
  return [
    ratioFigure(`${name}, median`, 'ms', bounds.median, median, times),
    ...(fewest < leastForTail
      ? []
      : [ratioFigure(`${name}, 95 % are quicker`, 'ms', bounds.slowest, slowest, times)]),
  ];
}

const leastForTail = 40;

interface Sides {
  readonly base: readonly number[];
  readonly patch: readonly number[];
}

function ratioFigure(
  name: string,
  unit: CanaryFigure['unit'],
  bound: { readonly ratio: number; readonly ms: number },
  of: (values: readonly number[]) => number,
  sides: readonly Sides[],
): CanaryFigure {
  const compared = sides.map(({ base, patch }) => ({ baseMs: of(base), patchMs: of(patch) }));
  const { ratio, low, high, verdict } = compareSpeed(compared, bound);
  const isSuspect = verdict === 'unclear' && ratio > bound.ratio;
  return {
    name,
    unit,
    base: median(compared.map(({ baseMs }) => baseMs)),
    patch: median(compared.map(({ patchMs }) => patchMs)),
    kind: 'ratio',
    change: ratio,
    low,
    high,
    verdict: verdict === 'slower' ? 'worse' : isSuspect ? 'unclear' : 'not_worse',
  };
}

/** What it holds, and what it has gained while it was under load. */
function memoryFigures(pairs: readonly Pair[]): readonly CanaryFigure[] {
  const memoryIn = (reports: readonly LoadReport[]): readonly number[] =>
    reports.flatMap(({ memoryBytes }) => (memoryBytes === undefined ? [] : [memoryBytes / mib]));
  const sides = pairs.map(({ base, patch }) => ({ base: memoryIn(base), patch: memoryIn(patch) }));
  if (sides.some(({ base, patch }) => base.length < 2 || patch.length < 2)) return [];
  const growth = (values: readonly number[]): number => (values.at(-1) ?? 0) - (values[0] ?? 0);
  const gained = sides.map(({ base, patch }) => growth(patch) - growth(base));
  const [low, high] = bootstrap(gained, median, confidence);
  const change = median(gained);
  const isMuch = change >= leastGrowthMib;
  return [
    ratioFigure('memory', 'MiB', bounds.memory, median, sides),
    {
      name: 'memory gained under load',
      unit: 'MiB',
      base: median(sides.map(({ base }) => growth(base))),
      patch: median(sides.map(({ patch }) => growth(patch))),
      kind: 'difference',
      change,
      low,
      high,
      verdict: !isMuch ? 'not_worse' : low > 0 ? 'worse' : 'unclear',
    },
  ];
}
