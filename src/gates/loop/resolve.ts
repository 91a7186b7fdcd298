import { posix } from 'node:path';
import { parse as parseJsonc } from 'jsonc-parser';
import { list, record, text } from '../tests/outcome.ts';
import type { PythonImport } from './pythonImports.ts';

/** A tree of the repository, to look names up in. */
export interface Tree {
  has(path: string): boolean;
  /** undefined: there is no such file. */
  read(path: string): Promise<string | undefined>;
  readonly paths: readonly string[];
}

export type ResolveScript = (from: string, specifier: string) => string | undefined;

const endings = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];
const maxPackages = 300;

/** Follows relative names, the paths of tsconfig.json, `#imports`, and packages of the same repository. */
export async function createScriptResolver(tree: Tree, folder: string): Promise<ResolveScript> {
  const aliases = [
    ...(await configuredPaths(tree, folder)),
    ...(await ownImports(tree, folder)),
    ...(await ownPackages(tree)),
  ];
  return (from, specifier) => {
    if (/^\.{1,2}(\/|$)/.test(specifier)) {
      return fileAt(tree, posix.join(posix.dirname(from), specifier));
    }
    for (const { pattern, targets } of aliases) {
      const star = starOf(pattern, specifier);
      for (const target of star === undefined ? [] : targets) {
        const found = fileAt(tree, posix.normalize(target.replace('*', () => star ?? '')));
        if (found) return found;
      }
    }
    return undefined;
  };
}

/** TypeScript's sources may name each other by what they become. */
function fileAt(tree: Tree, path: string): string | undefined {
  const base = path.replace(/\/$/, '');
  const stem = base.replace(/\.([cm]?)jsx?$/, '');
  const kind = /\.([cm]?)jsx?$/.exec(base)?.[1] ?? '';
  const candidates = [
    base,
    ...(stem === base ? [] : [`${stem}.${kind}ts`, `${stem}.tsx`]),
    ...endings.map((ending) => base + ending),
    ...endings.map((ending) => `${base}/index${ending}`),
  ];
  return candidates.find((candidate) => /\.[cm]?[jt]sx?$/.test(candidate) && tree.has(candidate));
}

interface Alias {
  /** A name, or one with a `*` for what the targets' `*` stands for. */
  readonly pattern: string;
  readonly targets: readonly string[];
}

/** undefined: it does not fit. */
function starOf(pattern: string, specifier: string): string | undefined {
  const [prefix = '', suffix] = pattern.split('*');
  if (suffix === undefined) return specifier === pattern ? '' : undefined;
  const isLong = specifier.length >= prefix.length + suffix.length;
  const fits = isLong && specifier.startsWith(prefix) && specifier.endsWith(suffix);
  return fits ? specifier.slice(prefix.length, specifier.length - suffix.length) : undefined;
}

async function configuredPaths(tree: Tree, folder: string): Promise<Alias[]> {
  for (const name of ['tsconfig.json', 'jsconfig.json', 'tsconfig.base.json']) {
    const source = await tree.read(folder + name);
    const options = source ? record(record(parseJsonc(source))?.['compilerOptions']) : undefined;
    const paths = record(options?.['paths']);
    const base = posix.join(folder, text(options?.['baseUrl']) || '.');
    const own = Object.entries(paths ?? {}).map(([pattern, targets]) => ({
      pattern,
      targets: list(targets).map((target) => posix.join(base, text(target))),
    }));
    const fromBase = options?.['baseUrl']
      ? [{ pattern: '*', targets: [posix.join(base, '*')] }]
      : [];
    if (own.length + fromBase.length > 0) return [...own, ...fromBase];
  }
  return [];
}

async function ownImports(tree: Tree, folder: string): Promise<Alias[]> {
  const source = await tree.read(`${folder}package.json`);
  const imports = source ? record(record(parseJsonc(source))?.['imports']) : undefined;
  return Object.entries(imports ?? {}).map(([pattern, target]) => ({
    pattern,
    targets: targetsOf(target).map((path) => posix.join(folder, path)),
  }));
}

/** All of a conditional target's ways. */
function targetsOf(target: unknown): string[] {
  if (typeof target === 'string') return [target];
  return Object.values(record(target) ?? {}).flatMap(targetsOf);
}

/** A workspace's packages know each other by name. */
async function ownPackages(tree: Tree): Promise<Alias[]> {
  const manifests = tree.paths
    .filter((path) => /(^|\/)package\.json$/.test(path) && !path.includes('node_modules/'))
    .slice(0, maxPackages);
  const found: Alias[] = [];
  for (const path of manifests) {
    const manifest = record(parseJsonc((await tree.read(path)) ?? ''));
    const name = text(manifest?.['name']);
    if (!name) continue;
    const folder = posix.dirname(path);
    const main = [
      ...targetsOf(record(manifest?.['exports'])?.['.'] ?? manifest?.['exports']),
      text(manifest?.['module']),
      text(manifest?.['main']),
      'src/index',
      'index',
    ].filter(Boolean);
    found.push(
      { pattern: name, targets: main.map((target) => posix.join(folder, target)) },
      {
        pattern: `${name}/*`,
        targets: [posix.join(folder, '*'), posix.join(folder, 'src/*')],
      },
    );
  }
  return found;
}

/** The modules of the repository that an import leads to. */
export function resolvePython(
  tree: Tree,
  folder: string,
  from: string,
  { level, module, names }: PythonImport,
): readonly string[] {
  const path = module.replaceAll('.', '/');
  const roots =
    level > 0
      ? [posix.join(posix.dirname(from), ...Array.from({ length: level - 1 }, () => '..'))]
      : ['', 'src', folder, posix.join(folder, 'src'), 'lib', posix.dirname(from)];
  for (const root of new Set(roots)) {
    const place = posix.join(root, path);
    const self = moduleAt(tree, place);
    const below = (names ?? []).map((name) => moduleAt(tree, posix.join(place, name)) ?? self);
    const found = (names ? below : [self]).filter((one) => one !== undefined);
    if (found.length > 0) return found;
  }
  return [];
}

function moduleAt(tree: Tree, path: string): string | undefined {
  return [`${path}.py`, posix.join(path, '__init__.py')].find((name) => tree.has(name));
}
