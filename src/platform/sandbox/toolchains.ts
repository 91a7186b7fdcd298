import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import { isWithin } from './paths.ts';

export interface ToolchainOptions {
  /** PATH, as the command will have it. */
  readonly path: string;
  readonly home: string;
  /** What the tools must not open up: the worktree and the user's own tree. */
  readonly workspaces: readonly string[];
  /** Programs that are run from wherever they are: our own node, a virtual environment's python. */
  readonly programs: readonly string[];
}

const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib64'];
/** Folders that hold much besides a `bin`. */
const wide = ['/opt', '/var', '/home', '/root', '/mnt', '/srv', '/tmp', '/media', '/nix'];
const wideAtHome = ['.local', '.local/share', '.config', '.cache', 'Library', 'snap'];
/** Beside keys of their owner's; only these folders of them are opened. */
const partlyOpen: Readonly<Record<string, readonly string[]>> = {
  '.cargo': ['bin', 'registry', 'git'],
  go: ['bin', 'pkg/mod'],
};
/** Read by tools that PATH opens, where they look for them without being told. */
const companions = ['.rustup', '.m2/repository', '.nuget/packages'];
const maxLinks = 400;

/** The folders outside of the system's own that the programs on PATH need, to be read only. */
export function toolchains(options: ToolchainOptions): readonly string[] {
  const { home } = options;
  const found = new Set<string>();
  const add = (folder: string): void => {
    for (const one of openedBy(folder, options)) if (existsSync(one)) found.add(one);
  };
  for (const entry of options.path.split(delimiter)) {
    if (!isAbsolute(entry) || isClosed(entry, options)) continue;
    const folder = real(entry);
    if (folder === undefined) continue;
    for (const one of new Set([entry, folder])) if (!isClosed(one, options)) add(one);
    for (const target of linksOf(folder)) if (!isClosed(target, options)) add(dirname(target));
  }
  for (const program of options.programs) {
    const target = real(program);
    if (target !== undefined) add(dirname(target));
  }
  for (const name of companions) if (existsSync(join(home, name))) found.add(join(home, name));
  return [...found];
}

function isClosed(path: string, { workspaces }: ToolchainOptions): boolean {
  return (
    systemFolders.some((folder) => isWithin(path, folder)) ||
    workspaces.some((folder) => isWithin(path, folder)) ||
    path.endsWith('/node_modules/.bin')
  );
}

/** A tool's own folder where that is one, else only the folder of programs. */
function openedBy(folder: string, { home, workspaces }: ToolchainOptions): readonly string[] {
  if (systemFolders.some((one) => isWithin(folder, one))) return [];
  const opensTooMuch = (path: string): boolean =>
    [home, real(home) ?? home, ...workspaces].some((one) => isWithin(one, path));
  if (opensTooMuch(folder)) return [];
  const parent = dirname(folder);
  for (const [name, parts] of Object.entries(partlyOpen)) {
    if (parent === join(home, name)) return parts.map((part) => join(parent, part));
  }
  const isOwn =
    ['bin', 'sbin', 'shims'].includes(basename(folder)) &&
    parent !== '/' &&
    !wide.includes(parent) &&
    !wideAtHome.some((name) => parent === join(home, name)) &&
    !opensTooMuch(parent);
  return [isOwn ? parent : folder];
}

/** `~/.local/bin/python` often is a link to where the interpreter really lives. */
function linksOf(folder: string): readonly string[] {
  try {
    const links = readdirSync(folder, { withFileTypes: true }).filter((e) => e.isSymbolicLink());
    return links.slice(0, maxLinks).flatMap(({ name }) => real(join(folder, name)) ?? []);
  } catch {
    return []; // closed to us: then it is for the tests, too
  }
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined; // PATH may name what is not there
  }
}
