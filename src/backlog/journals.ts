import { readdir, stat } from 'node:fs/promises';
import { systemCode } from '../core/errors.ts';
import { journalFile } from './journalWriter.ts';
import { type Covered, type Memory, nothingCovered } from './memory.ts';
import type { Paths } from './paths.ts';
import { type JournalEntry, readJournal } from './readJournal.ts';
import { writerPattern } from './schemas.ts';

/** Tells a person about a journal, once each. */
export type Tell = (notice: string) => void;

/** The writers that have a journal. A name that no writer of ours could have is not one. */
export async function listJournals(paths: Paths): Promise<string[]> {
  try {
    const found = await readdir(paths.journal, { withFileTypes: true });
    return found
      .filter((item) => item.isFile() && item.name.endsWith('.ndjson'))
      .map((item) => item.name.slice(0, -'.ndjson'.length))
      .filter((writer) => writerPattern.test(writer));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
    throw error;
  }
}

/** Merges what the journals hold beyond what the memory covers. Gives the number of lines taken in. */
export async function takeInJournals(
  memory: () => Memory,
  paths: Paths,
  isSkipped: (writer: string) => boolean,
  tell: Tell,
): Promise<number> {
  let lines = 0;
  for (const writer of await listJournals(paths)) {
    if (!isSkipped(writer)) lines += await takeIn(memory, paths, writer, tell);
  }
  return lines;
}

async function takeIn(
  memory: () => Memory,
  paths: Paths,
  writer: string,
  tell: Tell,
): Promise<number> {
  const file = journalFile(paths, writer);
  let lines = 0;
  try {
    const from = memory().covered.get(writer)?.bytes ?? 0;
    if ((await stat(file)).size <= from) return 0;
    for await (const entries of readJournal(file, from)) {
      const merged = mergeEntries(memory(), writer, entries, tell);
      lines += merged.lines;
      if (merged.stopped) break;
    }
  } catch (error) {
    // Compacted since it was listed: the snapshot has it.
    if (systemCode(error) !== 'ENOENT') tell(`The journal ${file} can't be read: ${String(error)}`);
  }
  return lines;
}

/** One transaction for all of them: a transaction each would cost more than the lines. */
function mergeEntries(
  memory: Memory,
  writer: string,
  entries: readonly JournalEntry[],
  tell: Tell,
): { lines: number; stopped: boolean } {
  let lines = 0;
  return memory.sql.atomically(() => {
    for (const { decoded, end } of entries) {
      if (decoded.kind === 'newer') {
        tell(
          `A newer version of Patchwright (journal format ${decoded.version}) also writes to this backlog. ` +
            `Its changes in ${writer}.ndjson are left alone; update Patchwright to see them.`,
        );
        return { lines, stopped: true };
      }
      const reason =
        decoded.kind === 'bad' ? decoded.reason : merge(memory, writer, decoded.line, end);
      if (reason === undefined) lines++;
      else skip(memory, writer, end, reason, tell);
    }
    return { lines, stopped: false };
  });
}

/** Why the line could not be merged, if it could not. */
function merge(
  memory: Memory,
  writer: string,
  line: Parameters<Memory['apply']>[0],
  end: number,
): string | undefined {
  if (line.writer !== writer) return `it belongs to the journal of ${line.writer}`;
  try {
    memory.apply(line, end);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

function skip(memory: Memory, writer: string, end: number, reason: string, tell: Tell): void {
  const before: Covered = memory.covered.get(writer) ?? nothingCovered;
  memory.cover(writer, { ...before, bytes: end, bad: before.bad + 1 });
  if (before.bad > 0) return;
  tell(
    `A line of the journal ${writer}.ndjson that ends at byte ${end} was skipped: ${reason}. ` +
      'The file is kept as it is.',
  );
}
