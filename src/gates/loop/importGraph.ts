import { throwIfCancelled } from '../../core/errors.ts';
import type { Git } from '../../core/ports.ts';
import { readBlobs } from '../readBlobs.ts';
import { isJavaScript } from '../source/script.ts';
import { treePaths } from '../treeChanges.ts';
import { pythonImports } from './pythonImports.ts';
import { createScriptResolver, resolvePython, type Tree } from './resolve.ts';
import { scriptImports } from './scriptImports.ts';

/** Beyond this a graph is not followed further: no gate may take minutes to read. */
const maxFiles = 5_000;
const maxSourceBytes = 1 << 20;

/** So many are read at once: a process for each step of the way would take longer. */
const fewFiles = 300;

/** Which files of a commit load which, read from git's objects as far as it is asked. Executes nothing. */
export interface ImportGraph {
  has(path: string): boolean;
  readonly paths: readonly string[];
  /** What each of these loads; read together, which is much faster than one by one. */
  importsOf(paths: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Whether there was more to read than is read. */
  isCut(): boolean;
}

/** Files whose imports are followed. */
export function hasImports(path: string): boolean {
  return (isJavaScript(path) && !/\.d\.[cm]?ts$/.test(path)) || path.endsWith('.py');
}

function isAsked(path: string): boolean {
  return hasImports(path) || /(^|\/)(package|[jt]sconfig|tsconfig\.base)\.json$/.test(path);
}

export async function createImportGraph(
  git: Git,
  commit: string,
  folder: string,
  signal?: AbortSignal,
): Promise<ImportGraph> {
  const paths = (await treePaths(git, commit, signal)).flatMap((path) => path ?? []);
  const all = new Set(paths);
  const tree: Tree = {
    paths,
    has: (path) => all.has(path),
    read: async (path) => (all.has(path) ? (await readAll([path])).get(path) : undefined),
  };
  const early = await readFrom(paths.length > fewFiles ? [] : paths.filter(isAsked));
  const resolveScript = await createScriptResolver(tree, folder);
  const known = new Map<string, readonly string[]>();
  let cut = false;
  return {
    has: (path) => all.has(path),
    paths,
    isCut: () => cut,
    async importsOf(wanted) {
      const fresh = wanted.filter((path) => !known.has(path) && hasImports(path) && all.has(path));
      const room = Math.max(0, maxFiles - known.size);
      if (fresh.length > room) cut = true;
      for (const [path, source] of await readAll(fresh.slice(0, room))) {
        throwIfCancelled(signal);
        known.set(path, targets(path, source));
      }
      return new Map(wanted.map((path) => [path, known.get(path) ?? []]));
    },
  };

  function targets(path: string, source: string): readonly string[] {
    const found = path.endsWith('.py')
      ? pythonImports(source).flatMap((one) => resolvePython(tree, folder, path, one))
      : scriptImports(path, source).flatMap((one) => resolveScript(path, one) ?? []);
    return [...new Set(found)].filter((target) => target !== path);
  }

  async function readAll(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rest = await readFrom(names.filter((name) => !early.has(name)));
    return new Map(
      names.flatMap((name) => {
        const source = early.get(name) ?? rest.get(name);
        return source === undefined ? [] : [[name, source]];
      }),
    );
  }

  async function readFrom(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const blobs = await readBlobs(
      git,
      names.map((name) => `${commit}:${name}`),
      signal,
    );
    return new Map(
      names.flatMap((name) => {
        const blob = blobs.get(`${commit}:${name}`);
        return blob && blob.length <= maxSourceBytes ? [[name, blob.toString('utf8')]] : [];
      }),
    );
  }
}

/** The shortest way of imports from one file to another, both ends included. */
export async function pathBetween(
  graph: ImportGraph,
  from: string,
  to: string,
): Promise<readonly string[] | undefined> {
  const cameFrom = new Map<string, string | undefined>([[from, undefined]]);
  for (let level = [from]; level.length > 0; ) {
    if (cameFrom.has(to)) return wayTo(to, cameFrom);
    const next: string[] = [];
    for (const [path, targets] of await graph.importsOf(level)) {
      for (const target of targets) {
        if (cameFrom.has(target)) continue;
        cameFrom.set(target, path);
        next.push(target);
      }
    }
    level = next;
  }
  return cameFrom.has(to) ? wayTo(to, cameFrom) : undefined;
}

function wayTo(to: string, cameFrom: ReadonlyMap<string, string | undefined>): readonly string[] {
  const way = [to];
  for (let at = cameFrom.get(to); at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return way;
}
