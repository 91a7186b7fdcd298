import { readdirSync, readFileSync } from 'node:fs';
import { tellsChildren } from './processTree.ts';

const everyMs = 25;

export interface Waiting {
  /** How long so far; undefined where that can't be seen. */
  readonly ms: () => number | undefined;
  dispose(): void;
}

/**
 * How long none of a command's threads wants a core. Whoever stands in line for one does want it; so this
 * is what sleeps, networks and locks take, whatever else the machine does meanwhile.
 * @param first of its processes, once that is known
 */
export function watchWaiting(first: () => number | undefined): Waiting {
  let waitedMs = 0;
  let looked = performance.now();
  let [canSee, waited] = [false, false];
  const look = (): void => {
    const [before, now] = [looked, performance.now()];
    const root = first();
    const state = root === undefined ? undefined : stateOf(`/proc/${root}`);
    const waits = state !== undefined && !wantsCore(root ?? 0);
    if (waits && waited) waitedMs += now - before;
    canSee ||= state !== undefined;
    waited = waits;
    looked = now;
  };
  const timer = setInterval(look, everyMs);
  return {
    ms: () => (canSee && tellsChildren ? waitedMs : undefined),
    dispose: () => clearInterval(timer),
  };
}

/** Most are told by their main thread, which is looked at first: it costs least. */
function wantsCore(root: number): boolean {
  const pids = [root];
  for (const pid of pids) {
    const folder = `/proc/${pid}`;
    if (isBusy(folder)) return true;
    pids.push(...childrenOf(`${folder}/task/${pid}`));
  }
  for (const pid of pids) {
    for (const thread of list(`/proc/${pid}/task`)) {
      const folder = `/proc/${pid}/task/${thread}`;
      if (isBusy(folder)) return true;
      pids.push(...childrenOf(folder).filter((child) => !pids.includes(child)));
    }
  }
  return false;
}

/** Running, in line for a core, or at the disk. */
function isBusy(folder: string): boolean {
  return /^[RD]$/.test(stateOf(folder) ?? '');
}

/** Field 3 in proc(5); undefined: it has ended, collected or not. */
function stateOf(folder: string): string | undefined {
  const stat = read(`${folder}/stat`);
  const state = stat?.charAt(stat.lastIndexOf(')') + 2);
  return state === 'Z' || state === 'X' ? undefined : state;
}

function childrenOf(folder: string): readonly number[] {
  return (read(`${folder}/children`) ?? '').split(' ').filter(Boolean).map(Number);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined; // ended meanwhile
  }
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // ended meanwhile
  }
}
