import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorMessage, PatchwrightError, systemCode, throwIfCancelled } from '../core/errors.ts';
import type { Git, Log, Shell } from '../core/ports.ts';
import {
  bytesOf,
  type CopiedEntry,
  type CopyPlan,
  isInside,
  isUntouched,
  type Manifest,
  syncCopy,
  walk,
} from './dependencyCopy.ts';
import { removeTree } from './ownFolder.ts';

export interface DependencyOptions {
  /** Folder of ours where copies wait for the next attempt; on the worktrees' file system. */
  readonly home: string;
  /** The user's repository. */
  readonly git: Git;
  /** The user's working tree. */
  readonly top: string;
  readonly base: string;
  readonly worktree: string;
  /** More than this is not copied. Default 2 GiB. */
  readonly maxBytes?: number;
  readonly log: Log;
}

/** What was brought into a worktree so that its tests can run. */
export interface Provided {
  /** Relative to the worktree, with `/`. No part of the patch. */
  readonly folders: readonly string[];
  /** What a person should know: each one sentence. */
  readonly remarks: readonly string[];
  /** Undoes what tests did to the copies. Returns how many folders were changed. */
  restore(signal?: AbortSignal): Promise<number>;
  /** Keeps the copies for the next attempt. Never throws. */
  giveBack(): Promise<void>;
}

const defaultMaxBytes = 2 * 1024 ** 3;
const maxCandidates = 500;
const pythonFolders = ['.venv', 'venv'];

/**
 * Copies node_modules (of every package) and virtual environments that git does not track into the worktree.
 * A link to the user's folders would not do: through the links of npm workspaces and the paths of editable
 * installs the tests would load the user's code and not the patch.
 */
export async function provideDependencies(
  options: DependencyOptions,
  signal?: AbortSignal,
): Promise<Provided> {
  const remarks: string[] = [];
  const sources = await Promise.all(
    (await candidates(options, signal)).map((folder) => sourceOf(options, folder)),
  );
  const copies: Copy[] = [];
  let bytes = 0;
  for (const source of sources.filter((one) => one !== undefined)) {
    const entries = await walk(source.plan.source, 'theirs', signal);
    bytes += bytesOf(entries);
    copies.push({ ...source, entries, manifest: new Map() });
  }
  if (bytes > (options.maxBytes ?? defaultMaxBytes)) {
    return nothing([tooLarge(bytes)]);
  }
  const provided: Copy[] = [];
  for (const copy of copies) {
    throwIfCancelled(signal);
    if (await isSafeParent(copy.plan)) provided.push(await take(copy, remarks, signal));
  }
  if (provided.length === 0 && (await isThere(join(options.top, '.pnp.cjs')))) {
    remarks.push(
      'Yarn Plug’n’Play can not be copied; let patchwright.test.setup run `yarn install`.',
    );
  }
  return {
    folders: provided.map((copy) => copy.folder),
    remarks,
    restore: (again) => restoreAll(provided, again),
    giveBack: () => giveAllBack(provided, options),
  };
}

export function nothing(remarks: readonly string[]): Provided {
  return { folders: [], remarks, restore: async () => 0, giveBack: async () => undefined };
}

function tooLarge(bytes: number): string {
  const gib = (bytes / 1024 ** 3).toFixed(1);
  return `The installed dependencies (${gib} GiB) are too large to copy; let the setting patchwright.test.setup install them.`;
}

interface Source {
  readonly folder: string;
  readonly plan: CopyPlan;
  /** Where the copy waits between attempts. */
  readonly slot: string;
}

interface Copy extends Source {
  readonly entries: Awaited<ReturnType<typeof walk>>;
  manifest: Manifest;
}

