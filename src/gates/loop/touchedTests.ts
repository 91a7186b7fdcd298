import { dirname } from 'node:path/posix';
import { isTestFile } from '../testFiles.ts';
import type { TreeChange } from '../treeChanges.ts';
import { hasImports, type ImportGraph } from './importGraph.ts';

const maxTests = 5;

/**
 * Test files that load a changed file, the nearest first. Those that the patch changes itself are left
 * out: another test takes another time. Go's tests lie in the folder of what they test.
 */
export async function touchedTests(
  changes: readonly TreeChange[],
  graph: ImportGraph,
): Promise<readonly string[]> {
  const all = changes.flatMap(({ path }) => path ?? []);
  const changed = new Set(all);
  const sources = all.filter((path) => !isTestFile(path));
  const folders = new Set(sources.filter((path) => path.endsWith('.go')).map(dirname));
  const tests = graph.paths.filter((path) => isTestFile(path) && !changed.has(path));
  const go = tests.filter((path) => path.endsWith('_test.go') && folders.has(dirname(path)));
  const near = await testsThatLoad(sources.filter(hasImports), tests.filter(isProgram), graph);
  return [...near, ...go].slice(0, maxTests);
}

/** No helper below a folder of tests: those run nothing by themselves. */
function isProgram(path: string): boolean {
  return (
    hasImports(path) &&
    /(\.(test|spec|cy)\.|(^|\/)test_|_test\.py$|(^|\/)tests?\/[^/]+$)/.test(path)
  );
}

async function testsThatLoad(
  sources: readonly string[],
  tests: readonly string[],
  graph: ImportGraph,
): Promise<readonly string[]> {
  if (sources.length === 0) return [];
  const loadedBy = new Map<string, string[]>();
  const seen = new Set(tests);
  for (let level = tests; level.length > 0; ) {
    const next: string[] = [];
    for (const [path, targets] of await graph.importsOf(level)) {
      for (const target of targets) {
        loadedBy.set(target, [...(loadedBy.get(target) ?? []), path]);
        if (!seen.has(target)) next.push(target);
        seen.add(target);
      }
    }
    level = next;
  }
  const reached = new Set<string>();
  for (let level = sources; level.length > 0; ) {
    level = level.flatMap((path) => loadedBy.get(path) ?? []).filter((path) => !reached.has(path));
    for (const path of level) reached.add(path);
  }
  const isTest = new Set(tests);
  return [...reached].filter((path) => isTest.has(path));
}
