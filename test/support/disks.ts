import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Undoes what was done to a folder. */
export type Undo = () => void;

/**
 * Nothing below the folder can be written: by a read-only mount where we are root, who may write anywhere
 * else, and by permissions where we are not. Undefined where neither works; says so.
 */
export function makeReadOnly(folder: string): Undo | undefined {
  if (process.getuid?.() !== 0) return takePermissions(folder);
  if (!mount('--bind', folder, folder)) return undefined;
  if (mount('-o', 'remount,ro,bind', folder)) return () => unmount(folder);
  unmount(folder);
  return undefined;
}

/** A disk of its own in a new folder. Undefined where we may not mount one; says so. */
export function makeSmallDisk(folder: string, size: string): Undo | undefined {
  mkdirSync(folder);
  return mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder)
    ? () => unmount(folder)
    : undefined;
}

function mount(...args: readonly string[]): boolean {
  const isDone = spawnSync('mount', args).status === 0;
  if (!isDone) console.log('      skipped: it takes the right to mount a disk');
  return isDone;
}

function unmount(folder: string): void {
  const { status, stderr } = spawnSync('umount', [folder]);
  if (status !== 0) throw new Error(`umount ${folder}: ${stderr.toString()}`);
}

function takePermissions(folder: string): Undo {
  const folders = [folder, ...foldersIn(folder)];
  for (const path of folders) chmodSync(path, 0o555);
  return () => {
    for (const path of folders) chmodSync(path, 0o755);
  };
}

function foldersIn(folder: string): string[] {
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return below.flatMap(({ name }) => [join(folder, name), ...foldersIn(join(folder, name))]);
}
