import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage } from '../core/errors.ts';
import type { Disposable, Log } from '../core/ports.ts';
import type { Settings } from '../core/settings.ts';
import { createSourceRules, type SourceRules, walk } from './walk.ts';

export interface WatchDeps {
  readonly folder: string;
  readonly settings: Pick<Settings, 'sources'>;
  readonly log: Log;
  /** Whether watching alone keeps the process alive. Default true. */
  readonly keepAlive?: boolean;
}

const debounceMs = 50;
const pollMs = 1_000;
/** Every so many polls the workspace is looked through again, for folders and files that are new. */
const pollsPerWalk = 3;
const maxWatchedFolders = 200;

/**
 * Calls `onGrowth` soon after a source has changed, come or gone. Events of the file system make it
 * quick; a poll makes it sure, since they are lost on network drives, in containers and on rotation.
 */
export function watchSources(deps: WatchDeps, onGrowth: () => void): Disposable {
  const rules = createSourceRules(deps.settings);
  const watchers = new Map<string, FSWatcher>();
  let known = new Map<string, string>();
  let disposed = false;
  let debounce: NodeJS.Timeout | undefined;
  let timer: NodeJS.Timeout | undefined;

  const grown = (): void => {
    if (disposed || debounce) return;
    debounce = setTimeout(() => {
      debounce = undefined;
      if (!disposed) onGrowth();
    }, debounceMs);
    if (deps.keepAlive === false) debounce.unref();
  };

  const watchFolder = (folder: string): void => {
    // Disposed while it looked: what is opened now nobody would close.
    if (disposed || watchers.has(folder) || watchers.size >= maxWatchedFolders) return;
    try {
      const watcher = watch(join(deps.folder, folder), { persistent: deps.keepAlive !== false });
      watcher.on('change', (_event, name) => {
        // Without a name anything may have changed.
        const path = name === null ? undefined : join2(folder, name.toString());
        if (path === undefined || rules.kindOf(path) !== undefined) grown();
      });
      watcher.on('error', () => forget(folder)); // gone, or too many: the poll goes on
      watchers.set(folder, watcher);
    } catch {
      // The poll does what the system's watcher can't.
    }
  };

  const forget = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };

  const look = async (everything: boolean): Promise<void> => {
    const files = everything
      ? await findSources(deps.folder, rules, watchFolder)
      : [...known.keys()];
    const states = await statesOf(deps.folder, files);
    if (disposed) return;
    if (hasChanged(known, states)) grown();
    known = states;
  };

  let polls = 0;
  const poll = async (): Promise<void> => {
    try {
      await look(polls++ % pollsPerWalk === 0);
    } catch (error) {
      deps.log(`Watching ${deps.folder}: ${errorMessage(error)}`);
    }
    if (disposed) return;
    timer = setTimeout(() => void poll(), pollMs);
    if (deps.keepAlive === false) timer.unref();
  };
  void poll();

  return {
    dispose() {
      disposed = true;
      clearTimeout(timer);
      clearTimeout(debounce);
      for (const folder of watchers.keys()) forget(folder);
    },
  };
}

function join2(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Folders that hold sources are watched first, then those near the top, where new ones may come. */
async function findSources(
  folder: string,
  rules: SourceRules,
  watchFolder: (folder: string) => void,
): Promise<readonly string[]> {
  const { sources, folders } = await walk(folder, rules);
  for (const { file } of sources) {
    const parent = file.slice(0, Math.max(0, file.lastIndexOf('/')));
    if (parent !== rules.besides) watchFolder(parent);
  }
  // The inbox may change a hundred times a second, and who writes there says so: polling is enough for others.
  for (const path of folders) if (path !== rules.besides) watchFolder(path);
  return sources.map(({ file }) => file);
}

async function statesOf(folder: string, files: readonly string[]): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  for (const file of files) {
    const state = await stat(join(folder, file), { bigint: true }).catch(() => undefined);
    states.set(file, state ? `${state.ino} ${state.size} ${state.mtimeNs}` : 'gone');
  }
  return states;
}

function hasChanged(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): boolean {
  return (
    before.size !== after.size || [...after].some(([file, state]) => before.get(file) !== state)
  );
}
