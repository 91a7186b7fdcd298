import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../core/errors.ts';
import type { Memory } from './memory.ts';
import type { Paths } from './paths.ts';
import { archivePattern } from './schemas.ts';
import { setAsidePattern } from './snapshotFile.ts';

/** A file of the backlog's folder that nothing reads any more. */
export interface UnusedFile {
  readonly kind: 'archive' | 'set_aside';
  readonly name: string;
  /** When it was last written to. */
  readonly at: string;
}

export interface UnusedFiles {
  /** Those last written to before then. */
  list(before: string): Promise<readonly UnusedFile[]>;
  remove(file: UnusedFile): Promise<void>;
}

export interface UnusedFilesOptions {
  readonly paths: Paths;
  readonly memory: () => Memory;
  /** Whether all that any process has written was understood: what was not may name any file. */
  readonly knowsAll: () => boolean;
}

/**
 * Archive files that no row names: one that was written right before a crash, or whose tickets have all come
 * back since. And snapshots that were damaged, kept for whoever wants to look at them.
 */
export function createUnusedFiles({ paths, memory, knowsAll }: UnusedFilesOptions): UnusedFiles {
  return {
    async list(before) {
      const named = namedFiles(memory());
      const found: UnusedFile[] = [];
      for (const name of await namesIn(paths.folder)) {
        const kind = kindOf(name);
        if (!kind || named.has(name) || (kind === 'archive' && !knowsAll())) continue;
        const at = await writtenAt(join(paths.folder, name));
        if (at !== undefined && at < before) found.push({ kind, name, at });
      }
      return found;
    },
    remove: ({ name }) => rm(join(paths.folder, name), { force: true }),
  };
}

function kindOf(name: string): UnusedFile['kind'] | undefined {
  if (archivePattern.test(name)) return 'archive';
  return setAsidePattern.test(name) ? 'set_aside' : undefined;
}

function namedFiles({ sql }: Memory): ReadonlySet<string> {
  const rows = sql.all(
    `SELECT archived AS name FROM improvement_tickets WHERE archived IS NOT NULL
     UNION SELECT archive_file FROM patch_requests WHERE archive_file <> ''
     UNION SELECT archive_file FROM improvement_attempts WHERE archive_file <> ''`,
  );
  return new Set(rows.map(({ name }) => String(name)));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function writtenAt(file: string): Promise<string | undefined> {
  try {
    const { mtime } = await stat(file);
    return mtime.toISOString();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined; // another process was quicker
    throw error;
  }
}
