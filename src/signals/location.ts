import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Finds the workspace's file that a frame speaks of. Looks at names only; opens nothing. */
export interface Locator {
  /** Relative to the workspace with `/`, or undefined when no file there matches. */
  locate(file: string): string | undefined;
  /** The files that fit a frame's path equally well, where none fits alone. */
  alike(file: string): readonly string[];
}

const maxCached = 1_000;
const maxSegments = 40;
const skipped = /(?:^|\/)(?:node_modules|\.git|\.patchwright)(?:\/|$)/;

/**
 * @param candidates the workspace's files (relative, with `/`) of a given base name; undefined when not known
 */
export function createLocator(
  folder: string,
  candidates: (baseName: string) => readonly string[] = () => [],
): Locator {
  const root = realRoot(folder);
  const cache = new Map<string, string | undefined>();
  const isFile = createLook(root);
  return {
    locate(file) {
      if (cache.has(file)) return cache.get(file);
      if (cache.size >= maxCached) cache.clear();
      const found = find(root, file, candidates, isFile);
      cache.set(file, found);
      return found;
    },
    alike(file) {
      const segments = segmentsOf(file);
      const files = segments ? bestSuffixes(segments, candidates(segments.at(-1) ?? '')) : [];
      return files.length > 1 ? files : [];
    },
  };
}

function realRoot(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder; // a missing folder is reported by the walk
  }
}

function find(
  root: string,
  file: string,
  candidates: (baseName: string) => readonly string[],
  isFile: (path: string) => boolean,
): string | undefined {
  const segments = segmentsOf(file);
  const base = segments?.at(-1);
  if (!segments || base === undefined) return undefined;
  const exact = insideRoot(root, file);
  if (exact !== undefined && isFile(exact)) return exact;
  for (let from = 0; from < segments.length; from++) {
    const path = segments.slice(from).join('/');
    if (!skipped.test(path) && isFile(path)) return path;
  }
  const [best, ...others] = bestSuffixes(segments, candidates(base));
  return others.length > 0 ? undefined : best;
}

/** Without the climb out of the folder a tool ran in; undefined for what climbs in between, is a device or URL, or is too deep to be a source file. */
function segmentsOf(file: string): readonly string[] | undefined {
  if (file.length > 2_000 || file.includes('\0') || /^[a-z][\w+.-]+:\/\//i.test(file))
    return undefined;
  const segments = file
    .replace(/^[A-Za-z]:/, '')
    .split(/[\\/]+/)
    .filter((part) => part !== '' && part !== '.');
  while (segments[0] === '..') segments.shift();
  const climbs = segments.includes('..');
  return climbs || segments.length === 0 || segments.length > maxSegments ? undefined : segments;
}

function insideRoot(root: string, file: string): string | undefined {
  if (!file.startsWith(root)) return undefined; // `relative` is slow, and most are none of ours
  const path = relative(root, file);
  const inside = path !== '' && !path.startsWith('..') && path !== file && !skipped.test(path);
  return inside ? path.split(sep).join('/') : undefined;
}

/**
 * Traces name files that are none of ours by the thousand. What would lie in a folder that the workspace does
 * not have needs no look at the disk.
 */
function createLook(root: string): (path: string) => boolean {
  let top: ReadonlySet<string> | undefined;
  return (path) => {
    top ??= namesIn(root);
    const end = path.indexOf('/');
    const first = end < 0 ? path : path.slice(0, end);
    return top.has(folded(first)) && isFile(root, path);
  };
}

function namesIn(folder: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(folder).map(folded));
  } catch {
    return new Set(); // a missing folder is reported by the walk
  }
}

/** Some file systems take two writings for one name. */
function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** A plain file whose real path lies in the workspace, too: a link may lead out of it. */
function isFile(root: string, path: string): boolean {
  const full = join(root, path);
  try {
    if (!statSync(full, { throwIfNoEntry: false })?.isFile()) return false;
    return realpathSync(full).startsWith(root + sep);
  } catch {
    return false; // a name too long, a loop of links, a folder we may not enter: not ours
  }
}

/** The folders of such a file are only guessed from its package, which need not be laid out as such. */
const packaged = /\.(?:kts?|scala|groovy)$/;

/** The candidates that share the most path segments from the end, and more than the name. */
function bestSuffixes(segments: readonly string[], files: readonly string[]): readonly string[] {
  let best: string[] = [];
  let most = 1;
  for (const file of files) {
    if (skipped.test(file)) continue;
    const shared = sharedSuffix(segments, file.split('/'));
    if (shared > most) [best, most] = [[file], shared];
    else if (shared === most && best.length > 0) best.push(file);
  }
  // A bare name (a minified trace, a relative frame) is enough when it is the only such file.
  const isBare = segments.length === 1 || packaged.test(segments.at(-1) ?? '');
  return best.length === 0 && isBare ? files : best;
}

function sharedSuffix(a: readonly string[], b: readonly string[]): number {
  let shared = 0;
  while (shared < a.length && shared < b.length && a.at(-1 - shared) === b.at(-1 - shared))
    shared++;
  return shared;
}
