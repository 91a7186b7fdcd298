import { throwIfCancelled } from '../../core/errors.ts';
import type { TestRun } from '../../core/testRun.ts';
import type { GateContext } from '../context.ts';
import { plural } from '../finding.ts';
import { guarded } from '../guardedRun.ts';
import {
  type Bound,
  confidence,
  doubt,
  type Measure,
  mostMs,
  settledWithin,
  slow,
  type Speed,
  type TimedPair,
  usualPairs,
} from './slowdown.ts';

/** Something that is run on the base and on the patch. */
export interface Subject {
  readonly name: string;
  run(): Promise<TestRun>;
  /** Default: the base itself. */
  readonly baseTree?: string;
  /** It fails on the base by what it is; so only what no fix explains counts as slower. */
  readonly failsOnBase?: true;
}

export interface Measurement {
  readonly problem?: string;
  readonly evidence: readonly string[];
  readonly marks: readonly string[];
  readonly output?: string;
}

/**
 * Runs base and patch in turns, the order changing, so that what the machine does meanwhile meets both.
 * Few runs where they tell, more while they do not, and none where a single one takes too long.
 */
export async function measure(
  context: GateContext,
  subject: Subject,
  signal?: AbortSignal,
): Promise<Measurement> {
  const { patch } = context;
  const runs: { readonly base: TestRun; readonly patch: TestRun }[] = [];
  const marks = new Set<string>();
  const started = performance.now();
  let speed: Speed | undefined;
  while (speed === undefined) {
    throwIfCancelled(signal);
    const order = runs.length % 2 === 0 ? ['base', 'patch'] : ['patch', 'base'];
    const pair: Partial<Record<'base' | 'patch', TestRun>> = {};
    for (const side of order as ('base' | 'patch')[]) {
      const tree = side === 'base' ? (subject.baseTree ?? patch.base) : patch.commit;
      const ran = await guarded(context, tree, () => subject.run(), signal);
      for (const mark of ran.marks) marks.add(mark);
      if (ran.problems[0] !== undefined) return misbehaved(subject, side, ran.problems);
      if (ran.result.stopped) return misbehaved(subject, side, [ran.result.stopped]);
      if (ran.result.verdict === 'timeout') return endless(subject, side, ran.result);
      pair[side] = ran.result;
    }
    runs.push(pair as { base: TestRun; patch: TestRun });
    if (!subject.failsOnBase && runs[0]?.base.verdict !== 'passed') return incomparable(subject);
    const spent = performance.now() - started;
    if (runs.length === 1 && spent * usualPairs > mostMs) return tooLong(subject, spent, runs);
    speed = settledWithin(spent, runs.map(times), boundOf(subject));
  }
  return judge(subject, runs, speed, [...marks]);
}

/** A test that ends early by failing takes longer once it is mended. */
function boundOf({ failsOnBase }: Subject): Bound {
  return failsOnBase ? { ratio: 3, ms: 1_000 } : slow;
}

type Runs = readonly { readonly base: TestRun; readonly patch: TestRun }[];

function times({ base, patch }: Runs[number]): TimedPair {
  const pair = (baseMs: number, patchMs: number) => ({
    baseMs: Math.max(1, baseMs),
    patchMs: Math.max(1, patchMs),
  });
  const clock = pair(base.durationMs, patch.durationMs);
  if (base.cpuMs === undefined || patch.cpuMs === undefined) return { clock };
  const cpu = pair(base.cpuMs, patch.cpuMs);
  if (base.waitedMs === undefined || patch.waitedMs === undefined) return { clock, cpu };
  return { clock, cpu, own: pair(base.cpuMs + base.waitedMs, patch.cpuMs + patch.waitedMs) };
}

const timeOf: Readonly<Record<Measure, string>> = {
  clock: 'the time of before',
  cpu: 'the processor time of before',
  waiting: 'the time of before, by waiting',
};

