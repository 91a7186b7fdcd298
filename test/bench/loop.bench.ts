import { execFileSync } from 'node:child_process';
import { doubt, settledWithin, type Speed, type TimedPair } from '../../src/gates/loop/slowdown.ts';
import { childrenMs } from '../../src/platform/sandbox/childrenMs.ts';
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
    const { toTimes, wholeMs } = calibrate();
    const slow = Array.from({ length: slowDowns }, () => 1.5 + 1.5 * random());
    const found = slow.map((factor) => decide(processes(toTimes(factor))));
    const waiting = slow.map((factor) => decide(processes(work, (factor - 1) * wholeMs)));
    const same = Array.from({ length: unchanged }, () => decide(processes(work)));
    const missed = found.filter(({ speed }) => speed.verdict !== 'slower').length;
    const wrong = same.filter(({ speed }) => speed.verdict === 'slower').length;
    const pairs = [...found, ...same].map((one) => one.pairs);
    report({
      what: `missed, of ${slowDowns} real slow-downs of 1.5–3 ×`,
      value: missed,
      unit: '',
      target: 1,
    });
    const unseen = waiting.filter(({ speed }) => speed.verdict !== 'slower');
    report({ what: 'the same by waiting instead: missed', value: unseen.length, unit: '' });
    report({ what: 'of these: without a mark', value: unmarked(unseen), unit: '' });
    report({
      what: `refused, of ${unchanged} pairs that are the same`,
      value: wrong,
      unit: '',
      target: 1,
    });
    report({ what: 'pairs of runs a decision, mean', value: mean(pairs), unit: '' });
    const silent = unmarked(found.filter(({ speed }) => speed.verdict !== 'slower'));
    report({ what: 'of the missed: without a mark', value: silent, unit: '' });
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

function unmarked(all: readonly Decision[]): number {
  return all.length - marked(all);
}

interface Decision {
  readonly speed: Speed;
  readonly pairs: number;
}

function decide(next: (isOdd: boolean) => TimedPair): Decision {
  const pairs: TimedPair[] = [];
  let spentMs = 0;
  for (;;) {
    const pair = next(pairs.length % 2 === 1);
    pairs.push(pair);
    spentMs += pair.clock.baseMs + pair.clock.patchMs + 2 * layMs;
    const speed = settledWithin(spentMs, pairs);
    if (speed) return { speed, pairs: pairs.length };
  }
}

/** What the gate takes to lay a tree out and look at it after the run. */
const layMs = 100;

/** Rounds of the loop: as long as a small test file takes, some 200 ms. */
const work = 3e6;

interface Took {
  readonly clockMs: number;
  readonly cpuMs: number;
}

/** A process that computes, and waits; the shell tells what it has computed, as the sandbox's does. */
function run(times: number, waitMs = 0): Took {
  const code = `let x = 0; for (let i = 0; i < ${times}; i++) x = Math.sin(x + i);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${waitMs});`;
  const started = performance.now();
  const script = '"$@"; times';
  const out = execFileSync('/bin/sh', ['-c', script, 'sh', process.execPath, '-e', code]);
  const clockMs = performance.now() - started;
  return { clockMs, cpuMs: childrenMs(out.toString()) ?? 0 };
}

/** How many rounds make the whole process slower by a factor, its start included. */
function calibrate(): { readonly toTimes: (factor: number) => number; readonly wholeMs: number } {
  const least = (times: number): number =>
    Math.min(...Array.from({ length: 7 }, () => run(times).cpuMs));
  const [start, whole] = [least(0), least(work)];
  return {
    toTimes: (factor) => (work * (factor * whole - start)) / (whole - start),
    wholeMs: whole,
  };
}

/** Base and patch as processes of their own, in turns. */
function processes(times: number, waitMs = 0): (isOdd: boolean) => TimedPair {
  const pairOf = (base: Took, patch: Took): TimedPair => ({
    clock: { baseMs: base.clockMs, patchMs: patch.clockMs },
    cpu: { baseMs: base.cpuMs, patchMs: patch.cpuMs },
  });
  return (isOdd) => {
    if (isOdd) {
      const patch = run(times, waitMs);
      return pairOf(run(work), patch);
    }
    const base = run(work);
    return pairOf(base, run(times, waitMs));
  };
}

function drawn(
  random: () => number,
  factor: number,
  spread: number,
  spikes: number,
): (isOdd: boolean) => TimedPair {
  const noise = (): number => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.exp(spread * normal) * (random() < spikes ? 1 + 3 * random() : 1);
  };
  return () => ({ clock: { baseMs: 300 * noise(), patchMs: 300 * factor * noise() } });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
