import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PatchwrightError, systemCode } from '../core/errors.ts';
import type { Entity } from './entities.ts';
import { createMemory } from './memory.ts';
import type { Paths } from './paths.ts';
import { archivePattern } from './schemas.ts';
import { hashOf, putOnce } from './snapshotFile.ts';
import { type Engine, openSql, type Row, type Sql } from './sqlite.ts';

/** Rows of a table, named by one of its columns. */
export interface Rows {
  readonly table: string;
  readonly key: string;
  readonly ids: readonly string[];
}

/**
 * Writes rows to an archive file: a database like the backlog's, for any SQLite tool. It is
 * on the disk when this resolves, and is never changed afterwards. Gives its name.
 */
export async function writeArchive(
  engine: Engine,
  paths: Paths,
  from: Sql,
  rows: readonly Rows[],
  at: string,
): Promise<string> {
  const memory = createMemory(engine);
  try {
    memory.sql.atomically(() => {
      for (const some of rows) copyRows(from, memory.sql, some);
    });
    const bytes = memory.export(at);
    const name = `archive-${(await hashOf(bytes)).slice(0, 16)}.sqlite`;
    await putOnce(paths, join(paths.folder, name), bytes);
    return name;
  } finally {
    memory.sql.close();
  }
}

function copyRows(from: Sql, to: Sql, { table, key, ids }: Rows): void {
  for (const id of ids) {
    for (const row of from.all(`SELECT * FROM ${table} WHERE ${key} = ?`, [id])) {
      const columns = Object.keys(row);
      to.run(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
        Object.values(row),
      );
    }
  }
}

/** Rows of a kind that an archive file holds, by id. Throws `corrupt` when it is gone, damaged or none of ours. */
export async function readArchive(
  engine: Engine,
  paths: Paths,
  name: string,
  { table, key }: Pick<Entity<{ readonly id: string }>, 'table' | 'key'>,
): Promise<ReadonlyMap<string, Row>> {
  const file = join(paths.folder, name);
  const bytes = await bytesOf(file, name);
  const sql = openSql(engine, bytes);
  try {
    const rows = sql.all(`SELECT * FROM ${table} WHERE complete = 1`);
    return new Map(rows.map((row) => [String(row[key]), row]));
  } finally {
    sql.close();
  }
}

async function bytesOf(file: string, name: string): Promise<Buffer> {
  try {
    // A hostile workspace may hold a link or a pipe of this name.
    const isOurs = archivePattern.test(name) && (await lstat(file)).isFile();
    const bytes = isOurs ? await readFile(file) : undefined;
    if (bytes && name.includes((await hashOf(bytes)).slice(0, 16))) return bytes;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  throw new PatchwrightError('corrupt', {
    what: `What lies in the archive ${file} can't be read.`,
    why: 'The file is gone, or not the one that was written.',
    remedy: 'Put it back from a backup; what is seen again makes new tickets.',
  });
}
