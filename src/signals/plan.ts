import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FilePosition } from '../core/signal.ts';
import { gzipHead, isGzip } from './bytes.ts';
import {
  formerNames,
  hashOf,
  holdsContent,
  maxHeadBytes,
  mayBeSameFile,
  type OpenFile,
  openSource,
  retiredName,
} from './identity.ts';
import type { SourceKind } from './walk.ts';

/** Where to go on in one file, and why. */
export interface Plan {
  readonly file: string;
  readonly kind: SourceKind;
  readonly inode: string;
  readonly start: number;
  /** The position it goes on from: its own, or that of the name it had before. */
  readonly from?: FilePosition;
  /** Its own position is of content that is gone from it, but may yet show up under another name. */
  readonly retires?: FilePosition;
  readonly archive: boolean;
}

export type ReadPosition = (file: string) => FilePosition | undefined;

/** undefined: no regular file. */
export async function planFile(
  folder: string,
  file: string,
  kind: SourceKind,
  positions: Positions,
): Promise<Plan | undefined> {
  const opened = await openSource(join(folder, file));
  if (!opened) return undefined;
  try {
    if (isGzip(opened.head)) {
      return { file, kind, inode: opened.inode, start: 0, archive: true };
    }
    return await planPlain(file, kind, opened, positions);
  } finally {
    await opened.handle.close();
  }
}

async function planPlain(
  file: string,
  kind: SourceKind,
  opened: OpenFile,
  positions: Positions,
): Promise<Plan> {
  const base = { file, kind, inode: opened.inode, archive: false };
  const own = positions.of(file);
  if (own && mayBeSameFile(opened.inode, own) && (await holdsContent(opened, own))) {
    return { ...base, start: own.offset, from: own };
  }
  const retires = own && own.offset > 0 && own.headBytes > 0 ? { retires: own } : {};
  for (const former of positions.formerOf(file, opened)) {
    if (await holdsContent(opened, former)) {
      return { ...base, ...retires, start: former.offset, from: former };
    }
  }
  return { ...base, ...retires, start: 0 };
}

/** The saved positions, with those of the scan under way on top. */
export interface Positions {
  of(file: string): FilePosition | undefined;
  /** Positions that the content of a file unknown under its name may have been counted with. */
  formerOf(file: string, opened: Pick<OpenFile, 'inode' | 'head'>): Iterable<FilePosition>;
  /** The same for an archive, whose plain file may have been read in this very scan. */
  formerOfArchive(file: string, head: Buffer): Iterable<FilePosition>;
  note(position: FilePosition): void;
}

export function createPositions(read: ReadPosition, names: readonly string[]): Positions {
  const noted = new Map<string, FilePosition>();
  let byInode: Map<string, FilePosition> | undefined;

  const inodes = (): Map<string, FilePosition> => {
    if (byInode) return byInode;
    byInode = new Map();
    for (const name of new Set(names.flatMap((file) => [file, ...formerNames(file)]))) {
      const position = read(name);
      // A name that nothing has since may still stand at an earlier place of the same file.
      if (position && position.offset > (byInode.get(position.inode)?.offset ?? 0))
        byInode.set(position.inode, position);
    }
    return byInode;
  };

  const retired = function* (file: string, head: Buffer): Iterable<FilePosition> {
    for (const name of formerNames(file)) {
      for (const length of new Set([head.length, Math.min(head.length, maxHeadBytes)])) {
        const position = read(retiredName(name, hashOf(head.subarray(0, length))));
        if (position) yield position;
      }
    }
  };

  return {
    of: read,
    *formerOf(file, { inode, head }) {
      const renamed = inodes().get(inode);
      if (renamed && renamed.file !== file && renamed.headBytes > 0) yield renamed;
      for (const name of formerNames(file)) {
        const position = read(name);
        if (position && position.offset > 0 && position.headBytes > 0) yield position;
      }
      yield* retired(file, head);
    },
    *formerOfArchive(file, head) {
      const family = formerNames(file);
      const own = noted.get(file) ?? read(file);
      if (own) yield own;
      for (const position of noted.values()) {
        if (family.includes(position.file.replace(/@[0-9a-f]{16}$/, ''))) yield position;
      }
      for (const name of family) {
        const position = read(name);
        if (position) yield position;
      }
      yield* retired(file, head);
    },
    note: (position) => void noted.set(position.file, position),
  };
}

/** How an archive that was read to its end is known again without unpacking it. */
export async function archiveMark(path: string): Promise<string> {
  const { ino, size, mtimeMs } = await stat(path);
  return `gz:${ino}:${size}:${Math.round(mtimeMs)}`;
}

/** Where to go on in an archive: behind what was counted while it was a plain file. */
export async function planArchive(
  folder: string,
  plan: Plan,
  positions: Positions,
): Promise<{ readonly head: Buffer; readonly from?: FilePosition }> {
  const head = await gzipHead(join(folder, plan.file), maxHeadBytes);
  for (const position of positions.formerOfArchive(plan.file, head)) {
    const { headBytes, headHash, offset } = position;
    if (offset === 0 || headBytes === 0 || head.length < headBytes) continue;
    if (hashOf(head.subarray(0, headBytes)) === headHash) return { head, from: position };
  }
  return { head };
}

/**
 * A file that goes on from another's position comes before that other, whose position is overwritten
 * next: after a crash between the two, the first still finds it. Archives come last.
 */
export function inSafeOrder(plans: readonly Plan[]): readonly Plan[] {
  const left = plans.filter((plan) => !plan.archive);
  const ordered: Plan[] = [];
  if (!left.some((plan) => plan.from && plan.from.file !== plan.file))
    ordered.push(...left.splice(0));
  while (left.length > 0) {
    const free = left.findIndex(
      (plan) => !left.some((other) => other !== plan && other.from?.file === plan.file),
    );
    ordered.push(...left.splice(Math.max(0, free), 1));
  }
  return [...ordered, ...plans.filter((plan) => plan.archive)];
}
