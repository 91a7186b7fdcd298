import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPatchwrightError, throwIfCancelled } from '../../core/errors.ts';
import type { TestRun, TestRunner } from '../../core/testRun.ts';
import type { GateContext } from '../context.ts';

/** Runs of the tests on variants of the patch, for as long as there is time. */
export interface Trials {
  /** Test files, or the whole suite, on a tree with one file replaced. undefined: the time for trials is used up. */
  run(tree: string, variant: Variant, files?: readonly string[]): Promise<Trial | undefined>;
  /** Of the runs so far. */
  spent(): { readonly runs: number; readonly ms: number };
}

/** A file of the tree, with another content. */
export interface Variant {
  readonly path: string;
  readonly content: string;
}

export type Trial = Pick<TestRun, 'verdict' | 'cases'>;

/** How long all trials may take: a few times what the proof itself took, within these bounds. */
const [leastMs, mostMs, share] = [20_000, 120_000, 3];
/** A variant that runs this many times longer than the patch itself goes on for ever. */
const patience = 5;
const leastPatienceMs = 4_000;

export function createTrials(
  { checkout }: Pick<GateContext, 'checkout'>,
  tests: TestRunner,
  took: { readonly allMs: number; readonly slowestMs: number },
  signal?: AbortSignal,
): Trials {
  const until = performance.now() + Math.min(mostMs, Math.max(leastMs, share * took.allMs));
  const limitMs = Math.max(leastPatienceMs, patience * took.slowestMs);
  let [runs, ms] = [0, 0];
  return {
    spent: () => ({ runs, ms }),
    async run(tree, variant, files) {
      throwIfCancelled(signal);
      const left = until - performance.now();
      if (left <= 0) return undefined;
      await checkout.lay(tree, signal);
      await writeFile(join(checkout.path, variant.path), variant.content);
      const limit = AbortSignal.timeout(Math.ceil(files ? limitMs : left));
      const either = signal ? AbortSignal.any([signal, limit]) : limit;
      const started = performance.now();
      try {
        return files
          ? await tests.files(checkout.path, files, either)
          : await tests.all(checkout.path, either);
      } catch (error) {
        throwIfCancelled(signal);
        if (!isPatchwrightError(error, 'cancelled')) throw error;
        return files ? { verdict: 'timeout' } : undefined;
      } finally {
        runs += 1;
        ms += performance.now() - started;
      }
    },
  };
}
