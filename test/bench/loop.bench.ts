import { execFileSync } from 'node:child_process';
import { doubt, type Pair, settledWithin, type Speed } from '../../src/gates/loop/slowdown.ts';
import { createRandom } from '../support/random.ts';
import type { Bench } from './bench.ts';

const slowDowns = 40;
const unchanged = 100;
const simulated = 400;

/** How often the loop gate is wrong about speed: real processes on this machine as it is, and drawn noise. */
export const bench: Bench = {
  title: 'Loop gate: seeded slow-downs and pairs that are the same',
  async run(report) {
    const source = createRandom(7);
    const random = (): number => source.next();
    const toFactor = calibrate();
    const slow = Array.from({ length: slowDowns }, () => 1.5 + 1.5 * random());
    const found = slow.map((factor) => decide(processes(toFactor(factor))));
    const same = Array.from({ length: unchanged }, () => decide(processes(toFactor(1))));
    const missed = found.filter(({ speed }) => speed.verdict !== 'slower').length;
    const wrong = same.filter(({ speed }) => speed.verdict === 'slower').length;
    const pairs = [...found, ...same].map((one) => one.pairs);
    report({
      what: `missed, of ${slowDowns} real slow-downs of 1.5–3 ×`,
      value: missed,
      unit: '',
      target: 1,
    });
    report({
      what: `refused, of ${unchanged} pairs that are the same`,
      value: wrong,
      unit: '',
      target: 1,
    });
    report({ what: 'pairs of runs a decision, mean', value: mean(pairs), unit: '' });
    const silent = found.filter(({ speed }) => speed.verdict !== 'slower' && !doubt(speed));
    report({ what: 'of the missed: without a mark', value: silent.length, unit: '' });
    report({ what: 'of the same: marked', value: marked(same), unit: '' });
    report({ what: 'pairs of runs a decision, worst', value: Math.max(...pairs), unit: '' });
    for (const [name, spread, spikes] of [
      ['10 % noise', 0.1, 0.02],
      ['30 % noise and a spike in ten runs', 0.3, 0.1],
    ] as const) {
      const draw = (factor: number) =>
        Array.from({ length: simulated }, () => decide(drawn(random, factor, spread, spikes)));
      const share = (all: readonly Decision[]) =>
        all.filter(({ speed }) => speed.verdict === 'slower').length / all.length;
      report({ what: `${name}: share of 1.5 × missed`, value: 1 - share(draw(1.5)), unit: '' });
      report({ what: `${name}: share of 2 × missed`, value: 1 - share(draw(2)), unit: '' });
      report({ what: `${name}: share of same refused`, value: share(draw(1)), unit: '' });
    }
  },
};

function marked(all: readonly Decision[]): number {
  return all.filter(({ speed }) => doubt(speed)).length;
}

interface Decision {
  readonly speed: Speed;
  readonly pairs: number;
}

function decide(next: (isOdd: boolean) => Pair): Decision {
  const pairs: Pair[] = [];
  let spentMs = 0;
  for (;;) {
    const pair = next(pairs.length % 2 === 1);
    pairs.push(pair);
    spentMs += pair.baseMs + pair.patchMs + 2 * layMs;
    const speed = settledWithin(spentMs, pairs);
    if (speed) return { speed, pairs: pairs.length };
  }
}

/** What the gate takes to lay a tree out and look at it after the run. */
const layMs = 100;

/** Rounds of the loop: some 60 ms. */
const work = 4e5;

function run(times: number): number {
  const code = `let x = 0; for (let i = 0; i < ${times}; i++) x = Math.sin(x + i);`;
  const started = performance.now();
  execFileSync(process.execPath, ['-e', code]);
  return performance.now() - started;
}

/** How many rounds make the whole process slower by a factor, its start included. */
function calibrate(): (factor: number) => number {
  const least = (times: number): number => Math.min(...Array.from({ length: 7 }, () => run(times)));
  const [start, whole] = [least(0), least(work)];
  return (factor) => (work * (factor * whole - start)) / (whole - start);
}

/** Base and patch as processes of their own, in turns. */
function processes(times: number): (isOdd: boolean) => Pair {
  return (isOdd) => {
    if (isOdd) {
      const patchMs = run(times);
      return { baseMs: run(work), patchMs };
    }
    const baseMs = run(work);
    return { baseMs, patchMs: run(times) };
  };
}

function drawn(
  random: () => number,
  factor: number,
  spread: number,
  spikes: number,
): (isOdd: boolean) => Pair {
  const noise = (): number => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.exp(spread * normal) * (random() < spikes ? 1 + 3 * random() : 1);
  };
  return () => ({ baseMs: 300 * noise(), patchMs: 300 * factor * noise() });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
