import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { doubt, settledWithin, type Speed, type TimedPair } from '../../src/gates/loop/slowdown.ts';
import { childrenMs } from '../../src/platform/sandbox/childrenMs.ts';
import { watchWaiting } from '../../src/platform/sandbox/waiting.ts';
import { createRandom } from '../support/random.ts';
import type { Bench } from './bench.ts';

const slowDowns = Number(process.env['PATCHWRIGHT_BENCH_SLOW'] ?? 40);
const unchanged = Number(process.env['PATCHWRIGHT_BENCH_SAME'] ?? 100);
const simulated = 400;

/** How often the loop gate is wrong about speed: real processes on this machine as it is, and drawn noise. */
export const bench: Bench = {
  title: 'Loop gate: seeded slow-downs and pairs that are the same',
  async run(report) {
    const source = createRandom(7);
    const random = (): number => source.next();
    const { toTimes, wholeMs } = await calibrate();
    const slow = Array.from({ length: slowDowns }, () => 1.5 + 1.5 * random());
    const [found, waiting, same]: [Decision[], Decision[], Decision[]] = [[], [], []];
    for (const factor of slow) found.push(await decide(processes(toTimes(factor))));
    for (const factor of slow) {
      waiting.push(await decide(processes(work, (factor - 1) * wholeMs)));
    }
    for (let i = 0; i < unchanged; i += 1) same.push(await decide(processes(work)));
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
      const share = async (factor: number): Promise<number> => {
        let slower = 0;
        for (let i = 0; i < simulated; i += 1) {
          const { speed } = await decide(drawn(random, factor, spread, spikes));
          if (speed.verdict === 'slower') slower += 1;
        }
        return slower / simulated;
      };
      const missed = async (factor: number): Promise<number> => 1 - (await share(factor));
      report({ what: `${name}: share of 1.5 × missed`, value: await missed(1.5), unit: '' });
      report({ what: `${name}: share of 2 × missed`, value: await missed(2), unit: '' });
      report({ what: `${name}: share of same refused`, value: await share(1), unit: '' });
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

type Next = (isOdd: boolean) => TimedPair | Promise<TimedPair>;

async function decide(next: Next): Promise<Decision> {
  const pairs: TimedPair[] = [];
  let spentMs = 0;
  for (;;) {
    const pair = await next(pairs.length % 2 === 1);
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
  /** Its own time: computed and waited. */
  readonly ownMs: number;
}

/** A process that computes, and waits; the shell tells what it has computed, as the sandbox's does. */
async function run(times: number, waitMs = 0): Promise<Took> {
  const code = `let x = 0; for (let i = 0; i < ${times}; i++) x = Math.sin(x + i);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${waitMs});`;
  const started = performance.now();
  const script = '"$@"; times';
  const child = spawn('/bin/sh', ['-c', script, 'sh', process.execPath, '-e', code]);
  const waiting = watchWaiting(() => child.pid);
  const [out] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const clockMs = performance.now() - started;
  waiting.dispose();
  const cpuMs = childrenMs(out) ?? 0;
  return { clockMs, cpuMs, ownMs: cpuMs + (waiting.ms() ?? 0) };
}

/** How many rounds make the whole process slower by a factor, its start included. */
async function calibrate() {
  const least = async (times: number): Promise<number> => {
    let ms = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 7; i += 1) ms = Math.min(ms, (await run(times)).cpuMs);
    return ms;
  };
  const [start, whole] = [await least(0), await least(work)];
  return {
    toTimes: (factor: number) => (work * (factor * whole - start)) / (whole - start),
    wholeMs: whole,
  };
}

/** Base and patch as processes of their own, in turns. */
function processes(times: number, waitMs = 0): Next {
  const pairOf = (base: Took, patch: Took): TimedPair => ({
    clock: { baseMs: base.clockMs, patchMs: patch.clockMs },
    cpu: { baseMs: base.cpuMs, patchMs: patch.cpuMs },
    own: { baseMs: base.ownMs, patchMs: patch.ownMs },
  });
  return async (isOdd) => {
    if (isOdd) {
      const patch = await run(times, waitMs);
      return pairOf(await run(work), patch);
    }
    const base = await run(work);
    return pairOf(base, await run(times, waitMs));
  };
}

function drawn(random: () => number, factor: number, spread: number, spikes: number): Next {
  const noise = (): number => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.exp(spread * normal) * (random() < spikes ? 1 + 3 * random() : 1);
  };
  return () => ({ clock: { baseMs: 300 * noise(), patchMs: 300 * factor * noise() } });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
