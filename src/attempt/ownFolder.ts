import { createHash, randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { lock } from 'proper-lockfile';
import { foreignRunnerMs } from '../core/attempt.ts';
import { errorMessage, explainFileError, PatchwrightError, systemCode } from '../core/errors.ts';
import type { Log, Shell } from '../core/ports.ts';

/** Who uses a folder. The start time tells a process from a later one that got the same number. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly startedAt?: string;
}

/** Lies beside the folder (`<name>.json`), where nothing that runs inside the folder sees it. */
export interface Marker {
  readonly commonDir: string;
  readonly pooled: boolean;
  /** undefined: nobody uses it. */
  readonly holder?: Holder | undefined;
  readonly branch?: string | undefined;
  readonly base?: string | undefined;
  /** Set once the folder is a worktree that can be used again. */
  readonly seal?: Seal | undefined;
}

/** What makes the folder the worktree that we made, and not another repository put in its place. */
export interface Seal {
  readonly adminDir: string;
  readonly hash: string;
}

export interface OwnFolder {
  readonly path: string;
  readonly marker: Marker;
}

/** The folders we made for one repository. Claims are exclusive among processes. */
export interface OwnFolders {
  readonly root: string;
  /** The pooled folder when there is an idle one, else a new name. */
  claim(mayPool: boolean): Promise<OwnFolder & { readonly reused: boolean }>;
  /** Takes over all that dead processes held and all that nobody holds; live ones are left alone. */
  claimDead(): Promise<readonly OwnFolder[]>;
  read(path: string): Promise<Marker>;
  note(path: string, fields: Partial<Marker>): Promise<void>;
  /** Whether the folder may become the repository's pooled one; remembers it if so. */
  pool(path: string): Promise<boolean>;
  /** Removes the folder and what lies beside it. Refuses a path that is not ours. */
  remove(path: string): Promise<void>;
}

const namePattern = /^pw-[0-9a-f]{8}$/;

export function rootOf(home: string, commonDir: string): string {
  const hash = createHash('sha256').update(commonDir).digest('hex');
  return join(home, 'worktrees', hash.slice(0, 16));
}

export function createOwnFolders(
  root: string,
  commonDir: string,
  shell: Shell,
  log: Log,
): OwnFolders {
  const exclusively = <T>(work: () => Promise<T>): Promise<T> => withLock(root, log, work);

  const all = async (): Promise<OwnFolder[]> => {
    const names = (await readdir(root)).filter((name) => name.endsWith('.json'));
    const folders: OwnFolder[] = [];
    for (const name of names) {
      const path = join(root, name.slice(0, -'.json'.length));
      if (!namePattern.test(basename(path))) continue;
      folders.push({ path, marker: await current(path) });
    }
    return folders;
  };

  const hold = async (path: string, marker: Marker): Promise<Marker> => {
    const held = { ...marker, holder: await ourselves(shell) };
    await writeMarker(path, held);
    return held;
  };

  const current = async (path: string): Promise<Marker> =>
    (await readMarker(path)) ?? { commonDir, pooled: false };

  const note = async (path: string, fields: Partial<Marker>): Promise<void> =>
    writeMarker(path, { ...(await current(path)), ...fields });

  return {
    root,
    read: current,
    note,
    claim: (mayPool) =>
      exclusively(async () => {
        for (const { path, marker } of mayPool ? await all() : []) {
          if (!marker.pooled || !marker.seal || (await isHeld(path, marker, shell))) continue;
          return { path, marker: await hold(path, marker), reused: true };
        }
        const path = join(root, `pw-${randomBytes(4).toString('hex')}`);
        const marker = await hold(path, { commonDir, pooled: false });
        return { path, marker, reused: false };
      }),
    claimDead: () =>
      exclusively(async () => {
        const dead: OwnFolder[] = [];
        for (const { path, marker } of await all()) {
          if (await isHeld(path, marker, shell)) continue;
          await hold(path, marker);
          dead.push({ path, marker });
        }
        return dead;
      }),
    pool: (path) =>
      exclusively(async () => {
        const others = (await all()).filter((other) => other.path !== path);
        if (others.some((other) => other.marker.pooled)) return false;
        await note(path, { pooled: true });
        return true;
      }),
    async remove(path) {
      await assertOurs(root, path);
      await removeTree(path);
      await rm(indexBeside(path), { force: true });
      await rm(markerOf(path), { force: true });
    },
  };
}

/** A clean copy of the worktree's index, out of reach of what runs inside. */
export function indexBeside(path: string): string {
  return `${path}.index`;
}

function markerOf(path: string): string {
  return `${path}.json`;
}

/** One critical section for all processes; a few milliseconds long, never held while git works. */
async function withLock<T>(root: string, log: Log, work: () => Promise<T>): Promise<T> {
  await mkdir(root, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw explainFileError(error, root);
  });
  const release = await lock(root, {
    lockfilePath: join(root, 'lock'),
    stale: 5_000,
    retries: { retries: 120, factor: 1, minTimeout: 20, maxTimeout: 100 },
    onCompromised: (error) => log(`The lock of ${root} was lost: ${error.message}`),
  }).catch((error: unknown) => {
    throw busy(root, error);
  });
  try {
    return await work();
  } catch (error) {
    throw explainFileError(error, root);
  } finally {
    await release().catch((error: unknown) => log(`Unlocking ${root}: ${errorMessage(error)}`));
  }
}

