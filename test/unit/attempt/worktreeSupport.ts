import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import {
  createWorktrees,
  type WorktreeDeps,
  type Worktrees,
} from '../../../src/attempt/worktree.ts';
import type { Git, Log } from '../../../src/core/ports.ts';
import { createShell } from '../../../src/platform/shell.ts';

export const quiet: Log = () => undefined;

export function worktreesOf(git: Git, home: string, more: Partial<WorktreeDeps> = {}): Worktrees {
  const clock = { now: () => new Date() };
  return createWorktrees({ git, home, clock, shell: createShell(), log: quiet, ...more });
}

/** Every entry below a folder with its kind, mode, time and content, but those that `leaveOut` names. */
export function pictureOf(root: string, leaveOut: RegExp = /^$/): Record<string, string> {
  const picture: Record<string, string> = {};
  const visit = (folder: string): void => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (leaveOut.test(path)) continue;
      const stats = lstatSync(join(root, path));
      if (stats.isDirectory()) visit(path);
      else picture[path] = `${stats.mode} ${stats.mtimeMs} ${contentOf(join(root, path))}`;
    }
  };
  visit('');
  return picture;
}

function contentOf(path: string): string {
  if (lstatSync(path).isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** What is left in the home folder, but the copies of dependencies. */
export function leftIn(home: string): string[] {
  if (!existsSync(home)) return [];
  return Object.keys(pictureOf(home, /^dependencies(?:\/|$)/));
}
