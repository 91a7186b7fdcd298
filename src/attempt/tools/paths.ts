/** Where tools may read and write: regular files inside the worktree, reached without a way out of it. */
import type { Stats } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { systemCode } from '../../core/errors.ts';
import { isPrivate } from './privateFiles.ts';
import { failed, type ToolContext, type ToolResult } from './tool.ts';

export type Place =
  | { readonly ok: true; readonly path: string; readonly absolute: string; readonly stats: Stats }
  | { readonly ok: false; readonly reason: string };

const maxPathChars = 1_024;

/** A path as the model wrote it, without `./` and doubled slashes; or why it can't be one of the worktree. */
export function normalisePath(
  path: string,
): { readonly ok: true; readonly path: string } | { readonly ok: false; readonly reason: string } {
  const refuse = (reason: string) => ({ ok: false as const, reason });
  if (path.length > maxPathChars) return refuse('too long');
  if (/\p{Cc}/u.test(path)) return refuse('control character');
  if (path.includes('\\')) return refuse('backslash');
  if (/^([/~]|[A-Za-z]:)/.test(path)) return refuse('absolute path');
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) return refuse('outside the worktree');
  if (segments.some((segment) => segment.startsWith('-'))) return refuse('starts with a dash');
  return { ok: true, path: segments.join('/') };
}

/** Follows symbolic links, as long as they stay inside. `''` is the worktree itself. */
export async function locateForReading(root: string, path: string): Promise<Place> {
  const normal = normalisePath(path);
  if (!normal.ok) return normal;
  if (isPrivate(normal.path)) return { ok: false, reason: 'private' };
  try {
    const absolute = await realpath(join(root, normal.path));
    const way = relative(root, absolute);
    const inside = way.split(sep).join('/');
    if (inside.startsWith('../') || inside === '..' || isAbsolute(way)) {
      return { ok: false, reason: 'outside the worktree' };
    }
    if (isPrivate(inside)) return { ok: false, reason: 'private' };
    return { ok: true, path: normal.path, absolute, stats: await stat(absolute) };
  } catch (error) {
    if (missing(error)) return { ok: false, reason: 'missing' };
    throw error;
  }
}

/** What the model reads when a path can't be read. */
export function unreadable(path: string, reason: string): ToolResult {
  switch (reason) {
    case 'missing':
      return failed(`There is no file ${path}. Use list or search to find it.`);
    case 'private':
      return failed(`${path} can't be read: it may hold secrets, and the fix does not need it.`);
    default:
      return failed(
        `${path} can't be read (${reason}). Paths are relative to the repository, with /, inside it.`,
      );
  }
}

export type WritePlace =
  | {
      readonly ok: true;
      readonly path: string;
      readonly absolute: string;
      /** undefined: nothing is there yet. */
      readonly stats: Stats | undefined;
    }
  | { readonly ok: false; readonly result: ToolResult };

/** Refusals for protection are reported to the owner; the model learns only that it was not accepted. */
export async function locateForWriting(path: string, context: ToolContext): Promise<WritePlace> {
  const refuse = (rule: string) => {
    context.onRefused(path, rule);
    return { ok: false as const, result: notAccepted(path) };
  };
  const normal = normalisePath(path);
  if (!normal.ok) return refuse(normal.reason);
  for (const name of new Set([path, normal.path])) {
    const verdict = context.guard.check(name);
    if (!verdict.ok && verdict.verdict !== 'review') return refuse(verdict.rule);
  }
  if (normal.path === '' || isPrivate(normal.path)) return refuse('private');
  return await walk(normal.path, context.root, refuse);
}

function notAccepted(path: string): ToolResult {
  return failed(`The change of ${path} was not accepted. Fix the problem without changing it.`);
}

/** lstat of every component: a link anywhere on the way could lead out, or to a protected file. */
async function walk(
  path: string,
  root: string,
  refuse: (rule: string) => WritePlace,
): Promise<WritePlace> {
  const segments = path.split('/');
  let absolute = root;
  for (const [index, segment] of segments.entries()) {
    absolute = join(absolute, segment);
    const stats = await lstatIfThere(absolute);
    if (!stats) return { ok: true, path, absolute: join(root, path), stats: undefined };
    if (stats.isSymbolicLink()) return refuse('symbolic link');
    const last = index === segments.length - 1;
    if (last && !stats.isFile()) return notAFile(path, 'is not a file');
    if (last && stats.nlink > 1) return refuse('hard link');
    if (last) return { ok: true, path, absolute, stats };
    if (!stats.isDirectory()) return notAFile(path, `lies below ${segment}, which is a file`);
  }
  return notAFile(path, 'is not a file');
}

function notAFile(path: string, why: string): WritePlace {
  return { ok: false, result: failed(`${path} ${why}.`) };
}

async function lstatIfThere(absolute: string): Promise<Stats | undefined> {
  try {
    return await lstat(absolute);
  } catch (error) {
    if (missing(error)) return undefined;
    throw error;
  }
}

function missing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(systemCode(error) ?? '');
}
