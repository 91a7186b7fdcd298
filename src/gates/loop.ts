import { join } from 'node:path';
import type { TestRunner } from '../core/testRun.ts';
import type { Gate, GateContext } from './context.ts';
import { failed, notConfigured, passed, plural } from './finding.ts';
import { newCycles } from './loop/cycles.ts';
import { createImportGraph, type ImportGraph } from './loop/importGraph.ts';
import { measure, type Measurement, type Subject } from './loop/measure.ts';
import { touchedTests } from './loop/touchedTests.ts';
import { isTestFile } from './testFiles.ts';
import { runTests } from './tests/runTests.ts';
import { renames, type TreeChange, treeChanges } from './treeChanges.ts';

/** A suite of at most this length stands in where nobody can tell which tests load the change. */
const shortSuiteMs = 5_000;

/** The patch makes no circle of imports, nothing that does not end, and nothing slower. */
export const loop: Gate = {
  id: 'loop',
  runsCode: true,
  takesLong: true,
  async run(context, signal) {
    const { git, patch, folder, suiteRuns } = context;
    const changes = await treeChanges(git, patch.base, patch.commit, signal);
    const moved = await renames(git, patch.base, patch.commit, signal);
    const [base, after] = await Promise.all(
      [patch.base, patch.commit].map((commit) => createImportGraph(git, commit, folder, signal)),
    );
    if (!base || !after) throw new Error('There are two graphs.');
    const cycles = await newCycles(changes, moved, base, after);
    const evidence = [
      ...cycles.added.map((cycle) => `new cycle: ${cycle}`),
      ...cycles.before.map((cycle) => `in a cycle before already: ${cycle}`),
      ...(base.isCut() || after.isCut()
        ? ['Not every import was followed: there are too many.']
        : []),
    ];
    if (cycles.added[0] !== undefined) {
      return failed(`The patch makes a circle of imports: ${cycles.added[0]}.`, { evidence });
    }
    const suite = suiteRuns.get(patch.commit);
    if (suite?.verdict === 'timeout' && suiteRuns.get(patch.base)?.verdict !== 'timeout') {
      const limit = (suite.durationMs / 1000).toFixed(0);
      const reason = `The tests run away with the patch: they were stopped by the time limit after ${limit} s.`;
      return failed(reason, { evidence, output: suite.output });
    }
    const measured: Measurement[] = [];
    for (const subject of await subjects(context, changes, after, signal)) {
      const one = await measure(context, subject, signal);
      measured.push(one);
      if (one.problem) break;
    }
    const details = {
      evidence: [...evidence, ...measured.flatMap((one) => one.evidence)],
      marks: measured.flatMap(({ marks }) => marks),
    };
    const bad = measured.find(({ problem }) => problem);
    if (bad?.problem) return failed(bad.problem, { ...details, output: bad.output ?? '' });
    if (cycles.files === 0 && measured.length === 0) {
      return notConfigured('The patch changes nothing whose imports or run time are followed.');
    }
    return passed(summary(cycles.files, measured.length), details);
  },
};

function summary(files: number, measured: number): string {
  const cycles = files > 0 ? `No new circle of imports (${plural(files, 'file')})` : '';
  const speed = measured > 0 ? 'nothing became slower' : 'no test that could be timed';
  return `${[cycles, speed].filter(Boolean).join('; ')}.`;
}

async function subjects(
  context: GateContext,
  changes: readonly TreeChange[],
  graph: ImportGraph,
  signal?: AbortSignal,
): Promise<readonly Subject[]> {
  const { tests, checkout, settings, held, timeoutMs, folder } = context;
  const root = join(checkout.path, folder);
  const line = settings.loop.benchmark.trim();
  const spec = { title: line, steps: line, timeoutMs, record: false };
  const benchmark: Subject = {
    name: 'The benchmark',
    run: () => runTests(held, root, spec, signal),
  };
  const timed = tests ? await timedTests(context, tests, changes, graph, signal) : undefined;
  return [...(timed ? [timed] : []), ...(line ? [benchmark] : [])];
}

/**
 * Tests that load what is changed; the whole suite where nobody can tell and it is short; else the
 * reproduction test, which says least, as it ends early on the base.
 */
async function timedTests(
  context: GateContext,
  tests: TestRunner,
  changes: readonly TreeChange[],
  graph: ImportGraph,
  signal?: AbortSignal,
): Promise<Subject | undefined> {
  const { patch, checkout } = context;
  const touched = await touchedTests(changes, graph);
  if (touched.length > 0) {
    return {
      name: `The test of ${touched.join(', ')}`,
      run: () => tests.files(checkout.path, touched, signal),
    };
  }
  if (patch.testFiles.length > 0) {
    return {
      name: 'The reproduction test',
      run: () => tests.files(checkout.path, patch.testFiles, signal),
      baseTree: await context.treeOfBaseWith(patch.commit, patch.testFiles),
      failsOnBase: true,
    };
  }
  const sameTests = changes.every(({ path }) => path !== undefined && !isTestFile(path));
  return changes.length > 0 && sameTests && hasShortSuite(context)
    ? { name: 'The test suite', run: () => tests.all(checkout.path, signal) }
    : undefined;
}

function hasShortSuite({ suiteRuns, patch }: GateContext): boolean {
  return [patch.base, patch.commit].every((tree) => {
    const run = suiteRuns.get(tree);
    return run?.verdict === 'passed' && run.durationMs <= shortSuiteMs;
  });
}