/** Folders that a package manager may have filled, by what git tracks beside them. */
async function candidates(
  { git, top, base }: DependencyOptions,
  signal?: AbortSignal,
): Promise<string[]> {
  const names = ['package.json', 'pyproject.toml', 'setup.py', 'requirements.txt'];
  const specs = names.map((name) => `:(glob)**/${name}`);
  const listed = await git.at(top).run(['ls-files', '-z', '--', ...specs], { signal });
  const folders = new Set(['node_modules', ...pythonFolders]);
  for (const path of listed.split('\0').filter(Boolean)) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const kinds = path.endsWith('package.json') ? ['node_modules'] : pythonFolders;
    for (const kind of kinds) folders.add(folder + kind);
    if (folders.size > maxCandidates) break;
  }
  const present = await Promise.all(
    [...folders].map(async (folder) => ((await isThere(join(top, folder))) ? [folder] : [])),
  );
  // One folder inside another comes along with it.
  const outermost = present.flat().filter((a, _, all) => !all.some((b) => a.startsWith(`${b}/`)));
  return untrackedOf(git.at(top), base, outermost, signal);
}

async function untrackedOf(
  git: Git,
  base: string,
  folders: readonly string[],
  signal?: AbortSignal,
) {
  if (folders.length === 0) return [];
  const names = ['ls-tree', '-z', '--name-only', '--full-tree', base, '--', ...folders];
  const tracked = new Set((await git.run(names, { signal })).split('\0'));
  return folders.filter((folder) => !tracked.has(folder));
}

async function sourceOf(options: DependencyOptions, folder: string): Promise<Source | undefined> {
  // The folder may itself be a link to where the packages really are.
  const source = await realpath(join(options.top, folder)).catch(() => undefined);
  const isFolder = source !== undefined && (await lstat(source)).isDirectory();
  if (!isFolder) return undefined;
  const isPython = pythonFolders.includes(basename(folder));
  if (isPython && !(await isThere(join(source, 'pyvenv.cfg')))) return undefined;
  const key = createHash('sha256').update(`${options.top}\0${folder}`).digest('hex').slice(0, 16);
  return {
    folder,
    slot: join(options.home, 'dependencies', key),
    plan: {
      source,
      top: options.top,
      target: join(options.worktree, folder),
      newTop: options.worktree,
      mayName: isPython ? namesFolders : () => false,
    },
  };
}

/** Whether a package manager fills this folder, and no build from the sources. */
export function isInstalled(folder: string): boolean {
  return ['node_modules', 'vendor', ...pythonFolders].includes(basename(folder));
}