function busy(root: string, error: unknown): unknown {
  if (systemCode(error) !== 'ELOCKED') return explainFileError(error, root);
  return new PatchwrightError(
    'busy',
    {
      what: 'The folder for worktrees is in use.',
      why: 'Another window or command is making or cleaning a worktree of this repository.',
      remedy: 'Try again in a few seconds.',
    },
    { cause: error },
  );
}

async function readMarker(path: string): Promise<Marker | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(markerOf(path), 'utf8'));
    return isMarker(value) ? value : undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isMarker(value: unknown): value is Marker {
  const marker = value as Partial<Marker> | null;
  return typeof marker?.commonDir === 'string' && typeof marker.pooled === 'boolean';
}

async function writeMarker(path: string, marker: Marker): Promise<void> {
  const temporary = `${markerOf(path)}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, JSON.stringify(marker), { mode: 0o600 });
    await rename(temporary, markerOf(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw explainFileError(error, markerOf(path));
  }
}

async function isHeld(path: string, { holder }: Marker, shell: Shell): Promise<boolean> {
  if (!holder) return false;
  if (holder.host === hostname()) return isAlive(holder, shell);
  return Date.now() - (await lstat(markerOf(path))).mtimeMs < foreignRunnerMs;
}

async function ourselves(shell: Shell): Promise<Holder> {
  const startedAt = await startOf(process.pid, shell);
  return { pid: process.pid, host: hostname(), ...(startedAt ? { startedAt } : {}) };
}

async function isAlive(holder: Holder, shell: Shell): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return false;
  }
  const startedAt = await startOf(holder.pid, shell);
  if (startedAt === undefined || holder.startedAt === undefined) return true;
  return startedAt === holder.startedAt;
}

/** When a process started, in the system's own words; undefined where the system does not say. */
async function startOf(pid: number, shell: Shell): Promise<string | undefined> {
  if (process.platform === 'linux') return linuxStart(pid);
  if (process.platform === 'win32') return undefined;
  const ps = { file: 'ps', args: ['-o', 'lstart=', '-p', String(pid)], cwd: '/' };
  const { stdout } = await shell.run(ps);
  return stdout.toString().trim() || undefined;
}

async function linuxStart(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // Fields follow the command's name, which may itself hold spaces and parentheses: proc(5).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'dead' : fields[19];
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return 'dead';
    return undefined;
  }
}

async function assertOurs(root: string, path: string): Promise<void> {
  const sameParent = (await realpath(dirname(path))) === (await realpath(root));
  const marked = await lstat(markerOf(path)).catch(() => undefined);
  if (sameParent && marked?.isFile() && namePattern.test(basename(path))) return;
  throw new PatchwrightError('worktree_failed', {
    what: `Left ${path} alone.`,
    why: 'It is not a folder that Patchwright made.',
    remedy: 'Look at it and delete it by hand if you do not need it.',
  });
}

/** Removes a tree of ours, whatever a test did to its permissions. Links are removed, not followed. */
export async function removeTree(path: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await rm(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 20 });
      return;
    } catch (error) {
      if (attempt === 4) throw error;
      await openUp(path);
    }
  }
}

/** Makes every folder below readable, writable and searchable for us. */
export async function openUp(folder: string): Promise<void> {
  const entry = await lstat(folder).catch(() => undefined);
  if (!entry?.isDirectory()) return;
  await chmod(folder, 0o700).catch(() => undefined); // not ours to change: rm will say so
  const children = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const child of children) {
    if (child.isDirectory()) await openUp(join(folder, child.name));
  }
}
