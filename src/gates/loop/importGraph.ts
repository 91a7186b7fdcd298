import { throwIfCancelled } from '../../core/errors.ts';
import type { Git } from '../../core/ports.ts';
import { isJavaScript } from '../source/script.ts';
import { treePaths } from '../treeChanges.ts';
import { pythonImports } from './pythonImports.ts';
import { createScriptResolver, resolvePython, type Tree } from './resolve.ts';
import { scriptImports } from './scriptImports.ts';

/** Beyond this a graph is not followed further: no gate may take minutes to read. */
const maxFiles = 5_000;
const maxSourceBytes = 1 << 20;

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
    const readable = names.filter((name) => !name.includes('\n'));
    if (readable.length === 0) return new Map();
    const input = readable.map((name) => `${commit}:${name}\n`).join('');
    const maxOutputBytes = 512 << 20;
    const out = await git.bytes(['cat-file', '--batch'], { input, signal, maxOutputBytes });
    return sources(readable, out);
  }
}

/** `<sha> blob <size>\n<content>\n` for each, in the order asked for. */
function sources(names: readonly string[], out: Buffer): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  for (const name of names) {
    const end = out.indexOf(10, at);
    const [, kind, size] = out.toString('utf8', at, end).split(' ').slice(-3);
    at = end + 1;
    if (kind === undefined || !/^\d+$/.test(size ?? '')) continue; // missing
    const bytes = Number(size);
    if (kind === 'blob' && bytes <= maxSourceBytes) {
      found.set(name, out.toString('utf8', at, at + bytes));
    }
    at += bytes + 1;
  }
  return found;
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
