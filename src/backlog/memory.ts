import type { Turns } from '../core/turns.ts';
import { applyChange } from './applyChange.ts';
import { migrate, schemaOf } from './migrations.ts';
import type { JournalLine, StoredChange } from './schemas.ts';
import { type Engine, openSql, type Sql } from './sqlite.ts';

/** How much of a writer's journal the database holds. */
export interface Covered {
  readonly bytes: number;
  /** Number of the last line: a line is never counted twice, whatever happens to the offsets. */
  readonly seq: number;
  /** Lines that could not be read; a journal with any is never deleted. */
  readonly bad: number;
}

export type CoveredBy = ReadonlyMap<string, Covered>;

export const nothingCovered: Covered = { bytes: 0, seq: 0, bad: 0 };

/** The database and what it holds of each journal. */
export interface Memory {
  readonly sql: Sql;
  readonly covered: CoveredBy;
  /** Highest clock seen. */
  lamport(): number;
  /** Merges a line, whole or not at all, unless it is in already. Throws when the tables refuse it. */
  apply(line: JournalLine, end: number): void;
  /** The same for a line of our own, some changes at a time. Until it ends, it is in only in parts. */
  applyInTurns(line: JournalLine, end: number, turns: Turns): Promise<void>;
  /** Notes progress that brought no change: a line that was skipped. */
  cover(writer: string, covered: Covered): void;
  /** Drops the record of journals that are long gone, so that it does not grow for ever. */
  forget(present: ReadonlySet<string>, before: string): void;
  /** The whole database as a file, with its own record of what it covers. */
  export(at: string): Uint8Array;
}

/** From a snapshot's bytes, or empty. Throws when they are no database of ours, or of a newer version. */
export function createMemory(engine: Engine, bytes?: Uint8Array): Memory {
  const sql = openSql(engine, bytes);
  try {
    migrate(sql);
    if (bytes && schemaOf(sql) !== ownSchema(engine)) throw new Error('its tables are not ours');
  } catch (error) {
    sql.close();
    throw error;
  }
  const covered = readCovered(sql);
  let lamport = Number(sql.get(`SELECT value FROM meta WHERE key = 'lamport'`)?.value ?? 0);

  const coveredOf = (writer: string): Covered => covered.get(writer) ?? nothingCovered;
  const note = ({ writer, seq, lamport: at }: JournalLine, end: number): void => {
    const before = coveredOf(writer);
    lamport = Math.max(lamport, at);
    covered.set(writer, { ...before, bytes: end, seq: Math.max(before.seq, seq) });
  };

  return {
    sql,
    covered,
    lamport: () => lamport,
    apply(line, end) {
      if (line.seq > coveredOf(line.writer).seq) {
        sql.atomically(() => {
          for (const change of line.changes) applyChange(sql, change, line);
        });
      }
      note(line, end);
    },
    async applyInTurns(line, end, turns) {
      const changes = line.changes.values();
      const some = () => sql.atomically(() => applySome(sql, changes, line, turns));
      while (!some()) await turns.next();
      note(line, end);
    },
    cover: (writer, progress) => void covered.set(writer, progress),
    forget(present, before) {
      for (const { writer } of sql.all('SELECT writer FROM journals WHERE seen_at < ?', [before])) {
        if (present.has(String(writer))) continue;
        sql.run('DELETE FROM journals WHERE writer = ?', [String(writer)]);
        covered.delete(String(writer));
      }
    },
    export(at) {
      sql.atomically(() => writeCovered(sql, covered, lamport, at));
      return sql.export();
    },
  };
}

/** Whether that was the last of them. */
function applySome(
  sql: Sql,
  changes: Iterator<StoredChange>,
  line: JournalLine,
  turns: Turns,
): boolean {
  for (let next = changes.next(); !next.done; next = changes.next()) {
    applyChange(sql, next.value, line);
    if (turns.isOver()) return false;
  }
  return true;
}

let schema: string | undefined;

function ownSchema(engine: Engine): string {
  if (schema !== undefined) return schema;
  const sql = openSql(engine);
  migrate(sql);
  schema = schemaOf(sql);
  sql.close();
  return schema;
}

function readCovered(sql: Sql): Map<string, Covered> {
  const rows = sql.all('SELECT writer, bytes, seq, bad FROM journals');
  return new Map(
    rows.map((row) => [
      String(row.writer),
      { bytes: Number(row.bytes), seq: Number(row.seq), bad: Number(row.bad) },
    ]),
  );
}

function writeCovered(sql: Sql, covered: CoveredBy, lamport: number, at: string): void {
  sql.run(`INSERT OR REPLACE INTO meta (key, value) VALUES ('lamport', ?)`, [String(lamport)]);
  for (const [writer, { bytes, seq, bad }] of covered) {
    sql.run(
      `INSERT INTO journals (writer, bytes, seq, bad, seen_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (writer) DO UPDATE SET
         bytes = excluded.bytes, seq = excluded.seq, bad = excluded.bad, seen_at = excluded.seen_at
       WHERE excluded.seq > seq OR excluded.bytes > bytes OR excluded.bad > bad`,
      [writer, bytes, seq, bad, at],
    );
  }
}
