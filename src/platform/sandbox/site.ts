import {
  existsSync,
  type Dirent,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { PatchwrightError } from '../../core/errors.ts';
import type { Git } from '../../core/ports.ts';
import { isWithin } from './paths.ts';
import { toolchains } from './toolchains.ts';

/**
 * The tree that commands in the sandbox work on, and what else they may read. Found out before anything
 * that a model wrote has run in it: later its links and `.git` could name any folder.
 */
export interface Site {
  /** The whole worktree. */
  readonly root: string;
  readonly home: string;
  readonly git?: GitFolders;
  /** What lay in it then. What commands add is their own. */
  readonly contents: Contents;
  /** Folders outside, to be read only. */
  readonly toolchains: readonly string[];
}

export interface GitFolders {
  /** The worktree's `.git`, a file or the folder itself. */
  readonly link: string;
  /** The common folder, this worktree's own, and those that objects are borrowed from. */
  readonly folders: readonly string[];
  /** Files that may hold a password in an address. */
  readonly configs: readonly string[];
}

export interface SiteOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** The user's own tree, where the worktree is another. */
  readonly mainRoot?: string;
}

/** Throws `usage` where nothing could be held back, because the folder is the home folder. */
export async function openSite(git: Git, folder: string, options: SiteOptions): Promise<Site> {
  const { environment, mainRoot } = options;
  const home = environment['HOME'] || homedir();
  const { top, folders } = await gitPlaces(git.at(folder));
  const root = realpathSync(top ?? folder);
  if ([home, safeReal(home) ?? home].some((one) => isWithin(one, root))) throw tooWide(root);
  const tools = toolchains({
    path: environment['PATH'] ?? '',
    home,
    workspaces: [root, ...(mainRoot ? [mainRoot] : [])],
    programs: [process.execPath, ...pythons(folder)],
  });
  const own = folders && gitFolders(join(root, '.git'), folders);
  const contents = contentsOf(root);
  return { root, home, contents, toolchains: tools, ...(own ? { git: own } : {}) };
}

function tooWide(root: string): PatchwrightError {
  return new PatchwrightError('usage', {
    what: `Nothing can be held back from commands that work on ${root}.`,
    why: 'Your home folder lies in it.',
    remedy: 'Name the folder of a project.',
  });
}

interface GitPlaces {
  readonly top?: string;
  readonly folders?: { readonly common: string; readonly own: string };
}

async function gitPlaces(git: Git): Promise<GitPlaces> {
  const asked = ['--show-toplevel', '--git-common-dir', '--absolute-git-dir'];
  const { code, out } = await git.code(['rev-parse', '--path-format=absolute', ...asked], {
    okCodes: [0, 1, 128],
  });
  const [top, common, own] = out.split('\n');
  return code === 0 && top && common && own ? { top, folders: { common, own } } : {};
}

/** undefined where `.git` names a repository that does not know this worktree. */
function gitFolders(
  link: string,
  { common, own }: { readonly common: string; readonly own: string },
): GitFolders | undefined {
  const stats = lstatSync(link, { throwIfNoEntry: false });
  if (!stats || stats.isSymbolicLink()) return undefined;
  if (stats.isFile() && !isNamedBack(link, own)) return undefined;
  const borrowed = alternates(common);
  return {
    link,
    folders: [...new Set([common, own, ...borrowed].map((path) => safeReal(path) ?? path))],
    configs: [
      join(common, 'config'),
      join(common, 'config.worktree'),
      join(own, 'config.worktree'),
      ...moduleConfigs(join(common, 'modules')),
    ].filter((path) => existsSync(path)),
  };
}

/** git's own record of a worktree names its `.git` file; a submodule's configuration names its folder. */
function isNamedBack(link: string, own: string): boolean {
  const record = readText(join(own, 'gitdir'));
  if (record !== undefined) return safeReal(record.trim()) === safeReal(link);
  const [, tree] = /^\s*worktree\s*=\s*(.+?)\s*$/m.exec(readText(join(own, 'config')) ?? '') ?? [];
  return tree !== undefined && safeReal(resolve(own, tree)) === safeReal(dirname(link));
}

function alternates(common: string): readonly string[] {
  const lines = readText(join(common, 'objects', 'info', 'alternates'))?.split('\n') ?? [];
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => (isAbsolute(line) ? line : resolve(common, 'objects', line)))
    .filter((path) => existsSync(path));
}

const maxModuleDepth = 6;

function moduleConfigs(folder: string, depth = 0): readonly string[] {
  if (depth > maxModuleDepth || !existsSync(folder)) return [];
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return entry.name === 'config' ? [path] : [];
    const isPart = ['objects', 'refs', 'hooks', 'logs', 'info'].includes(entry.name);
    return entry.isDirectory() && !isPart ? moduleConfigs(path, depth + 1) : [];
  });
}

function pythons(folder: string): readonly string[] {
  return ['.venv', 'venv'].map((name) => join(folder, name, 'bin', 'python'));
}

export interface Contents {
  /** Folders of package managers. */
  readonly installed: readonly string[];
  /** Files whose content is not for the command. */
  readonly secret: readonly string[];
}

/** Meant for everybody, or for tests. */
const harmless = /^\.env\.(example|sample|template|dist|defaults|test(\..+)?|testing|ci)$/;
const secretName = /^(\.env(\..*)?|\.envrc|\.netrc|\.git-credentials)$/;
const environments = new Set(['.venv', 'venv']);

function contentsOf(root: string): Contents {
  const installed: string[] = [];
  const secret: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name === 'node_modules') installed.push(path);
        else if (environments.has(entry.name) && existsSync(join(path, 'pyvenv.cfg')))
          installed.push(path);
        else if (entry.name !== '.git') folders.push(path);
      } else if (entry.isFile() && secretName.test(entry.name) && !harmless.test(entry.name)) {
        secret.push(path);
      }
    }
  }
  return { installed, secret };
}

/** What of it is still there, and of the same kind: a command may have put a link in its place. */
export function stillThere({ installed, secret }: Contents): Contents {
  const stats = (path: string) => lstatSync(path, { throwIfNoEntry: false });
  const isReal = (path: string): boolean => safeReal(path) === path;
  return {
    installed: installed.filter((path) => stats(path)?.isDirectory() && isReal(path)),
    secret: secret.filter((path) => stats(path)?.isFile() && isReal(path)),
  };
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // gone, or closed to us and so to the command
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function safeReal(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
