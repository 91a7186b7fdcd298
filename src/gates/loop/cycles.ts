import type { TreeChange } from '../treeChanges.ts';
import { hasImports, type ImportGraph, pathBetween } from './importGraph.ts';

export interface Cycles {
  /** `a.ts → b.ts → a.ts`, each once. */
  readonly added: readonly string[];
  /** New imports between files that were in a cycle with each other before. */
  readonly before: readonly string[];
  /** How many changed files were looked at. */
  readonly files: number;
}

/** A new cycle goes over a new import, and that stands in a changed file: so only those are looked at. */
export async function newCycles(
  changes: readonly TreeChange[],
  moved: ReadonlyMap<string, string>,
  base: ImportGraph,
  patch: ImportGraph,
): Promise<Cycles> {
  const oldName = (path: string): string => moved.get(path) ?? path;
  const files = changes.flatMap(({ path, status }) =>
    path && status !== 'D' && hasImports(path) ? [path] : [],
  );
  const [now, then] = [await patch.importsOf(files), await base.importsOf(files.map(oldName))];
  const added = new Map<string, string>();
  const before = new Set<string>();
  for (const [file, targets] of now) {
    const known = new Set(then.get(oldName(file)));
    for (const target of targets.filter((one) => !known.has(oldName(one)))) {
      const way = await pathBetween(patch, target, file);
      if (!way) continue;
      const cycle = [file, ...way].join(' → ');
      const wasOne = await mutual(base, oldName(file), oldName(target));
      if (wasOne) before.add(cycle);
      else if (!added.has(members(way))) added.set(members(way), cycle);
    }
  }
  return { added: [...added.values()], before: [...before], files: files.length };
}

function members(way: readonly string[]): string {
  return way.toSorted().join('\0');
}

async function mutual(graph: ImportGraph, a: string, b: string): Promise<boolean> {
  if (!graph.has(a) || !graph.has(b)) return false;
  const [there, back] = [await pathBetween(graph, a, b), await pathBetween(graph, b, a)];
  return there !== undefined && back !== undefined;
}