function judge(subject: Subject, runs: Runs, speed: Speed, marks: readonly string[]): Measurement {
  const { name, failsOnBase } = subject;
  const { ratio: allowed } = boundOf(subject);
  const percent = `${100 * confidence} %`;
  const interval = `${speed.low.toFixed(2)}–${speed.high.toFixed(2)}`;
  const ranMs = runs.reduce((sum, run) => sum + run.base.durationMs + run.patch.durationMs, 0);
  const evidence = [
    `Timed: ${plural(2 * runs.length, 'run')} (${(ranMs / 1000).toFixed(1)} s)`,
    `${name}: ${speed.ratio.toFixed(2)} × ${timeOf[speed.by]} (${percent} interval ${interval}, ${plural(runs.length, 'pair')} of runs).`,
  ];
  const failing = (side: 'base' | 'patch'): number =>
    runs.filter((run) => run[side].verdict !== 'passed').length;
  const [was, is] = [failing('base'), failing('patch')];
  if (is > 0 && !failsOnBase)
    evidence.push(`${name}: ${is} of ${runs.length} runs failed, ${was} before.`);
  if (is - was >= 2) {
    const problem = `${name} became unreliable: ${is} of ${runs.length} runs fail with the patch, ${was} without it.`;
    return { problem, evidence, marks };
  }
  const flaky = is > was ? [`${name}: failed once with the patch, in ${runs.length} runs`] : [];
  if (speed.verdict === 'slower') {
    const problem = `${name} became slower: ${speed.ratio.toFixed(2)} × ${timeOf[speed.by]} (${percent} interval ${interval}; up to ${allowed} is allowed).`;
    return { problem, evidence, marks: [...marks, ...flaky] };
  }
  return { evidence, marks: [...marks, ...flaky, ...unclear(subject, speed)] };
}

function unclear(subject: Subject, speed: Speed): string[] {
  const { name } = subject;
  const why = 'the runs differ too much to tell';
  switch (doubt(speed, boundOf(subject))) {
    case 'maybe':
      return [`${name}: may be slower (${speed.ratio.toFixed(2)} ×), ${why}`];
    case 'undecided':
      return [
        `${name}: not decided whether it became slower (at most ${speed.high.toFixed(1)} × ${timeOf[speed.by]}), ${why}`,
      ];
    default:
      return [];
  }
}

function misbehaved(
  { name }: Subject,
  side: 'base' | 'patch',
  problems: readonly string[],
): Measurement {
  const how = side === 'base' ? 'without the patch, too' : 'with the patch';
  const problem = `${name} did what it must not do ${how}: ${problems[0]}.`;
  return { problem, evidence: problems, marks: [] };
}

/** What does not end before the patch is not the patch's doing. */
function endless({ name }: Subject, side: 'base' | 'patch', run: TestRun): Measurement {
  const limit = `${(run.durationMs / 1000).toFixed(0)} s`;
  if (side === 'base') {
    return { evidence: [`${name}: does not end without the patch either.`], marks: [] };
  }
  const problem = `${name} runs away with the patch: it was stopped by the time limit after ${limit}.`;
  return { problem, evidence: [], marks: [], output: run.output };
}

function incomparable({ name }: Subject): Measurement {
  return { evidence: [`${name}: fails without the patch, so its times tell nothing.`], marks: [] };
}

function tooLong({ name }: Subject, spentMs: number, runs: Runs): Measurement {
  const seconds = (spentMs / 1000).toFixed(0);
  const evidence = [`${name}: a pair of runs takes ${seconds} s, too long to be repeated.`];
  const [pair] = runs.map(times);
  const { baseMs, patchMs } = pair?.cpu ?? pair?.clock ?? { baseMs: 1, patchMs: 1 };
  const ratio = patchMs / baseMs;
  const marks = ratio > 1.5 ? [`${name}: took ${ratio.toFixed(1)} × the time of before, once`] : [];
  return { evidence, marks };
}
