import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';

export interface Member {
  readonly pid: number;
  /** Memory of its own, without what it maps from files. */
  readonly ownBytes: number;
}

/** A process and all below it. In a process namespace of its own nothing gets out from below its first. */
export function treeOf(root: number): readonly Member[] {
  const childrenOf = tellsChildren ? toldChildren : sought();
  const found: Member[] = [];
  const pids = [root];
  for (let pid = pids.pop(); pid !== undefined; pid = pids.pop()) {
    const status = read(`/proc/${pid}/status`);
    if (status === undefined) continue;
    found.push({ pid, ownBytes: kilobytes(status, 'RssAnon') + kilobytes(status, 'RssShmem') });
    pids.push(...childrenOf(pid));
  }
  return found;
}

/** Not every kernel is built to tell; to look through all processes of the machine takes ten times as long. */
export const tellsChildren = existsSync('/proc/thread-self/children');

function toldChildren(pid: number): readonly number[] {
  return list(`/proc/${pid}/task`).flatMap((thread) =>
    (read(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  );
}

function sought(): (pid: number) => readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of list('/proc')) {
    const status = /^\d+$/.test(name) ? read(`/proc/${name}/status`) : undefined;
    if (status === undefined) continue;
    const parent = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  return (pid) => children.get(pid) ?? [];
}

/** What pages shared between processes (after a fork) count once. */
export function sharedOnce(members: readonly Member[]): number {
  return members.reduce((sum, { pid, ownBytes }) => {
    const text = read(`/proc/${pid}/smaps_rollup`);
    const own = text && kilobytes(text, 'Pss_Anon') + kilobytes(text, 'Pss_Shmem');
    return sum + (own || ownBytes);
  }, 0);
}

/** Bytes of files that they hold open and that no folder shows any more. */
export function deletedBytes(members: readonly Member[]): number {
  const seen = new Set<number>();
  let bytes = 0;
  for (const { pid } of members) {
    for (const name of list(`/proc/${pid}/fd`)) {
      const stats = stat(`/proc/${pid}/fd/${name}`);
      if (!stats?.isFile() || stats.nlink > 0 || seen.has(stats.ino)) continue;
      seen.add(stats.ino);
      bytes += stats.blocks * 512;
    }
  }
  return bytes;
}

function kilobytes(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? 0) * 1024;
}

/* Processes end while they are looked at. */

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function stat(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