/** In a virtual environment: editable installs, its own configuration, and the scripts' first lines. */
function namesFolders(path: string): boolean {
  return (
    /\.(?:pth|egg-link)$/.test(path) ||
    /(?:^|\/)__editable__[^/]*\.py$/.test(path) ||
    /^(?:pyvenv\.cfg|bin\/[^/]+|Scripts\/[^/]+)$/.test(path)
  );
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

/** The copy of an earlier attempt, brought up to date, or a new one. */
async function take(copy: Copy, remarks: string[], signal?: AbortSignal): Promise<Copy> {
  const { plan, slot, folder } = copy;
  const previous = await readManifest(slot);
  await removeTree(plan.target);
  const moved = await rename(join(slot, 'tree'), plan.target).then(
    () => true,
    () => false, // none there, or another attempt has it
  );
  const manifest = await syncCopy(plan, copy.entries, moved ? previous : new Map(), signal);
  const outside = await linksOutside(copy);
  if (outside > 0) {
    remarks.push(
      `${folder} has ${outside} link(s) to folders outside the workspace; tests use those as they are.`,
    );
  }
  return { ...copy, manifest };
}

/** A test may put a link in place of the folder above; what we write must stay in the worktree. */
async function isSafeParent({ target, newTop }: CopyPlan): Promise<boolean> {
  const parent = await realpath(dirname(target)).catch(() => undefined);
  return parent !== undefined && isInside(parent, await realpath(newTop));
}

async function linksOutside({ plan, entries }: Copy): Promise<number> {
  let count = 0;
  for (const [path, stats] of entries) {
    if (!stats.isSymbolicLink() || plan.mayName(path)) continue;
    const target = await realpath(join(plan.source, path)).catch(() => undefined);
    if (target && !isInside(target, plan.source) && !isInside(target, plan.top)) count += 1;
  }
  return count;
}

async function restoreAll(copies: Copy[], signal?: AbortSignal): Promise<number> {
  let changed = 0;
  for (const copy of copies) {
    if (await isIntact(copy, signal)) continue;
    changed += 1;
    if (!(await isSafeParent(copy.plan))) continue; // its package is not part of the tree laid out now
    const entries = await walk(copy.plan.source, 'theirs', signal);
    // What names this worktree is vouched for here, unlike in the next one.
    const own = new Map(
      [...copy.manifest].map(([path, { source, copy }]) => [path, { source, copy }]),
    );
    const manifest = await syncCopy(copy.plan, entries, own, signal);
    copy.manifest = withRewritten(manifest, copy.manifest);
  }
  return changed;
}

async function isIntact({ plan, manifest }: Copy, signal?: AbortSignal): Promise<boolean> {
  const entry = await lstat(plan.target).catch(() => undefined);
  return entry?.isDirectory() === true && isUntouched(plan.target, manifest, signal);
}

function withRewritten(manifest: Manifest, before: Manifest): Manifest {
  const marked = (path: string, entry: CopiedEntry): CopiedEntry =>
    before.get(path)?.rewritten ? { ...entry, rewritten: true } : entry;
  return new Map([...manifest].map(([path, entry]) => [path, marked(path, entry)]));
}

async function giveAllBack(copies: readonly Copy[], { log }: DependencyOptions): Promise<void> {
  for (const { plan, slot, manifest, folder } of copies) {
    try {
      if (!(await isSafeParent(plan)) || !(await lstat(plan.target)).isDirectory()) continue;
      await mkdir(slot, { recursive: true, mode: 0o700 });
      await writeFile(join(slot, 'manifest.json.tmp'), JSON.stringify([...manifest]));
      await rename(plan.target, join(slot, 'tree'));
      await rename(join(slot, 'manifest.json.tmp'), join(slot, 'manifest.json'));
    } catch (error) {
      // Another attempt's copy waits there already: ours goes with the worktree.
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(systemCode(error) ?? '')) continue;
      log(`The copy of ${folder} was not kept: ${errorMessage(error)}`);
    }
  }
}

/** A manifest that does not belong to the copy vouches for nothing in it: inodes and times differ. */
async function readManifest(slot: string): Promise<Manifest> {
  try {
    return new Map(
      JSON.parse(await readFile(join(slot, 'manifest.json'), 'utf8')) as [string, CopiedEntry][],
    );
  } catch (error) {
    if (systemCode(error) === undefined && !(error instanceof Error)) throw error;
    return new Map();
  }
}

export interface SetupOptions {
  readonly shell: Shell;
  readonly command: string;
  readonly cwd: string;
  /** Default 10 minutes. */
  readonly timeoutMs?: number;
  readonly onOutput?: (text: string) => void;
}

const defaultSetupMs = 10 * 60 * 1000;
const tailChars = 1_500;

/** Runs the user's own setup command in the worktree. Throws `setup_failed` with the end of its output. */
export async function runSetup(options: SetupOptions, signal?: AbortSignal): Promise<void> {
  const { shell, command, cwd, onOutput } = options;
  const windows = process.platform === 'win32';
  const result = await shell.run(
    {
      file: windows ? (process.env['ComSpec'] ?? 'cmd.exe') : '/bin/sh',
      args: windows ? ['/d', '/s', '/c', command] : ['-c', command],
      cwd,
      timeoutMs: options.timeoutMs ?? defaultSetupMs,
      ...(onOutput ? { onOutput } : {}),
    },
    signal,
  );
  if (result.exitCode === 0 && !result.timedOut) return;
  const tail = Buffer.concat([result.stdout, result.stderr])
    .toString('utf8')
    .trim()
    .slice(-tailChars);
  throw new PatchwrightError('setup_failed', {
    what: `The setup command failed: ${command}`,
    why: `${result.timedOut ? 'It took too long.' : `It ended with code ${result.exitCode}.`} ${tail}`.trim(),
    remedy: 'Run it yourself in a fresh clone, then correct the setting patchwright.test.setup.',
  });
}
