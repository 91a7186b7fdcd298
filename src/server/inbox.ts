import { randomBytes } from 'node:crypto';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createDurableFile, type DurableFile } from '../backlog/durableFile.ts';
import { makeFolder, makeFolders, pathsIn } from '../backlog/paths.ts';
import {
  explainFileError,
  isPatchwrightError,
  PatchwrightError,
  systemCode,
} from '../core/errors.ts';
import { inboxFile, inboxFolder, type InboxKind, inboxKinds, inboxNameOf } from '../core/inbox.ts';
import { refusal, retryLater } from './refusal.ts';

/** A line of JSON for the reader of its kind; sanitised. */
export interface InboxRecord {
  readonly kind: InboxKind;
  readonly line: string;
}

/** What was handed in, on the disk until the scanner has counted it. */
export interface Inbox {
  /** Resolves when all of it is durable. Rejects with 503 when there is no room, else as files fail. */
  put(records: readonly InboxRecord[]): Promise<void>;
  /** Removes what was read to its end. */
  tidy(): Promise<void>;
  dispose(): Promise<void>;
}

export interface InboxOptions {
  readonly folder: string;
  /** How far a file (relative to the folder) has been counted. */
  readonly readTo: (file: string) => number;
  readonly isAlive: (pid: number) => boolean;
  /** What may wait to be read, and how long a file gets; for tests. */
  readonly limits?: { readonly bytes: number; readonly fileBytes: number };
}

// A file never grows by so much that the reader would leave some of it out (32 MiB at once).
const usualLimits = { bytes: 256 << 20, fileBytes: 8 << 20 };
const maxBatchBytes = 4 << 20;

interface NamedFile extends DurableFile {
  readonly name: string;
}

interface Waiting {
  readonly records: readonly InboxRecord[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Appends what comes in while the last lot is being synced in one go: the disk is waited for once for all.
 * A file that is long enough is left to the reader, and another one begun.
 */
export async function openInbox(options: InboxOptions): Promise<Inbox> {
  const { bytes: maxBytes, fileBytes } = options.limits ?? usualLimits;
  const folder = join(options.folder, inboxFolder);
  const writer = randomBytes(6).toString('hex');
  const open = new Map<InboxKind, NamedFile>();
  /** Ours that nothing is added to any more. Others may be about to be written to, even where they are empty. */
  const closed = new Set<string>();
  let number = 0;
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let held = 0;
  let queued = 0;
  let disposed = false;

  const create = async (kind: InboxKind) => {
    const paths = pathsIn(options.folder);
    await makeFolders(paths);
    try {
      await makeFolder(folder);
      const name = inboxFile(kind, process.pid, writer, ++number);
      const file = { ...(await createDurableFile(join(folder, name), fileGone)), name };
      open.set(kind, file);
      return file;
    } catch (error) {
      throw explainFileError(error, folder);
    }
  };

  const append = async (kind: InboxKind, text: Buffer, again = true): Promise<void> => {
    let file = open.get(kind) ?? (await create(kind));
    if (file.bytes() >= fileBytes) {
      open.delete(kind);
      await file.close();
      closed.add(file.name);
      file = await create(kind);
    }
    try {
      await file.append(text);
      held += text.length;
    } catch (error) {
      open.delete(kind);
      closed.add(file.name);
      if (!again || !isPatchwrightError(error, 'stale')) throw error;
      await append(kind, text, false);
    }
  };

  const writeBatch = async (batch: readonly Waiting[]): Promise<void> => {
    const failures = new Map<InboxKind, unknown>();
    const store = async (kind: InboxKind): Promise<void> => {
      const lines = batch.flatMap(({ records }) =>
        records.flatMap((record) => (record.kind === kind ? [record.line, '\n'] : [])),
      );
      if (lines.length === 0) return;
      try {
        await append(kind, Buffer.from(lines.join('')));
      } catch (error) {
        failures.set(kind, error);
      }
    };
    await Promise.all(inboxKinds.map(store));
    for (const { records, bytes, resolve, reject } of batch) {
      queued -= bytes;
      const failed = records.find(({ kind }) => failures.has(kind));
      if (failed) reject(failures.get(failed.kind));
      else resolve();
    }
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      let bytes = 0;
      const fits = waiting.findIndex((one) => (bytes += one.bytes) > maxBatchBytes);
      await writeBatch(waiting.splice(0, fits < 0 ? waiting.length : Math.max(1, fits)));
    }
    writing = undefined;
  };

  const tidy = async (): Promise<void> => {
    const names = await readdir(folder).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
      throw explainFileError(error, folder);
    });
    let left = 0;
    for (const name of names) {
      const entry = inboxNameOf(name);
      const info = entry && (await lstat(join(folder, name)).catch(() => undefined));
      if (!entry || !info?.isFile()) continue;
      const isDone = options.readTo(`${inboxFolder}/${name}`) >= info.size;
      // What another process has open may grow at any time.
      const isIdle = entry.writer === writer ? closed.has(name) : !options.isAlive(entry.pid);
      if (isDone && isIdle) {
        await rm(join(folder, name), { force: true });
        closed.delete(name);
      } else left += info.size;
    }
    held = left;
  };

  await tidy();
  return {
    put(records) {
      if (records.length === 0) return Promise.resolve();
      const bytes = records.reduce((sum, { line }) => sum + 2 * line.length, 0);
      if (disposed || held + queued + bytes > maxBytes) {
        const why = disposed ? 'It ends.' : 'More waits to be read than there is room for.';
        return Promise.reject(refusal(503, 'inbox_full', why, retryLater));
      }
      return new Promise((resolve, reject) => {
        queued += bytes;
        waiting.push({ records, bytes, resolve, reject });
        writing ??= drain();
      });
    },
    tidy,
    async dispose() {
      disposed = true;
      await writing;
      for (const file of open.values()) {
        await file.close();
        closed.add(file.name);
      }
      open.clear();
      await tidy();
    },
  };
}

function fileGone(file: string): PatchwrightError {
  return new PatchwrightError('stale', {
    what: `${file} was deleted.`,
    why: 'Something removed it while it was in use.',
    remedy: 'Try again; a new one will be made.',
  });
}
